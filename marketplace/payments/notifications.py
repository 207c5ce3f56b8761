"""What is told of money: to the organisation that pays, and to accountants."""

from __future__ import annotations

from typing import Any

from marketplace.core.events import Event
from marketplace.core.permissions import NEGOTIATE
from marketplace.notifications.occasions import Occasion
from marketplace.notifications.rules import Notifications, Rule, rule
from marketplace.payments.invoicing.models import CreditNote, Invoice
from marketplace.payments.settlement.models import Payment, Refund
from marketplace.values.money import format_amount
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


def payment_occasion(event: Event, row: Any) -> Occasion | None:
    """Return who is concerned by a payment or a refund: those who write for the organisation that paid."""
    payment: Payment = row.payment if isinstance(row, Refund) else row
    amount = format_amount(event.data.get("amount", row.amount), payment.currency)
    about = payment.invoice.code if payment.invoice else payment.code
    return Occasion(row, event, members=NEGOTIATE, params={"code": payment.code, "about": about, "amount": amount})


def _payment(action: str, to: str, text: str) -> Rule:
    return rule(action, "payments", to, text)


PAYMENTS = Notifications((
    _payment("payment.succeed", "owner", N_("We have received %(amount)s for %(about)s. The receipt is %(code)s.")),
    _payment("payment.fail", "owner",
             N_("The payment %(code)s for %(about)s failed. Nothing was booked; please pay again.")),
    _payment("payment.park", "accountants",
             N_("%(code)s: what the provider says is not what we know. Nothing was booked.")),
    _payment("payment.refund_part", "owner", N_("A part of your payment %(code)s was paid back.")),
    _payment("payment.refund_all", "owner", N_("Your payment %(code)s was paid back.")),
    _payment("payment.dispute", "accountants managers", N_("The card holder disputes the payment %(code)s of %(amount)s.")),
    _payment("payment.win", "accountants managers", N_("The dispute about the payment %(code)s was won.")),
    _payment("payment.lose", "accountants managers", N_("The dispute about the payment %(code)s was lost.")),
    _payment("refund.request", "accountants", N_("A refund of %(amount)s of %(code)s waits for approval.")),
    _payment("refund.first_approval", "accountants managers",
             N_("A refund of %(amount)s of %(code)s waits for a second approval.")),
    _payment("refund.approve", "owner accountants", N_("A refund of %(amount)s of %(code)s was approved.")),
    _payment("refund.reject", "accountants", N_("A refund of %(amount)s of %(code)s was rejected.")),
    _payment("refund.send", "owner", N_("A refund of %(amount)s of %(code)s is on its way.")),
    _payment("refund.fail", "accountants", N_("A refund of %(amount)s of %(code)s did not arrive.")),
), {
    "payment.start": "whoever began to pay is on the page",
}, payment_occasion)


def message_occasion(event: Event, row: Any) -> Occasion | None:
    """Return who is concerned by a provider's message: nobody but accountants."""
    return Occasion(row, event, params={"name": event.data.get("kind", "")})


MESSAGES = Notifications((
    _payment("provider_event.park", "accountants", N_("A message of a payment provider (%(name)s) was not acted on.")),
), {
    "provider_event.confirm": "whoever confirms it sees what was booked",
    "provider_event.replay": "whoever has it acted on again sees what becomes of it",
}, message_occasion)


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
    rule("invoice.use_credit", "payments", "owner", N_("Your credit was used for %(code)s.")),
    _invoice("issue", N_("The exchange asks for a payment: %(code)s, due on %(due_on)s.")),
    _invoice("pay", N_("%(code)s is settled. Thank you.")),
    _invoice("pay_part", N_("A part of %(code)s was paid; the rest is still to be paid.")),
    _invoice("cancel", N_("The payment request %(code)s was cancelled: nothing is to be paid.")),
    _invoice("overdue", N_("%(code)s was due on %(due_on)s, %(days)s days ago.")),
    _invoice("e_invoice", N_("The e-invoice for %(code)s was issued.")),
    rule("credit_note.issue", "payments", "owner", N_("A part of %(code)s was credited.")),
), {"invoice.draft": "only the accountants see a draft"}, invoice_occasion)

_BY_TWO = "whoever proposed it is told that it was approved, and the other approved it"
BANKS = Notifications((), {
    "bank_account.open": _BY_TWO, "bank_account.change": _BY_TWO, "bank_account.retire": _BY_TWO,
    "bank_account.statement": "whoever took it sees its lines; what waits is among the work",
}, lambda _event, _row: None)
