"""Work of the outbox about cards: acting on messages, sending refunds, booking payouts; and what has lapsed.

Nothing waits for the network with a lock in hand: what is to be asked is committed before, and the answer noted after.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import select

from marketplace.core.access import SYSTEM, Actor
from marketplace.core.errors import Unreachable
from marketplace.core.events import FAST, Consumer, Outbox
from marketplace.core.extensions import db
from marketplace.core.long_work import begin_reading, begin_writing
from marketplace.payments.cards import payouts
from marketplace.payments.cards.gateway import (
    NOT_OFFERED,
    OVER,
    PAID,
    REFUND_DONE,
    REFUND_FAILED,
    GatewayRefused,
    PaymentGateway,
    RefundOrder,
    Session,
    gateway,
)
from marketplace.payments.cards.messages import CONSUMER, PAYOUTS, Parked, act, held, park, received, settled
from marketplace.payments.settlement import actions, refunds
from marketplace.payments.settlement.lifecycle import PENDING, SENT
from marketplace.payments.settlement.models import CARD, Payment, ProviderEvent, Refund
from marketplace.payments.settlement.refunds import CARD_REFUNDS
from marketplace.values import clock

LATE = timedelta(minutes=10)  # that a session may be over before we ask what became of it


def handle_messages(rows: Sequence[Outbox]) -> None:
    """Act on messages, one for each row."""
    for row in rows:
        act(held(int(row.payload["message"])))


def _provider() -> PaymentGateway:
    found = gateway()
    if found is None:
        raise Unreachable(NOT_OFFERED)
    return found


def send_refunds(rows: Sequence[Outbox]) -> None:
    """Send card refunds: book and commit first, ask the provider under a key of this attempt, note its answer."""
    for row in rows:
        refund_id, key = int(row.payload["refund_id"]), str(row.key)
        begin_writing()
        refund = refunds.held(refund_id)
        if key == f"refund:{refund.code}:{refund.attempt + 1}":
            refunds.send(refund, SYSTEM)
        if refund.state != SENT or key != f"refund:{refund.code}:{refund.attempt}":  # of an attempt that is over
            continue
        order = RefundOrder(refund.code, refund.attempt, refund.payment.intent_id or "", refund.amount)
        db.session.commit()
        begin_reading()
        try:
            said = _provider().refund(order)
            answer = (said.refund_id, said.state == REFUND_DONE, said.reason or "–" if said.state == REFUND_FAILED else "")
        except GatewayRefused as error:
            answer = ("", False, str(error) or "–")
        begin_writing()
        _answered(refunds.held(refund_id), order.attempt, *answer)


def _answered(refund: Refund, attempt: int, provider_id: str, done: bool, failure: str) -> None:
    if refund.attempt != attempt or refund.state != SENT:
        return  # its message was faster
    settled(refund, provider_id or str(refund.provider_id or "") or None, done, failure)


def book_payouts(rows: Sequence[Outbox]) -> None:
    """Book payouts: ask what each is made of, then write."""
    for row in rows:
        message_id = int(row.payload["message"])
        begin_reading()
        payout_id = str(db.session.get_one(ProviderEvent, message_id).payload["object"]["id"])
        try:
            made = _provider().payout(payout_id)
        except GatewayRefused as error:
            begin_writing()
            park(held(message_id), str(error))
            continue
        begin_writing()
        payouts.book(held(message_id), made)


def expire_cards() -> bool:
    """Ask what became of one session whose time is over and of which nothing was heard; True when there may be more."""
    begin_reading()
    due = select(Payment.id, Payment.provider_id).where(
        Payment.state == PENDING, Payment.channel == CARD, Payment.expires_at < clock.now() - LATE).order_by(Payment.id)
    found = db.session.execute(due.limit(1)).first()
    if found is None or gateway() is None:
        return False
    session = _provider().fetch(found.provider_id) if found.provider_id else None
    begin_writing()
    payment = actions.locked(found.id)
    if session is not None and session.state == PAID:
        take_in(payment, session)
    elif session is None or session.state == OVER:
        actions.cancel(payment)
    if payment.state == PENDING:  # not sure yet, or parked
        payment.expires_at = clock.now() + timedelta(hours=6)
    return True


def take_in(payment: Payment, session: Session, actor: Actor = SYSTEM) -> bool:
    """Complete a payment whose rows are locked, as its paid session says; return whether it was booked now."""
    try:
        return received(payment, session.intent_id, actions.Said(session.amount, session.currency, clock.today()), actor)
    except Parked as why:
        actions.park(payment, str(why))
        return False


CONSUMERS = (
    Consumer(CONSUMER, lambda _action: False, handle_messages, lane=FAST),
    Consumer(CARD_REFUNDS, lambda _action: False, send_refunds),
    Consumer(PAYOUTS, lambda _action: False, book_payouts),
)
