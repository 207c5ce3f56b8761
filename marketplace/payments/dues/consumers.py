"""What follows when a milestone is accepted: its payment falls due."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from marketplace.core.events import FAST, Consumer, Event, Outbox
from marketplace.core.extensions import db
from marketplace.payments.dues.making import fall_due
from marketplace.payments.dues.sources import SOURCES


def wants(action: str) -> bool:
    """Tell whether something may fall due after such an event."""
    return any(source.follows == action for source in SOURCES.values())


def handle(rows: Sequence[Outbox]) -> None:
    """Let fall due what the claimed events made payable."""
    ids = [row.event_id for row in rows if row.event_id is not None]
    things = db.session.execute(select(Event.subject_kind, Event.subject_id).where(Event.id.in_(ids)).distinct()).all()
    for kind in sorted({row.subject_kind for row in things}):
        fall_due(kind, [row.subject_id for row in things if row.subject_kind == kind])


CONSUMER = Consumer("dues", wants, handle, batch=20, lane=FAST)
