"""Every change is an event: append-only, chained per subject, in the same transaction as the change.

The event is the history people see, the audit trail, the source of figures, and through the outbox the cause of
everything slow (`marketplace.core.outbox`). What lives elsewhere: draining the outbox.
"""

from __future__ import annotations

import hashlib
import json
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Protocol

from sqlalchemy import JSON, ForeignKey, Index, Select, String, UniqueConstraint, select, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.core.access import Actor
from marketplace.core.columns import Big, Box, Key, Moment, NfcText, UtcDateTime
from marketplace.core.database_roles import APPEND_ONLY, NEVER_DELETED
from marketplace.core.event_moment import floor, moment_after, read_floor
from marketplace.core.event_person import EventPerson, person_row
from marketplace.core.extensions import Base, db
from marketplace.core.lifecycle import Lifecycle, Move, advance
from marketplace.core.registry import PerApp
from marketplace.values import clock
from marketplace.values.text import nfc


class Event(Base):
    """One thing that happened to one subject. Never updated, never deleted; who it names stands in `EventPerson`."""

    __tablename__ = "event"
    __table_args__ = (
        UniqueConstraint("subject_kind", "subject_id", "seq"),
        Index("ix_event_at", "at"),
        Index("ix_event_action_at", "action", "at"),
        Index("ix_event_org_at", "on_behalf_of", "at"),
        {"info": APPEND_ONLY},
    )

    id: Mapped[Key]
    at: Mapped[Moment]
    subject_kind: Mapped[str] = mapped_column(String(40))
    subject_id: Mapped[int] = mapped_column(Big)
    seq: Mapped[int]
    action: Mapped[str] = mapped_column(String(80))  # thing.action, as in the lifecycle table: listing.publish
    actor_id: Mapped[int | None] = mapped_column(Big)  # no foreign key: history outlives accounts
    on_behalf_of: Mapped[int | None] = mapped_column(Big)  # organisation acted for
    from_state: Mapped[str] = mapped_column(String(40), default="")
    to_state: Mapped[str] = mapped_column(String(40), default="")
    reason_code: Mapped[str] = mapped_column(String(60), default="")
    data: Mapped[Box]  # facts without personal data; part of the hash
    private_digest: Mapped[str] = mapped_column(String(64))  # salted digest of the actor's name and the reason
    prev_hash: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))
    person: Mapped[EventPerson | None] = relationship(lazy="joined", uselist=False)  # None: erased

    @property
    def actor_name(self) -> str:
        """The actor's name as it was then; empty once it was erased."""
        return self.person.actor_name if self.person else ""

    @property
    def reason(self) -> str:
        """What the actor wrote as the reason; empty where there was none, and once it was erased."""
        return self.person.reason if self.person else ""


