"""Objects of the double in the shapes of Stripe's API reference: only the fields that are of use to the exchange."""

from __future__ import annotations

import secrets
from typing import Any

from marketplace.values import clock

Thing = dict[str, Any]
FEE_PER_MILLE = 34  # what the double keeps of each payment
API_VERSION = "2026-10-28.endive"


def now() -> int:
    """Return the present second."""
    return int(clock.now().timestamp())


def name(prefix: str) -> str:
    """Return a new name; never one that was given before, also by an earlier start."""
    return f"{prefix}_{secrets.token_hex(12)}"


def customer(params: Thing) -> Thing:
    """Return a customer."""
    return {"id": name("cus"), "object": "customer", "created": now(), "livemode": False, "name": params.get("name"),
            "email": params.get("email"), "metadata": params.get("metadata", {})}


def session(params: Thing, address: str) -> Thing:
    """Return an open Checkout session; its payment intent comes when somebody pays. Raises KeyError and ValueError."""
    items = params["line_items"]
    total = sum(int(one["price_data"]["unit_amount"]) * int(one["quantity"]) for one in items.values())
    currencies = {one["price_data"]["currency"].lower() for one in items.values()}
    if params["mode"] != "payment" or len(currencies) != 1 or not 0 < total <= 99_999_999:
        raise ValueError("Amount must convert to at least 50 cents and be at most 99999999.")
    expires = int(params.get("expires_at") or now() + 86_400)
    if not now() + 1700 <= expires <= now() + 86_500:
        raise ValueError("The `expires_at` timestamp must be between 30 minutes and 24 hours from creation.")
    made = name("cs_test")
    return {
        "id": made, "object": "checkout.session", "amount_subtotal": total, "amount_total": total,
        "cancel_url": params.get("cancel_url"), "client_reference_id": params.get("client_reference_id"),
        "created": now(), "currency": currencies.pop(), "customer": params.get("customer"), "expires_at": expires,
        "livemode": False, "locale": params.get("locale"), "metadata": params.get("metadata", {}), "mode": "payment",
        "payment_intent": None, "payment_method_types": ["card"], "payment_status": "unpaid", "status": "open",
        "success_url": params["success_url"], "url": f"{address}/c/pay/{made}",
        "_intent": params.get("payment_intent_data", {}),
        "_text": ", ".join(one["price_data"]["product_data"]["name"] for one in items.values()),
    }


def intent(amount: int, currency: str, metadata: Thing, description: str | None, customer_id: str | None) -> Thing:
    """Return a payment intent that waits for a card."""
    return {
        "id": name("pi"), "object": "payment_intent", "amount": amount, "amount_received": 0, "currency": currency,
        "created": now(), "customer": customer_id, "description": description, "last_payment_error": None,
        "latest_charge": None, "livemode": False, "metadata": metadata, "payment_method_types": ["card"],
        "status": "requires_payment_method",
    }


def charge(of: Thing) -> Thing:
    """Return the charge that pays an intent."""
    return {
        "id": name("ch"), "object": "charge", "amount": of["amount"], "amount_captured": of["amount"],
        "amount_refunded": 0, "balance_transaction": None, "captured": True, "created": now(), "currency": of["currency"],
        "customer": of["customer"], "description": of["description"], "disputed": False, "livemode": False,
        "metadata": of["metadata"], "paid": True, "payment_intent": of["id"], "refunded": False, "status": "succeeded",
    }


def movement(kind: str, source: str, amount: int, fee: int, currency: str) -> Thing:
    """Return a balance transaction."""
    return {
        "id": name("txn"), "object": "balance_transaction", "amount": amount, "available_on": now(), "created": now(),
        "currency": currency, "exchange_rate": None, "fee": fee, "fee_details": [], "net": amount - fee,
        "reporting_category": kind, "source": source, "status": "available", "type": kind, "_payout": None,
    }


def refund(of: Thing, amount: int, metadata: Thing) -> Thing:
    """Return a refund of a charge, which succeeds at once."""
    return {
        "id": name("re"), "object": "refund", "amount": amount, "balance_transaction": None, "charge": of["id"],
        "created": now(), "currency": of["currency"], "metadata": metadata, "payment_intent": of["payment_intent"],
        "reason": None, "status": "succeeded",
    }


def dispute(of: Thing) -> Thing:
    """Return the dispute of a charge."""
    return {
        "id": name("du"), "object": "dispute", "amount": of["amount"], "balance_transactions": [], "charge": of["id"],
        "created": now(), "currency": of["currency"], "is_charge_refundable": False, "livemode": False,
        "metadata": {}, "payment_intent": of["payment_intent"], "reason": "fraudulent", "status": "needs_response",
    }


def payout(amount: int, currency: str) -> Thing:
    """Return a payout that has reached the bank."""
    return {
        "id": name("po"), "object": "payout", "amount": amount, "arrival_date": now(), "automatic": True,
        "created": now(), "currency": currency, "description": "STRIPE PAYOUT", "livemode": False, "metadata": {},
        "method": "standard", "status": "paid", "type": "bank_account",
    }


def event(kind: str, thing: Thing) -> Thing:
    """Return an event about a thing as it is now."""
    return {
        "id": name("evt"), "object": "event", "api_version": API_VERSION, "created": now(), "livemode": False,
        "data": {"object": shown(thing)}, "pending_webhooks": 1, "request": {"id": None, "idempotency_key": None},
        "type": kind,
    }


def shown(thing: Thing) -> Thing:
    """Return what the API shows of a thing: what begins with _ is the double's own."""
    return {field: value for field, value in thing.items() if not field.startswith("_")}
