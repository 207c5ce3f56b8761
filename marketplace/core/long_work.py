"""Run long computations outside the write transaction, so that no lock is held meanwhile.

Read and compute after `begin_reading`, and keep plain values; then, after `begin_writing`, check in a short transaction
that nothing relevant has changed and write the result. What was read may be old by then: note `chain_lengths` before
reading, and ask `changed_since` before writing.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping

from sqlalchemy import select

from marketplace.core.errors import Unreachable
from marketplace.core.events import Event, EventHead
from marketplace.core.extensions import db, write_intent
from marketplace.core.leases import own_leases

ThingKey = tuple[str, int]  # kind, id
_AT_A_TIME = 900
#: How often, and after how many seconds each time, histories that others hold are asked for.
TRIES, PAUSE = 20, 0.05


def begin_reading() -> None:
    """End the transaction and go on in one that only reads."""
    db.session.rollback()
    write_intent.set(False)


def begin_snapshot() -> None:
    """End the transaction and go on in one that only reads, and sees the database as it is at its first statement."""
    begin_reading()
    if db.engine.dialect.name == "postgresql":  # on SQLite every transaction is one
        db.session.connection(execution_options={"isolation_level": "REPEATABLE READ"})


def begin_writing() -> None:
    """End the transaction and go on in one that writes; rows read before are stale.

    Raises LeaseLost when another worker has taken over the rows of the outbox that this one works on.
    """
    db.session.rollback()
    write_intent.set(True)
    own_leases()


def chain_lengths(subjects: Iterable[ThingKey]) -> dict[ThingKey, int]:
    """Return how many events each subject has; subjects without events are left out."""
    return _lengths(subjects, lock=False)


def changed_since(
    before: Mapping[ThingKey, int], subjects: Iterable[ThingKey], wants: Callable[[str], bool]
) -> set[ThingKey]:
    """Return the subjects that had a wanted event after the lengths in `before`.

    The caller skips them: their own event triggers the work again. The chains are locked, so nothing more happens to any
    of them until the end of the transaction. Raises Unreachable when others hold them for long; nobody is waited for with
    a lock in hand, so this never comes to a deadlock with what people do.
    """
    subjects = set(subjects)
    known = {one for one in subjects if one in before}
    now = _lengths(subjects, lock=True)
    for _ in range(TRIES):
        if known <= now.keys():
            break
        time.sleep(PAUSE)
        now |= _lengths(known - now.keys(), lock=True)
    else:
        raise Unreachable("histories are being written")
    later = {one: before.get(one, 0) for one, seq in now.items() if seq != before.get(one, 0)}
    return {one for one, seq in later.items() if any(wants(action) for action in _since(one, seq))}


def _since(subject: ThingKey, seq: int) -> list[str]:
    rows = select(Event.action).where(Event.subject_kind == subject[0], Event.subject_id == subject[1], Event.seq > seq)
    return list(db.session.scalars(rows))


def _lengths(subjects: Iterable[ThingKey], *, lock: bool) -> dict[ThingKey, int]:
    found: dict[ThingKey, int] = {}
    wanted = sorted(set(subjects))
    for kind in dict.fromkeys(kind for kind, _ in wanted):
        ids = [id_ for known, id_ in wanted if known == kind]
        for start in range(0, len(ids), _AT_A_TIME):
            rows = select(EventHead.subject_id, EventHead.seq).where(
                EventHead.subject_kind == kind, EventHead.subject_id.in_(ids[start : start + _AT_A_TIME])
            )
            rows = rows.order_by(EventHead.subject_id)
            rows = rows.with_for_update(skip_locked=True) if lock else rows
            found.update(((kind, row[0]), row[1]) for row in db.session.execute(rows))
    return found
