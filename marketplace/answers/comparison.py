"""The answers to a need as one table: a row for each answer, a column for each thing they are compared by."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from flask_babel import gettext as _

from marketplace.answers.asked import Asked
from marketplace.answers.content import Content
from marketplace.answers.fit import fit_of, price_fit, span_of, time_fit
from marketplace.answers.models import Answer, AnswerVersion
from marketplace.answers.points import Scores
from marketplace.answers.presenter import Seen
from marketplace.answers.visibility import may_read_content
from marketplace.core.access import Actor
from marketplace.values import clock, money
from marketplace.values.text import sort_key
from marketplace.web.i18n import language
from marketplace.web.templating import number

#: How many are shown side by side.
FEWEST, MOST_BESIDE = 2, 4
SHORT = 90  # characters of a claim in a cell


@dataclass(frozen=True)
class Head:
    """One column: its key in addresses, its name, what is asked in it, and the field of what it shows."""

    key: str
    label: str
    asked: str = ""
    numeric: bool = False
    judged: bool = False  # its cells fit, do not fit, or it is unknown


@dataclass(frozen=True)
class Cell:
    """One cell: what it shows, how it fits, the figure or word it is sorted by (None stands last), and its plain value."""

    text: str
    order: Any = None
    fit: str = ""
    value: Any = None
    points: Decimal | None = None  # the mean of the colleagues' points


@dataclass(frozen=True)
class Line:
    """One answer: as lists show it, what it says (None when it was withdrawn), and a cell for each column."""

    seen: Seen
    version: AnswerVersion
    content: Content | None
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class Comparison:
    """The table, in the order asked for."""

    heads: tuple[Head, ...]
    lines: tuple[Line, ...]
    sort: str
    descending: bool


def compared(
    asked: Asked, rows: Sequence[tuple[Answer, AnswerVersion]], reader: Actor,
    points: Mapping[int, Scores] = MappingProxyType({}), sort: str = "", *, descending: bool = False,
) -> Comparison:
    """Return the answers as a table for one of the people whose need it is; an unknown `sort` is the order of sending."""
    heads = heads_of(asked)
    lines = [_line(asked, answer, version, reader, points.get(answer.id, Scores())) for answer, version in rows]
    place = next((number for number, head in enumerate(heads) if head.key == sort), None)
    if place is None:
        return Comparison(heads, tuple(lines), "", False)
    known = [line for line in lines if line.cells[place].order is not None]
    known.sort(key=lambda line: line.cells[place].order, reverse=descending)
    rest = [line for line in lines if line.cells[place].order is None]
    return Comparison(heads, (*known, *rest), sort, descending)


def heads_of(asked: Asked) -> tuple[Head, ...]:
    """Return the columns: who answers, state, targets, criteria, price, time, when it was sent."""
    measures = [
        Head(f"target-{place}", one.name, f"{one.target} {one.unit}".strip(), judged=True)
        for place, one in enumerate(asked.measures)
    ]
    criteria = [
        Head(f"criterion-{place}", one.name, _("weight %(weight)s %%", weight=one.weight))
        for place, one in enumerate(asked.criteria)
    ]
    return (
        Head("who", _("Who answers")), Head("state", _("State")), *measures, *criteria,
        Head("price", _("Total price"), _budget(asked), numeric=True, judged=True),
        Head("days", _("Working days"), _until(asked), numeric=True, judged=True),
        Head("sum", _("Weighted sum"), _("of 10"), numeric=True), Head("sent", _("Sent")),
    )


def _budget(asked: Asked) -> str:
    if asked.budget_max is None:
        return ""
    return _("at most %(amount)s", amount=money.format_short(asked.budget_max, language()))


def _until(asked: Asked) -> str:
    return _("until %(day)s", day=clock.format_date(asked.end_on)) if asked.end_on else ""


def _line(asked: Asked, answer: Answer, version: AnswerVersion, reader: Actor, given: Scores) -> Line:
    seen = Seen(answer, reader)
    content = version.content if may_read_content(answer, reader) else None
    sent = clock.local(version.sent_at).date()
    who, state = seen.supplier, seen.state
    first = (Cell(who, sort_key(who), value=who), Cell(state, sort_key(state), value=state))
    last = Cell(clock.format_date(sent), version.sent_at, value=sent)
    if content is None:
        between = [Cell("–") for _head in range(len(heads_of(asked)) - len(first) - 1)]
    else:
        totals = (*_totals(asked, content, sent), _sum(given))
        between = [*_targets(asked, content), *_criteria(asked, content, given), *totals]
    return Line(seen, version, content, (*first, *between, last))


def _targets(asked: Asked, content: Content) -> list[Cell]:
    made = []
    for one in asked.measures:
        said = content.target(one.name)
        text = f"{said.value} {said.unit or one.unit}".strip() if said.value else "–"
        made.append(Cell(text, _order(said.value, said.unit or one.unit), fit_of(one, said), text if said.value else None))
    return made


def _criteria(asked: Asked, content: Content, given: Scores) -> list[Cell]:
    made = []
    for one in asked.criteria:
        said = content.criterion(one.name)
        text = said.claimed or said.text
        short = text if len(text) <= SHORT else text[:SHORT].rsplit(" ", 1)[0] + "…"
        mean = given.means.get(one.name)
        # What colleagues think of it says more than how the claim is spelt: with points, these are sorted by.
        order = (0, mean, "") if mean is not None else (1, *claimed) if (claimed := _order(text)) else None
        made.append(Cell(short or "–", order, value=text or None, points=mean))
    return made


def _totals(asked: Asked, content: Content, sent: Any) -> list[Cell]:
    price, days = content.price, content.working_days
    amount = money.format_amount(price, locale=language()) if price is not None else "–"
    return [
        Cell(amount, price, price_fit(asked, content), price),
        Cell(str(days) if days is not None else "–", days, time_fit(asked, content, sent), days),
    ]


def _sum(given: Scores) -> Cell:
    total = None if given.total is None else float(given.total)
    return Cell("–" if total is None else number(total, 2), total, value=total)


def _order(text: str, unit: str = "") -> tuple[int, Decimal, str] | None:
    """Return by what a value in words is sorted: figures by size before words by letters; None for nothing."""
    if not text:
        return None
    span = span_of(text, unit)
    size = None if span is None else span.high if span.low is None else span.low
    return (1, Decimal(0), sort_key(text)) if size is None else (0, size, "")


