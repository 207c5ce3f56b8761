"""Taking a statement: all of its lines or none, each once however often it is imported; then they are compared."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from marketplace.core.access import Actor
from marketplace.core.calendar_days import working_calendar
from marketplace.core.errors import NotAllowed
from marketplace.core.events import record
from marketplace.core.extensions import db, insert_into
from marketplace.core.outbox import enqueue
from marketplace.core.permissions import ACCOUNTING
from marketplace.core.work import changed
from marketplace.payments.banks.lifecycle import BANK_LINE, UNKNOWN
from marketplace.payments.banks.matching import Progress, match_lines
from marketplace.payments.banks.models import BankAccount, StatementLine
from marketplace.payments.banks.read_line import ReadLine
from marketplace.payments.banks.statement_files import ReadStatement
from marketplace.values import clock
from marketplace.values.text import fold

DAYS = 2  # working days within which a line should be matched
BOOKING = "bank_lines"  # the consumer that books what needs no person
_AT_ONCE = 500
_KEY = ("booked_on", "amount", "fingerprint", "ordinal")


@dataclass(frozen=True)
class Taken:
    """What became of a file: lines that are new, lines that were there, lines at which the balance does not go on."""

    new: int
    known: int
    gaps: Sequence[int]


def take(account: BankAccount, statement: ReadStatement, actor: Actor, progress: Progress | None = None) -> Taken:
    """Take the lines of a statement of an account whose row is locked, and compare the new ones.

    What needs no person is booked by the worker afterwards (`BOOKING`). Raises NotAllowed.
    """
    if not (actor.is_system or actor.may(ACCOUNTING)):
        raise NotAllowed
    rows, there = _rows(account, statement.lines), _there(account, statement.lines)
    new = [row for row in rows if tuple(row[name] for name in _KEY) not in there]
    made: list[int] = []
    for start in range(0, len(new), _AT_ONCE):
        insert = insert_into(StatementLine).on_conflict_do_nothing().returning(StatementLine.id)
        made += db.session.connection().execute(insert, new[start:start + _AT_ONCE]).scalars()
    taken = Taken(len(made), len(rows) - len(made), statement.gaps)
    if made:
        match_lines(sorted(made), progress)
        record(account, "bank_account.statement", actor, data={
            "new": taken.new, "known": taken.known, "gaps": list(taken.gaps)[:20]})
        enqueue(BOOKING, {"account": account.id})
        changed()
    return taken


def _there(account: BankAccount, lines: Sequence[ReadLine]) -> set[tuple[Any, ...]]:
    """Return by what the lines of these days are known. Nobody adds to them meanwhile: the account's row is locked."""
    days = [line.booked_on for line in lines]
    rows = select(StatementLine.booked_on, StatementLine.amount, StatementLine.fingerprint, StatementLine.ordinal).where(
        StatementLine.account_id == account.id, StatementLine.booked_on.between(min(days), max(days)))
    return {tuple(row) for row in db.session.execute(rows)}


def _rows(account: BankAccount, lines: Sequence[ReadLine]) -> list[dict[str, Any]]:
    now = clock.now()
    due, seen = clock.due_at(now, DAYS, working_calendar()), Counter[tuple[Any, ...]]()
    rows = []
    for line in lines:
        text = "\n".join((" ".join(fold(line.description).split()), line.reference.strip()))
        key = (line.booked_on, line.amount, hashlib.sha256(text.encode()).hexdigest())
        seen[key] += 1
        rows.append({
            "account_id": account.id, "booked_on": line.booked_on, "amount": line.amount, "description": line.description,
            "reference": line.reference, "counterparty": line.counterparty, "balance": line.balance, "fingerprint": key[2],
            "ordinal": seen[key], "match": UNKNOWN, "state": BANK_LINE.initial, "created_at": now, "due_at": due, "lock": 1,
        })
    return rows
