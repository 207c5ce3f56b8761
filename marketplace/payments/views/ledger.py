"""Pages of the ledger: its accounts, the statement of one, its entries, the trial balance."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy import func, select

from marketplace.accounts.models import User
from marketplace.core.access import access, actor
from marketplace.core.errors import DomainError, required
from marketplace.core.extensions import db, limiter
from marketplace.core.permissions import READ_MONEY
from marketplace.core.subjects import SUBJECTS, Ref, rows_of, subject_of
from marketplace.organisations.models import Organisation
from marketplace.payments.ledger import export, queries, reports
from marketplace.payments.ledger.models import KINDS, MEMO, Account, JournalEntry, JournalLine
from marketplace.payments.views.blueprint import bp
from marketplace.payments.views.period import asked_day, asked_period, demanded_period
from marketplace.values import clock, money
from marketplace.values.text import N_, clean_line
from marketplace.web.i18n import language
from marketplace.web.paging import Paging, by_key, requested_page
from marketplace.web.spreadsheet import XLSX_TYPE, Column, csv_answer, xlsx_bytes
from marketplace.web.tabs import Tab, tabs

PER_PAGE = 50
KIND_LABELS = dict(zip(KINDS, (
    N_("Asset"), N_("Liability"), N_("Income"), N_("Expense"), N_("Memorandum (between parties)")), strict=True))
GROUP_LABELS = {reports.RECEIVED: N_("Money received")}
_TABS = {"accounts": N_("Accounts of the ledger"), "journal": N_("Journal"), "trial_balance": N_("Trial balance")}


def _tabs(chosen: str) -> list[Tab]:
    return tabs(_TABS, chosen, lambda name: url_for(f"payments.{name}"))


def amount(value: int, account: Account) -> str:
    """Return an amount in the currency of an account, as the reader's language writes it."""
    return money.format_amount(value, account.currency, language())


@bp.get("/money/accounts")
@access(READ_MONEY)
def accounts() -> ResponseReturnValue:
    """List the accounts of the ledger with their balances of today, by code; or those found by words."""
    words = clean_line(request.args.get("q", ""))[:100]
    wanted = reports.accounts_like(words)
    page, offset = requested_page(PER_PAGE)
    total = db.session.scalar(select(func.count()).select_from(wanted.order_by(None).subquery())) or 0
    rows = db.session.execute(wanted.order_by(Account.code).offset(offset).limit(PER_PAGE)).all()
    return render_template(
        "payments/accounts.html", rows=rows, q=words, paging=Paging(page, PER_PAGE, total), tabs=_tabs("accounts"),
        balances=queries.balances([row[0].id for row in rows], clock.today()), kinds=KIND_LABELS, amount=amount,
    )


def _account(code: str) -> Account:
    return required(db.session.scalar(select(Account).where(Account.code == code)))


def _organisation(account: Account) -> Organisation | None:
    return db.session.get(Organisation, account.org_id) if account.org_id is not None else None


@bp.get("/money/accounts/<code>")
@access(READ_MONEY)
def account(code: str) -> ResponseReturnValue:
    """Show the statement of an account between two days, a page of it at a time, and its months."""
    found, period = _account(code), asked_period()
    part = reports.part(found, period.since, period.until, *(reports.key_of(request.args.get(name, ""))
                                                             for name in ("after", "before")))
    months = reports.months(found, period.until)
    return render_template(
        "payments/account.html", account=found, org=_organisation(found), period=period, part=part, kinds=KIND_LABELS,
        amount=amount, closings=[month.closing for month in months], month_rows=[
            ({"label": f"{month.first:%m/%Y}", "href": _month_href(found, month)},
             *(amount(one, found) for one in (month.debit, month.credit, month.closing))) for month in months],
        download=lambda form: url_for("payments.account_file", code=code, form=form),
        page=lambda **key: url_for("payments.account", **{"code": code, **period.query, **key}),
    )


def _month_href(found: Account, month: reports.Month) -> str:
    last = reports.last_day(month.first)
    return url_for("payments.account", code=found.code, since=clock.format_date(month.first), until=clock.format_date(last))


@bp.get("/money/accounts/<code>.<any(csv, xlsx, pdf):form>")
@limiter.limit("30 per minute")
@access(READ_MONEY)
def account_file(code: str, form: str) -> ResponseReturnValue:
    """Download the statement of an account between two days."""
    found = _account(code)
    return statement_answer(found, _organisation(found), form)


def statement_answer(found: Account, org: Organisation | None, form: str) -> Response:
    """Return the statement between the days that the address names, as csv, xlsx or pdf. Raises DomainError."""
    since, until = demanded_period()
    name = f"{found.code}-{since.isoformat()}-{until.isoformat()}"
    if form == "pdf":
        return download(export.pdf(found, org, since, until, clock.now()), f"{name}.pdf", "application/pdf")
    return table_answer(name, form, export.COLUMNS, list(export.lines(reports.whole(found, since, until))), found.code)


def table_answer(name: str, form: str, columns: tuple[Column[Any], ...], rows: list[Any], title: str) -> Response:
    """Return a table as csv or xlsx."""
    if form == "xlsx":
        return download(xlsx_bytes(columns, rows, title), f"{name}.xlsx", XLSX_TYPE)
    return csv_answer(name, columns, rows)


def download(content: bytes, name: str, kind: str) -> Response:
    """Return a file that no cache keeps."""
    answer = Response(content, content_type=kind)
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


