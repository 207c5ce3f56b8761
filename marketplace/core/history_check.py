"""Verify the hash chains of events: whether any link was changed, cut off or left out (`flask verify-history`)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import select

from marketplace.core.events import Event, EventHead, private_digest
from marketplace.core.extensions import db


@dataclass(frozen=True)
class Broken:
    """The first broken link of a chain and why."""

    kind: str
    subject_id: int
    seq: int
    why: str


def broken_links() -> Iterator[Broken]:
    """Verify every chain; yield the first broken link of each chain that is broken."""
    previous: Event | None = None
    bad: tuple[str, int] | None = None
    heads = {(h.subject_kind, h.subject_id): h for h in db.session.scalars(select(EventHead))}
    rows = select(Event).order_by(Event.subject_kind, Event.subject_id, Event.seq).execution_options(yield_per=500)
    for event in db.session.scalars(rows):
        chain = (event.subject_kind, event.subject_id)
        if previous is not None and (previous.subject_kind, previous.subject_id) != chain:
            yield from _check_head(previous, heads, bad)
            previous = None
        why = _why_broken(event, previous)
        if why and bad != chain:
            bad = chain
            yield Broken(*chain, event.seq, why)
        previous = event
    if previous is not None:
        yield from _check_head(previous, heads, bad)
    for chain, head in heads.items():
        yield Broken(*chain, head.seq, "the whole chain is gone")


def _check_head(last: Event, heads: dict[tuple[str, int], EventHead], bad: tuple[str, int] | None) -> Iterator[Broken]:
    chain = (last.subject_kind, last.subject_id)
    head = heads.pop(chain, None)
    if bad != chain and (head is None or head.hash != last.hash):
        yield Broken(*chain, last.seq, "the end of the chain was cut off")


def _why_broken(event: Event, previous: Event | None) -> str:
    expected_seq, expected_hash = (previous.seq + 1, previous.hash) if previous else (1, "")
    if event.seq != expected_seq:
        return f"event {expected_seq} is missing"
    if event.prev_hash != expected_hash:
        return "it does not follow the event before it"
    erased = not event.actor_name and not event.reason
    if not erased and event.private_digest != private_digest(event.salt, event.actor_name, event.reason):
        return "its reason or actor's name was changed"
    if event.hash != event.computed_hash():
        return "its content was changed"
    return ""
