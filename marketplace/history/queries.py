"""Reads of seals, and of the ends of chains as of a moment."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, func, select

from marketplace.core.events import Event
from marketplace.core.extensions import db
from marketplace.history import merkle
from marketplace.history.models import End, Seal, SealLeaf

_ROWS = 1_000  # fetched at once


def last_seal() -> Seal | None:
    """Return the newest seal."""
    return db.session.scalars(select(Seal).order_by(Seal.number.desc()).limit(1)).first()


def seals_after(number: int, limit: int) -> Sequence[Seal]:
    """Return seals in their order, beginning behind a number."""
    return db.session.scalars(select(Seal).where(Seal.number > number).order_by(Seal.number).limit(limit)).all()


@dataclass
class Ends:
    """The ends of all chains before a moment: their digests, how many events they count, and those no seal has."""

    leaves: list[bytes] = field(default_factory=list)
    events: int = 0
    unsealed: list[End] = field(default_factory=list)


def ends_before(before: datetime) -> Ends:
    """Read the ends of all chains before a moment."""
    ends = Ends()
    for *end, sealed in db.session.execute(_last_events(before), execution_options={"yield_per": _ROWS}):
        kind, subject_id, seq, hash_ = end
        ends.leaves.append(merkle.leaf(kind, subject_id, seq, hash_))
        ends.events += seq
        if not sealed:
            ends.unsealed.append((kind, subject_id, seq, hash_))
    return ends


def _last_events(before: datetime) -> Select[Any]:
    last = (
        select(Event.subject_kind, Event.subject_id, func.max(Event.seq).label("seq"))
        .where(Event.at < before).group_by(Event.subject_kind, Event.subject_id).subquery("last_events")
    )
    same = and_(Event.subject_kind == last.c.subject_kind, Event.subject_id == last.c.subject_id, Event.seq == last.c.seq)
    return (
        select(*Event.__table__.c["subject_kind", "subject_id", "seq", "hash"], SealLeaf.seal_number.is_not(None))
        .select_from(last).join(Event, same).outerjoin(SealLeaf, _of_event())
    )


def leaves_of(number: int) -> list[bytes]:
    """Return the digests of the ends that were kept with one seal."""
    columns = SealLeaf.subject_kind, SealLeaf.subject_id, SealLeaf.seq, SealLeaf.hash
    return [merkle.leaf(*row) for row in db.session.execute(select(*columns).where(SealLeaf.seal_number == number))]


def rewritten() -> Iterator[tuple[str, int, int, int, bool]]:
    """Return the ends that were sealed and are not so any more: kind, id, number of the event, seal, whether it is gone.

    Of each chain the first one.
    """
    rows = (
        select(SealLeaf.subject_kind, SealLeaf.subject_id, SealLeaf.seq, SealLeaf.seal_number, Event.id.is_(None))
        .outerjoin(Event, _of_event()).where((Event.id.is_(None)) | (Event.hash != SealLeaf.hash))
        .order_by(SealLeaf.subject_kind, SealLeaf.subject_id, SealLeaf.seq)
    )
    before: tuple[str, int] | None = None
    for kind, subject_id, seq, number, gone in db.session.execute(rows):
        if before != (kind, subject_id):
            yield kind, subject_id, seq, number, gone
        before = (kind, subject_id)


def _of_event() -> Any:
    """Return the condition that an end is that event of its chain."""
    return and_(
        SealLeaf.subject_kind == Event.subject_kind, SealLeaf.subject_id == Event.subject_id, SealLeaf.seq == Event.seq
    )
