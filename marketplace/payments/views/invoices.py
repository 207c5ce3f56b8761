"""The accountants' desk: totals, payment requests by state, and one of them with what may be done to it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import selectinload

from marketplace.core.access import access, actor
from marketplace.core.errors import Invalid, required
from marketplace.core.extensions import db
from marketplace.core.permissions import ACCOUNTING, READ_MONEY, READ_MONEY_TOTALS
from marketplace.core.proposals import Proposal
from marketplace.organisations.models import Organisation
from marketplace.payments import figures
from marketplace.payments.export import INVOICES
from marketplace.payments.forms import CreditForm, EInvoiceForm
from marketplace.payments.invoicing import actions, queries
from marketplace.payments.invoicing.lifecycle import INVOICE, OPEN, STANDING, TABS
from marketplace.payments.invoicing.models import Invoice
from marketplace.payments.invoicing.proposals import propose_credit
from marketplace.payments.settlement import refunds
from marketplace.payments.settlement.lifecycle import PAYMENT
from marketplace.payments.settlement.models import Payment
from marketplace.payments.settlement.queries import of_invoice as payments_of
from marketplace.payments.views.blueprint import bp
from marketplace.values import clock
from marketplace.values.text import N_
from marketplace.web.forms import ExchangeForm, ReasonForm
from marketplace.web.paging import by_key
from marketplace.web.spreadsheet import csv_answer
from marketplace.web.tabs import tabs

PER_PAGE = 50
MOST_EXPORTED = 20_000
_TABS = {**TABS, queries.NO_E_INVOICE: N_("Without e-invoice")}


@bp.get("/money")
@access(READ_MONEY_TOTALS)
def desk() -> ResponseReturnValue:
    """Show totals; to who reads money also the payment requests and who is to be asked for one."""
    if not actor().may(READ_MONEY):
        return render_template("payments/desk.html", reads=False, **_figures(linked=False))
    return _desk()


def _figures(*, linked: bool) -> dict[str, Any]:
    """Return totals, what was received, what falls due; with links to the entries for who reads them."""
    today = clock.today()
    received, due = figures.received(today), figures.due(today)

    def entries(span: figures.SpanSum) -> str:
        if not linked:
            return ""
        return url_for("payments.journal", kind=Payment.subject_kind, since=clock.format_date(span.since),
                       until=clock.format_date(span.until))

    return {"totals": queries.totals(), "received": received, "due": due, "entries": entries, "today": today,
            "due_word": _due_word}


def _due_word(span: figures.SpanSum) -> str:
    if span.since == date.min:
        return _("Overdue")
    return _("Later") if span.until == date.max else clock.format_date(span.since)


def _desk(form: ExchangeForm | None = None) -> str:
    asked = request.args.get("tab", "")
    tab = asked if asked in _TABS else "open"
    part = by_key(queries.in_tab(tab), Invoice.id, PER_PAGE)
    return render_template(
        "payments/desk.html", reads=True, part=part, lifecycle=INVOICE, **_figures(linked=True),
        rests=queries.rests([row.id for row in part.rows]), waiting=queries.to_be_asked(), form=form,
        open_states=OPEN, standing=STANDING,
        tabs=tabs(_TABS, tab, lambda code: url_for("payments.desk", tab=code)),
        export=url_for("payments.invoices_csv", tab=tab),
    )


@bp.get("/money/invoices.csv")
@access(READ_MONEY)
def invoices_csv() -> ResponseReturnValue:
    """Download the list, narrowed as on the page."""
    rows = queries.in_tab(request.args.get("tab", "")).order_by(Invoice.id.desc()).limit(MOST_EXPORTED)
    found = db.session.scalars(rows.options(selectinload(Invoice.credits))).unique()
    return csv_answer("payment-requests", INVOICES, found)


@bp.post("/money/drafts/<int:org_id>")
@access(ACCOUNTING)
def draft(org_id: int) -> ResponseReturnValue:
    """Draft the payment request of an organisation from all that it was charged and not asked for yet."""
    form, made = ExchangeForm(), list[Invoice]()
    org = required(db.session.get(Organisation, org_id))
    if not form.submit(lambda: made.append(actions.draft(org, actor()))):
        return _desk(form), 422
    return redirect(url_for("payments.invoice", invoice_id=made[0].id))


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
