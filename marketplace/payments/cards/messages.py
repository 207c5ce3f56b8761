"""Messages of the card provider: each is kept once as it came, and acted on by the outbox, whatever order they come in."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import func, select

from marketplace.core.access import SYSTEM, Actor
from marketplace.core.errors import IllegalMove, NotAllowed
from marketplace.core.events import record
from marketplace.core.extensions import db
from marketplace.core.outbox import enqueue
from marketplace.core.permissions import ACCOUNTING
from marketplace.payments.cards.amounts import from_stripe
from marketplace.payments.cards.gateway import Message
from marketplace.payments.cards.message_names import UNREADABLE, UNREADABLE_ERRORS, check_names
from marketplace.payments.settlement import actions, queries, refunds
from marketplace.payments.settlement.actions import Said, note_event
from marketplace.payments.settlement.lifecycle import EVER_RECEIVED
from marketplace.payments.settlement.models import CARD, Payment, ProviderEvent, Refund
from marketplace.values import clock
from marketplace.values.text import N_

log = logging.getLogger(__name__)
CONSUMER = "stripe"
PAYOUTS = "stripe_payouts"
PAYOUT_PAID = "payout.paid"
CLOSED = "charge.dispute.closed"

MOST = 200  # parked messages that are looked through for those of a payment that has become known
UNKNOWN = N_("No payment of ours has this name.")
EARLY = N_("It came before the payment itself, and waits for it.")
DIFFERS = N_("Amount or currency are not ours. Nothing was booked.")
PAID_TWICE = N_("Another payment of the same order was received before.")
NOT_OURS = N_("Paid back at the provider by hand, not by a refund of ours.")
NOT_NOW = N_("It does not fit what is known by now.")


class Parked(Exception):
    """A message is kept, but nothing is done; the text is the reason, a message id."""


def take(provider: str, message: Message) -> bool:
    """Keep a message and have it acted on; False for one that came before, of which nothing is done."""
    with db.session.begin_nested():
        row = note_event(provider, message.event_id, message.kind, message.payload)
        if row is not None:
            enqueue(CONSUMER, {"message": row.id}, key=f"{CONSUMER}:{message.event_id}")
    return row is not None


def held(message_id: int) -> ProviderEvent:
    """Return a message, its row locked."""
    return db.session.get_one(ProviderEvent, message_id, with_for_update=True, populate_existing=True)


def act(message: ProviderEvent) -> None:
    """Do what a message says, or park it; one that was handled already is left. Kinds that mean nothing here are kept."""
    if message.handled_at is not None:
        return
    try:
        if message.kind in ACTS:
            check_names(_thing(message))
            ACTS[message.kind](message)
    except Parked as why:
        park(message, str(why))
        return
    except IllegalMove:
        park(message, NOT_NOW)
        return
    except UNREADABLE_ERRORS as error:  # a shape that we do not know; trying it again leads to the same
        log.warning("message %s of the card provider cannot be read: %r", message.id, error)
        park(message, UNREADABLE)
        return
    message.parked_reason, message.handled_at = "", clock.now()


def park(message: ProviderEvent, why: str) -> None:
    """Keep a message with the reason why nothing was done, and tell accountants; one that only waits tells nobody."""
    before, message.parked_reason = message.parked_reason, why[:300]
    if why not in (before, EARLY):
        record(message, "provider_event.park", SYSTEM, reason=why, data={"kind": message.kind})


def replay(message: ProviderEvent, actor: Actor) -> None:
    """Have a parked message, its row locked, acted on once more. Raises NotAllowed."""
    if not actor.may(ACCOUNTING):
        raise NotAllowed
    if not message.parked_reason:
        return
    message.parked_reason, message.handled_at = "", None
    record(message, "provider_event.replay", actor, data={"kind": message.kind})
    enqueue(CONSUMER, {"message": message.id})


def _thing(message: ProviderEvent) -> dict[str, Any]:
    found: dict[str, Any] = message.payload["object"]
    return found


def _moment(message: ProviderEvent) -> datetime:
    """Return when it happened, as the provider says; when it came, where that is not said."""
    created = message.payload.get("created")
    return datetime.fromtimestamp(created, UTC) if isinstance(created, int) else message.received_at


def _payment(message: ProviderEvent, *names: str | None, code: str = "") -> Payment:
    """Return the payment that a message is about, with its payment request locked. Raises Parked for an unknown one."""
    known = (queries.named(message.provider, name) for name in names if name)
    found = next((one for one in known if one is not None), None)
    if found is None and code:
        found = db.session.scalar(select(Payment.id).where(
            Payment.code == code, Payment.provider == message.provider, Payment.channel == CARD))
    if found is None:
        raise Parked(UNKNOWN)
    message.payment_id = found
    return actions.locked(found)


def _of_session(message: ProviderEvent) -> Payment:
    said = _thing(message)
    payment = _payment(message, said["id"], said.get("payment_intent"), code=said.get("client_reference_id") or "")
    if payment.provider_id is None:
        payment.provider_id = said["id"]
    return payment


def _of_intent(message: ProviderEvent) -> Payment:
    said = _thing(message)
    return _payment(message, said["id"], code=(said.get("metadata") or {}).get("payment") or "")


def _said(message: ProviderEvent, amount: int, currency: str) -> Said:
    """Return what a message says of a payment, in our minor units, on the day on which it happened."""
    return Said(from_stripe(amount, currency), currency.upper(), clock.local(_moment(message)).date())


def received(payment: Payment, intent_id: str | None, said: Said, actor: Actor = SYSTEM) -> bool:
    """Complete a payment whose rows are locked, as the provider says; return whether something was booked.

    Raises Parked when the provider has received it under another name before, or another amount.
    """
    if payment.intent_id is not None and intent_id is not None and payment.intent_id != intent_id:
        raise Parked(PAID_TWICE)
    payment.intent_id = payment.intent_id or intent_id
    if actions.complete(payment, said, actor):
        _go_on(payment)
        return True
    if payment.state not in EVER_RECEIVED or (said.amount, said.currency) != (payment.amount, payment.currency):
        raise Parked(DIFFERS)
    return False


def _go_on(payment: Payment) -> None:
    """Have what came before the payment acted on now."""
    waiting = queries.parked().where(ProviderEvent.parked_reason.in_((EARLY, UNKNOWN)))
    for one in db.session.scalars(waiting.order_by(ProviderEvent.id.desc()).limit(MOST)):
        if one.payment_id == payment.id or one.payload["object"].get("payment_intent") == payment.intent_id:
            one.parked_reason = ""
            enqueue(CONSUMER, {"message": one.id})


def _session_paid(message: ProviderEvent) -> None:
    said = _thing(message)
    payment = _of_session(message)
    if said.get("payment_status") == "paid":
        received(payment, said.get("payment_intent"), _said(message, int(said["amount_total"]), str(said["currency"])))
    elif said.get("payment_intent"):
        payment.intent_id = payment.intent_id or said["payment_intent"]


def _session_failed(message: ProviderEvent) -> None:
    actions.fail(_of_session(message))


def _session_expired(message: ProviderEvent) -> None:
    payment = _of_session(message)
    if payment.provider_id == _thing(message)["id"]:  # not a session that was given up for another one
        actions.cancel(payment)


def _intent_paid(message: ProviderEvent) -> None:
    said = _thing(message)
    amount = said.get("amount_received", said["amount"])
    received(_of_intent(message), said["id"], _said(message, int(amount), str(said["currency"])))


def _intent_failed(message: ProviderEvent) -> None:
    """Note the intent only: a refused card leaves the session open, where the next card may be taken."""
    payment = _of_intent(message)
    payment.intent_id = payment.intent_id or _thing(message)["id"]


def _intent_cancelled(message: ProviderEvent) -> None:
    actions.cancel(_of_intent(message))


def _charge_refunded(message: ProviderEvent) -> None:
    """Compare what the provider paid back in all with our refunds; each of them is settled by its own messages."""
    said = _thing(message)
    payment = _payment(message, said.get("payment_intent"), code=(said.get("metadata") or {}).get("payment") or "")
    sent = select(func.coalesce(func.sum(Refund.amount), 0)).where(Refund.payment_id == payment.id, Refund.attempt > 0)
    if from_stripe(int(said["amount_refunded"]), str(said["currency"])) > int(db.session.scalar(sent) or 0):
        raise Parked(NOT_OURS)


def _refund_moved(message: ProviderEvent) -> None:
    said = _thing(message)
    named = said.get("metadata") or {}
    found = db.session.scalar(select(Refund.id).where(Refund.provider_id == said["id"]))
    if found is None and named.get("refund"):
        found = db.session.scalar(select(Refund.id).where(Refund.code == named["refund"]))
    if found is None:
        _payment(message, said.get("payment_intent"))
        raise Parked(NOT_OURS)
    refund = refunds.held(found)
    message.payment_id = refund.payment_id
    if named.get("attempt", str(refund.attempt)) != str(refund.attempt):
        return  # of an attempt that is over
    if (from_stripe(int(said["amount"]), str(said["currency"])), str(said["currency"]).upper()) != (
            refund.amount, refund.payment.currency):
        raise Parked(DIFFERS)
    came_back = said.get("status") in {"failed", "canceled"}
    failure = str(said.get("failure_reason") or "–") if came_back else ""
    settled(refund, said["id"], said.get("status") == "succeeded", failure)


def settled(refund: Refund, provider_id: str | None, done: bool, failure: str) -> None:
    """Note what the provider says of a refund whose rows are held: done, failed for a reason, or on its way."""
    refund.provider_id = provider_id
    if failure:
        refunds.fail(refund, SYSTEM, failure)
    elif done:
        refunds.settle(refund, SYSTEM)


def _dispute(message: ProviderEvent) -> Payment | None:
    """Return the disputed payment; None for an inquiry, which moves no money. Raises Parked."""
    said = _thing(message)
    if str(said.get("status", "")).startswith("warning"):
        return None
    payment = _payment(message, said.get("payment_intent"))
    if (from_stripe(int(said["amount"]), str(said["currency"])), str(said["currency"]).upper()) != (
            payment.amount, payment.currency):
        raise Parked(DIFFERS)
    if payment.state not in EVER_RECEIVED:
        raise Parked(EARLY)
    return payment


def _dispute_opened(message: ProviderEvent) -> None:
    payment = _dispute(message)
    if payment is not None and not _closed_before(message):
        actions.open_dispute(payment, _moment(message))


def _dispute_closed(message: ProviderEvent) -> None:
    payment = _dispute(message)
    if payment is not None and not _closed_before(message):
        actions.open_dispute(payment, _moment(message))  # where the message that it was opened comes later
        actions.close_dispute(payment, _thing(message)["status"] == "won", _moment(message))


def _closed_before(message: ProviderEvent) -> bool:
    """Return whether the end of this dispute was booked already."""
    others = select(ProviderEvent.payload).where(
        ProviderEvent.payment_id == message.payment_id, ProviderEvent.kind == CLOSED, ProviderEvent.id != message.id,
        ProviderEvent.handled_at.is_not(None))
    return any(one["object"]["id"] == _thing(message)["id"] for one in db.session.scalars(others))


def _paid_out(message: ProviderEvent) -> None:
    """Leave it to a consumer of its own: what the payout is made of is asked for over the network."""
    enqueue(PAYOUTS, {"message": message.id})


ACTS: dict[str, Callable[[ProviderEvent], None]] = {
    "checkout.session.completed": _session_paid,
    "checkout.session.async_payment_succeeded": _session_paid,
    "checkout.session.async_payment_failed": _session_failed,
    "checkout.session.expired": _session_expired,
    "payment_intent.succeeded": _intent_paid,
    "payment_intent.payment_failed": _intent_failed,
    "payment_intent.canceled": _intent_cancelled,
    "charge.refunded": _charge_refunded,
    "refund.created": _refund_moved,
    "refund.updated": _refund_moved,
    "refund.failed": _refund_moved,
    "charge.dispute.created": _dispute_opened,
    CLOSED: _dispute_closed,
    PAYOUT_PAID: _paid_out,
}
