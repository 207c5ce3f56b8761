"""Erasing who is named in events: the event `user.erase` says of whom, then rows of `event_person` are deleted.

The event comes first and stands in the chain of the person for ever; deleting follows from it and may be repeated. So a
name that is missing without such an event is tampering, and `flask verify-history` says so.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Select, and_, delete, func, or_, select
from sqlalchemy.engine import Connection

from marketplace.core.event_person import EventPerson
from marketplace.core.events import Event

PERSON, ERASED = "user", "user.erase"
#: Rows deleted by one statement.
SLICE = 2_000


#: Kind and id of whom an erasure names.
Person = tuple[str, int | None]


def erasures(connection: Connection) -> dict[Person, int]:
    """Return the people whose names are erased, each with the id of the event that says so."""
    rows = select(Event.subject_kind, Event.subject_id, func.max(Event.id)).where(Event.action == ERASED)
    return {(row[0], row[1]): row[2] for row in connection.execute(rows.group_by(Event.subject_kind, Event.subject_id))}


def is_erased(event: Any, erased: Mapping[Person, int]) -> bool:
    """Return whether an erasure takes the name and reason of an event away.

    It covers what the person did until then, and the reasons that others wrote about the account before.
    """
    acted, subject = (PERSON, event.actor_id), (event.subject_kind, event.subject_id)
    return bool(event.id <= erased.get(acted, 0) or event.id < erased.get(subject, 0))


def delete_names(connection: Connection, person_id: int, until: int) -> int:
    """Delete what names an erased person in events, a slice of them; return how many rows went.

    `until` is the id of the event of the erasure. The connection must be allowed to delete there.
    """
    ids = list(connection.scalars(_named(person_id, until).order_by(EventPerson.event_id).limit(SLICE)))
    if ids:
        connection.execute(delete(EventPerson).where(EventPerson.event_id.in_(ids)))
    return len(ids)


def names_left(connection: Connection) -> dict[int, int]:
    """Return of which erased people names still stand in events, each with the id of the event that erases them."""
    return {
        id_: until for (_kind, id_), until in erasures(connection).items()
        if id_ is not None and connection.scalar(_named(id_, until).limit(1)) is not None
    }


def _named(person_id: int, until: int) -> Select[int]:
    """Select the rows that an erasure takes away: `is_erased` as SQL."""
    covered = or_(
        and_(Event.actor_id == person_id, Event.id <= until),
        and_(Event.subject_kind == PERSON, Event.subject_id == person_id, Event.id < until),
    )
    return select(EventPerson.event_id).join(Event, Event.id == EventPerson.event_id).where(covered)
