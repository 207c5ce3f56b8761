"""Recurring work on needs: closing those past their deadline (reminders are `notifications`)."""

from __future__ import annotations

from datetime import datetime, timedelta

from marketplace.buyer_requests import actions
from marketplace.core.outbox import Job
from marketplace.values import clock


def _just_after_midnight(moment: datetime) -> datetime:
    tomorrow = clock.local(moment).date() + timedelta(days=1)
    return clock.start_of_day(tomorrow) + timedelta(minutes=1)


def _expire() -> None:
    actions.expire_due()


JOBS = (
    Job("needs.expire", _expire, _just_after_midnight),
)
