"""How moderation is doing: time to decision this week and month, decisions per week. Every figure has its records."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import select

from marketplace.core.calendar_days import working_calendar
from marketplace.core.extensions import db
from marketplace.moderation.models import ModerationCase
from marketplace.values import clock
from marketplace.values.clock import WorkCalendar
from marketplace.vocabulary import DECISIONS

WEEKS = 12
#: Office hours ("giờ hành chính"): 8 hours a working day.
OFFICE = ((time(8), time(12)), (time(13), time(17)))
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Period:
    """Decisions of one period, with the days it covers. Hours are office hours; None when nothing was decided."""

    first: date
    last: date
    decided: int
    on_time: int
    median_hours: float | None
    p90_hours: float | None

    @property
    def on_time_percent(self) -> float | None:
        """Share decided before the due time, in percent."""
        return 100 * self.on_time / self.decided if self.decided else None


@dataclass(frozen=True)
class WeekCount:
    """Decisions of one ISO week, by decision."""

    monday: date
    sunday: date
    counts: dict[str, int]

    @property
    def total(self) -> int:
        """All decisions of the week."""
        return sum(self.counts.values())


@dataclass(frozen=True)
class Figures:
    """What the page of figures shows."""

    week: Period
    month: Period
    weeks: list[WeekCount]


_Case = tuple[datetime, datetime, datetime, str]  # submitted, due, decided, decision


def figures(today: date | None = None) -> Figures:
    """Return the figures as of `today`. Two statements: the cases of the last WEEKS weeks, and the calendar."""
    today = today or clock.today()
    monday = clock.week_of(today).monday
    since = min(monday - timedelta(weeks=WEEKS - 1), today.replace(day=1))
    rows = (
        select(ModerationCase.submitted_at, ModerationCase.due_at, ModerationCase.decided_at, ModerationCase.decision)
        .where(ModerationCase.decided_at >= clock.start_of_day(since))
        .order_by(ModerationCase.decided_at)
    )
    cases: list[_Case] = [(row[0], row[1], row[2], row[3]) for row in db.session.execute(rows) if row[2]]
    return Figures(
        _period(cases, monday, today), _period(cases, today.replace(day=1), today), _weeks(cases, monday)
    )


def _period(cases: list[_Case], first: date, last: date) -> Period:
    begin, end = clock.start_of_day(first), clock.end_of_day(last)
    mine = [case for case in cases if begin <= case[2] <= end]
    calendar = working_calendar()
    hours = [working_hours(submitted, decided, calendar) for submitted, _due, decided, _word in mine]
    on_time = sum(decided <= due for _submitted, due, decided, _word in mine)
    return Period(first, last, len(mine), on_time, percentile(hours, 0.5), percentile(hours, 0.9))


def _weeks(cases: list[_Case], monday: date) -> list[WeekCount]:
    found: dict[date, Counter[str]] = {monday - timedelta(weeks=back): Counter() for back in range(WEEKS - 1, -1, -1)}
    for _submitted, _due, decided, word in cases:
        week = clock.week_of(clock.local(decided).date()).monday
        if week in found:
            found[week][word] += 1
    return [
        WeekCount(start, start + timedelta(days=6), {code: counts[code] for code in DECISIONS.codes})
        for start, counts in found.items()
    ]


def working_hours(start: datetime, end: datetime, calendar: WorkCalendar) -> float:
    """Return the office hours from `start` to `end`, in hours; 0 when `end` is not later."""
    total = timedelta()
    day, last = clock.local(start).date(), clock.local(end).date()
    while day <= last:
        if calendar.is_working(day):
            for opens, closes in OFFICE:
                begin, finish = max(start, clock.from_local(day, opens)), min(end, clock.from_local(day, closes))
                total += max(finish - begin, timedelta())
        day += _DAY
    return total / timedelta(hours=1)


def percentile(values: list[float], share: float) -> float | None:
    """Return the value below which `share` of `values` lie (nearest rank), or None without values."""
    if not values:
        return None
    ordered = sorted(values)
    return ordered[max(0, math.ceil(round(share * len(ordered), 9)) - 1)]
