"""What is told of money: to the organisation that pays, and to accountants."""

from __future__ import annotations

from typing import Any

from marketplace.core.events import Event
from marketplace.core.permissions import NEGOTIATE
from marketplace.notifications.occasions import Occasion
from marketplace.notifications.rules import Notifications, Rule, rule
from marketplace.payments.invoicing.models import CreditNote, Invoice
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
    "fee_rule.write": "whoever proposed it is told that it was approved, and the tariff is public",
    "waiver_rule.write": "whoever proposed it is told that it was approved, and the tariff is public",
}, occasion)


def invoice_occasion(event: Event, row: Any) -> Occasion | None:
    """Return who is concerned by a payment request or what was credited of it: those who write for the organisation."""
    invoice: Invoice = row.invoice if isinstance(row, CreditNote) else row
    if invoice.code is None:
        return None  # a draft that nobody saw
    due = invoice.due_on.isoformat() if invoice.due_on else ""
    return Occasion(row, event, members=NEGOTIATE, params={"code": invoice.code, "due_on": due,
                                                           "days": event.data.get("days", "")})


def _invoice(action: str, text: str) -> Rule:
    return rule(f"invoice.{action}", "payments", "owner", text)


INVOICES = Notifications((
    _invoice("issue", N_("The exchange asks for a payment: %(code)s, due on %(due_on)s.")),
    _invoice("pay", N_("%(code)s is settled. Thank you.")),
    _invoice("pay_part", N_("A part of %(code)s was paid; the rest is still to be paid.")),
    _invoice("cancel", N_("The payment request %(code)s was cancelled: nothing is to be paid.")),
    _invoice("overdue", N_("%(code)s was due on %(due_on)s, %(days)s days ago.")),
    _invoice("e_invoice", N_("The e-invoice for %(code)s was issued.")),
    rule("credit_note.issue", "payments", "owner", N_("A part of %(code)s was credited.")),
), {"invoice.draft": "only the accountants see a draft"}, invoice_occasion)
