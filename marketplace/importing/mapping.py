"""From a row of a file to the values of a listing or a need. What is missing stays empty; nothing is invented, and what
cannot be placed in a field of its own is kept as given in the text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from marketplace.authoring.topics_field import proposed_topics
from marketplace.importing import cell_parsers, dates
from marketplace.importing.columns import KINDS, LISTINGS, MANY, Plan
from marketplace.importing.draft import Draft
from marketplace.importing.field_values import date_keys, field_values
from marketplace.importing.rows import Note, SourceRow, shown
from marketplace.importing.text_cleaning import is_title, language_of
from marketplace.values import clock
from marketplace.values.text import clean_line, fold

DATE_FIELDS = ("opens", "closes", "ip_filed", "ip_expires")
#: Stands above what is kept as given, in the language of the record.
_HEADINGS = {"vi": "Theo nguồn:", "en": "From the source:"}
_ID_LENGTH = 200


@dataclass(frozen=True)
class Record:
    """One row as it would be stored. `external_id` is empty when the file has none."""

    line: int
    external_id: str
    values: dict[str, Any]
    notes: tuple[Note, ...] = ()
    #: All cells of the row, mapped or not: two rows without identifier are the same only when these are.
    cells: tuple[tuple[str, str], ...] = ()

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

    def record(self, row: SourceRow) -> Record | Rejected:
        """Return the record of a row, or why it is rejected."""
        if row.broken is not None:
            return Rejected(row.line, row.broken, self._text(row, "external_id")[:_ID_LENGTH], raw=row.values)
        draft = Draft(self.plan, row, self.evidence, self.today)
        external_id, title = draft.line("external_id"), draft.line("title")
        if not is_title(title):
            names = ", ".join(self.plan.columns.get("title", ())) or "–"
            return Rejected(row.line, Note("no_title", {"columns": names}), external_id[:_ID_LENGTH], raw=row.values)
        if len(external_id) > _ID_LENGTH:
            return Rejected(row.line, Note("id_too_long"), external_id[:_ID_LENGTH], title, row.values)
        return Record(row.line, external_id, _values(draft, self.kind, title), tuple(draft.notes), _cells(row))

    def _text(self, row: SourceRow, name: str) -> str:
        return clean_line(shown(self.plan.cell(row.values, name)))


def _cells(row: SourceRow) -> tuple[tuple[str, str], ...]:
    return tuple((name, shown(cell)) for name, cell in row.values.items())


def _values(draft: Draft, kind: str, title: str) -> dict[str, Any]:
    """Return the values of the revision."""
    listing = kind == LISTINGS
    found: dict[str, Any] = {"title": draft.title(title), **field_values(draft, KINDS[kind])}
    summary, whole = draft.texts()
    found["public_summary" if listing else "summary"] = summary
    found["source_url"] = cell_parsers.web_address(draft)
    found["tags"] = cell_parsers.tags(draft)
    found.update(cell_parsers.contact(draft))
    found.update(
        cell_parsers.listing_values(draft, found["pricing_mode"]) if listing
        else cell_parsers.need_values(draft, found["trl_max"])
    )
    stated = cell_parsers.LANGUAGE_CODES.get(fold(draft.line("language")))
    found["language"] = stated or language_of(f"{title}\n{summary}\n{whole[:2000]}")
    for column in draft.plan.columns.get("facts", ()):
        draft.keep(column)
    facts = "\n".join([_HEADINGS[found["language"]], *draft.facts]) if draft.facts else ""
    found["how_it_works" if listing else "context"] = "\n\n".join(filter(None, [whole, facts]))
    found["topic_codes"] = found["topic_codes"] or proposed_topics(KINDS[kind], found.get)
    return found


def date_columns(plan: Plan) -> list[str]:
    """Return the columns of a plan whose dates must be weighed before the first row is mapped."""
    names = (*DATE_FIELDS, *(key for kind in KINDS.values() for key in date_keys(kind)))
    return [plan.column(name) for name in dict.fromkeys(names) if plan.column(name) and name not in MANY]
