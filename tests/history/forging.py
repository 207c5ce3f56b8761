"""What somebody with the database in hand does to a history so that its hashes fit again."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select, text

from marketplace.core.event_person import EventPerson
from marketplace.core.events import Event, EventHead, computed_hash
from marketplace.core.extensions import db
from tests.web_role import as_owner


def chain(kind: str, subject_id: int) -> list[Event]:
    rows = select(Event).where(Event.subject_kind == kind, Event.subject_id == subject_id).order_by(Event.seq)
    return list(db.session.scalars(rows))


def take_names(event_id: int, how: str) -> None:
    """Forgery A: make the actor's name and the reason of an event go away."""
    as_owner()
    blank = "UPDATE event_person SET actor_name = '', reason = ''" if how == "blanked" else "DELETE FROM event_person"
    db.session.execute(text(f"{blank} WHERE event_id = :id"), {"id": event_id})
    db.session.commit()


def rewrite(kind: str, subject_id: int, seq: int, **changes: Any) -> None:
    """Forgery B: change an event, then compute its chain anew up to the head."""
    as_owner()
    events = chain(kind, subject_id)
    for name, value in changes.items():
        if name == "actor_name":
            person = db.session.get_one(EventPerson, events[seq - 1].id)
            person.actor_name = value
            events[seq - 1].private_digest = person.digest()
        else:
            setattr(events[seq - 1], name, value)
    rechain(kind, subject_id)


def rechain(kind: str, subject_id: int) -> None:
    """Compute the hashes of a chain anew, head and all."""
    as_owner()
    previous = ""
    for event in chain(kind, subject_id):
        event.prev_hash = previous
        event.hash = previous = computed_hash(event)
        seq = event.seq
    head = db.session.get_one(EventHead, (kind, subject_id))
    head.seq, head.hash = seq, previous
    db.session.commit()


def cut(kind: str, subject_id: int, seq: int) -> None:
    """Forgery C: delete the events from one on, and set the head back."""
    as_owner()
    for event in chain(kind, subject_id)[seq - 1 :]:
        for statement in (
            "DELETE FROM outbox WHERE event_id = :id", "DELETE FROM fact WHERE event_id = :id",
            "DELETE FROM notification WHERE event_id = :id", "DELETE FROM event_person WHERE event_id = :id",
            "DELETE FROM event WHERE id = :id",
        ):
            db.session.execute(text(statement), {"id": event.id})
    db.session.commit()
    db.session.expire_all()
    rechain(kind, subject_id)
