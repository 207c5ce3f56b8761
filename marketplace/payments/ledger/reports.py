"""What pages show of the ledger: one page of a statement, the months of an account, accounts in groups. All bounded."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import Select, func, literal, or_, select, tuple_
from sqlalchemy.orm import joinedload

from marketplace.core.errors import Invalid
from marketplace.core.extensions import db
from marketplace.organisations.models import Organisation
from marketplace.payments.ledger.cache import first_day, monthly
from marketplace.payments.ledger.models import Account, AccountMonth, JournalEntry, JournalLine
from marketplace.payments.ledger.queries import (
    Balance,
    Statement,
    StatementRow,
    balance,
    lines_of,
    statement,
    taken_in,
    trial_balance,
)
from marketplace.values.text import N_, sort_key

#: Lines of one page, and of one download; more of them must be asked for in shorter periods.
PER_PAGE, MOST_LINES = 100, 20_000
MONTHS = 12
#: The kinds of entries by which money was received from payers, under one name: also what nobody knows the payer of yet.
RECEIVED = "received"
GROUPS = {RECEIVED: ("payment.card", "payment.bank", "bank_line.hold")}
TOO_MANY = N_("There are more than %(most)s lines between these days. Choose a shorter period.")


class LinePlace(NamedTuple):
    """Where a line stands in the books."""

    happened_on: date
    entry_id: int
    position: int

    def __str__(self) -> str:
        """Return it as `key_of` reads it."""
        return f"{self.happened_on.isoformat()}.{self.entry_id}.{self.position}"


@dataclass(frozen=True)
class StatementPart:
    """One page of a statement. `carried` is the balance before its first line; `before`, `after` lead on, or are None."""

    opening: int
    debit: int
    credit: int
    count: int
    carried: int
    rows: tuple[StatementRow, ...]
    before: LinePlace | None
    after: LinePlace | None

    @property
    def closing(self) -> int:
        """The balance at the end of the last day."""
        return self.opening + self.debit - self.credit


@dataclass(frozen=True)
class Month:
    """One month of an account: its first day, all debits, all credits as a positive number, the balance at its end."""

    first: date
    debit: int
    credit: int
    closing: int


@dataclass(frozen=True)
class AccountGroup:
    """Accounts of one name, kind and currency, such as all receivables; `account` when there is only one."""

    prefix: str
    first: Account
    count: int
    debit: int
    credit: int

    @property
    def account(self) -> Account | None:
        """The account, when it is the only one."""
        return self.first if self.count == 1 else None

    @property
    def balance(self) -> int:
        """Debits less credits."""
        return self.debit - self.credit


def key_of(text: str) -> LinePlace | None:
    """Return the place in the books that an address names; None for nonsense."""
    day, _, rest = text.partition(".")
    entry_id, _, position = rest.partition(".")
    if not all(one.isascii() and one.isdecimal() and len(one) < 19 for one in (entry_id, position)):
        return None
    try:
        return LinePlace(date.fromisoformat(day), int(entry_id), int(position))
    except ValueError:
        return None


def part(
    account: Account, since: date, until: date, after: LinePlace | None = None, before: LinePlace | None = None
) -> StatementPart:
    """Return at most PER_PAGE lines of an account between two days: from the first, or those after or before a line."""
    opening = balance(account, date.fromordinal(since.toordinal() - 1))
    count, debit, credit = _summed(account, since, until)
    found, earlier, later = _page(account, since, until, after, before)
    carried = now = opening + (_before(account, since, until, _key(found[0])) if found and earlier else 0)
    rows = []
    for line in found:
        now += line.amount
        rows.append(StatementRow(line.id, line.code, line.happened_on, line.kind, line.text, line.amount, now,
                                 line.position))
    return StatementPart(opening, debit, credit, count, carried, tuple(rows), _key(found[0]) if earlier else None,
                         _key(found[-1]) if later else None)


def whole(account: Account, since: date, until: date, most: int = MOST_LINES) -> Statement:
    """Return an account's whole statement between two days. Raises Invalid when it has more than `most` lines."""
    if _summed(account, since, until)[0] > most:
        raise Invalid("until", TOO_MANY, most=most)
    return statement(account, since, until)


def months(account: Account, last: date, count: int = MONTHS) -> list[Month]:
    """Return the months of an account up to the one of a day, oldest first. Five statements."""
    firsts = [month_before(last, back) for back in range(count - 1, -1, -1)]
    sums: dict[date, tuple[int, int]] = dict.fromkeys(firsts, (0, 0))
    kept = select(AccountMonth.month, AccountMonth.debit, AccountMonth.credit).where(
        AccountMonth.account_id == account.id, AccountMonth.month.between(firsts[0], firsts[-1]))
    newer = monthly(JournalLine.account_id == account.id, JournalEntry.id > taken_in(),
                    JournalEntry.happened_on.between(firsts[0], last_day(firsts[-1])))
    found = [(month, debit, credit) for month, debit, credit in db.session.execute(kept)]
    found += [(first_day(month), debit, credit) for _id, debit, credit, month in db.session.execute(newer)]
    for month, debit, credit in found:
        sums[month] = (sums[month][0] + int(debit), sums[month][1] + int(credit))
    made, now = [], balance(account, date.fromordinal(firsts[0].toordinal() - 1))
    for first in firsts:
        now += sums[first][0] - sums[first][1]
        made.append(Month(first, *sums[first], now))
    return made


