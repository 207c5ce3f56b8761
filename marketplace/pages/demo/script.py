"""The past as a script: what happened when, in order of time, so that codes, histories and figures agree.

Every line runs with the clock set to its moment; nothing here knows what the lines do.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta

from marketplace.values import clock


@dataclass
class Script:
    """Lines to run. `now` is the moment of loading, or the end of office hours before it; no line lies after it."""

    now: datetime
    _lines: list[tuple[datetime, int, Callable[[], object]]] = field(default_factory=list)

    @classmethod
    def until(cls, moment: datetime) -> Script:
        """Return an empty script that ends at `moment`, or on the last working day before: nobody decides on holidays."""
        today = clock.local(moment).date()
        worked = clock.add_working_days(today + timedelta(days=1), -1, clock.PUBLIC)
        return cls(moment if worked == today else clock.from_local(worked, time(17)))

    def day(self, days: float, hour: int = 9, minute: int = 0) -> datetime:
        """Return the moment so many days ago at that hour in Vietnam (a negative count lies ahead)."""
        day = clock.local(self.now).date() - timedelta(days=days)
        return clock.from_local(day, time(hour, minute))

    def office(self, after: datetime, working_days: int, minutes: int) -> datetime:
        """Return a moment `working_days` later, `minutes` after the office opens at half past eight."""
        day = clock.add_working_days(clock.local(after).date(), working_days, clock.PUBLIC)
        return max(clock.from_local(day, time(8, 30)) + timedelta(minutes=minutes), after + timedelta(minutes=20))

    def add(self, at: datetime, run: Callable[[], object]) -> None:
        """Write a line. One that would lie ahead happens a moment before now, in the order written."""
        self._lines.append((min(at, self.now - timedelta(seconds=60)), len(self._lines), run))

    def run(self) -> int:
        """Play all lines in order of time; return how many. The caller commits."""
        lines = sorted(self._lines, key=lambda line: line[:2])
        for at, number, run in lines:
            with clock.fixed(at + timedelta(milliseconds=number)):
                run()
        return len(lines)
