"""The one door of the ledger: `post` writes an entry once, `reverse` corrects one.

Lock order: invoice, payment, then the ledger. The counter of entry codes is the ledger's lock: whoever posts holds it
until the end of the transaction, so entries are numbered without gaps and in the order in which they are committed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from marketplace.core.access import Actor
from marketplace.core.codes import hold_counter, next_code
from marketplace.core.extensions import db
from marketplace.payments.ledger.models import Account, JournalEntry, JournalLine
from marketplace.values import clock

PREFIX = "BT"


class LedgerConflict(RuntimeError):
    """The same key was posted before with other lines: a fault of the program, never of a person."""


@dataclass(frozen=True)
class Leg:
    """One side of an entry to be: a debit is positive, a credit negative, in minor units.

    `item` is, on a receivable account, the number of the payment request that the line opens or settles.
    """

    account: Account
    amount: int
    item: int | None = None


def debit(account: Account, amount: int, item: int | None = None) -> Leg:
    """Return a debit of a positive amount. Raises ValueError for any other."""
    return Leg(account, _positive(amount), item)


def credit(account: Account, amount: int, item: int | None = None) -> Leg:
    """Return a credit of a positive amount. Raises ValueError for any other."""
    return Leg(account, -_positive(amount), item)


def post(
    key: str, legs: Sequence[Leg], *, kind: str, text: str, actor: Actor, happened_on: date | None = None,
    subject: tuple[str, int] | None = None, reverses: JournalEntry | None = None,
) -> JournalEntry:
    """Post an entry and return it; the same `key` with the same lines again changes nothing and returns the first.

    `key` says what happened ("invoice:DN-2026-000001"), `subject` is the kind and id of its cause, `happened_on` the
    day of the books, today unless it is given. Raises LedgerConflict when the key was posted with other lines, and what
    the database raises (IntegrityError) when the lines do not sum to nothing, mix currencies or kinds of accounts.
    """
    before = _posted(key)
    if before is None:
        hold_counter(PREFIX)
        before = _posted(key)
    if before is not None:
        return _same(before, legs)
    kind_of, id_of = subject or ("", None)
    entry = JournalEntry(
        code=next_code(PREFIX), key=key, happened_on=happened_on or clock.today(), kind=kind, text=text,
        subject_kind=kind_of, subject_id=id_of, reverses_id=reverses.id if reverses else None, made_by_id=actor.user_id,
    )
    db.session.add(entry)
    db.session.flush()
    db.session.add_all(
        JournalLine(entry_id=entry.id, account_id=leg.account.id, amount=leg.amount, position=position,
                    item_id=leg.item)
        for position, leg in enumerate(legs, 1)
    )
    db.session.flush()
    entry.posted_at = clock.now()
    db.session.flush()
    return entry


def reverse(entry: JournalEntry, key: str, *, text: str, actor: Actor, happened_on: date | None = None) -> JournalEntry:
    """Post the opposite of a posted entry, which can be reversed once; the same key again returns the first."""
    legs = [Leg(line.account, -line.amount, line.item_id) for line in entry.lines]
    subject = (entry.subject_kind, entry.subject_id) if entry.subject_id is not None else None
    return post(key, legs, kind=f"{entry.kind}.reversed", text=text, actor=actor, happened_on=happened_on,
                subject=subject, reverses=entry)


def _positive(amount: int) -> int:
    if amount <= 0:
        raise ValueError(f"an amount of the ledger is positive: {amount}")
    return amount


def _posted(key: str) -> JournalEntry | None:
    return db.session.scalar(select(JournalEntry).where(JournalEntry.key == key))


def _same(entry: JournalEntry, legs: Sequence[Leg]) -> JournalEntry:
    held = Counter((line.account_id, line.amount, line.item_id) for line in db.session.scalars(
        select(JournalLine).where(JournalLine.entry_id == entry.id)))
    if held != Counter((leg.account.id, leg.amount, leg.item) for leg in legs):
        raise LedgerConflict(f"{entry.key} stands in the ledger as {entry.code} with other lines")
    return entry