@bp.get("/money/entries")
@access(READ_MONEY)
def journal() -> ResponseReturnValue:
    """List the entries between two days, the last posted first; of one kind, when the address names one."""
    period, kind = asked_period(), clean_line(request.args.get("kind", ""))[:40]
    found = by_key(reports.journal(period.since, period.until, kind), JournalEntry.id, PER_PAGE)
    return render_template(
        "payments/journal.html", part=found, period=period, kind=kind, tabs=_tabs("journal"), amount=amount,
        sums=reports.sums_of([row.id for row in found.rows]), first=_any_account(found.rows),
        kind_label=_kind_label(kind),
        every=url_for("payments.journal", since=period.query["since"], until=period.query["until"]),
        download=lambda form: url_for("payments.journal_file", form=form),
    )


def _kind_label(kind: str) -> str:
    if kind in GROUP_LABELS:
        return gettext(GROUP_LABELS[kind])
    return gettext(SUBJECTS[kind].label) if kind in SUBJECTS else kind


def _any_account(rows: Sequence[JournalEntry]) -> dict[int, Account]:
    """Return an account of each entry, all of which have one currency."""
    lines = select(JournalLine).where(JournalLine.entry_id.in_([row.id for row in rows]), JournalLine.position == 1)
    return {line.entry_id: line.account for line in db.session.scalars(lines)}


@bp.get("/money/entries.<any(csv, xlsx):form>")
@limiter.limit("30 per minute")
@access(READ_MONEY)
def journal_file(form: str) -> ResponseReturnValue:
    """Download the lines of the entries between two days."""
    since, until = demanded_period()
    found = reports.journal_lines(since, until, clean_line(request.args.get("kind", ""))[:40])
    return table_answer(f"journal-{since.isoformat()}-{until.isoformat()}", form, export.JOURNAL_COLUMNS, found, "journal")


@bp.get("/money/entries/<code>")
@access(READ_MONEY)
def entry(code: str) -> ResponseReturnValue:
    """Show an entry of the ledger: its lines, what caused it, what it corrects and what corrects it."""
    found = required(db.session.scalar(
        select(JournalEntry).where(JournalEntry.code == code, JournalEntry.posted_at.is_not(None))))
    by = db.session.get(User, found.made_by_id) if found.made_by_id is not None else None
    return render_template(
        "payments/entry.html", entry=found, by=by.name if by else "", cause=_cause(found), amount=amount,
        reverses=db.session.get(JournalEntry, found.reverses_id) if found.reverses_id is not None else None,
        reversed_by=db.session.scalar(select(JournalEntry).where(JournalEntry.reverses_id == found.id)),
        debit=sum(line.amount for line in found.lines if line.amount > 0),
    )


def _cause(found: JournalEntry) -> tuple[str, str, str] | None:
    """Return what kind of thing caused an entry, its code or title, and its page; None when it names none."""
    if found.subject_id is None:
        return None
    row = next(iter(rows_of([Ref(found.subject_kind, found.subject_id)]).values()), None)
    if row is None:
        return None
    kind = subject_of(row)
    return gettext(kind.label), kind.code(row) or kind.title(row, language()), kind.path(row, actor())


@bp.get("/money/trial-balance")
@access(READ_MONEY)
def trial_balance() -> ResponseReturnValue:
    """Show the sums of all accounts at the end of a day, those of one name together; ours and memorandum apart."""
    on, typed, problem = clock.today(), request.args.get("on", "").strip()[:20], ""
    try:
        on = asked_day("on", on)
        typed = clock.format_date(on)
    except DomainError as error:
        problem = gettext(error.message) % error.params if error.params else gettext(error.message)
    found = reports.groups(on)
    ours, memo = ([one for one in found if (one.first.kind == MEMO) is of_parties] for of_parties in (False, True))
    return render_template(
        "payments/trial_balance.html", on=on, typed=typed, problem=problem, parts=((N_("The exchange's own money"), ours),
        (N_("Between the parties of deals (memorandum)"), memo)), amount=amount, tabs=_tabs("trial_balance"),
        totals=_totals, href=lambda one: _group_href(one, on),
        export=lambda form: url_for("payments.trial_balance_file", form=form, on=clock.format_date(on)),
    )


def _group_href(one: reports.AccountGroup, on: Any) -> str:
    if one.account is None:
        return url_for("payments.accounts", q=f"{one.prefix}-")
    return url_for("payments.account", code=one.account.code, until=clock.format_date(on))


def _totals(found: list[reports.AccountGroup]) -> list[tuple[Account, int, int]]:
    """Return the sums of each currency: an account of that currency, all debits, all credits."""
    sums: dict[str, tuple[Account, int, int]] = {}
    for one in found:
        first, debit, credit = sums.get(one.first.currency, (one.first, 0, 0))
        sums[one.first.currency] = (first, debit + one.debit, credit + one.credit)
    return [sums[currency] for currency in sorted(sums)]


@bp.get("/money/trial-balance.<any(csv, xlsx):form>")
@access(READ_MONEY)
def trial_balance_file(form: str) -> ResponseReturnValue:
    """Download the trial balance with every account."""
    on = asked_day("on", clock.today())
    name = f"trial-balance-{on.isoformat()}"
    return table_answer(name, form, export.BALANCE_COLUMNS, queries.trial_balance(on), on.isoformat())

