"""What is read of payments and refunds."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Select, func, or_, select

from marketplace.core.access import Actor
from marketplace.core.errors import required
from marketplace.core.extensions import db
from marketplace.core.permissions import READ_MONEY
from marketplace.payments.invoicing.queries import rests
from marketplace.payments.ledger.models import Account, JournalLine
from marketplace.payments.settlement.lifecycle import (
    BOOKED,
    PAYMENT,
    PENDING,
    RECEIVED,
    REFUND,
    RESERVING,
    SENT,
)
from marketplace.payments.settlement.models import CARD, Payment, ProviderEvent, Refund

_MOST = 50


def of_invoice(invoice_id: int) -> list[Payment]:
    """Return the payments of a payment request, the oldest first."""
    return list(db.session.scalars(select(Payment).where(Payment.invoice_id == invoice_id).order_by(Payment.id)).unique())


def readable(code: str, actor: Actor) -> Payment:
    """Return a payment that somebody may read. Raises NotFound for another organisation's."""
    rows = select(Payment).where(Payment.code == code)
    if not actor.may(READ_MONEY):
        rows = rows.where(Payment.org_id == actor.org_id)
    return required(db.session.scalar(rows))


def named(provider: str, name: str) -> int | None:
    """Return the id of the payment that a provider calls `name`, its session or its intent; None for an unknown one."""
    rows = select(Payment.id).where(
        Payment.provider == provider, or_(Payment.provider_id == name, Payment.intent_id == name))
    return db.session.scalar(rows)


def waiting_card(invoice_id: int) -> Payment | None:
    """Return the card payment of a payment request that waits for the provider."""
    return db.session.scalar(select(Payment).where(
        Payment.invoice_id == invoice_id, Payment.state == PENDING, Payment.channel == CARD))


def in_tab(tab: str) -> Select[Payment]:
    """Return the select of payments on a tab; every one for another name."""
    rows = select(Payment)
    return rows.where(Payment.state.in_(PAYMENT.tabs[tab])) if tab in PAYMENT.tabs else rows


def refunds_in(tab: str) -> Select[Refund]:
    """Return the select of refunds on a tab; every one for another name."""
    rows = select(Refund)
    return rows.where(Refund.state.in_(REFUND.tabs[tab])) if tab in REFUND.tabs else rows


def sent_from(account_id: int, amount: int) -> list[Refund]:
    """Return the refunds of an amount that were sent from a bank account of the exchange and have not arrived yet."""
    rows = select(Refund).join(Payment, Payment.id == Refund.payment_id).where(
        Refund.state == SENT, Refund.amount == amount, Payment.bank_account_id == account_id).order_by(Refund.id)
    return list(db.session.scalars(rows.limit(_MOST)).unique())


def held_refund(refund_id: int) -> Refund:
    """Return a refund, its row locked. Raises NotFound. Lock its payment request and payment before."""
    return required(db.session.get(Refund, refund_id, with_for_update={"of": Refund}, populate_existing=True))


def refunded(payment_ids: Collection[int]) -> dict[int, int]:
    """Return how much of each payment was paid back, or is on its way (it stands in the ledger)."""
    rows = select(Refund.payment_id, func.sum(Refund.amount)).where(
        Refund.payment_id.in_(payment_ids), Refund.state.in_(BOOKED)).group_by(Refund.payment_id)
    return dict.fromkeys(payment_ids, 0) | {id_: int(sum_) for id_, sum_ in db.session.execute(rows)}


def refundable(payment: Payment) -> int:
    """Return how much of a payment could be paid back: the credit it belongs to, less what other refunds have taken up."""
    if payment.state not in RECEIVED:
        return 0
    reserved = select(func.coalesce(func.sum(Refund.amount), 0)).join(Payment, Payment.id == Refund.payment_id).where(
        Refund.state.in_(RESERVING))
    mine = int(db.session.scalar(reserved.where(Payment.id == payment.id)) or 0)
    if payment.invoice_id is not None:
        credit = -rests([payment.invoice_id])[payment.invoice_id]
        beside = reserved.where(Payment.invoice_id == payment.invoice_id)
    else:
        credit = _without_request(payment.org_id)
        beside = reserved.where(Payment.invoice_id.is_(None), Payment.org_id == payment.org_id)
    credit -= int(db.session.scalar(beside) or 0)
    return max(0, min(credit, payment.amount - refunded([payment.id])[payment.id] - mine))


def _without_request(org_id: int) -> int:
    """Return the credit of an organisation that belongs to no payment request."""
    rows = select(func.coalesce(-func.sum(JournalLine.amount), 0)).join(Account, Account.id == JournalLine.account_id)
    return int(db.session.scalar(rows.where(Account.code == f"131-{org_id}", JournalLine.item_id.is_(None))) or 0)


def parked() -> Select[ProviderEvent]:
    """Return the select of messages of providers that were not acted on."""
    return select(ProviderEvent).where(ProviderEvent.parked_reason != "")
