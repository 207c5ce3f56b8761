"""Recording many events with a handful of statements, for imports and other bulk work. One at a time: `events.record`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from marketplace.core.access import Actor
from marketplace.core.event_moment import moment_after, read_floor
from marketplace.core.events import (
    CONSUMERS,
    Event,
    EventHead,
    HasHistory,
    Outbox,
    append,
    companion_rows,
    outbox_rows,
)
from marketplace.core.extensions import db
from marketplace.core.lifecycle import Move

Chain = tuple[str, int]  # kind and id of a subject
_BATCH = 500  # ids in one IN (…)


@dataclass(frozen=True)
class BulkEvent:
    """One event to be recorded; the fields are the parameters of `events.record`."""

    subject: HasHistory
    action: str
    actor: Actor
    move: Move | None = None
    reason_code: str = ""
    reason: str = ""
    data: dict[str, Any] | None = None

    @property
    def chain(self) -> Chain:
        """Whose history it belongs to."""
        return self.subject.subject_kind, self.subject.id


def record_many(entries: Sequence[BulkEvent]) -> list[Event]:
    """Append many events in their order and put them into the outbox; everything is flushed.

    The ends of all chains are locked in the order of their ids, so that two bulk writers never wait for each other in
    a circle.
    """
    db.session.flush()
    heads = _locked_heads({entry.chain for entry in entries})
    at = moment_after(read_floor())
    events = [
        append(heads[e.chain], at, e.subject, e.action, e.actor, e.move, e.reason_code, e.reason, e.data) for e in entries
    ]
    db.session.add_all(events)
    db.session.flush()
    db.session.add_all(_work_of(events))
    db.session.add_all(companion_rows([(event, entry.subject) for event, entry in zip(events, entries, strict=True)]))
    db.session.flush()
    return events


def _work_of(events: Sequence[Event]) -> list[Outbox]:
    """Return the rows of work; of a consumer that only rereads its subject, the last one per subject."""
    rows: dict[tuple[object, ...], Outbox] = {}
    for event in events:
        for row in outbox_rows(event):
            subject = (event.subject_kind, event.subject_id)
            rows[(row.consumer, *(subject if CONSUMERS[row.consumer].rereads else (event.id,)))] = row
    return list(rows.values())


def _locked_heads(chains: set[Chain]) -> dict[Chain, EventHead]:
    found: dict[Chain, EventHead] = {}
    for kind in sorted({kind for kind, _id in chains}):
        ids = sorted(subject_id for one, subject_id in chains if one == kind)
        for start in range(0, len(ids), _BATCH):
            rows = (
                select(EventHead)
                .where(EventHead.subject_kind == kind, EventHead.subject_id.in_(ids[start : start + _BATCH]))
                .order_by(EventHead.subject_id)
                .with_for_update()
                .execution_options(populate_existing=True)
            )
            found.update({(head.subject_kind, head.subject_id): head for head in db.session.scalars(rows)})
    for kind, subject_id in sorted(chains - found.keys()):
        head = EventHead(subject_kind=kind, subject_id=subject_id, seq=0, hash="")
        db.session.add(head)
        found[(kind, subject_id)] = head
    return found
