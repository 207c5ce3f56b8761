"""Which payouts of the card provider the lines of statements show. They are booked by the provider's own messages."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import and_, exists, select

from marketplace.core.extensions import db
from marketplace.payments.banks.lifecycle import BANK_LINE
from marketplace.payments.banks.models import StatementLine
from marketplace.payments.ledger.models import Account, JournalEntry, JournalLine
from marketplace.values.text import fold

KIND = "payout"  # of the entries
EARLIER, LATER = timedelta(days=10), timedelta(days=4)  # of the day of the books than the line: holidays of two countries
_PROVIDERS = ("stripe",)  # as the text of a line names them


@dataclass(frozen=True)
class BookedPayout:
    """A payout that stands in the ledger and that no line has shown yet."""

    entry_id: int
    code: str
    happened_on: date
    text: str


def names_provider(line: StatementLine) -> bool:
    """Return whether a line says itself that it comes from the card provider."""
    said = fold(f"{line.description} {line.reference} {line.counterparty}")
    return any(name in said for name in _PROVIDERS)


def payouts_of(lines: Sequence[StatementLine]) -> dict[int, list[BookedPayout]]:
    """Return the payouts that each line may show, by its id: of its account and amount, about its day. One statement."""
    if not lines:
        return {}
    shown = exists().where(StatementLine.entry_id == JournalEntry.id)
    days = [line.booked_on for line in lines]
    rows = (
        select(JournalEntry.id, JournalEntry.code, JournalEntry.happened_on, JournalEntry.text, Account.code,
               JournalLine.amount)
        .join(JournalLine, JournalLine.entry_id == JournalEntry.id)
        .join(Account, and_(Account.id == JournalLine.account_id, Account.code.in_(
            sorted({f"112-{line.account_id}" for line in lines}))))
        .where(JournalEntry.kind == KIND, JournalEntry.posted_at.is_not(None), ~shown,
               JournalEntry.happened_on.between(min(days) - EARLIER, max(days) + LATER))
        .order_by(JournalEntry.id)
    )
    found = defaultdict[tuple[str, int], list[BookedPayout]](list)
    for id_, code, day, text, account, amount in db.session.execute(rows):
        found[account, amount].append(BookedPayout(id_, code, day, text))
    return {line.id: [one for one in found.get((f"112-{line.account_id}", line.amount), ())
                      if -EARLIER <= one.happened_on - line.booked_on <= LATER] for line in lines}


def line_of(account_id: int, amount: int, day: date) -> int | None:
    """Return the open line that shows a payout which is booked after it; None when there is none, or more than one."""
    rows = select(StatementLine.id).where(
        StatementLine.account_id == account_id, StatementLine.amount == amount, StatementLine.state == BANK_LINE.initial,
        StatementLine.booked_on.between(day - LATER, day + EARLIER)).limit(2)
    ids = db.session.scalars(rows).all()
    return ids[0] if len(ids) == 1 else None
