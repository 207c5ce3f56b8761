"""Stripe behind the `PaymentGateway`, by its own SDK: hosted Checkout by redirect, so no script of theirs runs here."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any, Literal, TypeVar

import stripe
from stripe.params.checkout import SessionCreateParams

from marketplace.payments.cards.amounts import from_stripe, to_stripe
from marketplace.payments.cards.gateway import (
    OPEN,
    OVER,
    PAID,
    REFUND_DONE,
    REFUND_FAILED,
    REFUND_PENDING,
    WAITING,
    BadMessage,
    Customer,
    GatewayAway,
    GatewayRefused,
    Message,
    Order,
    Payout,
    RefundOrder,
    Repaid,
    Session,
    Started,
)
from marketplace.values import clock

PROVIDER = "stripe"
AGE = 300  # seconds that a message may be old, or ahead of our clock
TIMEOUT = (3.05, 15.0)  # seconds to connect, and to answer; the SDK's own would be 80
_REFUND_STATES = {"succeeded": REFUND_DONE, "failed": REFUND_FAILED, "canceled": REFUND_FAILED}
_T = TypeVar("_T")


class StripeGateway:
    """The calls the exchange makes. One object serves all threads; the SDK keeps a connection for each."""

    name = PROVIDER

    def __init__(self, secret_key: str, webhook_secret: str, api_base: str = "") -> None:
        """Take the keys; `api_base` names our double instead of Stripe."""
        self._webhook_secret = webhook_secret
        self._client = stripe.StripeClient(
            secret_key, base_addresses={"api": api_base} if api_base else None, max_network_retries=2,
            http_client=stripe.RequestsClient(timeout=TIMEOUT),
        )

    def customer(self, customer: Customer) -> str:
        """Return Stripe's name of an organisation: the known one where it still counts, else that of a new one."""
        if customer.known:
            try:
                found = _asked(lambda: self._client.v1.customers.retrieve(customer.known).to_dict())
                if not found.get("deleted"):
                    return customer.known
            except _Unknown:
                pass  # of other keys, or of a double that was started anew
        made = _asked(lambda: self._client.v1.customers.create(
            params={"name": customer.name, "metadata": {"organisation": str(customer.org_id)}},
            options={"idempotency_key": customer.key}).to_dict())
        return str(made["id"])

    def start(self, order: Order) -> Started:
        """Return the session of a payment; the same order again gives the same one."""
        locale: Literal["vi", "en"] = "vi" if order.language == "vi" else "en"
        params: SessionCreateParams = {
            "mode": "payment", "client_reference_id": order.code, "customer": order.customer_id,
            "expires_at": int(order.expires_at.timestamp()),
            "line_items": [{"quantity": 1, "price_data": {
                "currency": order.currency.lower(), "unit_amount": to_stripe(order.amount, order.currency),
                "product_data": {"name": order.text}}}],
            "metadata": {"payment": order.code},
            "payment_intent_data": {"metadata": {"payment": order.code}, "description": order.text},
            "success_url": order.done_url, "cancel_url": order.back_url,
            "locale": locale,
        }
        made = _asked(lambda: self._client.v1.checkout.sessions.create(
            params=params, options={"idempotency_key": order.key}).to_dict())
        # A key repeats its first answer for a day, whatever has become of the session since.
        now = self.fetch(str(made["id"]))
        if now is None or now.state == OVER or not (now.url or made.get("url")):
            raise GatewayRefused("the session has ended")
        return Started(str(made["id"]), now.url or str(made.get("url") or ""))

    def fetch(self, session_id: str) -> Session | None:
        """Return how a session stands; None when Stripe knows none of this name."""
        try:
            return session_of(_asked(lambda: self._client.v1.checkout.sessions.retrieve(session_id).to_dict()))
        except _Unknown:
            return None

    def cancel(self, session_id: str) -> None:
        """End a session, so that nobody pays in it; one that has ended already is left."""
        try:
            _asked(lambda: self._client.v1.checkout.sessions.expire(session_id))
        except _Unknown:
            return
        except GatewayRefused:
            now = self.fetch(session_id)
            if now is not None and now.state == OPEN:
                raise

    def refund(self, order: RefundOrder) -> Repaid:
        """Pay back a part of a payment; the same order again is the same refund."""
        made = _asked(lambda: self._client.v1.refunds.create(params={
            "payment_intent": order.intent_id, "amount": to_stripe(order.amount, "VND"),
            "metadata": {"refund": order.code, "attempt": str(order.attempt)},
        }, options={"idempotency_key": order.key}).to_dict())
        return repaid_of(made)

    def parse(self, body: bytes, signature: str) -> Message:
        """Return a message whose signature is right and whose age is at most 300 seconds. Raises BadMessage."""
        try:  # whatever the SDK trips over is a bad message: signed nonsense raises AttributeError in it
            event = self._client.construct_event(body, signature, self._webhook_secret, tolerance=AGE).to_dict()
            sent = int(dict(part.split("=", 1) for part in signature.split(","))["t"])
            event_id, kind, thing = event["id"], event["type"], event["data"]["object"]
            good = all(isinstance(one, str) and one.isprintable() and 0 < len(one) <= 80 for one in (event_id, kind))
        except Exception as error:
            raise BadMessage(type(error).__name__) from error
        if not good or not isinstance(thing, dict) or sent > clock.now().timestamp() + AGE:
            raise BadMessage("not in a known shape")
        more = {"created": event.get("created"), "livemode": event.get("livemode")}
        return Message(event_id, kind, {**more, "object": thing})

    def payout(self, payout_id: str) -> Payout:
        """Return what a payout is made of."""
        said = _asked(lambda: self._client.v1.payouts.retrieve(payout_id).to_dict())
        moves = _asked(lambda: [one.to_dict() for one in self._client.v1.balance_transactions.list(
            params={"payout": payout_id, "limit": 100, "expand": ["data.source"]}).auto_paging_iter()])
        parts = [one for one in moves if one["type"] != "payout"]
        # What Stripe takes beside a payment stands as a movement of its own.
        fees = sum(one["fee"] - (one["amount"] if one["type"] in {"stripe_fee", "tax_fee"} else 0) for one in parts)
        sources = [one["source"] for one in parts if isinstance(one.get("source"), dict)]
        currency = str(said["currency"]).upper()
        return Payout(
            payout_id, from_stripe(said["amount"], currency), currency,
            clock.local(datetime.fromtimestamp(said["arrival_date"], UTC)).date(), from_stripe(fees, currency),
            tuple(str(one["payment_intent"]) for one in sources if one["object"] == "charge"),
            tuple(str(one["id"]) for one in sources if one["object"] == "refund"),
        )

    def sessions(self, since: datetime, until: datetime) -> Iterator[Session]:
        """Return the sessions begun in a time, the newest first."""
        found = _asked(lambda: [one.to_dict() for one in self._client.v1.checkout.sessions.list(params={
            "created": {"gte": int(since.timestamp()), "lt": int(until.timestamp())}, "limit": 100}).auto_paging_iter()])
        yield from map(session_of, found)


