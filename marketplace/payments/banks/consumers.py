"""What follows a statement of a bank: its lines are booked."""

from __future__ import annotations

from collections.abc import Sequence

from marketplace.core.events import Consumer, Outbox
from marketplace.payments.banks.booking import act_on_all
from marketplace.payments.banks.imports import BOOKING


def _book(rows: Sequence[Outbox]) -> None:
    for account in sorted({int(row.payload["account"]) for row in rows}):
        act_on_all(account)


CONSUMERS = (Consumer(BOOKING, lambda _action: False, _book),)
