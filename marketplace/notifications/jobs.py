"""Recurring work of notifications: the digest of the day, and what rows of features tell by a clock."""

from __future__ import annotations

from collections.abc import Callable
from datetime import time

from marketplace.core.outbox import Job
from marketplace.notifications.digest import HOUR, run
from marketplace.notifications.occasions import Occasion
from marketplace.notifications.rules import Clock
from marketplace.values import clock

JOBS = (Job("notifications.digest", run, clock.daily(time(HOUR))),)


def job_of(row: Clock, tell: Callable[[Occasion], None]) -> Job:
    """Return the daily job that tells everything that is due by the clock of a row."""

    def work() -> None:
        for occasion in row.due():
            tell(occasion)

    return Job(row.job, work, clock.daily(time(row.hour)))
