"""Statements of banks: taking them, their lines by what fits them, and what an accountant does with one."""

from __future__ import annotations

import re
from collections.abc import Mapping

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import func, select

from marketplace.core.access import access, actor
from marketplace.core.columns import in_states
from marketplace.core.errors import Invalid, required
from marketplace.core.extensions import db
from marketplace.core.permissions import ACCOUNTING, READ_MONEY
from marketplace.payments.banks import booking
from marketplace.payments.banks.imports import Taken, take
from marketplace.payments.banks.layouts import (
    DATE_FORMATS,
    FIELDS,
    HeadingsUnknown,
    known_layouts,
    layout_from,
    learn,
)
from marketplace.payments.banks.lifecycle import BANK_LINE, LINE_OPEN, MATCHES
from marketplace.payments.banks.models import StatementLine
from marketplace.payments.banks.payout_lines import payouts_of
from marketplace.payments.banks.queries import accounts, held
from marketplace.payments.banks.statement_files import MOST_BYTES, read_statement
from marketplace.payments.forms import StatementForm, StatementLineForm
from marketplace.payments.invoicing import queries as invoices
from marketplace.payments.invoicing.models import Invoice
from marketplace.payments.ledger.models import JournalEntry
from marketplace.payments.settlement import refunds
from marketplace.payments.settlement.queries import sent_from
from marketplace.payments.views.blueprint import bp
from marketplace.values import clock
from marketplace.values.text import N_
from marketplace.web.forms import ReasonForm
from marketplace.web.paging import by_key
from marketplace.web.tabs import tabs

PER_PAGE = 50
MOST_HEADINGS = 60


@bp.get("/money/statements")
@access(READ_MONEY)
def statements() -> ResponseReturnValue:
    """List open lines by what fits them, and every line."""
    return _list()


def _list(form: StatementForm | None = None, headings: list[str] | None = None) -> str:
    counted = select(StatementLine.match, func.count()).where(in_states(StatementLine, LINE_OPEN)).group_by(
        StatementLine.match)
    counts = {match: int(count) for match, count in db.session.execute(counted)}
    tab = request.args.get("tab", "")
    rows = select(StatementLine)
    if tab in MATCHES:
        rows = rows.where(StatementLine.match == tab, in_states(StatementLine, LINE_OPEN))
    part = by_key(rows, StatementLine.id, PER_PAGE)
    labels = {"": N_("All"), **{code: MATCHES[code] for code in MATCHES if counts.get(code) or code == tab}}
    form = form or StatementForm(formdata=None)
    form.account.choices = [(str(row.id), row.account_no) for row in db.session.scalars(accounts())]
    return render_template(
        "payments/statements.html", part=part, lifecycle=BANK_LINE, matches=MATCHES, counts=counts, form=form,
        headings=headings, fields=FIELDS, date_formats=DATE_FORMATS, chosen=request.form,
        tabs=tabs(labels, tab, lambda code: url_for("payments.statements", tab=code or None), counts))


@bp.post("/money/statements")
@access(ACCOUNTING)
def take_statement() -> ResponseReturnValue:
    """Take a statement; of an unknown layout, ask which column is which."""
    form, made = StatementForm(), list[Taken]()
    form.account.choices = [(str(row.id), row.account_no) for row in db.session.scalars(accounts())]
    headings = request.form.getlist("heading")[:MOST_HEADINGS]

    def work() -> None:
        try:
            made.append(_take(form, headings, request.form))
        except HeadingsUnknown as error:
            headings[:] = error.headings
            raise

    if not form.submit(work):
        return _list(form, headings or None), 422
    flash(_("%(new)s lines are new, %(known)s were there.", new=made[0].new, known=made[0].known), "success")
    if made[0].gaps:
        places = ", ".join(str(place) for place in made[0].gaps[:10])
        flash(_("The running balance does not go on at these lines: %(places)s.", places=places), "warning")
    return redirect(url_for("payments.statements"))


def _take(form: StatementForm, headings: list[str], said: Mapping[str, str]) -> Taken:
    account = held(int(form.account.data))
    layouts = known_layouts()
    own = None
    if headings:
        own = layout_from(headings, {str(place): said.get(f"column-{place}", "") for place in range(len(headings))},
                          said.get("date_format", ""))
        layouts = [own, *layouts]
    taken = take(account, read_statement(form.file.data.read(MOST_BYTES + 1), account.account_no, layouts), actor())
    if own is not None:
        learn(own, actor().user_id)
        account.layout = own.code
    return taken