class _Unknown(GatewayRefused):
    """Stripe knows nothing of this name."""


def _asked(call: Callable[[], _T]) -> _T:
    """Return what a call returns, its errors as ours. A 500 or a time-out says nothing of what was done."""
    try:
        return call()
    except stripe.InvalidRequestError as error:
        if error.code == "resource_missing":
            raise _Unknown(str(error)) from error
        raise GatewayRefused(str(error)[:300]) from error
    except (stripe.CardError, stripe.IdempotencyError) as error:
        raise GatewayRefused(str(error)[:300]) from error
    except stripe.StripeError as error:  # also wrong keys and too many requests: all that is not about this payment
        raise GatewayAway(f"{type(error).__name__}: {error}"[:300]) from error


def session_of(said: dict[str, Any]) -> Session:
    """Return a session from Stripe's own fields."""
    paid = said.get("payment_status") in {"paid", "no_payment_required"}
    states = {"open": OPEN, "expired": OVER, "complete": PAID if paid else WAITING}
    currency = str(said.get("currency") or "").upper()
    return Session(
        str(said["id"]), said.get("payment_intent"), str(said.get("client_reference_id") or ""),
        states.get(str(said.get("status")), OVER), from_stripe(int(said.get("amount_total") or 0), currency), currency,
        str(said.get("url") or ""), datetime.fromtimestamp(int(said.get("created") or 0), UTC),
        str(said.get("customer") or ""),
    )


def repaid_of(said: dict[str, Any]) -> Repaid:
    """Return a refund from Stripe's own fields."""
    return Repaid(str(said["id"]), _REFUND_STATES.get(str(said.get("status")), REFUND_PENDING),
                  str(said.get("failure_reason") or said.get("status") or ""))
