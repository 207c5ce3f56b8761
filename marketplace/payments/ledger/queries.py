"""What the ledger says: balances and statements of accounts, the trial balance. Sums of posted lines, nothing else.

`account_month` only makes sums of past months quick: entries that it has not taken in are added to it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Select, and_, func, or_, select

from marketplace.core.extensions import db
from marketplace.payments.ledger.models import Account, AccountMonth, JournalEntry, JournalLine, LedgerCache


@dataclass(frozen=True)
class StatementRow:
    """One line of a statement with the balance after it."""

    entry_id: int
    code: str
    happened_on: date
    kind: str
    text: str
    amount: int
    balance: int
    position: int = 0


@dataclass(frozen=True)
class Statement:
    """An account from one day to another: opening balance, lines in order, closing balance."""

    account: Account
    since: date
    until: date
    opening: int
    rows: tuple[StatementRow, ...]

    @property
    def closing(self) -> int:
        """The balance at the end of the last day."""
        return self.opening + sum(row.amount for row in self.rows)


@dataclass(frozen=True)
class Balance:
    """One account of the trial balance: all debits, all credits as a positive number, and their difference."""

    account: Account
    debit: int
    credit: int

    @property
    def balance(self) -> int:
        """Debits less credits."""
        return self.debit - self.credit


def balances(account_ids: Iterable[int], on: date) -> dict[int, int]:
    """Return the balances of accounts at the end of a day; an account without lines has 0. Two statements."""
    wanted = sorted(set(account_ids))
    found = dict.fromkeys(wanted, 0)
    for account_id, debit, credit in _sums(on, wanted):
        found[account_id] += debit - credit
    return found


def balance(account: Account, on: date) -> int:
    """Return the balance of one account at the end of a day."""
    return balances([account.id], on)[account.id]


def trial_balance(on: date) -> list[Balance]:
    """Return every account with lines up to the end of a day, by code. Three statements."""
    sums: dict[int, tuple[int, int]] = {}
    for account_id, debit, credit in _sums(on):
        before = sums.get(account_id, (0, 0))
        sums[account_id] = (before[0] + debit, before[1] + credit)
    accounts = db.session.scalars(select(Account).order_by(Account.code))  # not by their ids: there may be many
    return [Balance(account, *sums[account.id]) for account in accounts if account.id in sums]


def statement(account: Account, since: date, until: date) -> Statement:
    """Return the lines of an account between two days, both included, in the order of the books."""
    opening = balance(account, date.fromordinal(since.toordinal() - 1))
    rows, now = [], opening
    for line in db.session.execute(lines_of(account, since, until)):
        now += line.amount
        rows.append(StatementRow(line.id, line.code, line.happened_on, line.kind, line.text, line.amount, now,
                                 line.position))
    return Statement(account, since, until, opening, tuple(rows))


def lines_of(account: Account, since: date, until: date) -> Select[int, str, date, str, str, int, int]:
    """Return the select of an account's lines between two days, both included, in the order of the books."""
    return (
        select(JournalEntry.id, JournalEntry.code, JournalEntry.happened_on, JournalEntry.kind, JournalEntry.text,
               JournalLine.amount, JournalLine.position)
        .join(JournalLine, JournalLine.entry_id == JournalEntry.id)
        .where(JournalLine.account_id == account.id, JournalEntry.posted_at.is_not(None),
               JournalEntry.happened_on.between(since, until))
        .order_by(JournalEntry.happened_on, JournalEntry.id, JournalLine.position)
    )


def _sums(on: date, account_ids: list[int] | None = None) -> list[tuple[int, int, int]]:
    """Return (account, debits, credits) up to the end of a day; an account may come twice, its parts are added."""
    month = on.replace(day=1)
    kept = select(AccountMonth.account_id, func.sum(AccountMonth.debit), func.sum(AccountMonth.credit)).where(
        AccountMonth.month < month).group_by(AccountMonth.account_id)
    # What the cache does not hold: this month's days, and earlier ones that were posted after it was made.
    lines = lines_summed(
        or_(JournalEntry.happened_on >= month, JournalEntry.id > taken_in()), JournalEntry.happened_on <= on)
    if account_ids is not None:
        kept = kept.where(AccountMonth.account_id.in_(account_ids))
        lines = lines.where(JournalLine.account_id.in_(account_ids))
    return [(int(row[0]), int(row[1]), int(row[2])) for query in (kept, lines) for row in db.session.execute(query)]


def taken_in() -> int:
    """Return the id of the last entry that the sums of months hold; 0 before the first."""
    return db.session.scalar(select(LedgerCache.through_entry_id)) or 0


def lines_summed(*conditions: ColumnElement[bool]) -> Select[int, int, int]:
    """Return the select of (account, debits, credits) over posted lines of entries that meet `conditions`."""
    amount = JournalLine.amount
    return (
        select(JournalLine.account_id, func.coalesce(func.sum(amount).filter(amount > 0), 0),
               func.coalesce(-func.sum(amount).filter(amount < 0), 0))
        .join(JournalEntry, and_(JournalEntry.id == JournalLine.entry_id, JournalEntry.posted_at.is_not(None)))
        .where(*conditions)
        .group_by(JournalLine.account_id)
    )
