"""What people take with them of money: QR codes, statements, credit notes, receipts. Never stored."""

from __future__ import annotations

from flask import Response
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from marketplace.core.access import Actor, access, actor
from marketplace.core.errors import NotFound, required
from marketplace.core.extensions import db, limiter
from marketplace.core.permissions import ACTING, READ_MONEY
from marketplace.organisations.models import Organisation
from marketplace.payments.invoicing import documents, queries
from marketplace.payments.invoicing.models import CreditNote, Invoice
from marketplace.payments.invoicing.pay_to import drawn, transfer_of
from marketplace.payments.ledger.chart import receivable_of
from marketplace.payments.settlement.lifecycle import EVER_RECEIVED
from marketplace.payments.settlement.queries import readable as readable_payment
from marketplace.payments.views.blueprint import bp
from marketplace.payments.views.ledger import download, statement_answer
from marketplace.values import clock

PDF = "application/pdf"


@bp.get("/my/money/<code>/qr.svg")
@access(ACTING)
def request_qr(code: str) -> ResponseReturnValue:
    """Draw the code that fills in the transfer of a payment request; 404 when nothing is to be paid, or nowhere to."""
    invoice = queries.readable(code, actor())
    transfer = transfer_of(invoice, queries.rest(invoice))
    if transfer is None:
        raise NotFound
    answer = Response(drawn(transfer.text), mimetype="image/svg+xml")
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


@bp.get("/my/money/statement.<any(pdf, xlsx, csv):form>")
@limiter.limit("30 per minute")
@access(ACTING)
def my_statement(form: str) -> ResponseReturnValue:
    """Download what the organisation acted for was charged and paid between two days; 404 before anything was booked."""
    org_id = actor().org_id or 0
    return statement_answer(required(receivable_of(org_id)), db.session.get(Organisation, org_id), form)


def _credit_note(code: str, reader: Actor) -> CreditNote:
    rows = select(CreditNote).join(Invoice).where(CreditNote.code == code)
    if not reader.may(READ_MONEY):
        rows = rows.where(Invoice.org_id == reader.org_id)
    return required(db.session.scalar(rows))


@bp.get("/my/money/credits/<code>.pdf")
@limiter.limit("30 per minute")
@access(ACTING)
def credit_note_pdf(code: str) -> ResponseReturnValue:
    """Download a credit note of the organisation acted for."""
    return download(documents.credit_note(_credit_note(code, actor()), clock.now()), f"{code}.pdf", PDF)


@bp.get("/money/credits/<code>.pdf")
@limiter.limit("30 per minute")
@access(READ_MONEY)
def any_credit_note_pdf(code: str) -> ResponseReturnValue:
    """Download a credit note of any organisation."""
    return download(documents.credit_note(_credit_note(code, actor()), clock.now()), f"{code}.pdf", PDF)


@bp.get("/my/money/payments/<code>.pdf")
@limiter.limit("30 per minute")
@access(ACTING)
def receipt_pdf(code: str) -> ResponseReturnValue:
    """Download the receipt of a payment of the organisation acted for."""
    return _receipt(code)


@bp.get("/money/payments/<code>.pdf")
@limiter.limit("30 per minute")
@access(READ_MONEY)
def any_receipt_pdf(code: str) -> ResponseReturnValue:
    """Download the receipt of a payment of any organisation."""
    return _receipt(code)


def _receipt(code: str) -> Response:
    payment = readable_payment(code, actor())
    if payment.state not in EVER_RECEIVED:
        raise NotFound
    return download(documents.receipt(payment, clock.now()), f"{code}.pdf", PDF)


@bp.get("/money/invoices/<int:invoice_id>.pdf")
@limiter.limit("30 per minute")
@access(READ_MONEY)
def any_request_pdf(invoice_id: int) -> ResponseReturnValue:
    """Download a payment request of any organisation, as the organisation gets it; 404 for a draft."""
    invoice = required(db.session.get(Invoice, invoice_id))
    if invoice.code is None:
        raise NotFound
    made = documents.payment_request(invoice, queries.rest(invoice), clock.now())
    return download(made, f"{invoice.code}.pdf", PDF)
