"""Reads of matches. A match is seen only by who may see both its sides."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, and_, case, func, not_, or_, select, union
from sqlalchemy.orm import joinedload, lazyload, selectinload

from marketplace.buyer_requests.lifecycle import OPEN_STATES
from marketplace.buyer_requests.models import BuyerRequest, NeedInvitation
from marketplace.buyer_requests.visibility import visible_to as need_visible_to
from marketplace.core.access import SYSTEM, Actor
from marketplace.core.extensions import db
from marketplace.core.permissions import MODERATE
from marketplace.listings.lifecycle import OFFERED_STATES
from marketplace.listings.models import Listing
from marketplace.listings.visibility import visible_to as listing_visible_to
from marketplace.matching.formula import LEAST
from marketplace.matching.models import Match, MatchFeedback

#: Listing states in which a match is worth showing: a reserved one cannot be had.
#: The verdict that hides a match from the organisation that gave it.
NOT_USEFUL = "not_useful"


def live_listings(ids: Iterable[int]) -> dict[int, Listing]:
    """Return the listings of `ids` that are on offer, with their text, by id."""
    rows = (
        select(Listing)
        .where(Listing.id.in_(list(ids)), Listing.state.in_(OFFERED_STATES), listing_visible_to(SYSTEM))
        .options(joinedload(Listing.published_revision), joinedload(Listing.organisation))
    )
    return {one.id: one for one in db.session.scalars(rows)}


def live_needs(ids: Iterable[int]) -> dict[int, BuyerRequest]:
    """Return the needs of `ids` that are open, with their text, by id."""
    rows = (
        select(BuyerRequest)
        .where(BuyerRequest.id.in_(list(ids)), BuyerRequest.state.in_(OPEN_STATES), need_visible_to(SYSTEM))
        .options(
            joinedload(BuyerRequest.published_revision), joinedload(BuyerRequest.organisation),
            selectinload(BuyerRequest.invitations).joinedload(NeedInvitation.organisation),
        )
    )
    return {one.id: one for one in db.session.scalars(rows)}


def _seen(actor: Actor) -> Select[Match]:
    """All matches the reader may see, the suggested and the strongest first; an excluded one only when suggested."""
    dismissed_last = case((Match.mark == "suggested", 0), (Match.mark == "dismissed", 2), else_=1)
    rows = (
        select(Match)
        .join(Match.listing)
        .join(Match.buyer_request)
        .where(Listing.state.in_(OFFERED_STATES), BuyerRequest.state.in_(OPEN_STATES))
        .where(listing_visible_to(actor), need_visible_to(actor))
        .where(or_(Match.mark != "", and_(Match.excluded_by == "", Match.score >= LEAST)))
        .options(
            joinedload(Match.listing).joinedload(Listing.published_revision),
            joinedload(Match.listing).joinedload(Listing.organisation),
            joinedload(Match.buyer_request).joinedload(BuyerRequest.published_revision),
            joinedload(Match.buyer_request).joinedload(BuyerRequest.organisation),
        )
        .order_by(dismissed_last, Match.score.desc(), Match.id)
    )
    return rows if actor.may(MODERATE) else rows.where(Match.mark != "dismissed")


def _hidden(actor: Actor) -> ColumnElement[bool]:
    """The reader's organisation has called it not useful."""
    said = select(MatchFeedback.id).where(
        MatchFeedback.match_id == Match.id, MatchFeedback.org_id == (actor.org_id or 0), MatchFeedback.verdict == NOT_USEFUL
    )
    return said.exists()


@dataclass(frozen=True)
class Shown:
    """The matches on a page, and how many of its own the reader's organisation has hidden there."""

    matches: Sequence[Match]
    hidden: int


def for_need(need_id: int, actor: Actor, limit: int = 8, *, hidden: bool = False) -> Shown:
    """Return the best listings for a need that the reader may see, or those that its organisation has hidden."""
    return _shown(_seen(actor).where(Match.buyer_request_id == need_id), actor, limit, hidden)


def for_listing(listing_id: int, actor: Actor, limit: int = 8, *, hidden: bool = False) -> Shown:
    """Return the open needs for a listing that the reader may see, or those that its organisation has hidden."""
    return _shown(_seen(actor).where(Match.listing_id == listing_id), actor, limit, hidden)


def _shown(rows: Select[Match], actor: Actor, limit: int, hidden: bool) -> Shown:
    """One statement for a guest, two for whoever acts for an organisation."""
    if actor.org_id is None:
        return Shown(db.session.scalars(rows.limit(limit)).unique().all(), 0)
    put_away = rows.where(_hidden(actor)).options(lazyload("*")).order_by(None).subquery()
    count = db.session.scalar(select(func.count()).select_from(put_away)) or 0
    wanted = rows.where(_hidden(actor) if hidden else not_(_hidden(actor)))
    return Shown(db.session.scalars(wanted.limit(limit)).unique().all(), count)


def for_organisation(org_id: int, actor: Actor, limit: int = 5) -> Sequence[Match]:
    """Return the strongest matches of an organisation's own listings and needs, for its dashboard; no weak ones."""
    rows = _seen(actor).where(Match.strength != "weak", not_(_hidden(actor)))
    # One condition over both tables would have every match of the exchange looked at, and PostgreSQL orders the many
    # joins of a whole match as they are written: first the ids of the best of each side, then those matches.
    best = [
        select(rows.options(lazyload("*")).with_only_columns(Match.id).where(own).limit(limit).subquery())
        for own in (Listing.org_id == org_id, BuyerRequest.org_id == org_id)
    ]
    ids = db.session.scalars(union(*best)).all()
    return db.session.scalars(_seen(actor).where(Match.id.in_(ids)).limit(limit)).unique().all() if ids else []


def strong_ids(actor: Actor, *conditions: ColumnElement[bool]) -> Select[int]:
    """Select the ids of strong pairs that the reader may see and nobody called unsuitable, the best first."""
    return (
        select(Match.id).join(Match.listing).join(Match.buyer_request)
        .where(Match.strength == "strong", Match.excluded_by == "", Match.mark != "dismissed")
        .where(Listing.state.in_(OFFERED_STATES), BuyerRequest.state.in_(OPEN_STATES))
        .where(listing_visible_to(actor), need_visible_to(actor), *conditions)
        .order_by(Match.score.desc(), Match.id.desc())
    )


def by_ids(ids: Sequence[int], actor: Actor) -> list[Match]:
    """Return those of the matches that the reader may see, with both sides, in the order of `ids`."""
    found = {one.id: one for one in db.session.scalars(_seen(actor).where(Match.id.in_(ids))).unique()} if ids else {}
    return [found[one] for one in ids if one in found]


def said_of(matches: Iterable[Match], org_id: int | None) -> dict[int, frozenset[str]]:
    """Return what an organisation has said of matches, by match."""
    ids, found = [match.id for match in matches], dict[int, frozenset[str]]()
    rows = select(MatchFeedback.match_id, MatchFeedback.verdict).where(
        MatchFeedback.match_id.in_(ids), MatchFeedback.org_id == org_id
    )
    for match_id, verdict in db.session.execute(rows) if org_id and ids else ():
        found[match_id] = found.get(match_id, frozenset()) | {verdict}
    return found


def visible(match_id: int, actor: Actor) -> Match | None:
    """Return a match whose two sides the reader may see, whatever it came to."""
    rows = (
        select(Match).join(Match.listing).join(Match.buyer_request)
        .where(Match.id == match_id, listing_visible_to(actor), need_visible_to(actor))
    )
    return db.session.scalars(rows).one_or_none()
