"""Recurring work of matching: everything is matched anew at night."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from marketplace.core.outbox import Job
from marketplace.matching import full_pass
from marketplace.values import clock

NIGHT = time(2, 0)


def next_night(moment: datetime) -> datetime:
    """Return the next 2:00 at night, Hanoi time."""
    here = clock.local(moment)
    night = clock.from_local(here.date(), NIGHT)
    return night if night > moment else clock.from_local(here.date() + timedelta(days=1), NIGHT)


def _begin() -> None:
    full_pass.begin("nightly")


JOBS = (Job("matching.nightly", _begin, next_night),)
