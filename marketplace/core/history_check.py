"""Verify the hash chains of events: whether any link was changed, cut off or left out (`flask verify-history`)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from sqlalchemy import Row, Select, and_, exists, select

from marketplace.core.erasure import Person, erasures, is_erased
from marketplace.core.event_person import EventPerson, private_digest
from marketplace.core.events import Event, EventHead, fits
from marketplace.core.extensions import db


@dataclass(frozen=True)
class Broken:
    """The first broken link of a chain and why."""

    kind: str
    subject_id: int
    seq: int
    why: str

    @property
    def place(self) -> str:
        """Where it is, in words."""
        return f"{self.kind} {self.subject_id}, event {self.seq}"


def broken_links() -> Iterator[Broken]:
    """Verify every chain; yield the first broken link of each chain that is broken.

    Events are read in the order of their chains and forgotten again, so memory does not grow with the history.
    """
    erased = erasures(db.session.connection())
    events = db.session.execute(_events(), execution_options={"yield_per": 1_000})
    for chain in _chains(events):
        yield from chain_break(chain, erased)
    gone = select(EventHead.subject_kind, EventHead.subject_id, EventHead.seq).where(
        ~exists().where(Event.subject_kind == EventHead.subject_kind, Event.subject_id == EventHead.subject_id)
    )
    for kind, subject_id, seq in db.session.execute(gone):
        yield Broken(kind, subject_id, seq, "the whole chain is gone")


def _events() -> Select[Any]:
    """Return the select of every event with what it names and the end of its chain, chain after chain."""
    person, head = EventPerson.__table__, EventHead.__table__
    return (
        select(Event.__table__, person.c.salt, person.c.actor_name, person.c.reason, head.c.hash.label("head_hash"))
        .outerjoin(person, person.c.event_id == Event.id)
        .outerjoin(head, and_(head.c.subject_kind == Event.subject_kind, head.c.subject_id == Event.subject_id))
        .order_by(Event.subject_kind, Event.subject_id, Event.seq)
    )


def _chains(events: Iterable[Row[Any]]) -> Iterator[Iterator[Row[Any]]]:
    """Return the events of one chain after the other."""
    return (chain for _key, chain in groupby(events, lambda event: (event.subject_kind, event.subject_id)))


def chain_break(events: Iterable[Row[Any]], erased: Mapping[Person, int]) -> Iterator[Broken]:
    """Yield the first broken link of one chain, if there is any."""
    previous: Row[Any] | None = None
    for event in events:
        why = _why_broken(event, previous, erased)
        if why:
            yield Broken(event.subject_kind, event.subject_id, event.seq, why)
            return
        previous = event
    if previous is not None and previous.head_hash != previous.hash:
        yield Broken(previous.subject_kind, previous.subject_id, previous.seq, "the end of the chain was cut off")


def _why_broken(event: Row[Any], previous: Row[Any] | None, erased: Mapping[Person, int]) -> str:
    expected_seq, expected_hash = (previous.seq + 1, previous.hash) if previous else (1, "")
    if event.seq != expected_seq:
        return f"event {expected_seq} is missing"
    if event.prev_hash != expected_hash:
        return "it does not follow the event before it"
    if event.salt is None:
        if not is_erased(event, erased):
            return "its actor's name and reason are gone, and no erasure is recorded"
    elif event.private_digest != private_digest(event.salt, event.actor_name, event.reason):
        return "its reason or actor's name was changed"
    if not fits(event):
        return "its content was changed"
    return ""
