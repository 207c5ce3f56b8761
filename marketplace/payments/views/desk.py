"""The accountants' desk: totals, what was received and is due, payment requests by state and day. Leadership: totals."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import selectinload

from marketplace.core.access import access, actor
from marketplace.core.errors import DomainError, required
from marketplace.core.extensions import db
from marketplace.core.permissions import ACCOUNTING, READ_MONEY, READ_MONEY_TOTALS
from marketplace.organisations.models import Organisation
from marketplace.payments import figures
from marketplace.payments.export import INVOICES
from marketplace.payments.figures import SpanSum
from marketplace.payments.invoicing import actions, queries
from marketplace.payments.invoicing.lifecycle import INVOICE, OPEN, STANDING, TABS
from marketplace.payments.invoicing.models import Invoice
from marketplace.payments.ledger.chart import UNIDENTIFIED
from marketplace.payments.ledger.reports import RECEIVED
from marketplace.payments.views.blueprint import bp
from marketplace.payments.views.period import asked_day
from marketplace.values import clock, money
from marketplace.values.text import N_
from marketplace.web.forms import ExchangeForm
from marketplace.web.i18n import language
from marketplace.web.paging import by_key
from marketplace.web.spreadsheet import csv_answer
from marketplace.web.tabs import tabs
from marketplace.web.templating import number

PER_PAGE = 50
MOST_EXPORTED = 20_000
_TABS = {**TABS, queries.OVERDUE: N_("Overdue"), queries.NO_E_INVOICE: N_("Without e-invoice")}
Address = Callable[[SpanSum], str]


@dataclass(frozen=True)
class Charts:
    """The desk's charts: amounts by day, rows of days with receipts (the last first), months, and what is due when."""

    per_day: Sequence[int]
    days: Sequence[Sequence[Any]]
    months: Sequence[dict[str, Any]]
    due: Sequence[dict[str, Any]]


@bp.get("/money")
@access(READ_MONEY_TOTALS)
def desk() -> ResponseReturnValue:
    """Show totals; to who reads money also the payment requests and who is to be asked for one."""
    if not actor().may(READ_MONEY):
        return render_template("payments/desk.html", reads=False, **_figures(linked=False))
    return _desk()


def _figures(*, linked: bool) -> dict[str, Any]:
    """Return totals, what was received, what falls due; with links to what they are made of for who reads money."""
    today = clock.today()
    received, due = figures.received(today), figures.due(today)
    entries, requests = (_entries, _requests) if linked else (_nowhere, _nowhere)
    overdue = next((one for one in due if one.until < today), SpanSum(date.min, today, 0, 0))
    return {
        "totals": queries.totals(), "received": received, "overdue": overdue, "entries": entries, "today": today,
        "charts": Charts(
            [one.amount for one in received.days],
            [({"label": clock.format_date(one.since), "href": entries(one)}, number(one.count), _vnd(one.amount))
             for one in reversed(received.days) if one.count],
            [{"label": f"{one.since:%m/%Y}", "value": one.amount, "href": entries(one)}
             for one in reversed(received.months)],
            [{"label": _due_word(one), "value": one.amount, "href": requests(one)} for one in due]),
        "unidentified": UNIDENTIFIED,
    }


def _vnd(amount: int) -> str:
    return money.format_amount(amount, "VND", language())


def _nowhere(_span: SpanSum) -> str:
    return ""


def _entries(span: SpanSum) -> str:
    return url_for("payments.journal", kind=RECEIVED, since=clock.format_date(span.since),
                   until=clock.format_date(span.until))


def _requests(span: SpanSum) -> str:
    """Return where the payment requests stand that are due on these days."""
    if span.since == date.min:
        return url_for("payments.desk", tab=queries.OVERDUE)
    until = None if span.until == date.max else clock.format_date(span.until)
    return url_for("payments.desk", tab="open", since=clock.format_date(span.since), until=until)


def _due_word(span: SpanSum) -> str:
    if span.since == date.min:
        return _("Overdue")
    return _("Later") if span.until == date.max else clock.format_date(span.since)


def _asked_due() -> tuple[date | None, date | None]:
    """Return between which days the address wants requests to be due; None for no bound, or for what is no day."""
    found = list[date | None]()
    for name in ("since", "until"):
        try:
            found.append(asked_day(name, clock.today()) if request.args.get(name) else None)
        except DomainError:
            found.append(None)
    return found[0], found[1]


def _desk(form: ExchangeForm | None = None) -> str:
    asked = request.args.get("tab", "")
    tab, due = asked if asked in _TABS else "open", _asked_due()
    part = by_key(queries.in_tab(tab, *due), Invoice.id, PER_PAGE)
    days = {name: clock.format_date(day) for name, day in zip(("since", "until"), due, strict=True) if day is not None}
    return render_template(
        "payments/desk.html", reads=True, part=part, lifecycle=INVOICE, **_figures(linked=True),
        rests=queries.rests([row.id for row in part.rows]), waiting=queries.to_be_asked(), form=form,
        open_states=OPEN, standing=STANDING, chips=_chips(tab, days),
        tabs=tabs(_TABS, tab, lambda code: url_for("payments.desk", tab=code)),
        export=url_for("payments.invoices_csv", tab=tab, since=days.get("since"), until=days.get("until")),
    )


def _chips(tab: str, days: dict[str, str]) -> list[dict[str, str]]:
    """Return the filter by day as one chip, with the address without it."""
    if not days:
        return []
    first, last = days.get("since"), days.get("until")
    if first == last:
        label = _("Due on %(day)s", day=first)
    elif first is None or last is None:
        label = _("Due from %(day)s", day=first) if first else _("Due until %(day)s", day=last)
    else:
        label = _("Due from %(since)s to %(until)s", since=first, until=last)
    return [{"label": label, "href": url_for("payments.desk", tab=tab)}]


@bp.get("/money/invoices.csv")
@access(READ_MONEY)
def invoices_csv() -> ResponseReturnValue:
    """Download the list, narrowed as on the page."""
    rows = queries.in_tab(request.args.get("tab", ""), *_asked_due()).order_by(Invoice.id.desc()).limit(MOST_EXPORTED)
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
