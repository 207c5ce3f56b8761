"""Beginning to pay by card: one payment and one session however often the button is pressed."""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from datetime import timedelta

from marketplace.core.access import Actor
from marketplace.core.extensions import db
from marketplace.core.long_work import begin_reading, begin_writing
from marketplace.payments.cards.customers import customer_of
from marketplace.payments.cards.gateway import (
    OPEN,
    PAID,
    WAITING,
    GatewayAway,
    GatewayRefused,
    Order,
    PaymentGateway,
    Session,
)
from marketplace.payments.invoicing import queries as invoices
from marketplace.payments.settlement import actions
from marketplace.payments.settlement.queries import waiting_card
from marketplace.values import clock

log = logging.getLogger(__name__)
LASTS = timedelta(minutes=60)
LEAST = timedelta(minutes=31)  # the provider makes no session that ends within half an hour


@dataclass(frozen=True)
class Ways:
    """Where the provider's page leads back to, what it says of the payment, and in which language."""

    done_url: str
    back_url: str
    text: str
    language: str


@dataclass(frozen=True)
class Begun:
    """A payment that can be paid at the provider, or that was paid there already and waits for its message."""

    payment_id: int
    paid: bool


def begin(provider: PaymentGateway, invoice_id: int, actor: Actor, ways: Ways) -> Begun:
    """Return the card payment of a payment request, with a session at the provider in which it can be paid.

    The network is asked between two transactions: the first commits the payment under whose code the provider is asked,
    the request's own notes the session. Raises IllegalMove when nothing is to be paid, GatewayAway, GatewayRefused.
    """
    begin_reading()
    before = waiting_card(invoice_id)
    rest = invoices.rests([invoice_id])[invoice_id]
    session = provider.fetch(before.provider_id) if before is not None and before.provider_id else None
    if before is not None and session is not None:
        if session.state in {PAID, WAITING}:
            return Begun(before.id, True)
        if session.state == OPEN and before.amount == rest:
            return Begun(before.id, False)
    begin_writing()
    payment_id, order, payer, ended = _ordered(provider, invoice_id, actor, ways, session)
    db.session.commit()  # no lock and no transaction is held while the provider takes its time
    begin_reading()
    _end(provider, ended)
    try:
        made = provider.start(replace(order, customer_id=customer_of(provider, *payer)))
    except (GatewayAway, GatewayRefused):
        _give_up(payment_id, order.attempt)
        raise
    begin_writing()
    payment = actions.locked(payment_id)
    if payment.provider_id is None:
        payment.provider_id = made.session_id
    return Begun(payment_id, False)


def _ordered(
    provider: PaymentGateway, invoice_id: int, actor: Actor, ways: Ways, seen: Session | None
) -> tuple[int, Order, tuple[int, str], str | None]:
    """Return the payment, what the provider is asked, who pays, and the session of a payment that is given up for it."""
    invoice = invoices.held(invoice_id)
    old = waiting_card(invoice_id)
    if old is not None and seen is not None and old.provider_id == seen.session_id and seen.state != OPEN:
        actions.cancel(actions.locked(old.id))  # its session is over: every session has a payment of its own
        db.session.flush()
    payment = actions.start_card(invoice, provider.name, actor)
    given_up = old is not None and old.id != payment.id and seen is not None and seen.state == OPEN
    ended = old.provider_id if old is not None and given_up else None
    if payment.expires_at is not None and payment.expires_at < clock.now() + LEAST:
        payment.attempt += 1
        payment.expires_at = None
    payment.expires_at = payment.expires_at or (clock.now() + LASTS).replace(microsecond=0)
    order = Order(
        payment.code, payment.attempt, payment.amount, payment.currency, payment.expires_at, ways.text, "",
        ways.language, ways.done_url, ways.back_url)
    return payment.id, order, (payment.org_id, payment.org.name), ended


def _end(provider: PaymentGateway, session_id: str | None) -> None:
    """End a session that nobody needs any more. Who pays in it all the same has a credit."""
    if session_id is None:
        return
    try:
        provider.cancel(session_id)
    except (GatewayAway, GatewayRefused) as error:
        log.warning("a session was not ended: %s", error)


def _give_up(payment_id: int, attempt: int) -> None:
    """Let the next try have a key of its own: the present one would repeat its first answer for a day."""
    begin_writing()
    payment = actions.locked(payment_id)
    if payment.attempt == attempt and payment.provider_id is None:
        payment.attempt += 1
        payment.expires_at = None
    db.session.commit()
