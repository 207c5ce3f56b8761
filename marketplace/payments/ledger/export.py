"""Statements and the trial balance as rows for spreadsheets; the statement as a PDF, in Vietnamese."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from flask_babel import gettext as _

from marketplace.core.errors import Invalid
from marketplace.deals.pdf import set_from
from marketplace.deals.pdf_fonts import FOLDERS
from marketplace.organisations.models import Organisation
from marketplace.payments.ledger.models import Account, JournalLine
from marketplace.payments.ledger.queries import Balance, Statement
from marketplace.payments.ledger.reports import whole
from marketplace.values import clock, money
from marketplace.values.text import N_
from marketplace.web import typesetting
from marketplace.web.i18n import language
from marketplace.web.spreadsheet import Column

#: What one PDF holds at most: days, and lines. More stands in the tables for spreadsheets.
PDF_DAYS, PDF_LINES = 366, 1_000
_PURPOSE = "Bảng kê lập từ sổ kế toán của sàn."


@dataclass(frozen=True)
class StatementLine:
    """One row of a statement as a table: also its opening and its closing balance."""

    day: date | None
    entry: str
    text: str
    debit: int | None
    credit: int | None
    balance: int


def lines(statement: Statement) -> Iterator[StatementLine]:
    """Yield a statement as a table: the opening balance, its lines, the closing balance."""
    yield StatementLine(statement.since, "", _("Opening balance"), None, None, statement.opening)
    for row in statement.rows:
        yield StatementLine(row.happened_on, row.code, row.text, row.amount if row.amount > 0 else None,
                   -row.amount if row.amount < 0 else None, row.balance)
    yield StatementLine(statement.until, "", _("Closing balance"), None, None, statement.closing)


COLUMNS: tuple[Column[StatementLine], ...] = (
    Column(N_("Day"), lambda row: row.day),
    Column(N_("Entry of the ledger"), lambda row: row.entry),
    Column(N_("Text of the entry"), lambda row: row.text),
    Column(N_("Debit side"), lambda row: row.debit),
    Column(N_("Credit side"), lambda row: row.credit),
    Column(N_("Balance"), lambda row: row.balance),
)
JOURNAL_COLUMNS: tuple[Column[JournalLine], ...] = (
    Column(N_("Day"), lambda row: row.entry.happened_on),
    Column(N_("Entry of the ledger"), lambda row: row.entry.code),
    Column(N_("Text of the entry"), lambda row: row.entry.text),
    Column(N_("Account of the ledger"), lambda row: row.account.code),
    Column(N_("Name of the account"), lambda row: row.account.name(language())),
    Column(N_("Currency"), lambda row: row.account.currency),
    Column(N_("Debit side"), lambda row: row.amount if row.amount > 0 else None),
    Column(N_("Credit side"), lambda row: -row.amount if row.amount < 0 else None),
)
BALANCE_COLUMNS: tuple[Column[Balance], ...] = (
    Column(N_("Account of the ledger"), lambda row: row.account.code),
    Column(N_("Name of the account"), lambda row: row.account.name(language())),
    Column(N_("Currency"), lambda row: row.account.currency),
    Column(N_("Debit side"), lambda row: row.debit),
    Column(N_("Credit side"), lambda row: row.credit),
    Column(N_("Balance"), lambda row: row.balance),
)


def pdf(account: Account, org: Organisation | None, since: date, until: date, at: datetime) -> bytes:
    """Return the statement of an account between two days as a PDF; `org` is the organisation whose receivable it is.

    Raises Invalid when it is longer than one PDF may be, Unreachable when it cannot be made now.
    """
    if (until - since).days >= PDF_DAYS:
        raise Invalid("until", N_("A PDF covers a year at most. Choose a shorter period, or a table for spreadsheets."))
    made = whole(account, since, until, PDF_LINES)
    template, data, stamp = set_from({
        "title": f"Bảng kê tài khoản {account.code}", "heading": "Bảng kê công nợ" if org else "Sổ chi tiết tài khoản",
        "code": account.code, "state": standing(made.closing) if org else account.currency,
        "subject": org.name if org else account.name_vi, "sections": [_facts(made, org), _table(made)],
    }, at, _PURPOSE)
    return typesetting.made(f"account:{account.code}", template, data, FOLDERS, at, stamp=stamp)


def standing(closing: int) -> str:
    """Return in Vietnamese what the balance of a receivable says."""
    return "Còn phải trả" if closing > 0 else "Tiền thừa" if closing < 0 else "Không còn công nợ"


def _facts(made: Statement, org: Organisation | None) -> dict[str, object]:
    shown = _amounts(made)
    debit = sum(row.amount for row in made.rows if row.amount > 0)
    rows = [
        *([["Đơn vị", org.name], ["Mã số thuế", org.tax_code or ""]] if org else [["Tài khoản", made.account.name_vi]]),
        ["Từ ngày – đến ngày", f"{clock.format_date(made.since)} – {clock.format_date(made.until)}"],
        ["Số dư đầu kỳ", shown(made.opening)], ["Phát sinh Nợ", shown(debit)],
        ["Phát sinh Có", shown(made.opening + debit - made.closing)],
        ["Số dư cuối kỳ", shown(made.closing)],
    ]
    if org and made.closing < 0:
        rows.append(["Tiền thừa của đơn vị", shown(-made.closing)])
    return {"title": "Thông tin", "facts": [row for row in rows if row[1]]}


def _table(made: Statement) -> dict[str, object]:
    shown = _amounts(made)
    rows = [["", "", "Số dư đầu kỳ", "", "", shown(made.opening)]]
    rows += [
        [clock.format_date(row.happened_on), row.code, row.text, shown(row.amount) if row.amount > 0 else "",
         shown(-row.amount) if row.amount < 0 else "", shown(row.balance)]
        for row in made.rows
    ]
    return {"title": "Phát sinh trong kỳ", "table": {
        "heads": ["Ngày", "Bút toán", "Diễn giải", "Nợ", "Có", "Số dư"],
        "widths": ["auto", "auto", "1", "auto", "auto", "auto"],
        "align": ["left", "left", "left", "right", "right", "right"],
        "rows": rows, "total": ["", "", "Số dư cuối kỳ", "", "", shown(made.closing)],
    }}


def _amounts(made: Statement) -> Callable[[int], str]:
    return lambda amount: money.format_amount(amount, made.account.currency)
