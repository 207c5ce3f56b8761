"""Recurring work on needs: closing those past their deadline and reminding their requesters."""

from __future__ import annotations

from datetime import datetime, timedelta

from marketplace import clock
from marketplace.buyer_requests import actions
from marketplace.outbox import Job


def _just_after_midnight(moment: datetime) -> datetime:
    tomorrow = clock.local(moment).date() + timedelta(days=1)
    return clock.start_of_day(tomorrow) + timedelta(minutes=1)


def _early_morning(moment: datetime) -> datetime:
    day = clock.local(moment).date()
    at_seven = clock.start_of_day(day) + timedelta(hours=7)
    return at_seven if at_seven > moment else clock.start_of_day(day + timedelta(days=1)) + timedelta(hours=7)


def _expire() -> None:
    actions.expire_due()


def _remind() -> None:
    actions.remind_closing()


JOBS = (
    Job("needs.expire", _expire, _just_after_midnight),
    Job("needs.remind", _remind, _early_morning),
)
