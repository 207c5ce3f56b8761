"""What the organisation acted for owes the exchange: what is to be paid, what was paid, each payment request."""

from __future__ import annotations

from flask import Response, render_template, url_for
from flask.typing import ResponseReturnValue

from marketplace.core.access import access, actor
from marketplace.core.extensions import db, limiter
from marketplace.core.permissions import ACTING
from marketplace.payments.invoicing import documents, queries
from marketplace.payments.invoicing.lifecycle import INVOICE, OPEN
from marketplace.payments.invoicing.models import Invoice
from marketplace.payments.invoicing.pay_to import transfer_of
from marketplace.payments.ledger.chart import receivable_of
from marketplace.payments.ledger.queries import balance
from marketplace.payments.settlement.lifecycle import PAYMENT
from marketplace.payments.settlement.queries import of_invoice as payments_of
from marketplace.payments.views.blueprint import bp
from marketplace.payments.views.period import asked_period
from marketplace.values import clock
from marketplace.values.amount_in_words import in_words
from marketplace.values.vietqr import reference_of
from marketplace.web.paging import by_key

PER_PAGE = 50


@bp.get("/my/money")
@access(ACTING)
def mine() -> ResponseReturnValue:
    """List what is to be paid, and what was paid or cancelled."""
    wanted = queries.of_organisation(actor())
    to_pay = db.session.scalars(wanted.where(Invoice.state.in_(OPEN)).order_by(Invoice.due_on, Invoice.id)).unique().all()
    part = by_key(wanted.where(Invoice.state.not_in(OPEN)), Invoice.id, PER_PAGE)
    left = queries.rests([one.id for one in to_pay])
    account = receivable_of(actor().org_id or 0)
    return render_template(
        "payments/mine.html", balance=None if account is None else balance(account, clock.today()), period=asked_period(),
        download=lambda form: url_for("payments.my_statement", form=form),
        to_pay=to_pay, rests=left, part=part, lifecycle=INVOICE, today=clock.today(),
        owed=sum(left.values()),
    )


@bp.get("/my/money/<code>")
@access(ACTING)
def request_of(code: str) -> ResponseReturnValue:
    """Show one payment request of the organisation acted for."""
    invoice = queries.readable(code, actor())
    left = queries.rest(invoice)
    return render_template(
        "payments/request.html", transfer=transfer_of(invoice, left),
        invoice=invoice, rest=left, lifecycle=INVOICE, reference=reference_of(code),
        payments=payments_of(invoice.id), payment_lifecycle=PAYMENT,
        words=in_words(invoice.total), today=clock.today(), payable=invoice.state in OPEN,
    )


@bp.get("/my/money/<code>.pdf")
@limiter.limit("30 per minute")
@access(ACTING)
def request_pdf(code: str) -> ResponseReturnValue:
    """Return a payment request of the organisation acted for as a PDF, made now and never stored."""
    invoice = queries.readable(code, actor())
    made = documents.payment_request(invoice, queries.rest(invoice), clock.now())
    answer = Response(made, mimetype="application/pdf")
    answer.headers["Content-Disposition"] = f'attachment; filename="{invoice.code}.pdf"'
    answer.headers["Cache-Control"] = "private, no-store"
    return answer
