"""Verbs on payments. Lock order: payment request, payment, then the ledger, posted last.

`complete` is the only way by which a payment is received, whoever says so: a webhook, a reconciliation, a line of a bank
statement, a bank's message. A repeat is silence; what does not agree with us is parked, and books nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, select

from marketplace.core.access import SYSTEM, Actor
from marketplace.core.codes import next_code
from marketplace.core.errors import IllegalMove, NotAllowed
from marketplace.core.events import record, transition
from marketplace.core.extensions import db, insert_into
from marketplace.core.permissions import ACCOUNTING
from marketplace.organisations.models import Organisation
from marketplace.payments.banks.models import BankAccount
from marketplace.payments.invoicing import queries as invoices
from marketplace.payments.invoicing.actions import settle
from marketplace.payments.invoicing.lifecycle import INVOICE, OPEN
from marketplace.payments.invoicing.models import Invoice
from marketplace.payments.ledger import chart, credit, debit, post
from marketplace.payments.ledger.models import Account
from marketplace.payments.settlement.lifecycle import PAYMENT, PENDING
from marketplace.payments.settlement.models import BANK, CARD, Payment, ProviderEvent
from marketplace.values import clock
from marketplace.values.text import N_

PREFIX = "TT"
NOTHING_TO_PAY = N_("Nothing of this payment request is to be paid any more.")


@dataclass(frozen=True)
class Said:
    """What a provider says of a payment: how much, in which currency, on which day of the books."""

    amount: int  # minor units
    currency: str
    happened_on: date


def data_of(payment: Payment, **more: Any) -> dict[str, Any]:
    """Return what events of a payment carry."""
    return {"org_id": payment.org_id, "code": payment.code, "amount": payment.amount, "currency": payment.currency,
            "channel": payment.channel, "invoice_id": payment.invoice_id, **more}


def note_event(provider: str, event_id: str, kind: str, payload: Mapping[str, Any]) -> ProviderEvent | None:
    """Keep a provider's message; None when it came before. Of several at once, one gets the row."""
    row = insert_into(ProviderEvent).values(
        provider=provider, event_id=event_id, kind=kind, payload=dict(payload), received_at=clock.now(), parked_reason="",
    ).on_conflict_do_nothing(index_elements=["provider", "event_id"]).returning(ProviderEvent.id)
    made = db.session.scalar(row)
    return db.session.get_one(ProviderEvent, made) if made is not None else None


def start_card(invoice: Invoice, provider: str, actor: Actor) -> Payment:
    """Return the card payment of a payment request whose row is locked: the one that waits, or a new one of the rest.

    One that waits for another amount is cancelled here; whoever calls ends its session. Raises IllegalMove when nothing is
    to be paid.
    """
    left = invoices.rest(invoice)
    if invoice.state not in OPEN or left <= 0:
        raise IllegalMove(invoice.state, NOTHING_TO_PAY, label=INVOICE.label(invoice.state))
    waiting = db.session.scalar(_waiting(invoice))
    if waiting is not None and (waiting.amount, waiting.provider) == (left, provider):
        return waiting
    if waiting is not None:
        transition(waiting, PAYMENT, "cancel", SYSTEM, {"system"}, data=data_of(waiting))
        db.session.flush()
    made = Payment(code=next_code(PREFIX), org_id=invoice.org_id, org=invoice.org, invoice_id=invoice.id, channel=CARD,
                   amount=left, provider=provider, by_id=actor.user_id)
    db.session.add(made)
    db.session.flush()
    record(made, "payment.start", actor, data=data_of(made))
    return made


def _waiting(invoice: Invoice) -> Select[Payment]:
    rows = select(Payment).where(Payment.invoice_id == invoice.id, Payment.state == PENDING, Payment.channel == CARD)
    return rows.with_for_update(of=Payment)


def receive(
    account: BankAccount, provider: str, provider_id: str, said: Said, *, org: Organisation, invoice: Invoice | None,
    actor: Actor,
) -> Payment:
    """Receive a bank transfer for a payment request whose row is locked, or as a credit of the organisation without one.

    `provider_id` names the line of the statement or the bank's message: the same again returns the payment made before.
    Raises NotAllowed for people who do not keep the money, or who belong to the organisation.
    """
    if not actor.is_system and not (actor.may(ACCOUNTING) and org.id not in actor.org_ids):
        raise NotAllowed
    before = db.session.scalar(select(Payment).where(Payment.provider == provider, Payment.provider_id == provider_id))
    if before is not None:
        return before
    made = Payment(
        code=next_code(PREFIX), org_id=org.id, org=org, invoice_id=invoice.id if invoice else None, channel=BANK,
        bank_account_id=account.id, amount=said.amount, currency=said.currency, provider=provider, provider_id=provider_id,
        by_id=actor.user_id,
    )
    db.session.add(made)
    db.session.flush()
    complete(made, said, actor)
    return made


