"""What `flask verify-ledger` asks of payment requests: numbers without gaps, sums, and their entries."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import func, select

from marketplace.core.extensions import db
from marketplace.payments.invoicing.actions import CREDIT_PREFIX, PREFIX
from marketplace.payments.invoicing.models import CreditNote, Invoice, InvoiceLine
from marketplace.payments.ledger.checks import Fault, gaps_in_numbers
from marketplace.payments.ledger.models import Account, JournalEntry, JournalLine


def numbers() -> Iterator[Fault]:
    """Yield years whose payment requests or credit notes are not numbered from one to the last number given."""
    for prefix, model in ((PREFIX, Invoice), (CREDIT_PREFIX, CreditNote)):
        yield from gaps_in_numbers("invoice numbers", prefix, model.code)


def sums() -> Iterator[Fault]:
    """Yield issued payment requests whose lines do not sum to them, or whose entry asks for another amount."""
    lines = (
        select(InvoiceLine.invoice_id, func.sum(InvoiceLine.net).label("net"), func.sum(InvoiceLine.vat).label("vat"))
        .group_by(InvoiceLine.invoice_id).subquery()
    )
    entries = (
        select(JournalEntry.key, func.sum(JournalLine.amount).label("asked"))
        .join(JournalLine, JournalLine.entry_id == JournalEntry.id).join(Account, Account.id == JournalLine.account_id)
        .where(JournalEntry.kind == "invoice", JournalEntry.posted_at.is_not(None), Account.code.startswith("131-"))
        .group_by(JournalEntry.key).subquery()
    )
    rows = (
        select(Invoice.code, Invoice.net, Invoice.vat, Invoice.total, lines.c.net, lines.c.vat, entries.c.asked)
        .outerjoin(lines, lines.c.invoice_id == Invoice.id)
        .outerjoin(entries, entries.c.key == "invoice:" + Invoice.code)
        .where(Invoice.code.is_not(None)).order_by(Invoice.id)
    )
    for code, net, vat, total, of_lines, vat_of_lines, asked in db.session.execute(rows):
        if (net, vat) != (of_lines, vat_of_lines):
            yield Fault("invoices", str(code), f"says {net} and {vat}, its lines sum to {of_lines} and {vat_of_lines}")
        if asked != total:
            yield Fault("invoices", str(code), f"asks for {total}, the ledger says {asked}")
