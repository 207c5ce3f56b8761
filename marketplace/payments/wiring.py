"""What the exchange gets to know of money: tables, pages, jobs, commands, what follows from the end of a deal."""

from __future__ import annotations

from flask import Flask

from marketplace.core.events import register_consumer
from marketplace.core.extensions import csrf
from marketplace.core.outbox import register_job
from marketplace.core.permissions import ACTING, READ_MONEY, READ_MONEY_TOTALS
from marketplace.core.proposals import register_proposal
from marketplace.core.rail import Place, register_place
from marketplace.core.subjects import Subject, everybody, register_subject
from marketplace.core.work import register_work
from marketplace.deals.actions.consequences import register_consequence
from marketplace.notifications.consumers import register_notifications
from marketplace.notifications.topics import Topic, register_topic
from marketplace.payments import notifications, retention, views
from marketplace.payments.banks import consumers as banks
from marketplace.payments.banks import proposals as bank_proposals
from marketplace.payments.banks.lifecycle import BANK_LINE as BANK_LINE_LIFE
from marketplace.payments.banks.models import BankAccount, StatementLine
from marketplace.payments.banks.work_sources import OPEN_LINES
from marketplace.payments.cards import consumers as cards
from marketplace.payments.cards.stripe_gateway import StripeGateway
from marketplace.payments.cli import import_statement, issue_invoices, reconcile, verify_ledger
from marketplace.payments.fees import actions, proposals
from marketplace.payments.fees.lifecycle import CHARGE as CHARGE_LIFE
from marketplace.payments.fees.models import Charge, FeeRule, WaiverRule
from marketplace.payments.invoicing import checks
from marketplace.payments.invoicing import proposals as invoice_proposals
from marketplace.payments.invoicing.lifecycle import INVOICE as INVOICE_LIFE
from marketplace.payments.invoicing.models import CreditNote, Invoice
from marketplace.payments.jobs import JOBS
from marketplace.payments.ledger import triggers
from marketplace.payments.ledger.checks import register_check
from marketplace.payments.settlement import checks as settlement_checks
from marketplace.payments.settlement.lifecycle import PAYMENT as PAYMENT_LIFE
from marketplace.payments.settlement.lifecycle import REFUND as REFUND_LIFE
from marketplace.payments.settlement.models import Payment, ProviderEvent, Refund
from marketplace.values.text import N_

__all__ = ["register", "triggers"]  # importing the triggers is what makes them
TOPIC = Topic("payments", N_("Payments"), N_("Payment requests, receipts, and what waits for accountants."), "cash-stack")
FEE_RULE = Subject(
    FeeRule.subject_kind, FeeRule, N_("Line of the tariff"), lambda row, language: row.name(language), icon="tag",
    path=lambda _row, _reader: "/fees", visible_to=everybody, event_labels={"fee_rule.write": N_("Written")},
)
WAIVER_RULE = Subject(
    WaiverRule.subject_kind, WaiverRule, N_("What is free for whom"), lambda row, language: row.name(language), icon="tags",
    path=lambda _row, _reader: "/fees", visible_to=everybody, event_labels={"waiver_rule.write": N_("Written")},
)
CHARGE = Subject(
    Charge.subject_kind, Charge, N_("Charge"), lambda row, language: row.rule.name(language), lifecycle=CHARGE_LIFE,
    icon="coin", code=lambda row: str(row.of_code),
    path=lambda row, reader: f"/money/charges/{row.id}" if reader.may(READ_MONEY) else "/fees",
    organisations=lambda row: {"owner": row.org_id}, event_labels={"charge.make": N_("Charged")},
)
INVOICE = Subject(
    Invoice.subject_kind, Invoice, N_("Payment request"), lambda row, _language: row.code or row.org.name,
    lifecycle=INVOICE_LIFE, icon="cash-stack", code=lambda row: row.code or "",
    path=lambda row, reader: f"/money/invoices/{row.id}" if reader.may(READ_MONEY) else f"/my/money/{row.code}",
    organisations=lambda row: {"owner": row.org_id}, page_shows_news=True,
    event_labels={"invoice.draft": N_("Drafted"), "invoice.overdue": N_("Overdue"),
                  "invoice.e_invoice": N_("E-invoice noted"), "invoice.use_credit": N_("Credit used")},
)
CREDIT_NOTE = Subject(
    CreditNote.subject_kind, CreditNote, N_("Credit note"), lambda row, _language: str(row.code),
    icon="arrow-counterclockwise", code=lambda row: str(row.code),
    path=lambda row, reader: INVOICE.path(row.invoice, reader),
    organisations=lambda row: {"owner": row.invoice.org_id}, event_labels={"credit_note.issue": N_("Issued")},
)
PAYMENT = Subject(
    Payment.subject_kind, Payment, N_("Payment"), lambda row, _language: str(row.code), lifecycle=PAYMENT_LIFE,
    icon="credit-card", code=lambda row: str(row.code),
    path=lambda row, reader: f"/money/payments/{row.id}" if reader.may(READ_MONEY) else f"/my/money/payments/{row.code}",
    organisations=lambda row: {"owner": row.org_id}, page_shows_news=True,
    event_labels={"payment.start": N_("Begun"), "payment.park": N_("Parked")},
)
REFUND = Subject(
    Refund.subject_kind, Refund, N_("Refund"), lambda row, _language: str(row.code), lifecycle=REFUND_LIFE,
    icon="arrow-counterclockwise", code=lambda row: str(row.code),
    path=lambda row, reader: f"/money/refunds/{row.id}" if reader.may(READ_MONEY) else PAYMENT.path(row.payment, reader),
    organisations=lambda row: {"owner": row.payment.org_id},
    event_labels={"refund.request": N_("Requested"), "refund.first_approval": N_("Approved by a first person")},
)
BANK_ACCOUNT = Subject(
    BankAccount.subject_kind, BankAccount, N_("Bank account of the exchange"), lambda row, _language: f"{row.account_no}",
    icon="bank", path=lambda row, _reader: f"/money/bank-accounts/{row.id}", organisations=lambda _row: {},
    event_labels={"bank_account.open": N_("Account opened"), "bank_account.change": N_("Changed"),
                  "bank_account.retire": N_("Retired"), "bank_account.statement": N_("Statement taken")},
)
BANK_LINE = Subject(
    StatementLine.subject_kind, StatementLine, N_("Line of a bank statement"),
    lambda row, _language: f"{row.booked_on.isoformat()} {row.description or row.reference}"[:120],
    lifecycle=BANK_LINE_LIFE, icon="list-ul",
    path=lambda row, _reader: f"/money/statements/{row.id}", organisations=lambda _row: {},
)
PROVIDER_EVENT = Subject(
    ProviderEvent.subject_kind, ProviderEvent, N_("Message of a payment provider"), lambda row, _language: str(row.kind),
    icon="envelope", path=lambda row, _reader: f"/money/messages/{row.id}", organisations=lambda _row: {},
    event_labels={"provider_event.park": N_("Parked"), "provider_event.replay": N_("Acted on again"),
                  "provider_event.confirm": N_("Proposed entry confirmed")},
)


