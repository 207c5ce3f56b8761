"""Payment requests, payments, refunds and charges as lists for spreadsheets; `ledger.export` has those of the books."""

from __future__ import annotations

from flask_babel import gettext as _

from marketplace.payments.fees.lifecycle import CHARGE
from marketplace.payments.fees.models import Charge
from marketplace.payments.invoicing.lifecycle import INVOICE
from marketplace.payments.invoicing.models import Invoice
from marketplace.payments.settlement.lifecycle import PAYMENT, REFUND
from marketplace.payments.settlement.models import CHANNEL_NAMES, Payment, Refund
from marketplace.values.text import N_
from marketplace.vocabulary import FEE_KINDS, REFUND_REASONS
from marketplace.web.i18n import language
from marketplace.web.spreadsheet import Column

INVOICES: tuple[Column[Invoice], ...] = (
    Column(N_("Code"), lambda row: row.code),
    Column(N_("Organisation"), lambda row: row.org.name),
    Column(N_("Tax code"), lambda row: row.buyer.get("tax_code", "")),
    Column(N_("Amount without VAT"), lambda row: row.net),
    Column(N_("VAT"), lambda row: row.vat),
    Column(N_("Total"), lambda row: row.total),
    Column(N_("Credited"), lambda row: row.credited),
    Column(N_("State"), lambda row: _(INVOICE.label(row.state))),
    Column(N_("Issued on"), lambda row: row.issued_at),
    Column(N_("Due on"), lambda row: row.due_on),
    Column(N_("E-invoice"), lambda row: row.e_invoice.get("number", "")),
)


PAYMENTS: tuple[Column[Payment], ...] = (
    Column(N_("Code"), lambda row: row.code),
    Column(N_("Organisation"), lambda row: row.org.name),
    Column(N_("Payment request"), lambda row: row.invoice.code if row.invoice else ""),
    Column(N_("Channel"), lambda row: _(CHANNEL_NAMES[row.channel])),
    Column(N_("Amount"), lambda row: row.amount),
    Column(N_("Currency"), lambda row: row.currency),
    Column(N_("State"), lambda row: _(PAYMENT.label(row.state))),
    Column(N_("Received on"), lambda row: row.received_on),
)


REFUNDS: tuple[Column[Refund], ...] = (
    Column(N_("Code"), lambda row: row.code),
    Column(N_("Payment"), lambda row: row.payment.code),
    Column(N_("Organisation"), lambda row: row.payment.org.name),
    Column(N_("Amount"), lambda row: row.amount),
    Column(N_("Currency"), lambda row: row.payment.currency),
    Column(N_("Reason"), lambda row: REFUND_REASONS.label(row.reason_code, language())),
    Column(N_("State"), lambda row: _(REFUND.label(row.state))),
    Column(N_("Reference of the bank"), lambda row: row.bank_reference),
    Column(N_("Day"), lambda row: row.requested_at),
)


CHARGES: tuple[Column[Charge], ...] = (
    Column(N_("Day"), lambda row: row.made_at),
    Column(N_("Kind of fee"), lambda row: FEE_KINDS.label(row.kind, language())),
    Column(N_("Organisation"), lambda row: row.org.name),
    Column(N_("About"), lambda row: row.of_code),
    Column(N_("Amount without VAT"), lambda row: row.net),
    Column(N_("VAT"), lambda row: row.vat),
    Column(N_("State"), lambda row: _(CHARGE.label(row.state))),
)
