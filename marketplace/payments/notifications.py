"""What is told of money: to the organisation that pays, and to accountants."""

from __future__ import annotations

from typing import Any

from marketplace.core.events import Event
from marketplace.core.permissions import NEGOTIATE
from marketplace.notifications.occasions import Occasion
from marketplace.notifications.rules import Notifications, Rule, rule
from marketplace.values.text import N_


def occasion(event: Event, row: Any) -> Occasion | None:
    """Return who is concerned: those who write for the organisation that pays."""
    return Occasion(row, event, members=NEGOTIATE)


def _charge(action: str, text: str) -> Rule:
    return rule(f"charge.{action}", "payments", "owner", text)


CHARGES = Notifications((
    _charge("waive", N_("A fee for %(code)s was waived: “%(title)s”.")),
), {
    "charge.make": "the payment request that follows is told",
    "charge.invoice": "the payment request is told",
    "charge.settle": "the receipt is told",
    "charge.credit": "the credit note is told",
    "charge.return": "that the payment request was cancelled is told",
    "fee_rule.write": "whoever proposed it is told that it was approved, and the tariff is public",
    "waiver_rule.write": "whoever proposed it is told that it was approved, and the tariff is public",
}, occasion)
