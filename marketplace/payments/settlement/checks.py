"""What `flask verify-ledger` asks of payments and refunds: numbers without gaps, and each as its entry says."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import func, select

from marketplace.core.extensions import db
from marketplace.payments.invoicing.lifecycle import STANDING
from marketplace.payments.invoicing.models import Invoice
from marketplace.payments.invoicing.queries import rests
from marketplace.payments.ledger.checks import Fault, gaps_in_numbers
from marketplace.payments.ledger.models import Account, JournalEntry, JournalLine
from marketplace.payments.settlement.actions import PREFIX
from marketplace.payments.settlement.lifecycle import BOOKED, EVER_RECEIVED
from marketplace.payments.settlement.models import Payment, Refund
from marketplace.payments.settlement.refunds import PREFIX as REFUND_PREFIX

_AT_A_TIME = 500


def numbers() -> Iterator[Fault]:
    """Yield years whose payments or refunds are not numbered from one to the last number given."""
    for prefix, model in ((PREFIX, Payment), (REFUND_PREFIX, Refund)):
        yield from gaps_in_numbers("payment numbers", prefix, model.code)


def sums() -> Iterator[Fault]:
    """Yield payments that were received without an entry of their amount, or have one without being received."""
    entries = (
        select(JournalEntry.key, -func.sum(JournalLine.amount).label("received"))
        .join(JournalLine, JournalLine.entry_id == JournalEntry.id).join(Account, Account.id == JournalLine.account_id)
        .where(JournalEntry.kind.in_(("payment.card", "payment.bank")), JournalEntry.posted_at.is_not(None),
               Account.code.startswith("131-"))
        .group_by(JournalEntry.key).subquery()
    )
    rows = select(Payment.code, Payment.state, Payment.amount, entries.c[1]).outerjoin(
        entries, entries.c.key == "payment:" + Payment.code).order_by(Payment.id)
    for code, state, amount, booked in db.session.execute(rows):
        wanted = amount if state in EVER_RECEIVED else 0
        if (booked or 0) != wanted:
            yield Fault("payments", str(code), f"is {state} with {amount}, the ledger says {booked or 0}")


def refunds() -> Iterator[Fault]:
    """Yield payments of which more was paid back than was received, and refunds without an entry."""
    paid_back = select(Refund.payment_id, func.sum(Refund.amount).label("sum")).where(
        Refund.state.in_(BOOKED)).group_by(Refund.payment_id).subquery()
    rows = select(Payment.code, Payment.amount, paid_back.c.sum).join(paid_back, paid_back.c.payment_id == Payment.id)
    for code, amount, returned in db.session.execute(rows.where(paid_back.c.sum > Payment.amount).order_by(Payment.id)):
        yield Fault("refunds", str(code), f"{returned} of {amount} was paid back")
    booked = select(JournalEntry.subject_id, func.count()).where(
        JournalEntry.subject_kind == Refund.subject_kind, JournalEntry.kind == "refund",
        JournalEntry.posted_at.is_not(None)).group_by(JournalEntry.subject_id)
    times = {id_: int(count) for id_, count in db.session.execute(booked)}
    for refund in db.session.scalars(select(Refund).order_by(Refund.id)).unique():
        if times.get(refund.id, 0) != refund.attempt:
            why = f"was sent {refund.attempt} times, and booked {times.get(refund.id, 0)} times"
            yield Fault("refunds", refund.code, why)


def states() -> Iterator[Fault]:
    """Yield payment requests whose state is not what the ledger says of them."""
    last = 0
    while rows := db.session.execute(select(Invoice.id, Invoice.code, Invoice.state, Invoice.total).where(
            Invoice.id > last, Invoice.state.in_(STANDING)).order_by(Invoice.id).limit(_AT_A_TIME)).all():
        left = rests([row.id for row in rows])
        for row in rows:
            if (row.state == "paid") != (left[row.id] <= 0):
                yield Fault("settled requests", str(row.code), f"is {row.state}, {left[row.id]} is to be paid")
        last = rows[-1].id
