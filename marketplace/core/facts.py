"""Facts: what was known of a thing when an event happened to it, one row per event, never changed.

An event says what happened, the thing's row says how it is today. Figures of a past week need a third: how the thing was
then. A fact is written in the transaction of its event from what the thing's `Subject.facts` gives, so that the figures of
any span can be computed again and stay the same. Events older than this table have facts too, made once by the worker from
the things as they are now and marked `reconstructed`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Index, String, and_, case, func, literal, or_, select
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.core.columns import Big, Moment
from marketplace.core.database_roles import APPEND_ONLY
from marketplace.core.events import Consumer, Event, Outbox
from marketplace.core.events import HasHistory as Row
from marketplace.core.extensions import Base, db
from marketplace.core.outbox import enqueue_once
from marketplace.core.subjects import SUBJECTS, no_facts
from marketplace.values import clock

#: The consumer that gives facts to events older than the table; its first row is put into the outbox by the migration.
CONSUMER = "facts"
SLICE = 500  # events of one row of work


class Fact(Base):
    """One event with what figures need of its thing at that moment. Never updated, never deleted."""

    __tablename__ = "fact"
    __table_args__ = (Index("ix_fact_kind_action_at", "kind", "action", "at"), {"info": APPEND_ONLY})

    event_id: Mapped[int] = mapped_column(Big, primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(String(40))
    subject_id: Mapped[int] = mapped_column(Big)
    at: Mapped[Moment]
    action: Mapped[str] = mapped_column(String(80))
    amount: Mapped[int | None] = mapped_column(BigInteger)  # VND
    field: Mapped[str] = mapped_column(String(10), default="")
    org_kind: Mapped[str] = mapped_column(String(20), default="")
    ward: Mapped[str] = mapped_column(String(10), default="")
    hidden: Mapped[bool] = mapped_column(default=False)  # figures may count it, but not show whose it is
    org_id: Mapped[int | None] = mapped_column(Big)  # no foreign key: figures outlive what they count
    reconstructed: Mapped[bool] = mapped_column(default=False)  # made later, from the thing as it was by then


@dataclass(frozen=True)
class Total:
    """How many events, the sum of their amounts in VND, and how many of them were reconstructed."""

    count: int
    amount: int
    reconstructed: int = 0


_SUMS = (
    func.count(), func.coalesce(func.sum(Fact.amount), 0),
    func.coalesce(func.sum(case((Fact.reconstructed, 1), else_=0)), 0),
)


def facts_with(events: Sequence[tuple[Event, Row]]) -> list[Base]:
    """Return the facts of events that were just flushed, for things whose Subject has facts (`events.Companion`)."""
    return [_fact(event, row) for event, row in events if _has_facts(event.subject_kind)]


def totals(kind: str, action: str, since: datetime, until: datetime, by: str = "") -> dict[str, Total]:
    """Return how often something happened in [since, until), and for how much; by a column of facts, else under "".

    `by` is one of field, org_kind, ward; without it there is one total, also of nothing. One statement over the index.
    """
    group: Any = {"": literal(""), "field": Fact.field, "org_kind": Fact.org_kind, "ward": Fact.ward}[by]
    rows = select(group, *_SUMS).where(Fact.kind == kind, Fact.action == action, Fact.at >= since, Fact.at < until)
    found = db.session.execute(rows.group_by(group) if by else rows)
    return {str(value): Total(int(count), int(amount), int(later)) for value, count, amount, later in found}


def totals_of_spans(happened: Sequence[tuple[str, str]], starts: Sequence[datetime]) -> dict[tuple[str, str], list[Total]]:
    """Return, for each (kind, action), its totals in the spans that begin at `starts`, oldest first; the last has no end.

    One statement over the index, whatever the number of spans.
    """
    span = case(*((Fact.at >= start, number) for number, start in reversed(list(enumerate(starts)))))
    which = or_(*(and_(Fact.kind == kind, Fact.action == action) for kind, action in happened))
    rows = select(Fact.kind, Fact.action, span, *_SUMS).where(which, Fact.at >= starts[0])
    found = {one: [Total(0, 0)] * len(starts) for one in happened}
    for kind, action, number, count, amount, later in db.session.execute(rows.group_by(Fact.kind, Fact.action, span)):
        found[kind, action][number] = Total(int(count), int(amount), int(later))
    return found


def consumer() -> Consumer:
    """Return the consumer that reconstructs facts, a slice of events after the other."""
    return Consumer(CONSUMER, wants=lambda action: False, handle=_handle)


def _handle(rows: Sequence[Outbox]) -> None:
    for row in rows:
        last = reconstruct(int(row.payload["after"]), int(row.payload["until"]))
        if last is not None:
            following: Mapping[str, dict[str, object]] = {
                f"{CONSUMER}:{last}": {"after": last, "until": int(row.payload["until"])}
            }
            enqueue_once(CONSUMER, following, clock.now())


def reconstruct(after: int, until: int) -> int | None:
    """Give facts to the next events of (after, until] that have none; return the last event looked at, None at the end.

    Things that are gone have no facts. Idempotent: an event has at most one fact.
    """
    wanted = select(Event).where(Event.id > after, Event.id <= until).order_by(Event.id).limit(SLICE)
    events = list(db.session.scalars(wanted))
    if not events:
        return None
    known = set(db.session.scalars(select(Fact.event_id).where(Fact.event_id.in_([event.id for event in events]))))
    missing = [event for event in events if event.id not in known and _has_facts(event.subject_kind)]
    things = _things(missing)
    for event in missing:
        row = things.get((event.subject_kind, event.subject_id))
        if row is not None:
            fact = _fact(event, row)
            fact.reconstructed = True
            db.session.add(fact)
    db.session.flush()
    return events[-1].id


def _things(events: Sequence[Event]) -> dict[tuple[str, int], Any]:
    """Return the things of events, a statement per kind."""
    found: dict[tuple[str, int], Any] = {}
    for kind in {event.subject_kind for event in events}:
        model = SUBJECTS[kind].model
        ids = {event.subject_id for event in events if event.subject_kind == kind}
        found |= {(kind, row.id): row for row in db.session.scalars(select(model).where(model.id.in_(ids)))}
    return found


def _has_facts(kind: str) -> bool:
    declared = SUBJECTS.get(kind)
    return declared is not None and declared.facts is not no_facts


def _fact(event: Event, row: Any) -> Fact:
    known = SUBJECTS[event.subject_kind].facts(row)
    return Fact(
        event_id=event.id, kind=event.subject_kind, subject_id=event.subject_id, at=event.at, action=event.action,
        amount=known.amount, field=known.field, org_kind=known.org_kind, ward=known.ward, hidden=known.hidden,
        org_id=known.org_id,
    )
