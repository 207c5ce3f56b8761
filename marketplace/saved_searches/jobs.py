"""Recurring work of saved searches: the daily and weekly mails are begun in the morning."""

from __future__ import annotations

from marketplace.core.outbox import Job
from marketplace.notifications.consumers import daily_at
from marketplace.saved_searches.digests import HOUR, begin_digests


def _begin() -> None:
    begin_digests()


JOBS = (Job("alerts.digests", _begin, daily_at(HOUR)),)