def register(app: Flask) -> None:
    """Register kinds of things, pages, jobs and commands."""
    register_topic(TOPIC)
    retention.register(app.extensions["settings"])
    for one in (FEE_RULE, WAIVER_RULE, CHARGE, INVOICE, CREDIT_NOTE, PAYMENT, REFUND, BANK_ACCOUNT, BANK_LINE,
                PROVIDER_EVENT):
        register_subject(one)
    for kind in (*proposals.KINDS, invoice_proposals.CREDIT_NOTE, bank_proposals.BANK_ACCOUNT):
        register_proposal(kind)
    register_notifications(notifications.CHARGES)
    register_notifications(notifications.INVOICES)
    register_notifications(notifications.PAYMENTS)
    register_notifications(notifications.MESSAGES)
    register_notifications(notifications.BANKS)
    register_check("invoice numbers", checks.numbers)
    register_check("invoices", checks.sums)
    register_check("payment numbers", settlement_checks.numbers)
    register_check("payments", settlement_checks.sums)
    register_check("refunds", settlement_checks.refunds)
    register_check("settled requests", settlement_checks.states)
    register_consequence("complete", actions.charge_commission)
    _places()
    app.register_blueprint(views.bp)
    _cards(app)
    register_job(*JOBS)
    app.cli.add_command(verify_ledger)
    app.cli.add_command(issue_invoices)
    app.cli.add_command(import_statement)
    register_consumer(*banks.CONSUMERS)
    register_work(OPEN_LINES)


def _places() -> None:
    register_place("own", Place(N_("Fees to pay"), "/my/money", "wallet2", 45, ("/pay",)), ACTING)
    register_place("money", Place(N_("Payment requests"), "/money", "cash-stack", 10), READ_MONEY_TOTALS)
    register_place("money", Place(N_("Payments"), "/money/payments", "credit-card", 20), READ_MONEY)
    register_place("money", Place(N_("Refunds"), "/money/refunds", "arrow-counterclockwise", 25), READ_MONEY)
    register_place("money", Place(N_("Messages of providers"), "/money/messages", "envelope", 27), READ_MONEY)
    register_place("money", Place(N_("Charges"), "/money/charges", "coin", 30), READ_MONEY)
    register_place("money", Place(N_("Tariff"), "/money/fees", "tag", 40), READ_MONEY)
    register_place("money", Place(
        N_("Ledger"), "/money/accounts", "journals", 50, ("/money/entries", "/money/trial-balance")), READ_MONEY)
    register_place("money", Place(N_("Bank statements"), "/money/statements", "list-ul", 55), READ_MONEY)
    register_place("money", Place(N_("Card reconciliation"), "/money/reconcile", "arrow-left-right", 28), READ_MONEY)
    register_place("money", Place(N_("Bank accounts"), "/money/bank-accounts", "bank", 60), READ_MONEY)


def _cards(app: Flask) -> None:
    """Offer payment by card where there are keys; what came in is worked off in any case."""
    settings = app.extensions["settings"]
    if settings.stripe_secret_key and settings.stripe_webhook_secret:
        app.extensions["card_gateway"] = StripeGateway(
            settings.stripe_secret_key, settings.stripe_webhook_secret, settings.stripe_api_base)
    csrf.exempt("marketplace.payments.views.bank_messages.transfer_message")
    csrf.exempt("marketplace.payments.views.cards.stripe_webhook")  # programs post it; its signature is the permission
    register_consumer(*cards.CONSUMERS)
    app.cli.add_command(reconcile)
