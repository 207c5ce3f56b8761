"""What `flask verify-ledger` asks of dues: what each says is owed and confirmed against its lines and its confirmations."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import func, select

from marketplace.core.extensions import db
from marketplace.payments.dues.lifecycle import OPEN
from marketplace.payments.dues.models import Due, DueConfirm
from marketplace.payments.ledger.checks import Fault
from marketplace.payments.ledger.models import Account, JournalEntry, JournalLine


def sums() -> Iterator[Fault]:
    """Yield dues whose rest or confirmed amount is not what the memorandum accounts say."""
    amount, code = JournalLine.amount, Account.code
    lines = (
        select(JournalEntry.subject_id.label("due_id"),
               func.coalesce(func.sum(amount).filter(code.startswith("M-owed-")), 0).label("owed"),
               func.coalesce(func.sum(amount).filter(code.startswith("M-paid-")), 0).label("paid"))
        .join(JournalLine, JournalLine.entry_id == JournalEntry.id).join(Account, Account.id == JournalLine.account_id)
        .where(JournalEntry.subject_kind == Due.subject_kind, JournalEntry.posted_at.is_not(None))
        .group_by(JournalEntry.subject_id).subquery()
    )
    confirmed = (
        select(DueConfirm.due_id, func.sum(DueConfirm.amount).label("sum"))
        .where(DueConfirm.reopened_at.is_(None)).group_by(DueConfirm.due_id).subquery()
    )
    rows = (
        select(Due.id, Due.state, Due.amount, Due.confirmed, func.coalesce(lines.c.owed, 0),
               func.coalesce(lines.c.paid, 0), func.coalesce(confirmed.c.sum, 0))
        .outerjoin(lines, lines.c.due_id == Due.id).outerjoin(confirmed, confirmed.c.due_id == Due.id).order_by(Due.id)
    )
    for id_, state, whole, said, owed, paid, summed in db.session.execute(rows):
        rest = whole - said if state in OPEN else 0
        if owed != rest:
            yield Fault("dues", f"due {id_}", f"{rest} is owed, the ledger says {owed}")
        if not said == paid == summed:
            yield Fault("dues", f"due {id_}", f"{said} is confirmed, the ledger says {paid}, confirmations sum to {summed}")
