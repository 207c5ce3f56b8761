"""What the card provider sends to the bank: booked, or proposed where an accountant must look."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select

from marketplace.core.access import SYSTEM
from marketplace.core.codes import hold_counter
from marketplace.core.extensions import db
from marketplace.payments.banks.models import BankAccount
from marketplace.payments.cards.gateway import Payout
from marketplace.payments.cards.messages import park
from marketplace.payments.ledger import chart, credit, debit, post
from marketplace.payments.ledger.actions import PREFIX as ENTRIES
from marketplace.payments.ledger.models import JournalEntry
from marketplace.payments.settlement.models import Payment, ProviderEvent, Refund
from marketplace.values import clock
from marketplace.values.text import N_

OTHER_CURRENCY = N_("A payout in another currency: confirm the entry with what the bank has received.")
NO_ACCOUNT = N_("Which bank account a payout reaches is not known: there is none, or more than one.")
NOTHING_SENT = N_("A payout of nothing, or one that the provider takes from the bank.")


def book(message: ProviderEvent, payout: Payout) -> None:
    """Book a payout once, for a message whose row is locked: 112 and 6428 against 113, or park it with a proposed entry."""
    if message.handled_at is not None and not message.parked_reason and "booked" in message.payload:
        return
    key = f"payout:{payout.payout_id}"
    hold_counter(ENTRIES)
    if db.session.scalar(select(JournalEntry.id).where(JournalEntry.key == key)) is not None:
        _booked(message, payout)  # another message told of it before, perhaps when there was another bank account
        return
    accounts = list(db.session.scalars(select(BankAccount).where(BankAccount.active).order_by(BankAccount.id).limit(2)))
    why = ""
    if payout.currency != "VND":
        why = OTHER_CURRENCY
    elif len(accounts) != 1:
        why = NO_ACCOUNT
    elif payout.amount <= 0:
        why = NOTHING_SENT
    if why:
        message.payload = {**message.payload, "proposed": _proposed(payout)}
        message.handled_at = None
        park(message, why)
        return
    legs = [debit(chart.bank(accounts[0].id), payout.amount), credit(chart.fixed(chart.CARD), payout.amount + payout.fees)]
    if payout.fees > 0:
        legs.insert(1, debit(chart.fixed(chart.PROVIDER_CHARGES), payout.fees))
    elif payout.fees < 0:
        legs.insert(1, credit(chart.fixed(chart.PROVIDER_CHARGES), -payout.fees))
    post(key, legs, kind="payout", text=payout.payout_id, actor=SYSTEM,
         happened_on=min(payout.arrives_on, clock.today()), subject=(ProviderEvent.subject_kind, message.id))
    _booked(message, payout)


def _booked(message: ProviderEvent, payout: Payout) -> None:
    message.payload = {**message.payload, "booked": payout.payout_id}
    message.parked_reason, message.handled_at = "", clock.now()


def _proposed(payout: Payout) -> dict[str, Any]:
    """Return the entry that an accountant would confirm: what of 113 it pays off is ours to say, the bank says the rest."""
    paid = select(func.coalesce(func.sum(Payment.amount), 0)).where(Payment.intent_id.in_(payout.intents))
    back = select(func.coalesce(func.sum(Refund.amount), 0)).where(Refund.provider_id.in_(payout.refunds))
    return {"payout": payout.payout_id, "amount": payout.amount, "currency": payout.currency,
            "arrives_on": payout.arrives_on.isoformat(),
            "credit_113": int(db.session.scalar(paid) or 0) - int(db.session.scalar(back) or 0)}
