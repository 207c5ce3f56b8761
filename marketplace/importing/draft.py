"""One row of a file being read: its fields as text and days, what is told about it, and what is kept in the text."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from marketplace.importing import dates
from marketplace.importing.columns import Plan
from marketplace.importing.rows import Note, SourceRow, shown
from marketplace.importing.text_cleaning import (
    SUMMARY,
    TITLE,
    cut_at_sentence,
    cut_at_word,
    is_blank,
    is_damaged,
    without_markup,
)
from marketplace.values.text import clean_line

_YEARS = 60  # a date further back or ahead than this is a slip


class Draft:
    """One row being read: values found, notes made, facts kept for the text."""

    def __init__(self, plan: Plan, row: SourceRow, evidence: Mapping[str, dates.Evidence], today: date) -> None:
        """Read `row` by the plan of its file and by what its date columns tell; `today` decides what is implausible."""
        self.plan = plan
        self.row = row
        self._evidence = evidence
        self._today = today
        self.notes: list[Note] = list(row.notes)
        self.facts: list[str] = []

    def note(self, code: str, name: str = "", **params: Any) -> None:
        """Add a warning; `name` is our field, shown by its column in the file."""
        if name:
            column = self.plan.column(name)
            params = {"column": column or name, "value": self.line(name)[:120], **params}
        self.notes.append(Note(code, params))

    def states(self, name: str) -> bool:
        """Whether the file has a column for a field, or the plan a constant."""
        return name in self.plan.columns or name in self.plan.constants

    def line(self, name: str) -> str:
        """Return a field as one line."""
        text, had_markup = without_markup(shown(self.plan.cell(self.row.values, name)))
        if had_markup and name == "title":
            self.note_markup(name)
        text = clean_line(text)
        return "" if is_blank(text) else text

    def note_markup(self, name: str) -> None:
        """Say once per column that markup was removed."""
        note = Note("markup_removed", {"column": self.plan.column(name) or name})
        if note not in self.notes:
            self.notes.append(note)

    def _note_damage(self, name: str) -> None:
        note = Note("text_damaged", {"column": self.plan.column(name) or name})
        if note not in self.notes:
            self.notes.append(note)

    def text(self, name: str) -> str:
        """Return a field as text of several lines, without markup."""
        text, had_markup = without_markup(shown(self.plan.cell(self.row.values, name)))
        if had_markup:
            self.note_markup(name)
        if is_damaged(text):
            self._note_damage(name)
        return "" if is_blank(text) else text

    def keep(self, column: str, value: str = "") -> None:
        """Keep a column of the file as a line "column: value" at the end of the text."""
        text, _markup = without_markup(value or shown(self.row.values.get(column, "")))
        fact = f"{column}: {text}"
        if not is_blank(text) and fact not in self.facts:
            self.facts.append(fact)

    def keep_field(self, name: str) -> None:
        """Keep a field's column as given."""
        for column in self.plan.columns.get(name, ()):
            self.keep(column)

    def day(self, name: str, *, after: date | None = None, other: str = "") -> date | None:
        """Return the day of a field; one that cannot be trusted is kept as text and reported."""
        column = self.plan.column(name)
        evidence = self._evidence.get(column) or dates.Evidence(column)
        read = dates.read(self.plan.cell(self.row.values, name), evidence, self.plan.dates.get(name, ""))
        problem = read.problem
        if read.day is not None and abs(read.day.year - self._today.year) > _YEARS:
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

    def title(self, title: str) -> str:
        """Return a title within its limit; a longer one is kept whole in the text."""
        if is_damaged(title):
            self._note_damage("title")
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

    def texts(self) -> tuple[str, str]:
        """Return (summary, whole text below it); the whole is empty when the summary holds everything."""
        summary, description = self.text("summary"), self.text("description")
        first = summary or description
        rest = [description] if summary else []
        if len(first) > SUMMARY:
            self.notes.append(Note("summary_cut", {"found": len(first)}))
            rest.insert(0, first)
        return cut_at_sentence(first), "\n\n".join(filter(None, [*rest, self.text("context")]))
