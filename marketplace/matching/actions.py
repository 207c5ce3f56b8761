"""Operators' marks on matches: suggest, dismiss, take back. And the work that keeps matches current."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from marketplace import clock
from marketplace.access import Actor
from marketplace.buyer_requests.documents import ids_of as needs_of
from marketplace.errors import Invalid, NotAllowed, NotFound
from marketplace.events import Consumer, Event, Outbox, record
from marketplace.extensions import db
from marketplace.listings.documents import ids_of as listings_of
from marketplace.matching.computing import refresh_listing, refresh_need
from marketplace.matching.models import Match
from marketplace.msgid import N_

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
