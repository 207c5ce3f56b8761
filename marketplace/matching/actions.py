"""Operators' marks on matches and their weights."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from sqlalchemy import select

from marketplace.accounts.queries import hold_person
from marketplace.buyer_requests.actions import invite_for
from marketplace.buyer_requests.models import NeedInvitation
from marketplace.core.access import Actor
from marketplace.core.errors import IllegalMove, NotAllowed, NotFound
from marketplace.core.events import record
from marketplace.core.extensions import db
from marketplace.core.lifecycle import Reason
from marketplace.core.permissions import MARK_MATCHES, WEIGH_MATCHES
from marketplace.listings.lifecycle import LISTING, OFFERED_STATES
from marketplace.matching import full_pass, queries
from marketplace.matching.models import Match, MatchRun, MatchWeights
from marketplace.matching.weights import current_weights, set_weights, versions
from marketplace.values import clock
from marketplace.values.text import N_
from marketplace.vocabulary import UNSUITABLE_REASONS

#: Why an operator finds a pair unsuitable; the report of matching counts these.
UNSUITABLE = Reason(UNSUITABLE_REASONS, words_with=("other",), ask=N_("Say in words what the other reason is."))
MARKS = {"suggest": "suggested", "dismiss": "dismissed", "clear": ""}


def mark(match_id: int, verb: str, actor: Actor, reason: str = "", code: str = "") -> Match:
    """Mark a match for everybody who sees it. Dismissing needs a coded reason, and words with *another reason*.

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
        UNSUITABLE.check(code, reason)
    if match.mark == MARKS[verb]:
        return match
    match.mark, match.mark_reason = MARKS[verb], reason.strip()
    match.mark_code = code if verb == "dismiss" else ""
    match.marked_by_id, match.marked_at = actor.user_id, clock.now()
    data = {"need": match.buyer_request_id, "listing": match.listing_id, "score": match.score}
    record(match, f"match.{verb}", actor, reason_code=match.mark_code, reason=reason, data=data)
    return match


def invite_to_answer(match_id: int, actor: Actor) -> NeedInvitation:
    """Invite the owner of the technology of a match to answer the need, for the requester acted for.

    Pressed again it is silence. Raises NotFound for a match the requester may not see, NotAllowed without the editor's
    role, IllegalMove when either side is not to be had, Invalid when the owner cannot be invited.
    """
    match = queries.visible(match_id, actor)
    if match is None or match.buyer_request.org_id != actor.org_id:
        raise NotFound
    listing = match.listing
    if listing.state not in OFFERED_STATES:
        label = LISTING.label(listing.state)
        raise IllegalMove(listing.state, N_("This technology is not on offer at present."), label=label)
    return invite_for(match.buyer_request, listing.organisation, listing.id, actor)


def reweigh(weights: Mapping[str, int], effective_on: date, note: str, actor: Actor) -> MatchWeights:
    """Set the weights from a day on; from today on, everything is matched anew behind the pages.

    Raises as `weighing.set_weights` does. What takes effect later is taken up by the nightly pass.
    """
    hold_person(actor.user_id)
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
    hold_person(actor.user_id)
    full_pass.hold_passes()
    running = db.session.scalars(select(MatchRun).where(MatchRun.finished_at.is_(None))).first()
    if running is not None and running.weights == current_weights():
        return running
    return full_pass.begin("command")
