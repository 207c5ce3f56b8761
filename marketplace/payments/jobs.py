"""Recurring work of payments: requests that are overdue, sessions of cards that have ended, the sums of months."""

from __future__ import annotations

from datetime import time, timedelta

from marketplace.core.outbox import Job, in_batches
from marketplace.payments.cards.consumers import expire_cards
from marketplace.payments.invoicing.actions import mark_overdue
from marketplace.payments.ledger.cache import BATCH, take_in
from marketplace.values import clock


def _take_in() -> bool:
    return take_in() == BATCH


#: Every quarter of an hour, since balances of past months only get slower while it waits.
CACHE = Job("ledger.cache", _take_in, lambda moment: moment + timedelta(minutes=15))
JOBS = (
    CACHE,
    Job("invoices.overdue", in_batches(mark_overdue), clock.daily(time(7, 30))),
    Job("cards.expire", expire_cards, lambda moment: moment + timedelta(minutes=5)),
)