@bp.get("/money/statements/<int:line_id>")
@access(READ_MONEY)
def statement_line(line_id: int) -> ResponseReturnValue:
    """Show one line with what may be done with it."""
    return _page(required(db.session.get(StatementLine, line_id)))


def _page(row: StatementLine, form: StatementLineForm | None = None, typed: ReasonForm | None = None) -> str:
    invoice = db.session.get(Invoice, row.invoice_id) if row.invoice_id else None
    if form is None:
        form = StatementLineForm(formdata=None, invoice=invoice.code if invoice else "",
                                 payer=invoice.org.slug if invoice else "", back_to=invoice.org.slug if invoice else "")
    fits, sent = _choices(row)
    form.payout.choices, form.refund.choices = fits, sent
    return render_template(
        "payments/statement_line.html", line=row, invoice=invoice, lifecycle=BANK_LINE, matches=MATCHES, form=form,
        typed=typed, fits=fits, sent=sent, shown=db.session.get(JournalEntry, row.entry_id) if row.entry_id else None,
        rest=invoices.rest(invoice) if invoice else None,
        actions={one.action for one in BANK_LINE.actions_for(row.state, row.roles_of(actor()))},
        act=lambda action: url_for("payments.move_statement_line", line_id=row.id, action=action))


def _choices(row: StatementLine) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """Return the payouts that a line may show, and of what went out the refunds, each with what it is called."""
    if row.state not in LINE_OPEN:
        return [], []
    payouts = [(str(one.entry_id), f"{one.code} {one.text} ({clock.format_date(one.happened_on)})")
               for one in payouts_of([row])[row.id]]
    sent = [(str(one.id), f"{one.code} {one.payment.org.name}") for one in sent_from(row.account_id, -row.amount)]
    return payouts, sent if row.amount < 0 else []


@bp.post("/money/statements/<int:line_id>/<any(book, split, credit, return, hold, payout, refund, charge, ignore):action>")
@access(ACCOUNTING)
def move_statement_line(line_id: int, action: str) -> ResponseReturnValue:
    """Do with a line what an accountant says."""
    row, reason, form = booking.held_line(line_id), ReasonForm(), StatementLineForm()
    reason.refused = action
    if action == "ignore":
        if not reason.submit(lambda: booking.ignore(row, actor(), reason.reason.data or "")):
            return _page(row, typed=reason), 422
    elif not form.submit(lambda: _move(row, action, form)):
        return _page(row, form), 422
    flash(_("Done."), "success")
    return redirect(url_for("payments.statement_line", line_id=row.id))


def _move(row: StatementLine, action: str, form: StatementLineForm) -> None:
    who = actor()
    if action == "book":
        booking.accept(row, invoices.held(booking.named_invoice(form.invoice.data or "").id), who)
    elif action == "split":
        booking.split(row, _parts(form.parts.data or ""), who)
    elif action == "credit":
        booking.keep_as_credit(row, booking.named_payer(form.payer.data or "", "payer"), who)
    elif action == "payout":
        booking.show_payout(row, _id(form.payout.data), who)
    elif action == "refund":
        booking.show_refund(row, refunds.held(_id(form.refund.data)), who)
    elif action == "charge":
        booking.charge(row, who)
    elif action == "return":
        booking.send_back(row, booking.named_payer(form.back_to.data or "", "back_to"), form.why.data or "", who)
    else:
        booking.hold(row, who)


def _id(text: str | None) -> int:
    """Return the id that a choice names; 0, which nothing has, for what is none."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) <= 15 else 0


def _parts(text: str) -> list[tuple[str, int]]:
    found = []
    for line in filter(str.strip, text.splitlines()):
        match = re.fullmatch(r"\s*(DN-\d{4}-\d{6})[\s;:,]+(.+)", line, re.IGNORECASE)
        if match is None:
            raise Invalid("parts", N_("Write one payment request and its amount on each line."))
        amount = re.sub(r"[.\s]|đ$|₫$|VND$", "", match[2].strip())
        if not amount.isascii() or not amount.isdigit() or len(amount) > 15:
            raise Invalid("parts", N_("Write one payment request and its amount on each line."))
        found.append((match[1].upper(), int(amount)))
    return found