def groups(on: date) -> list[AccountGroup]:
    """Return the trial balance at the end of a day, accounts of one name, kind and currency in one row, by code."""
    held: dict[tuple[str, str, str, str], list[Balance]] = {}
    for one in trial_balance(on):
        key = (prefix_of(one.account), one.account.name_vi, one.account.kind, one.account.currency)
        held.setdefault(key, []).append(one)
    return [
        AccountGroup(key[0], found[0].account, len(found), sum(one.debit for one in found),
                     sum(one.credit for one in found))
        for key, found in held.items()
    ]


def journal(since: date, until: date, kind: str = "") -> Select[JournalEntry]:
    """Return the select of the entries between two days, both included; of one kind and its refinements, or of all.

    `kind` may also be the name of a group of kinds.
    """
    rows = select(JournalEntry).where(
        JournalEntry.happened_on.between(since, until), JournalEntry.posted_at.is_not(None))
    if not kind:
        return rows
    return rows.where(or_(*(
        or_(JournalEntry.kind == one, JournalEntry.kind.startswith(f"{one}.", autoescape=True))
        for one in GROUPS.get(kind, (kind,)))))


def journal_lines(since: date, until: date, kind: str = "") -> list[JournalLine]:
    """Return the lines of these entries in the order of the books. Raises Invalid when there are more than MOST_LINES."""
    ids = journal(since, until, kind).with_only_columns(JournalEntry.id)
    rows = (
        select(JournalLine).join(JournalEntry, JournalEntry.id == JournalLine.entry_id)
        .where(JournalLine.entry_id.in_(ids)).options(joinedload(JournalLine.entry))
        .order_by(JournalEntry.happened_on, JournalEntry.id, JournalLine.position).limit(MOST_LINES + 1)
    )
    found = list(db.session.scalars(rows))
    if len(found) > MOST_LINES:
        raise Invalid("until", TOO_MANY, most=MOST_LINES)
    return found


def sums_of(entry_ids: Collection[int]) -> dict[int, int]:
    """Return the sum of all debits of each entry. One statement."""
    rows = select(JournalLine.entry_id, func.sum(JournalLine.amount)).where(
        JournalLine.entry_id.in_(entry_ids), JournalLine.amount > 0).group_by(JournalLine.entry_id)
    return {entry_id: int(amount) for entry_id, amount in db.session.execute(rows)}


def prefix_of(account: Account) -> str:
    """Return what the codes of an account's kin begin with: 131 of 131-7, M-owed of M-owed-7."""
    head, dash, _tail = account.code.rpartition("-")
    return head if dash and head else account.code


def accounts_like(words: str) -> Select[Account, str | None]:
    """Return the select of accounts and their organisation's name that have these words; without words, of all."""
    rows = select(Account, Organisation.name).outerjoin(Organisation, Organisation.id == Account.org_id)
    if not words:
        return rows
    return rows.where(or_(
        Account.code.istartswith(words, autoescape=True), Account.name_vi.icontains(words, autoescape=True),
        Account.name_en.icontains(words, autoescape=True), Organisation.name.icontains(words, autoescape=True),
        Organisation.sort_name.contains(sort_key(words), autoescape=True),
    ))


def _page(
    account: Account, since: date, until: date, after: LinePlace | None, before: LinePlace | None
) -> tuple[list[Any], bool, bool]:
    """Return the lines of a page, and whether there are earlier and later ones in the period."""
    rows = lines_of(account, since, until)
    if before is not None:
        backwards = rows.order_by(None).order_by(
            JournalEntry.happened_on.desc(), JournalEntry.id.desc(), JournalLine.position.desc())
        found = list(db.session.execute(backwards.where(_at(before) > _PLACE).limit(PER_PAGE + 1)))
        if found:
            return found[PER_PAGE - 1::-1], len(found) > PER_PAGE, True
    found = list(db.session.execute(
        (rows if after is None or before is not None else rows.where(_at(after) < _PLACE)).limit(PER_PAGE + 1)))
    return found[:PER_PAGE], bool(found) and after is not None and before is None, len(found) > PER_PAGE


def _summed(account: Account, since: date, until: date) -> tuple[int, int, int]:
    """Return how many lines there are between two days, all debits, and all credits as a positive number."""
    lines = lines_of(account, since, until).order_by(None).subquery()
    amount = lines.c.amount
    count, debit, credit = db.session.execute(select(
        func.count(), func.coalesce(func.sum(amount).filter(amount > 0), 0),
        func.coalesce(-func.sum(amount).filter(amount < 0), 0)).select_from(lines)).one()
    return int(count), int(debit), int(credit)


def _before(account: Account, since: date, until: date, key: LinePlace) -> int:
    """Return the sum of the lines of a period before one of them."""
    lines = lines_of(account, since, until).where(_at(key) > _PLACE).order_by(None).subquery()
    return int(db.session.scalar(select(func.coalesce(func.sum(lines.c.amount), 0))) or 0)


def _key(line: Any) -> LinePlace:
    return LinePlace(line.happened_on, line.id, line.position)


_PLACE = tuple_(JournalEntry.happened_on, JournalEntry.id, JournalLine.position)


def _at(key: LinePlace) -> Any:
    return tuple_(*(literal(one) for one in key))


def month_before(day: date, back: int) -> date:
    """Return the first day of the month that lies `back` months before the one of a day."""
    number = day.year * 12 + day.month - 1 - back
    return date(number // 12, number % 12 + 1, 1)


def last_day(first: date) -> date:
    """Return the last day of the month that begins on a day."""
    return date.fromordinal(month_before(first, -1).toordinal() - 1)
