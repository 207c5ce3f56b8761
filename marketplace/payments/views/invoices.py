"""One payment request for accountants, with what may be done to it."""

from __future__ import annotations

from collections.abc import Callable

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from marketplace.core.access import access, actor
from marketplace.core.errors import Invalid, required
from marketplace.core.extensions import db
from marketplace.core.permissions import ACCOUNTING, READ_MONEY
from marketplace.core.proposals import Proposal
from marketplace.payments.forms import CreditForm, EInvoiceForm
from marketplace.payments.invoicing import actions, queries
from marketplace.payments.invoicing.lifecycle import INVOICE, OPEN, STANDING
from marketplace.payments.invoicing.models import Invoice
from marketplace.payments.invoicing.proposals import propose_credit
from marketplace.payments.settlement import refunds
from marketplace.payments.settlement.lifecycle import PAYMENT
from marketplace.payments.settlement.queries import of_invoice as payments_of
from marketplace.payments.views.blueprint import bp
from marketplace.values import clock
from marketplace.values.text import N_
from marketplace.web.forms import ExchangeForm, ReasonForm


@bp.get("/money/invoices/<int:invoice_id>")
@access(READ_MONEY)
def invoice(invoice_id: int) -> ResponseReturnValue:
    """Show one payment request."""
    return _page(required(db.session.get(Invoice, invoice_id)))


def _page(
    row: Invoice, typed: ReasonForm | None = None, noted: EInvoiceForm | None = None, credit: CreditForm | None = None,
    using: ExchangeForm | None = None,
) -> str:
    keeps = "accountant" in row.roles_of(actor())
    return render_template(
        "payments/invoice.html", invoice=row, rest=queries.rest(row), lifecycle=INVOICE, typed=typed, today=clock.today(),
        rows=INVOICE.actions_for(row.state, row.roles_of(actor())), standing=row.state in STANDING, keeps=keeps,
        payments=payments_of(row.id), payment_lifecycle=PAYMENT, open=row.state in OPEN,
        credit_left=queries.credit_of(row.org_id) if row.state in OPEN else 0,
        noted=noted or EInvoiceForm(formdata=None), credit=credit or CreditForm(formdata=None),
        act=lambda action: url_for("payments.move_invoice", invoice_id=row.id, action=action),
        refused=next((form for form in (typed, noted, credit, using) if form is not None), None),
    )


@bp.post("/money/invoices/<int:invoice_id>/<any(issue, cancel):action>")
@access(ACCOUNTING)
def move_invoice(invoice_id: int, action: str) -> ResponseReturnValue:
    """Issue or cancel a payment request."""
    form = ReasonForm()
    form.refused = action
    row = queries.held(invoice_id)

    def work() -> None:
        if action == "issue":
            actions.issue(row, actor())
        else:
            actions.cancel(row, actor(), form.reason.data or "")

    said = _("Issued. The organisation is told.") if action == "issue" else _("Cancelled.")
    return _done(row, form, work, said, lambda: _page(row, typed=form))


@bp.post("/money/invoices/<int:invoice_id>/e-invoice")
@access(ACCOUNTING)
def note_e_invoice(invoice_id: int) -> ResponseReturnValue:
    """Note the e-invoice of a provider."""
    form = EInvoiceForm()
    row = queries.held(invoice_id)

    def work() -> None:
        if form.date.data is None:
            raise Invalid("date", N_("Please fill this in."))
        said = {name: form[name].data or "" for name in ("series", "number", "lookup_code", "provider")}
        actions.record_e_invoice(row, said, form.date.data, actor())

    return _done(row, form, work, _("The e-invoice is noted."), lambda: _page(row, noted=form))


@bp.post("/money/invoices/<int:invoice_id>/credit")
@access(ACCOUNTING)
def credit_invoice(invoice_id: int) -> ResponseReturnValue:
    """Propose to credit a payment request."""
    form, made = CreditForm(), list[Proposal]()
    row = queries.held(invoice_id)

    def work() -> None:
        if form.agreement_on.data is None:
            raise Invalid("agreement_on", N_("Please fill this in."))
        made.append(propose_credit(row, form.total.data or 0, form.agreement_no.data or "", form.agreement_on.data,
                                   form.reason.data or "", actor()))

    if not form.submit(work):
        return _page(row, credit=form), 422
    flash(_("Proposed. It holds as soon as somebody else has approved it."), "success")
    return redirect(url_for("proposals.show", proposal_id=made[0].id))


@bp.post("/money/invoices/<int:invoice_id>/use-credit")
@access(ACCOUNTING)
def use_credit(invoice_id: int) -> ResponseReturnValue:
    """Settle a payment request out of the organisation's credit."""
    form, row = ExchangeForm(), queries.held(invoice_id)
    said = _("The credit was used.")
    return _done(row, form, lambda: refunds.use_credit(row, actor()), said, lambda: _page(row, using=form))


def _done(
    row: Invoice, form: ExchangeForm, work: Callable[[], object], said: str, page: Callable[[], str]
) -> ResponseReturnValue:
    if not form.submit(work):
        return page(), 422
    flash(said, "success")
    return redirect(url_for("payments.invoice", invoice_id=row.id))
