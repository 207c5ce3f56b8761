"""Recurring work of saved searches: the daily and weekly mails are begun in the morning."""

from __future__ import annotations

from datetime import time

from marketplace.core.outbox import Job
from marketplace.saved_searches.digest import HOUR, begin_digests
from marketplace.values import clock


def _begin() -> None:
    begin_digests()


JOBS = (Job("alerts.digests", _begin, clock.daily(time(HOUR))),)