_ENCODER = json.JSONEncoder(sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def canonical(event: Any) -> str:
    """Return the canonical text of an event, or of a row with its columns: sorted keys, NFC, UTC to the microsecond.

    Nothing else happens to the text: what people may type changes from release to release, a hash never.
    """
    at = event.at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds")
    facts = {
        "at": f"{at}Z",
        "subject": [event.subject_kind, event.subject_id, event.seq],
        "action": event.action,
        "actor": event.actor_id,
        "for": event.on_behalf_of,
        "from": event.from_state,
        "to": event.to_state,
        "reason_code": event.reason_code,
        "data": event.data,
        "private": event.private_digest,
    }
    return unicodedata.normalize("NFC", _ENCODER.encode(facts))


def computed_hash(event: Any) -> str:
    """Return what the `hash` of an event, or of a row with its columns, must be."""
    return hashlib.sha256((event.prev_hash + canonical(event)).encode()).hexdigest()


def fits(event: Any) -> bool:
    """Return whether the hash of an event is right; earlier releases left out what shows nothing before they hashed."""
    if event.hash == computed_hash(event):
        return True
    return bool(event.hash == hashlib.sha256((event.prev_hash + nfc(canonical(event))).encode()).hexdigest())


class EventHead(Base):
    """The end of one subject's chain; its row is the lock under which the chain grows."""

    __tablename__ = "event_head"
    __table_args__ = {"info": NEVER_DELETED}

    subject_kind: Mapped[str] = mapped_column(String(40), primary_key=True)
    subject_id: Mapped[int] = mapped_column(Big, primary_key=True)
    seq: Mapped[int]
    hash: Mapped[str] = mapped_column(String(64))


_FAILING = text("done_at IS NULL AND attempts > 0")
_OPEN, _DONE, _PARKED = map(text, ("done_at IS NULL AND parked_at IS NULL", "done_at IS NOT NULL", "parked_at IS NOT NULL"))


class Outbox(Base):
    """Work that an event causes, and recurring jobs: claimed by lease, done at least once."""

    __tablename__ = "outbox"
    __table_args__ = (
        Index("ix_outbox_open", "consumer", "due_at", "id", sqlite_where=_OPEN, postgresql_where=_OPEN),
        Index("ix_outbox_done", "done_at", sqlite_where=_DONE, postgresql_where=_DONE),
        Index("ix_outbox_parked", "parked_at", sqlite_where=_PARKED, postgresql_where=_PARKED),
        Index("ix_outbox_failing", "id", sqlite_where=_FAILING, postgresql_where=_FAILING),
    )

    id: Mapped[Key]
    consumer: Mapped[str] = mapped_column(String(40))
    event_id: Mapped[int | None] = mapped_column(Big, ForeignKey("event.id"))
    key: Mapped[str | None] = mapped_column(String(200), unique=True)  # at most one row per key
    payload: Mapped[Box] = mapped_column(JSON, default=dict)
    due_at: Mapped[Moment]
    attempts: Mapped[int] = mapped_column(default=0)
    leased_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    lease_token: Mapped[str | None] = mapped_column(String(32))  # of the worker that is at it (`core.leases`)
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    parked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_error: Mapped[str] = mapped_column(NfcText, default="")


class HasHistory(Protocol):
    """Anything with a history: tables define `subject_kind` as a class attribute."""

    subject_kind: str
    id: Any


class HasState(HasHistory, Protocol):
    """A subject with a lifecycle state."""

    state: Any


#: The lanes of the worker. What people wait for is fast; what nobody has thought about is slow, and holds up only that.
FAST, MAIL, SCAN, SLOW = LANES = ("fast", "mail", "scan", "slow")


@dataclass(frozen=True)
class Consumer:
    """One reader of events. `wants` decides per action; `handle` gets claimed rows and must be idempotent."""

    name: str
    wants: Callable[[str], bool]
    handle: Callable[[Sequence[Outbox]], None]
    batch: int = 1
    patience: tuple[int, ...] = ()  # seconds between attempts, when not the usual ones
    rereads: bool = False  # it only reads the subject again: bulk work gives it one row per subject, not per event
    lane: str = SLOW
    given_up: Callable[[Outbox], None] | None = None  # what becomes of a row that is tried no more; it is parked then
    outside: bool = False  # its rows are done by commands; the worker gets those of dead ones, when the lease has run out


CONSUMERS: PerApp[Consumer] = PerApp("consumers")


def register_consumer(*consumers: Consumer) -> None:
    """Add consumers; `create_app` does this for every feature that listens."""
    for consumer in consumers:
        CONSUMERS[consumer.name] = consumer


#: Returns rows that are written in the transaction of events which were just flushed, e.g. the facts of figures.
Companion = Callable[[Sequence[tuple[Event, HasHistory]]], Sequence[Base]]
COMPANIONS: dict[str, Companion] = {}


def register_companion(name: str, companion: Companion) -> None:
    """Have rows written beside every event; for what may be missing in no case. The rest is a consumer's business."""
    COMPANIONS[name] = companion


def companion_rows(events: Sequence[tuple[Event, HasHistory]]) -> list[Base]:
    """Return what is written beside these events."""
    return [row for companion in COMPANIONS.values() for row in companion(events)]


def record(
    subject: HasHistory,
    action: str,
    actor: Actor,
    *,
    move: Move | None = None,
    reason_code: str = "",
    reason: str = "",
    data: dict[str, Any] | None = None,
) -> Event:
    """Append one event to the subject's chain and put it into the outbox of every consumer that wants it.

    What is changed is written first, so that everybody locks the thing before its chain.
    """
    db.session.flush()
    head, at = _locked_head(subject)
    event = append(head, at, subject, action, actor, move, reason_code, reason, data)
    db.session.add(event)
    db.session.flush()
    db.session.add_all([*outbox_rows(event), *companion_rows([(event, subject)])])
    return event


def append(
    head: EventHead, at: datetime, subject: HasHistory, action: str, actor: Actor,
    move: Move | None, reason_code: str, reason: str, data: dict[str, Any] | None,
) -> Event:
    """Return the next event of a chain whose head is locked, and move the head; nothing is flushed."""
    person = person_row(actor.name, reason)
    event = Event(
        at=at,
        subject_kind=subject.subject_kind,
        subject_id=subject.id,
        seq=head.seq + 1,
        action=action,
        actor_id=actor.user_id,
        on_behalf_of=actor.org_id,
        from_state=move.from_state if move else "",
        to_state=move.to_state if move else "",
        reason_code=reason_code,
        data=data or {},
        person=person,
        private_digest=person.digest(),
        prev_hash=head.hash,
    )
    event.hash = computed_hash(event)
    head.seq, head.hash = event.seq, event.hash
    return event


def outbox_rows(event: Event) -> list[Outbox]:
    """Return one row of work for every consumer that wants a flushed event."""
    wanted = [consumer.name for consumer in CONSUMERS.values() if consumer.wants(event.action)]
    return [Outbox(consumer=name, event_id=event.id, due_at=min(event.at, clock.now()), payload={}) for name in wanted]


def _locked_head(subject: HasHistory) -> tuple[EventHead, datetime]:
    """Return the end of the subject's chain, its row locked until the end of the transaction, and the moment it is."""
    kind, subject_id = subject.subject_kind, subject.id
    rows = (
        select(EventHead, floor()).where(EventHead.subject_kind == kind, EventHead.subject_id == subject_id)
        .with_for_update(of=EventHead).execution_options(populate_existing=True, autoflush=False)
    )
    for head, earliest in db.session.execute(rows):
        return head, moment_after(earliest)
    new = EventHead(subject_kind=kind, subject_id=subject_id, seq=0, hash="")
    db.session.add(new)
    with db.session.no_autoflush:
        return new, moment_after(read_floor())


def transition(
    subject: HasState,
    lifecycle: Lifecycle,
    action: str,
    actor: Actor,
    roles: frozenset[str] | set[str],
    *,
    reason_code: str = "",
    reason: str = "",
    data: dict[str, Any] | None = None,
) -> Event | None:
    """Make one legal move and record it as `<subject_kind>.<action>`; None when it was already settled.

    Raises IllegalMove, NotAllowed or Invalid from the lifecycle table.
    """
    move = advance(lifecycle, subject, action, roles, reason, reason_code=reason_code)
    if move is None:
        return None
    name = f"{subject.subject_kind}.{action}"
    return record(subject, name, actor, move=move, reason_code=reason_code, reason=reason, data=data)


def history(kind: str, subject_id: int) -> Select[Event]:
    """Return the select of one subject's events, newest first."""
    return select(Event).where(Event.subject_kind == kind, Event.subject_id == subject_id).order_by(Event.seq.desc())
