"""Operators' marks on matches and their weights. And the work that keeps matches current."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta

from sqlalchemy import select

from marketplace import clock
from marketplace.access import Actor
from marketplace.buyer_requests.documents import ids_of as needs_of
from marketplace.errors import Invalid, NotAllowed, NotFound
from marketplace.events import Consumer, Event, Outbox, record
from marketplace.extensions import db
from marketplace.listings.documents import ids_of as listings_of
from marketplace.matching import rematch
from marketplace.matching.computing import refresh_listing, refresh_need
from marketplace.matching.models import Match, MatchRun, MatchWeights
from marketplace.matching.weighing import current_weights, set_weights, versions
from marketplace.msgid import N_
from marketplace.outbox import Job

NIGHT = time(2, 0)
MARKS = {"suggest": "suggested", "dismiss": "dismissed", "clear": ""}
#: Events after which a match may look different: what others read has changed.
MOVING = frozenset(
    "publish approve publish_free import_publish confirm unpublish republish expire extend withdraw suspend restore remove "
    "reserve release transfer shortlist reopen negotiate solve go_stale close recheck".split()
)


def mark(match_id: int, verb: str, actor: Actor, reason: str = "") -> Match:
    """Mark a match for everybody who sees it. Dismissing needs a reason.

    Raises NotAllowed for others than operators and for members of either side, NotFound, Invalid.
    """
    if not actor.is_staff("moderator", "deal_officer", "admin"):
        raise NotAllowed
    match = db.session.get(Match, match_id, with_for_update=True)
    if match is None or verb not in MARKS:
        raise NotFound
    if {match.listing.org_id, match.buyer_request.org_id} & actor.org_ids:
        raise NotAllowed(N_("It belongs to your own organisation; somebody else must decide."))
    if verb == "dismiss" and not reason.strip():
        raise Invalid("reason", N_("Please give a reason."))
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
        rematch.begin("weights")
    return made


def begin_rematch(actor: Actor) -> MatchRun:
    """Match everything anew now, or return the pass that is doing it already with the weights of now.

    Raises NotAllowed for others than managers and administrators.
    """
    if not actor.is_staff("manager", "admin"):
        raise NotAllowed
    running = db.session.scalars(select(MatchRun).where(MatchRun.finished_at.is_(None))).first()
    if running is not None and running.weights == current_weights():
        return running
    return rematch.begin("command")


def rematching() -> Consumer:
    """Return the outbox consumer that does the slices of a full pass."""
    return Consumer(rematch.CONSUMER, lambda _action: False, _go_on)


def _go_on(rows: Sequence[Outbox]) -> None:
    for row in rows:
        rematch.go_on(int(str(row.payload.get("run", 0))))


def nightly() -> Job:
    """Return the recurring job that matches everything anew at night."""
    return Job("matching.nightly", _begin_nightly, next_night)


def _begin_nightly() -> None:
    rematch.begin("nightly")


def next_night(moment: datetime) -> datetime:
    """Return the next 2:00 at night, Hanoi time."""
    here = clock.local(moment)
    night = clock.from_local(here.date(), NIGHT)
    return night if night > moment else clock.from_local(here.date() + timedelta(days=1), NIGHT)


def consumer() -> Consumer:
    """Return the outbox consumer that keeps matches current; it runs after the index's, which it asks."""
    return Consumer("matching", wants, handle, batch=25, rereads=True)


def wants(action: str) -> bool:
    """True for events that change what others may read of a listing, a need or an organisation."""
    kind, _, verb = action.partition(".")
    return kind in {"listing", "need", "organisation"} and verb in MOVING


def handle(rows: Sequence[Outbox]) -> None:
    """Recompute the matches of what the claimed events touched."""
    ids = [row.event_id for row in rows]
    subjects = db.session.execute(select(Event.subject_kind, Event.subject_id).where(Event.id.in_(ids)).distinct())
    for kind, subject_id in sorted((row[0], row[1]) for row in subjects):
        if kind == "listing":
            refresh_listing(subject_id)
        elif kind == "need":
            refresh_need(subject_id)
        else:
            _refresh_owner(subject_id)


def _refresh_owner(org_id: int) -> None:
    for listing_id in listings_of(org_id):
        refresh_listing(listing_id)
    for need_id in needs_of(org_id):
        refresh_need(need_id)
