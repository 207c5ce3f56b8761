"""From a row of a file to the values of a listing or a need. What is missing stays empty; nothing is invented, and what
cannot be placed in a field of its own is kept as given in the text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from marketplace.importing import cell_parsers, dates
from marketplace.importing.columns import KINDS, LISTINGS, MANY, Plan
from marketplace.importing.field_values import date_keys, field_values
from marketplace.importing.rows import Note, Row, shown
from marketplace.importing.text_cleaning import (
    SUMMARY,
    TITLE,
    cut_at_sentence,
    cut_at_word,
    is_damaged,
    is_title,
    language_of,
    without_markup,
)
from marketplace.values import clock
from marketplace.values.text import clean_line, fold

DATE_FIELDS = ("opens", "closes", "ip_filed", "ip_expires")
_PLACEHOLDERS = frozenset({"", "n a", "na", "null", "none", "nan", "yyyy mm dd", "dd mm yyyy"})
#: Stands above what is kept as given, in the language of the record.
_HEADINGS = {"vi": "Theo nguồn:", "en": "From the source:"}
_ID_LENGTH = 200
_YEARS = 60  # a date further back or ahead than this is a slip


@dataclass(frozen=True)
class Record:
    """One row as it would be stored. `external_id` is empty when the file has none."""

    line: int
    external_id: str
    values: dict[str, Any]
    notes: tuple[Note, ...] = ()

    @property
    def title(self) -> str:
        """The title it would have."""
        return str(self.values["title"])


@dataclass(frozen=True)
class Rejected:
    """A row that is not taken, with the reason and what identifies it."""

    line: int
    note: Note
    external_id: str = ""
    title: str = ""
    raw: Mapping[str, Any] = field(default_factory=dict)


class Mapper:
    """Reads rows of one file by its plan and by what its date columns tell."""

    def __init__(self, kind: str, plan: Plan, evidence: Mapping[str, dates.Evidence], today: date | None = None) -> None:
        """Remember the plan; `today` decides what is implausible."""
        self.kind = kind
        self.plan = plan
        self.evidence = evidence
        self.today = today or clock.today()

    def record(self, row: Row) -> Record | Rejected:
        """Return the record of a row, or why it is rejected."""
        if row.broken is not None:
            return Rejected(row.line, row.broken, self._text(row, "external_id")[:_ID_LENGTH], raw=row.values)
        draft = _Draft(self, row)
        external_id, title = draft.line("external_id"), draft.line("title")
        if not is_title(title):
            names = ", ".join(self.plan.columns.get("title", ())) or "–"
            return Rejected(row.line, Note("no_title", {"columns": names}), external_id[:_ID_LENGTH], raw=row.values)
        if len(external_id) > _ID_LENGTH:
            return Rejected(row.line, Note("id_too_long"), external_id[:_ID_LENGTH], title, row.values)
        return Record(row.line, external_id, draft.values(title), tuple(draft.notes))

    def _text(self, row: Row, name: str) -> str:
        return clean_line(shown(self.plan.cell(row.values, name)))


class _Draft:
    """One row being read: values found, notes made, facts kept for the text."""

    def __init__(self, mapper: Mapper, row: Row) -> None:
        self.mapper = mapper
        self.plan = mapper.plan
        self.row = row
        self.notes: list[Note] = list(row.notes)
        self.facts: list[str] = []

    def values(self, title: str) -> dict[str, Any]:
        """Return the values of the revision."""
        listing = self.mapper.kind == LISTINGS
        found: dict[str, Any] = {"title": self._title(title), **field_values(self, KINDS[self.mapper.kind])}
        summary, whole = self._texts()
        found["public_summary" if listing else "summary"] = summary
        found["source_url"] = cell_parsers.web_address(self)
        found["tags"] = cell_parsers.tags(self)
        found.update(cell_parsers.contact(self))
        found.update(cell_parsers.listing_values(self) if listing else cell_parsers.need_values(self))
        found["language"] = self._language(f"{title}\n{summary}\n{whole[:2000]}")
        for column in self.plan.columns.get("facts", ()):
            self.keep(column)
        facts = "\n".join([_HEADINGS[found["language"]], *self.facts]) if self.facts else ""
        found["how_it_works" if listing else "context"] = "\n\n".join(filter(None, [whole, facts]))
        return found

    def note(self, code: str, name: str = "", **params: Any) -> None:
        """Add a warning; `name` is our field, shown by its column in the file."""
        if name:
            column = self.plan.column(name)
            params = {"column": column or name, "value": self.line(name)[:120], **params}
        self.notes.append(Note(code, params))

    def line(self, name: str) -> str:
        """Return a field as one line."""
        text, had_markup = without_markup(shown(self.plan.cell(self.row.values, name)))
        if had_markup and name == "title":
            self.note_markup(name)
        return clean_line(text)

    def note_markup(self, name: str) -> None:
        """Say once per column that markup was removed."""
        note = Note("markup_removed", {"column": self.plan.column(name) or name})
        if note not in self.notes:
            self.notes.append(note)

    def text(self, name: str) -> str:
        """Return a field as text of several lines, without markup."""
        text, had_markup = without_markup(shown(self.plan.cell(self.row.values, name)))
        if had_markup:
            self.note_markup(name)
        if is_damaged(text):
            self.notes.append(Note("text_damaged", {"column": self.plan.column(name) or name}))
        return "" if fold(text) in _PLACEHOLDERS and len(text) < 20 else text

    def keep(self, column: str, value: str = "") -> None:
        """Keep a column of the file as a line "column: value" at the end of the text."""
        text, _markup = without_markup(value or shown(self.row.values.get(column, "")))
        fact = f"{column}: {text}"
        if text and fold(text) not in _PLACEHOLDERS and fact not in self.facts:
            self.facts.append(fact)

    def keep_field(self, name: str) -> None:
        """Keep a field's column as given."""
        for column in self.plan.columns.get(name, ()):
            self.keep(column)

    def day(self, name: str, *, after: date | None = None, other: str = "") -> date | None:
        """Return the day of a field; one that cannot be trusted is kept as text and reported."""
        column = self.plan.column(name)
        evidence = self.mapper.evidence.get(column) or dates.Evidence(column)
        read = dates.read(self.plan.cell(self.row.values, name), evidence, self.plan.dates.get(name, ""))
        problem = read.problem
        if read.day is not None and abs(read.day.year - self.mapper.today.year) > _YEARS:
            problem = "date_far"
        elif read.day is not None and after is not None and read.day < after:
            self.note("date_before", name, other=self.plan.column(other))
            self.keep_field(name)
            return None
        if problem:
            self.note(problem, name)
            self.keep_field(name)
            return None
        return read.day

    def _title(self, title: str) -> str:
        if is_damaged(title):
            self.notes.append(Note("text_damaged", {"column": self.plan.column("title")}))
        if len(title) <= TITLE:
            return title
        self.notes.append(Note("title_cut", {"found": len(title)}))
        self.keep(self.plan.column("title"), title)
        return cut_at_word(title, TITLE)

    def short(self, name: str, limit: int) -> str:
        """Return a field as one line within `limit` characters; a longer one is kept whole in the text."""
        text = self.line(name)
        if len(text) > limit:
            self.note("text_cut", name, max=limit)
            self.keep_field(name)
        return cut_at_word(text, limit)

    def _texts(self) -> tuple[str, str]:
        """Return (summary, whole text below it); the whole is empty when the summary holds everything."""
        summary, description = self.text("summary"), self.text("description")
        first = summary or description
        rest = [description] if summary else []
        if len(first) > SUMMARY:
            self.notes.append(Note("summary_cut", {"found": len(first)}))
            rest.insert(0, first)
        return cut_at_sentence(first), "\n\n".join(filter(None, [*rest, self.text("context")]))

    def _language(self, text: str) -> str:
        return cell_parsers.LANGUAGE_CODES.get(fold(self.line("language"))) or language_of(text)


def date_columns(plan: Plan) -> list[str]:
    """Return the columns of a plan whose dates must be weighed before the first row is mapped."""
    names = (*DATE_FIELDS, *(key for kind in KINDS.values() for key in date_keys(kind)))
    return [plan.column(name) for name in dict.fromkeys(names) if plan.column(name) and name not in MANY]
