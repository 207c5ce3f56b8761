"""What the two sides say and do about a match: useful, not useful; contacted and dealt come from events of others."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from marketplace.core.access import Actor
from marketplace.core.errors import NotAllowed, NotFound
from marketplace.core.events import Event, Outbox, record
from marketplace.core.extensions import db
from marketplace.core.permissions import EDIT_CONTENT
from marketplace.matching import queries
from marketplace.matching.incremental import compare_pair
from marketplace.matching.models import Match, MatchFeedback
from marketplace.matching.store import write
from marketplace.matching.weights import current_weights
from marketplace.values import clock

#: The buttons: each replaces the other, and `clear` takes back what was said.
SAID = {"useful": "useful", "not-useful": queries.NOT_USEFUL, "clear": ""}
#: Events of other features that say what became of a pair; their data names listing_id and need_id.
DONE = {"lead.contact": "contacted", "deal.open": "dealt"}


def record_feedback(match_id: int, word: str, actor: Actor) -> Match:
    """Note what the organisation acted for thinks of a match. "Not useful" hides it from that organisation.

    Raises NotFound for matches it is no side of or may not see, NotAllowed without the editor's role.
    """
    match = queries.visible(match_id, actor)
    if match is None or word not in SAID or side_of(match, actor.org_id) == "":
        raise NotFound
    if not actor.may(EDIT_CONTENT):
        raise NotAllowed
    db.session.execute(select(Match.id).where(Match.id == match.id).with_for_update())  # one opinion at a time
    before = {one.verdict: one for one in _given(match, actor.org_id) if one.verdict in SAID.values()}
    if set(before) == ({SAID[word]} if SAID[word] else set()):
        return match
    for one in before.values():
        db.session.delete(one)
    db.session.flush()
    if SAID[word]:
        _add(match, actor.org_id or 0, SAID[word], actor.user_id)
    verb = SAID[word] or "take_back"
    data = {"need": match.buyer_request_id, "listing": match.listing_id, "score": match.score, "strength": match.strength}
    record(match, f"match.{verb}", actor, data=data)
    return match


def side_of(match: Match, org_id: int | None) -> str:
    """Return which side an organisation is: need, listing or none (empty)."""
    things = (match.listing, match.buyer_request)
    return next((thing.subject_kind for thing in things if thing.org_id == org_id), "")


def handle(rows: Sequence[Outbox]) -> None:
    """Note contacts and deals beside their matches; events without a need or a listing are not about a pair."""
    events = db.session.scalars(select(Event).where(Event.id.in_([row.event_id for row in rows])).order_by(Event.id))
    for event in events.all():
        need_id, listing_id = event.data.get("need_id"), event.data.get("listing_id")
        match = _match(need_id, listing_id) if isinstance(need_id, int) and isinstance(listing_id, int) else None
        if match is None:
            continue
        sides = {match.buyer_request.org_id, match.listing.org_id}
        verdict = DONE[event.action]
        who = {event.on_behalf_of} & sides if verdict == "contacted" else sides
        for org_id in sorted(one for one in who or sides if one is not None):
            if verdict not in {one.verdict for one in _given(match, org_id)}:
                _add(match, org_id, verdict, event.actor_id)


def _match(need_id: int, listing_id: int) -> Match | None:
    """Return the match of a pair; a pair that people found themselves is compared now, so that it counts as well."""
    rows = select(Match).where(Match.buyer_request_id == need_id, Match.listing_id == listing_id)
    match = db.session.scalars(rows).one_or_none()
    if match is None and (found := compare_pair(need_id, listing_id)) is not None:
        write([found], current_weights())
        match = db.session.scalars(rows).one()
    return match


def _given(match: Match, org_id: int | None) -> Sequence[MatchFeedback]:
    rows = select(MatchFeedback).where(MatchFeedback.match_id == match.id, MatchFeedback.org_id == (org_id or 0))
    return db.session.scalars(rows).all()


def _add(match: Match, org_id: int, verdict: str, user_id: int | None) -> None:
    """Add one row with what the organisation saw: a later computation must not change what it judged."""
    db.session.add(MatchFeedback(
        match_id=match.id, org_id=org_id, verdict=verdict, side=side_of(match, org_id), score=match.score,
        strength=match.strength, factors={row["factor"]: row["score"] for row in match.factors}, given_by_id=user_id,
        given_at=clock.now(),
    ))
    db.session.flush()
