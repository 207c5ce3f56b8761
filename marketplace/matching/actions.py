"""Operators' marks on matches and their weights. And the work that keeps matches current."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from datetime import time as clocktime

from sqlalchemy import select

from marketplace.buyer_requests.search_document import ids_of as needs_of
from marketplace.core.access import Actor
from marketplace.core.errors import NotAllowed, NotFound, Unreachable
from marketplace.core.events import Consumer, Event, Outbox, record
from marketplace.core.extensions import db
from marketplace.core.lifecycle import Reason
from marketplace.core.long_work import begin_reading, begin_writing
from marketplace.core.outbox import Job, enqueue, unfinished
from marketplace.core.permissions import MARK_MATCHES, WEIGH_MATCHES
from marketplace.listings.search_document import ids_of as listings_of
from marketplace.matching import full_pass
from marketplace.matching.incremental import Work, evaluate, store_result, wants
from marketplace.matching.models import Match, MatchRun, MatchWeights
from marketplace.matching.store import LISTING, NEED
from marketplace.matching.weights import current_weights, set_weights, versions
from marketplace.organisations.models import Organisation
from marketplace.values import clock
from marketplace.values.text import N_

CONSUMER = "matching"
#: The consumer that keeps the index in step.
INDEX = "search"
NIGHT = clocktime(2, 0)
MARKS = {"suggest": "suggested", "dismiss": "dismissed", "clear": ""}
#: Seconds after which a round gives the worker back; what is left has rows of its own, of so many things each.
ROUND_SECONDS, SLICE = 5.0, 100


def mark(match_id: int, verb: str, actor: Actor, reason: str = "") -> Match:
    """Mark a match for everybody who sees it. Dismissing needs a reason.

    Raises NotAllowed for others than operators and for members of either side, NotFound, Invalid.
    """
    if not actor.may(MARK_MATCHES):
        raise NotAllowed
    match = db.session.get(Match, match_id, with_for_update=True)
    if match is None or verb not in MARKS:
        raise NotFound
    if {match.listing.org_id, match.buyer_request.org_id} & actor.org_ids:
        raise NotAllowed(N_("It belongs to your own organisation; somebody else must decide."))
    if verb == "dismiss":
        Reason().check("", reason)
    if match.mark == MARKS[verb]:
        return match
    match.mark, match.mark_reason = MARKS[verb], reason.strip()
    match.marked_by_id, match.marked_at = actor.user_id, clock.now()
    data = {"need": match.buyer_request_id, "listing": match.listing_id, "score": match.score}
    record(match, f"match.{verb}", actor, reason=reason, data=data)
    return match


def reweigh(weights: Mapping[str, int], effective_on: date, note: str, actor: Actor) -> MatchWeights:
    """Set the weights from a day on; from today on, everything is matched anew behind the pages.

    Raises as `weighing.set_weights` does. What takes effect later is taken up by the nightly pass.
    """
    known = versions(1)
    made = set_weights(weights, effective_on, note, actor)
    if made not in known and made.effective_at <= clock.now():
        full_pass.begin("weights")
    return made


def begin_rematch(actor: Actor) -> MatchRun:
    """Match everything anew now, or return the pass that is doing it already with the weights of now.

    Raises NotAllowed for others than managers and administrators.
    """
    if not actor.may(WEIGH_MATCHES):
        raise NotAllowed
    running = db.session.scalars(select(MatchRun).where(MatchRun.finished_at.is_(None))).first()
    if running is not None and running.weights == current_weights():
        return running
    return full_pass.begin("command")


def rematching() -> Consumer:
    """Return the outbox consumer that does the slices of a full pass."""
    return Consumer(full_pass.CONSUMER, lambda _action: False, _go_on)


def _go_on(rows: Sequence[Outbox]) -> None:
    for row in rows:
        full_pass.go_on(int(str(row.payload.get("run", 0))), int(str(row.payload.get("slice", 0))))


def nightly() -> Job:
    """Return the recurring job that matches everything anew at night."""
    return Job("matching.nightly", _begin_nightly, next_night)


def _begin_nightly() -> None:
    full_pass.begin("nightly")


def next_night(moment: datetime) -> datetime:
    """Return the next 2:00 at night, Hanoi time."""
    here = clock.local(moment)
    night = clock.from_local(here.date(), NIGHT)
    return night if night > moment else clock.from_local(here.date() + timedelta(days=1), NIGHT)


def consumer() -> Consumer:
    """Return the outbox consumer that keeps matches current; it runs after the index's, which it asks."""
    return Consumer(CONSUMER, wants, handle, batch=25, rereads=True)


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
        if kind != Organisation.subject_kind:
            yield kind, id_
            continue
        yield from ((LISTING, one) for one in listings_of(id_))
        yield from ((NEED, one) for one in needs_of(id_))
