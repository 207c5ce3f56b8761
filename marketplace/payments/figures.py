"""Figures of the desk: what was received per day and per month, what falls due when. Sums of VND."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import Select, func, select

from marketplace.core.extensions import db
from marketplace.payments.invoicing.lifecycle import OPEN
from marketplace.payments.invoicing.models import Invoice
from marketplace.payments.ledger.chart import UNIDENTIFIED
from marketplace.payments.ledger.models import Account, JournalEntry, JournalLine
from marketplace.payments.ledger.reports import MONTHS, last_day, month_before
from marketplace.payments.settlement.lifecycle import EVER_RECEIVED
from marketplace.payments.settlement.models import Payment

#: Days shown one by one, back and ahead.
DAYS = 30


@dataclass(frozen=True)
class SpanSum:
    """What was received, or falls due, between two days, both included."""

    since: date
    until: date
    count: int
    amount: int


@dataclass(frozen=True)
class Received:
    """What was received, one by one for the last days and the last months, the oldest first."""

    days: tuple[SpanSum, ...]
    months: tuple[SpanSum, ...]
    unidentified: int = 0  # of all that was ever received, what nobody knows the payer of yet


def received(today: date) -> Received:
    """Return what was received in the last DAYS days and MONTHS months: payments, and receipts held as unidentified.

    When it is known whose such a receipt is, its payment counts on that day and the receipt no more, as in the ledger.
    Three statements, along the index of days.
    """
    first = month_before(today, MONTHS - 1)
    rows = select(Payment.received_on, func.count(), func.sum(Payment.amount)).where(
        Payment.received_on.between(first, today), Payment.state.in_(EVER_RECEIVED), Payment.currency == "VND",
    ).group_by(Payment.received_on)
    held = {day: (int(count), int(amount)) for day, count, amount in db.session.execute(rows) if day is not None}
    for day, count, amount in db.session.execute(_unidentified(first)):
        before = held.get(day, (0, 0))
        held[day] = (before[0] + int(count), before[1] + int(amount))
    held_now = -int(db.session.scalar(select(func.coalesce(func.sum(JournalLine.amount), 0)).join(
        Account, Account.id == JournalLine.account_id).join(JournalEntry, JournalEntry.id == JournalLine.entry_id).where(
        Account.code == UNIDENTIFIED, JournalEntry.posted_at.is_not(None))) or 0)
    days = [today - timedelta(days=back) for back in range(DAYS - 1, -1, -1)]
    firsts = [month_before(today, back) for back in range(MONTHS - 1, -1, -1)]
    return Received(tuple(_span(held, day, day) for day in days),
                    tuple(_span(held, first, last_day(first)) for first in firsts), held_now)


def _unidentified(since: date) -> Select[date, int, int]:
    """Return the select of (day, receipts, VND) on the account of unidentified receipts; taken back is negative."""
    return (
        select(JournalEntry.happened_on, func.count().filter(JournalLine.amount < 0), -func.sum(JournalLine.amount))
        .join(JournalLine, JournalLine.entry_id == JournalEntry.id).join(Account, Account.id == JournalLine.account_id)
        .where(Account.code == UNIDENTIFIED, JournalEntry.happened_on >= since, JournalEntry.posted_at.is_not(None))
        .group_by(JournalEntry.happened_on)
    )


def due(today: date) -> list[SpanSum]:
    """Return what of open payment requests is to be paid: overdue, on each of the next days, later. One statement.

    The first row ends yesterday, the last begins after DAYS days; rows of nothing are left out.
    """
    rows = (
        select(Invoice.due_on, func.count(Invoice.id.distinct()), func.sum(JournalLine.amount))
        .join(JournalLine, JournalLine.item_id == Invoice.id)
        .join(JournalEntry, JournalEntry.id == JournalLine.entry_id)
        .where(Invoice.state.in_(OPEN), Invoice.due_on.is_not(None), JournalEntry.posted_at.is_not(None))
        .group_by(Invoice.due_on)
    )
    held = {day: (int(count), int(amount)) for day, count, amount in db.session.execute(rows) if day is not None}
    last = today + timedelta(days=DAYS)
    spans = [(date.min, today - timedelta(days=1)), *((today + timedelta(days=ahead),) * 2 for ahead in range(DAYS + 1)),
             (last + timedelta(days=1), date.max)]
    return [one for one in (_span(held, since, until) for since, until in spans) if one.count]


def _span(held: dict[date, tuple[int, int]], since: date, until: date) -> SpanSum:
    found = [sums for day, sums in held.items() if since <= day <= until]
    return SpanSum(since, until, sum(count for count, _amount in found), sum(amount for _count, amount in found))
