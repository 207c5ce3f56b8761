"""The table of answers as a workbook: what each says, and how it fits, in columns of their own."""

from __future__ import annotations

from flask_babel import gettext as _

from marketplace.answers.comparison import Comparison, Line
from marketplace.answers.fit import WORDS
from marketplace.values.text import N_
from marketplace.web.spreadsheet import Column


def columns(table: Comparison) -> list[Column[Line]]:
    """Return the columns of the workbook; a second one behind each that is judged."""
    made = [Column[Line](N_("Code"), lambda line: line.seen.answer.code)]
    for place, head in enumerate(table.heads):
        made.append(Column(f"{head.label} ({head.asked})" if head.asked else head.label,
                           lambda line, place=place: line.cells[place].value, literal=True))  # type: ignore[misc]
        if head.judged:
            made.append(Column(_("%(name)s: against the target", name=head.label),
                               lambda line, place=place: _fit(line, place), literal=True))  # type: ignore[misc]
    return made


def _fit(line: Line, place: int) -> str | None:
    fit = line.cells[place].fit
    return _(WORDS[fit]) if fit else None
