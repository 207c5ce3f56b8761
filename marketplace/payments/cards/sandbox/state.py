"""What the double knows and does: everything happens under one lock, and each thing that happens is an event."""

from __future__ import annotations

import threading
from collections.abc import Callable

from marketplace.payments.cards.sandbox import objects
from marketplace.payments.cards.sandbox.objects import Thing

MISSING = "resource_missing"


class Refused(Exception):
    """A request that is answered with an error of the API."""

    def __init__(self, status: int, message: str, code: str = "", kind: str = "invalid_request_error") -> None:
        """Keep what the answer says."""
        super().__init__(message)
        self.status, self.code, self.kind = status, code, kind


class Double:
    """The state of the double. `told` is called with every event."""

    def __init__(self, told: Callable[[Thing], object] = lambda _event: None) -> None:
        """Begin empty."""
        self.lock = threading.RLock()
        self.things: dict[str, Thing] = {}
        self.moves: list[Thing] = []
        self.events: list[Thing] = []
        self.address = ""
        self.told = told

    def get(self, thing_id: str, kind: str) -> Thing:
        """Return a thing of a kind. Raises Refused."""
        found = self.things.get(thing_id)
        if found is None or found["object"] != kind:
            raise Refused(404, f"No such {kind}: '{thing_id}'", MISSING)
        return found

    def keep(self, thing: Thing) -> Thing:
        """Keep a new thing and return it."""
        self.things[thing["id"]] = thing
        return thing

    def every(self, kind: str) -> list[Thing]:
        """Return the things of a kind, the newest first."""
        return [one for one in reversed(self.things.values()) if one["object"] == kind]

    def tell(self, kind: str, thing: Thing) -> None:
        """Note that something happened, and tell whoever listens."""
        made = objects.event(kind, thing)
        self.events.append(made)
        self.told(made)

    # What the API and the hosted page do.

    def session(self, session_id: str) -> Thing:
        """Return a session; one whose time is over expires now."""
        found = self.get(session_id, "checkout.session")
        if found["status"] == "open" and found["expires_at"] <= objects.now():
            self._expire(found)
        return found

    def expire(self, session_id: str) -> Thing:
        """End an open session. Raises Refused for one that has ended."""
        found = self.session(session_id)
        if found["status"] != "open":
            raise Refused(400, f"Only open Checkout Sessions can be expired; it is {found['status']}.")
        self._expire(found)
        return found

    def _expire(self, found: Thing) -> None:
        found["status"], found["url"] = "expired", None
        self.tell("checkout.session.expired", found)

    def _intent_of(self, session: Thing) -> Thing:
        if session["payment_intent"] is None:
            asked = session["_intent"]
            made = self.keep(objects.intent(session["amount_total"], session["currency"], asked.get("metadata", {}),
                                            asked.get("description"), session["customer"]))
            session["payment_intent"] = made["id"]
        return self.get(session["payment_intent"], "payment_intent")

    def pay(self, session_id: str) -> Thing:
        """Pay in a session. Raises Refused for one that has ended; a repeat changes nothing."""
        found = self.session(session_id)
        if found["status"] == "complete":
            return found
        if found["status"] != "open":
            raise Refused(400, "This session has expired.")
        paid = self._intent_of(found)
        found.update(status="complete", payment_status="paid", url=None)
        self.succeed(paid)
        self.tell("checkout.session.completed", found)
        return found

    def decline(self, session_id: str, code: str = "card_declined") -> Thing:
        """Refuse a card in a session, which stays open. Raises Refused for one that has ended."""
        found = self.session(session_id)
        if found["status"] != "open":
            raise Refused(400, "This session has ended.")
        failed = self._intent_of(found)
        failed["last_payment_error"] = {"code": code, "type": "card_error", "message": "Your card was declined."}
        self.tell("payment_intent.payment_failed", failed)
        return found

    def succeed(self, paid: Thing) -> Thing:
        """Pay an intent; return its charge."""
        made = self.keep(objects.charge(paid))
        fee = (paid["amount"] * objects.FEE_PER_MILLE + 500) // 1000
        made["balance_transaction"] = self.move("charge", made["id"], paid["amount"], fee, paid["currency"])
        paid.update(status="succeeded", amount_received=paid["amount"], latest_charge=made["id"], last_payment_error=None)
        self.tell("charge.succeeded", made)
        self.tell("payment_intent.succeeded", paid)
        return made

    def move(self, kind: str, source: str, amount: int, fee: int, currency: str) -> str:
        """Move the balance; return the name of the balance transaction."""
        made = self.keep(objects.movement(kind, source, amount, fee, currency))
        self.moves.append(made)
        return str(made["id"])

    def charge_of(self, intent_id: str) -> Thing:
        """Return the charge of a paid intent. Raises Refused."""
        paid = self.get(intent_id, "payment_intent")
        if paid["latest_charge"] is None:
            raise Refused(400, f"This PaymentIntent ({intent_id}) does not have a successful charge to refund.")
        return self.get(paid["latest_charge"], "charge")

    def refund(self, intent_id: str, amount: int | None, metadata: Thing) -> Thing:
        """Refund a part of a charge, at most what was not refunded yet. Raises Refused."""
        of = self.charge_of(intent_id)
        left = of["amount"] - of["amount_refunded"]
        asked = left if amount is None else amount
        if of["disputed"] or not left:
            raise Refused(400, f"Charge {of['id']} has already been refunded or is disputed.", "charge_already_refunded")
        if not 0 < asked <= left:
            raise Refused(400, f"Refund amount ({asked}) is greater than unrefunded amount on charge ({left})",
                          "amount_too_large")
        made = self.keep(objects.refund(of, asked, metadata))
        made["balance_transaction"] = self.move("refund", made["id"], -asked, 0, of["currency"])
        of["amount_refunded"] += asked
        of["refunded"] = of["amount_refunded"] == of["amount"]
        for kind, thing in (("refund.created", made), ("charge.refunded", of), ("refund.updated", made)):
            self.tell(kind, thing)
        return made

    def fail_refund(self, refund_id: str) -> Thing:
        """Let a refund come back, as a bank may after days."""
        made = self.get(refund_id, "refund")
        of = self.get(made["charge"], "charge")
        made.update(status="failed", failure_reason="lost_or_stolen_card")
        of["amount_refunded"] -= made["amount"]
        of["refunded"] = False
        self.move("refund_failure", made["id"], made["amount"], 0, made["currency"])
        self.tell("refund.failed", made)
        return made

    def dispute(self, intent_id: str) -> Thing:
        """Let the card holder dispute a payment. Raises Refused."""
        of = self.charge_of(intent_id)
        if of["disputed"]:
            raise Refused(400, "This charge is disputed already.")
        of["disputed"] = True
        made = self.keep(objects.dispute(of))
        self.move("adjustment", made["id"], -of["amount"], 0, of["currency"])
        self.tell("charge.dispute.created", made)
        return made

    def close_dispute(self, dispute_id: str, won: bool) -> Thing:
        """Decide a dispute; won, the money comes back. Raises Refused."""
        made = self.get(dispute_id, "dispute")
        if made["status"] in {"won", "lost"}:
            raise Refused(400, "This dispute is closed.")
        made["status"] = "won" if won else "lost"
        if won:
            self.move("adjustment", made["id"], made["amount"], 0, made["currency"])
        self.tell("charge.dispute.closed", made)
        return made

    def pay_out(self) -> Thing | None:
        """Send the whole balance to the bank; None when nothing is there."""
        waiting = [one for one in self.moves if one["_payout"] is None]
        amount = sum(one["net"] for one in waiting)
        if amount <= 0:
            return None
        made = self.keep(objects.payout(amount, waiting[0]["currency"]))
        self.move("payout", made["id"], -amount, 0, made["currency"])
        for one in (*waiting, self.moves[-1]):
            one["_payout"] = made["id"]
        self.tell("payout.paid", made)
        return made
