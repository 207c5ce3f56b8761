"""Working hours between two moments: office hours of Vietnamese working days."""

from __future__ import annotations

import math
from datetime import datetime, time, timedelta

from marketplace.values import clock
from marketplace.values.clock import WorkCalendar

#: Office hours ("giờ hành chính"): 8 hours a working day.
OFFICE = ((time(8), time(12)), (time(13), time(17)))
_DAY = timedelta(days=1)


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