def locked(payment_id: int) -> Payment:
    """Return a payment, its payment request and then its own row locked. Raises NoResultFound for an unknown one."""
    invoice_id = db.session.scalars(select(Payment.invoice_id).where(Payment.id == payment_id)).one()
    if invoice_id is not None:
        invoices.held(invoice_id)
    return db.session.get_one(Payment, payment_id, with_for_update={"of": Payment}, populate_existing=True)


def complete(payment: Payment, said: Said, actor: Actor = SYSTEM) -> bool:
    """Receive a payment whose rows are `locked`, as a provider says; return whether anything was booked.

    Books nothing, and parks the payment for accountants, when amount or currency are not ours.
    """
    if (said.amount, said.currency.upper()) != (payment.amount, payment.currency):
        park(payment, f"{said.amount} {said.currency.upper()} ≠ {payment.amount} {payment.currency}")
        return False
    if transition(payment, PAYMENT, "succeed", SYSTEM, {"system"}, data=data_of(payment)) is None:
        return False
    payment.received_on, payment.parked_reason = said.happened_on, ""
    payment.lock += 1
    invoice = payment.invoice
    legs = [debit(money_of(payment), payment.amount),
            credit(chart.receivable(payment.org_id), payment.amount, payment.invoice_id)]
    post(f"payment:{payment.code}", legs, kind=f"payment.{payment.channel}", actor=actor, happened_on=said.happened_on,
         text=f"{payment.code} {invoice.code}" if invoice else payment.code, subject=(Payment.subject_kind, payment.id))
    if invoice is not None:
        settle(invoice)
    return True


def money_of(payment: Payment) -> Account:
    """Return the account on which the money of a payment is: on its way from the card provider, or in the bank."""
    return chart.bank(payment.bank_account_id) if payment.bank_account_id is not None else chart.fixed(chart.CARD)


def park(payment: Payment, why: str) -> None:
    """Note why a provider's word about a payment was not booked, and tell accountants; the same again is silence."""
    if payment.parked_reason == why[:300]:
        return
    payment.parked_reason = why[:300]
    payment.lock += 1
    record(payment, "payment.park", SYSTEM, reason=why, data=data_of(payment))


def fail(payment: Payment) -> None:
    """Note that a payment whose rows are `locked` failed for good."""
    transition(payment, PAYMENT, "fail", SYSTEM, {"system"}, data=data_of(payment))


def cancel(payment: Payment) -> None:
    """Note that a payment whose rows are `locked` was not completed in time."""
    transition(payment, PAYMENT, "cancel", SYSTEM, {"system"}, data=data_of(payment))


def open_dispute(payment: Payment, happened_at: datetime) -> None:
    """Note that a card holder disputes a payment whose rows are `locked`; the provider has taken the money back."""
    if transition(payment, PAYMENT, "dispute", SYSTEM, {"system"}, data=data_of(payment)) is None:
        return
    _move(payment, "dispute", chart.DISPUTED, chart.CARD, happened_at)


def close_dispute(payment: Payment, won: bool, happened_at: datetime) -> None:
    """Note how a dispute about a payment whose rows are `locked` ended: the money comes back, or is lost."""
    if transition(payment, PAYMENT, "win" if won else "lose", SYSTEM, {"system"}, data=data_of(payment)) is None:
        return
    _move(payment, "won" if won else "lost", chart.CARD if won else chart.PROVIDER_CHARGES, chart.DISPUTED, happened_at)


def _move(payment: Payment, what: str, to: str, from_: str, happened_at: datetime) -> None:
    """Book that the money of a card payment is elsewhere now. A second dispute about it has a key of its own."""
    key = f"payment:{payment.code}:{what}:{payment.lock}"
    payment.lock += 1
    legs = [debit(chart.fixed(to), payment.amount), credit(chart.fixed(from_), payment.amount)]
    post(key, legs, kind=f"payment.{what}", text=payment.code, actor=SYSTEM,
         happened_on=clock.local(happened_at).date(), subject=(Payment.subject_kind, payment.id))
