"""What was paid to the exchange: the accountants' list, one payment with its refunds, and the receipt of who paid."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from marketplace.core.access import access, actor
from marketplace.core.errors import required
from marketplace.core.extensions import db
from marketplace.core.permissions import ACCOUNTING, ACTING, READ_MONEY
from marketplace.payments.export import PAYMENTS
from marketplace.payments.forms import RefundForm
from marketplace.payments.ledger.models import JournalEntry
from marketplace.payments.settlement import queries, refunds
from marketplace.payments.settlement.actions import locked
from marketplace.payments.settlement.lifecycle import EVER_RECEIVED, PAYMENT, REFUND
from marketplace.payments.settlement.models import CHANNEL_NAMES, Payment, Refund
from marketplace.payments.views.blueprint import bp
from marketplace.values.amount_in_words import in_words
from marketplace.values.money import format_amount
from marketplace.values.text import N_
from marketplace.web.i18n import language
from marketplace.web.paging import by_key
from marketplace.web.spreadsheet import csv_answer
from marketplace.web.tabs import tabs

PER_PAGE = 50
MOST_EXPORTED = 20_000
TABS = {"received": N_("Money received"), "open": N_("Waiting"), "ended": N_("Returned or failed"), "all": N_("All")}


@bp.get("/money/payments")
@access(READ_MONEY)
def payments() -> ResponseReturnValue:
    """List payments, newest first."""
    asked = request.args.get("tab", "")
    tab = asked if asked in TABS else "received"
    rows = queries.in_tab(tab).options(joinedload(Payment.invoice))
    return render_template(
        "payments/payments.html", part=by_key(rows, Payment.id, PER_PAGE), lifecycle=PAYMENT, format_amount=format_amount,
        tabs=tabs(TABS, tab, lambda code: url_for("payments.payments", tab=code)),
        export=url_for("payments.payments_csv", tab=tab),
    )


@bp.get("/money/payments.csv")
@access(READ_MONEY)
def payments_csv() -> ResponseReturnValue:
    """Download the list, narrowed as on the page."""
    rows = queries.in_tab(request.args.get("tab", "")).options(joinedload(Payment.invoice))
    return csv_answer("payments", PAYMENTS, db.session.scalars(rows.order_by(Payment.id.desc()).limit(MOST_EXPORTED)))


@bp.get("/money/payments/<int:payment_id>")
@access(READ_MONEY)
def payment(payment_id: int) -> ResponseReturnValue:
    """Show one payment with what was booked of it and what was paid back."""
    return _page(required(db.session.get(Payment, payment_id)))


def _page(row: Payment, form: RefundForm | None = None) -> str:
    booked = select(JournalEntry).where(JournalEntry.subject_kind == Payment.subject_kind,
                                        JournalEntry.subject_id == row.id).order_by(JournalEntry.id)
    could = queries.refundable(row) if "accountant" in row.roles_of(actor()) else 0
    return render_template(
        "payments/payment.html", payment=row, lifecycle=PAYMENT, refund_lifecycle=REFUND, format_amount=format_amount,
        entries=db.session.scalars(booked).unique().all(), could=could, form=form or RefundForm(formdata=None),
        refused=form, channels=CHANNEL_NAMES, refunded=queries.refunded([row.id])[row.id],
    )


@bp.post("/money/payments/<int:payment_id>/refund")
@access(ACCOUNTING)
def ask_refund(payment_id: int) -> ResponseReturnValue:
    """Ask for a refund; somebody else approves it."""
    form, made = RefundForm(), list[Refund]()
    required(db.session.get(Payment, payment_id))
    row = locked(payment_id)

    def work() -> None:
        code, words = form.reason_code.data or "", form.reason.data or ""
        made.append(refunds.request(row, form.amount.data or 0, code, words, actor()))

    if not form.submit(work):
        return _page(row, form), 422
    flash(_("Asked for. It is paid back as soon as somebody else has approved it."), "success")
    return redirect(url_for("payments.refund", refund_id=made[0].id))


@bp.get("/my/money/payments/<code>")
@access(ACTING)
def receipt(code: str) -> ResponseReturnValue:
    """Show the receipt of one payment of the organisation acted for, or what became of it."""
    row = queries.readable(code, actor())
    return render_template(
        "payments/receipt.html", payment=row, lifecycle=PAYMENT, received=row.state in EVER_RECEIVED,
        channels=CHANNEL_NAMES,
        words=in_words(row.amount) if row.currency == "VND" and language() == "vi" else "", format_amount=format_amount,
        refunded=queries.refunded([row.id])[row.id],
    )
