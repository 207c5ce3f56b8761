"""What the exchange asks of a card provider, in plain values; who answers is `stripe_gateway`.

Every method but `parse` goes over the network and may take 15 seconds: call it outside the write transaction.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from hashlib import sha256
from typing import Any, Protocol

from flask import current_app

from marketplace.core.errors import Unreachable
from marketplace.values.text import N_

#: How a session at the provider stands: it can be paid, was paid, is paid but the money is not sure yet, or is over.
OPEN, PAID, WAITING, OVER = "open", "paid", "waiting", "over"
#: How a refund at the provider stands.
REFUND_PENDING, REFUND_DONE, REFUND_FAILED = "pending", "done", "failed"


class GatewayAway(Unreachable):
    """The provider does not answer, or not as it should: nobody knows whether it did what was asked. Ask again, with the
    same key."""


class GatewayRefused(Exception):
    """The provider understood, and does not do it. The text is the provider's."""


class BadMessage(Exception):
    """What came in is no message of the provider: no or a wrong signature, too old, or in no known shape."""


@dataclass(frozen=True)
class Order:
    """One payment that a session is asked for. `attempt` is part of the key under which the provider does it once."""

    code: str
    attempt: int
    amount: int  # minor units
    currency: str
    expires_at: datetime
    text: str
    customer_id: str
    language: str
    done_url: str
    back_url: str

    @property
    def key(self) -> str:
        """The key of idempotency."""
        return f"checkout:{self.code}:{self.attempt}"


@dataclass(frozen=True)
class Started:
    """A session: its name, and the page on which the card is entered."""

    session_id: str
    url: str


@dataclass(frozen=True)
class Customer:
    """An organisation that pays; `known` is what the provider was found to call it, empty at first."""

    org_id: int
    name: str
    known: str

    @property
    def key(self) -> str:
        """The key of idempotency: requests that come at once make one customer."""
        return f"customer:{self.org_id}:{sha256(f'{self.known} {self.name}'.encode()).hexdigest()[:32]}"


@dataclass(frozen=True)
class Session:
    """How a session stands at the provider."""

    session_id: str
    intent_id: str | None
    code: str  # of our payment
    state: str
    amount: int
    currency: str
    url: str
    created_at: datetime
    customer_id: str = ""


@dataclass(frozen=True)
class RefundOrder:
    """One refund that is asked for; `key` carries the attempt."""

    code: str
    attempt: int
    intent_id: str
    amount: int

    @property
    def key(self) -> str:
        """The key of idempotency."""
        return f"refund:{self.code}:{self.attempt}"


@dataclass(frozen=True)
class Repaid:
    """How a refund stands at the provider."""

    refund_id: str
    state: str
    reason: str = ""


@dataclass(frozen=True)
class Payout:
    """Money that the provider has sent to the bank: what arrives, what it kept, and whose payments it is of."""

    payout_id: str
    amount: int  # in minor units of `currency`
    currency: str
    arrives_on: date
    fees: int
    intents: tuple[str, ...] = ()  # payments, by the provider's name
    refunds: tuple[str, ...] = ()


@dataclass(frozen=True)
class Message:
    """A signed message of the provider, as plain values."""

    event_id: str
    kind: str
    payload: dict[str, Any] = field(default_factory=dict)


class PaymentGateway(Protocol):
    """A card provider. Raises GatewayAway and GatewayRefused."""

    name: str

    def customer(self, customer: Customer) -> str:
        """Return the provider's name of an organisation: the known one where it still counts, else that of a new one."""
        ...

    def start(self, order: Order) -> Started:
        """Return the session of a payment; the same order again gives the same one."""
        ...

    def fetch(self, session_id: str) -> Session | None:
        """Return how a session stands; None when the provider knows none of this name."""
        ...

    def cancel(self, session_id: str) -> None:
        """End a session, so that nobody pays in it; one that has ended already is left."""
        ...

    def refund(self, order: RefundOrder) -> Repaid:
        """Pay back a part of a payment; the same order again is the same refund."""
        ...

    def parse(self, body: bytes, signature: str) -> Message:
        """Return a message whose signature is right and not older than 300 seconds. Raises BadMessage. Asks nobody."""
        ...

    def payout(self, payout_id: str) -> Payout:
        """Return what a payout is made of."""
        ...

    def sessions(self, since: datetime, until: datetime) -> Iterator[Session]:
        """Return the sessions begun in a time (since ≤ begun < until), the newest first."""
        ...


NOT_OFFERED = N_("Payment by card is not offered here.")


def gateway() -> PaymentGateway | None:
    """Return the card provider of this application; None without keys: then cards are not offered."""
    found: PaymentGateway | None = current_app.extensions.get("card_gateway")
    return found
