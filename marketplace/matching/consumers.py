"""What matching does after events: it keeps matches current, goes on with a full pass, learns from deals, files texts."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence

from sqlalchemy import select

from marketplace.buyer_requests.search_document import ids_of as needs_of
from marketplace.core.errors import Unreachable
from marketplace.core.events import Consumer, Event, Outbox
from marketplace.core.extensions import db
from marketplace.core.long_work import begin_reading, begin_writing
from marketplace.core.outbox import enqueue, unfinished
from marketplace.core.subjects import subject
from marketplace.listings.search_document import ids_of as listings_of
from marketplace.matching import duplicates, feedback, full_pass
from marketplace.matching.incremental import Work, evaluate, store_result, wants
from marketplace.matching.store import LISTING, NEED
from marketplace.organisations.models import Organisation

CONSUMER = "matching"
#: The consumer that keeps the index in step.
INDEX = "search"
#: Seconds after which a round gives the worker back; what is left has rows of its own, of so many things each.
ROUND_SECONDS, SLICE = 5.0, 100


def handle(rows: Sequence[Outbox]) -> None:
    """Recompute the matches of what the claimed events touched, thing by thing, each written in a transaction of its own.

    Raises Unreachable while the index, which is asked for candidates, has not taken them in.
    """
    ids = [row.event_id for row in rows if row.event_id is not None]
    named = [(str(kind), int(one)) for row in rows for kind, one in row.payload.get("things", [])]
    begin_reading()
    if unfinished(INDEX, ids):
        raise Unreachable("the index is behind")
    subjects = db.session.execute(select(Event.subject_kind, Event.subject_id).where(Event.id.in_(ids)).distinct())
    things = dict.fromkeys([*_with_dependents(sorted((row[0], row[1]) for row in subjects)), *named])
    left, end = list(things), time.monotonic() + ROUND_SECONDS
    while left:
        left = [*match(*left[0]), *left[1:]]
        if time.monotonic() >= end:
            break
    begin_writing()
    for start in range(0, len(left), SLICE):
        enqueue(CONSUMER, {"things": [list(one) for one in left[start : start + SLICE]]})


def match(kind: str, id_: int) -> list[tuple[str, int]]:
    """Compute the matches of one thing without a lock and write them; return the needs whose lists have lost one."""
    work = Work()
    begin_reading()
    result = evaluate(kind, id_, work)
    begin_writing()
    fallen = store_result(result, work)
    db.session.commit()
    return [(NEED, one) for one in fallen]


def _with_dependents(changes: Sequence[tuple[str, int]]) -> Iterator[tuple[str, int]]:
    for kind, id_ in changes:
        if subject(kind).model is not Organisation:
            yield kind, id_
            continue
        yield from ((LISTING, one) for one in listings_of(id_))
        yield from ((NEED, one) for one in needs_of(id_))


def _go_on(rows: Sequence[Outbox]) -> None:
    for row in rows:
        full_pass.go_on(int(str(row.payload.get("run", 0))), int(str(row.payload.get("slice", 0))))


#: The first runs after the index's consumer, which it asks.
CONSUMERS = (
    Consumer(CONSUMER, wants, handle, batch=25, rereads=True),
    Consumer(full_pass.CONSUMER, lambda _action: False, _go_on),
    Consumer("match_feedback", lambda action: action in feedback.DONE, feedback.handle, batch=25),
    Consumer("fingerprints", duplicates.wants, duplicates.handle, batch=100, rereads=True),
)
