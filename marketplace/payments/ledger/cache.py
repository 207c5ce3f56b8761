"""The sums of months, `account_month`: the worker takes new entries in, `flask verify-ledger` computes them again."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select, update

from marketplace.core.extensions import db, insert_into
from marketplace.payments.ledger.models import AccountMonth, JournalEntry, JournalLine, LedgerCache
from marketplace.payments.ledger.queries import lines_summed
from marketplace.values import clock

#: No transaction lives so long: what was posted earlier is committed, and so are all entries with a smaller number.
SETTLED = timedelta(minutes=15)
#: Entries of one transaction.
BATCH = 5_000
_ONLY = 1


def take_in() -> int:
    """Add the next entries to the sums of their months; return how many there were. The caller commits."""
    through = _hold()
    newest = (
        select(JournalEntry.id)
        .where(JournalEntry.id > through.through_entry_id, JournalEntry.posted_at < clock.now() - SETTLED)
        .order_by(JournalEntry.id).limit(BATCH)
    )
    ids = list(db.session.scalars(newest))
    if not ids:
        return 0
    kept = AccountMonth.__table__
    for account_id, debit, credit, month in db.session.execute(
        monthly(JournalEntry.id > through.through_entry_id, JournalEntry.id <= ids[-1])
    ).all():
        row = insert_into(AccountMonth).values(account_id=account_id, month=first_day(month), debit=debit, credit=credit)
        grown: dict[Any, Any] = {"debit": kept.c.debit + row.excluded.debit, "credit": kept.c.credit + row.excluded.credit}
        db.session.execute(row.on_conflict_do_update(index_elements=["account_id", "month"], set_=grown))
    db.session.execute(
        update(LedgerCache).where(LedgerCache.id == _ONLY).values(through_entry_id=ids[-1], made_at=clock.now()))
    return len(ids)


def monthly(*conditions: ColumnElement[bool]) -> Select[int, int, int, Any]:
    """Return the select of (account, debits, credits, month as year times 100 plus month) over posted lines."""
    month = func.extract("year", JournalEntry.happened_on) * 100 + func.extract("month", JournalEntry.happened_on)
    return lines_summed(*conditions).add_columns(month).group_by(month).order_by(JournalLine.account_id, month)


def first_day(month: Any) -> date:
    """Return the first day of a month written as year times 100 plus month."""
    return date(int(month) // 100, int(month) % 100, 1)


def _hold() -> LedgerCache:
    """Return the row of the cache, locked; the first call makes it."""
    db.session.execute(
        insert_into(LedgerCache).values(id=_ONLY, through_entry_id=0, made_at=clock.now()).on_conflict_do_nothing())
    return db.session.get_one(LedgerCache, _ONLY, with_for_update=True, populate_existing=True)
