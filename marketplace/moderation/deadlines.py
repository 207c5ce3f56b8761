"""Deadlines of what waits, computed again when the calendar changes."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select, update

from marketplace.core.calendar_days import calendar_in_force, review_due
from marketplace.core.extensions import db
from marketplace.moderation.kind import REVIEWED
from marketplace.moderation.models import ModerationCase


def recompute() -> int:
    """Set the due time of everything that waits by the calendar in force; return how many moved.

    At most three statements per kind, whatever the number. The optimistic lock is left alone: nobody's text changed.
    """
    calendar = calendar_in_force()
    moved = 0
    for name, reviewed in REVIEWED.items():
        table: Any = reviewed.submitted
        waiting = select(table.id, table.submitted_at, table.review_due_at).where(
            table.state.in_(reviewed.waiting), table.submitted_at.is_not(None)
        )
        due: dict[int, datetime] = {}
        for subject_id, submitted_at, stood in db.session.execute(waiting):
            becomes = review_due(name, submitted_at, calendar)
            if becomes != stood:
                due[subject_id] = becomes
        if due:
            _write(table.__table__, "review_due_at", due)
            _write(ModerationCase.__table__, "due_at", _cases(name, due))
        moved += len(due)
    return moved


def _cases(kind: str, due: dict[int, datetime]) -> dict[int, datetime]:
    rows = select(ModerationCase.id, ModerationCase.subject_id).where(
        ModerationCase.kind == kind, ModerationCase.is_open()
    )
    return {row[0]: due[row[1]] for row in db.session.execute(rows) if row[1] in due}


def _write(table: Any, column: str, values: dict[int, datetime]) -> None:
    if values:
        change = update(table).where(table.c.id == bindparam("row_id")).values({column: bindparam("moment")})
        db.session.execute(change, [{"row_id": key, "moment": value} for key, value in values.items()])
