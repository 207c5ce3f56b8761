"""Whether the ledger is whole (`flask verify-ledger`): what triggers guarantee is asked again, and what they cannot."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import InstrumentedAttribute

from marketplace.core.codes import Counter
from marketplace.core.extensions import db
from marketplace.payments.ledger.actions import PREFIX
from marketplace.payments.ledger.cache import first_day, monthly
from marketplace.payments.ledger.models import (
    MEMO,
    Account,
    AccountMonth,
    JournalEntry,
    JournalLine,
)
from marketplace.payments.ledger.queries import taken_in
from marketplace.values import clock

#: An entry that was begun longer ago and is not posted was left by something that broke off.
UNPOSTED = timedelta(hours=1)


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong: the name of the check, what it is about, and why."""

    check: str
    where: str
    why: str


#: Every check by its name; the parts that keep money of their own add theirs (`register_check`).
CHECKS: dict[str, Callable[[], Iterator[Fault]]] = {}


def register_check(name: str, check: Callable[[], Iterator[Fault]]) -> None:
    """Add a check of `flask verify-ledger`; registering a name again replaces it."""
    CHECKS[name] = check


def faults() -> Iterator[Fault]:
    """Run every check and yield what is wrong."""
    for check in list(CHECKS.values()):
        yield from check()


def _entries() -> Iterator[Fault]:
    """Yield posted entries that no trigger let in: unbalanced, of one line, of two currencies or mixed kinds."""
    memo = func.count(func.distinct(Account.kind == MEMO))
    summed = (
        select(JournalEntry.code, func.count(JournalLine.id), func.coalesce(func.sum(JournalLine.amount), 0),
               func.count(func.distinct(Account.currency)), memo)
        .outerjoin(JournalLine, JournalLine.entry_id == JournalEntry.id)
        .outerjoin(Account, Account.id == JournalLine.account_id)
        .where(JournalEntry.posted_at.is_not(None))
        .group_by(JournalEntry.id, JournalEntry.code)
        .having((func.count(JournalLine.id) < 2) | (func.sum(JournalLine.amount) != 0)
                | (func.count(func.distinct(Account.currency)) > 1) | (memo > 1))
        .order_by(JournalEntry.id)
    )
    for code, lines, total, currencies, kinds in db.session.execute(summed):
        why = [
            f"has {lines} lines" if lines < 2 else "", f"its lines sum to {total}" if total else "",
            f"has {currencies} currencies" if currencies > 1 else "",
            "mixes memorandum accounts with others" if kinds > 1 else "",
        ]
        yield Fault("entries", code, "; ".join(part for part in why if part))


def _unposted() -> Iterator[Fault]:
    """Yield entries that were begun and never posted; younger ones may be under way."""
    newest = select(func.max(JournalEntry.id)).where(JournalEntry.posted_at < clock.now() - UNPOSTED).scalar_subquery()
    left = select(JournalEntry.code).where(JournalEntry.posted_at.is_(None), JournalEntry.id < newest)
    for code in db.session.scalars(left.order_by(JournalEntry.id)):
        yield Fault("unposted", code, "was begun more than an hour ago and never posted")


def gaps_in_numbers(check: str, prefix: str, codes: InstrumentedAttribute[Any], things: str = "") -> Iterator[Fault]:
    """Yield years whose things of a prefix are not numbered from one to the last number given, in the name of a check.

    `codes` is the column of their codes; `things` says in the report what they are, with a space at its end.
    """
    for counter in db.session.scalars(select(Counter).where(Counter.prefix == prefix).order_by(Counter.year)):
        year = f"{prefix}-{counter.year}"
        count, last = db.session.execute(
            select(func.count(), func.max(codes)).where(codes >= f"{year}-", codes < f"{year}.")
        ).one()
        if count != counter.value or (count and last != f"{year}-{counter.value:06d}"):
            yield Fault(check, year, f"{counter.value} numbers were given, {count} {things}are there")


def _codes() -> Iterator[Fault]:
    """Yield years whose entries are not numbered without gaps."""
    yield from gaps_in_numbers("codes", PREFIX, JournalEntry.code, "entries ")


def _months() -> Iterator[Fault]:
    """Yield months of accounts whose kept sums are not those of the lines."""
    kept = {(row.account_id, row.month): (row.debit, row.credit) for row in db.session.scalars(select(AccountMonth))}
    true = {
        (account_id, first_day(month)): (int(debit), int(credit))
        for account_id, debit, credit, month in db.session.execute(monthly(JournalEntry.id <= taken_in()))
    }
    for account_id, month in sorted(kept.keys() | true.keys()):
        held, summed = kept.get((account_id, month), (0, 0)), true.get((account_id, month), (0, 0))
        if held != summed:
            yield Fault("months", f"account {account_id}, {month:%Y-%m}", f"{held} is kept, the lines sum to {summed}")


register_check("entries", _entries)
register_check("unposted", _unposted)
register_check("codes", _codes)
register_check("months", _months)
