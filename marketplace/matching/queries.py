"""Reads of matches. A match is seen only by who may see both its sides."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import Select, case, select
from sqlalchemy.orm import joinedload

from marketplace.access import SYSTEM, Actor
from marketplace.buyer_requests.models import BuyerRequest
from marketplace.buyer_requests.visibility import visible_to as need_visible_to
from marketplace.extensions import db
from marketplace.listings.models import Listing
from marketplace.listings.visibility import visible_to as listing_visible_to
from marketplace.matching.models import Match

#: Listing states in which a match is worth showing: a reserved one cannot be had.
OFFERED = ("published", "stale")


def live_listings(ids: Iterable[int]) -> dict[int, Listing]:
    """Return the listings of `ids` that are on offer, with their text, by id."""
    rows = (
        select(Listing)
        .where(Listing.id.in_(list(ids)), Listing.state.in_(OFFERED), listing_visible_to(SYSTEM))
        .options(joinedload(Listing.published_revision), joinedload(Listing.organisation))
    )
    return {one.id: one for one in db.session.scalars(rows)}


def live_needs(ids: Iterable[int]) -> dict[int, BuyerRequest]:
    """Return the needs of `ids` that are open, with their text, by id."""
    rows = (
        select(BuyerRequest)
        .where(BuyerRequest.id.in_(list(ids)), BuyerRequest.state == "open", need_visible_to(SYSTEM))
        .options(joinedload(BuyerRequest.published_revision), joinedload(BuyerRequest.organisation))
    )
    return {one.id: one for one in db.session.scalars(rows)}


def _seen(actor: Actor) -> Select[Match]:
    dismissed_last = case((Match.mark == "suggested", 0), (Match.mark == "dismissed", 2), else_=1)
    rows = (
        select(Match)
        .join(Match.listing)
        .join(Match.buyer_request)
        .where(Listing.state.in_(OFFERED), BuyerRequest.state == "open", listing_visible_to(actor), need_visible_to(actor))
        .options(
            joinedload(Match.listing).joinedload(Listing.published_revision),
            joinedload(Match.listing).joinedload(Listing.organisation),
            joinedload(Match.buyer_request).joinedload(BuyerRequest.published_revision),
            joinedload(Match.buyer_request).joinedload(BuyerRequest.organisation),
        )
        .order_by(dismissed_last, Match.score.desc(), Match.id)
    )
    return rows if actor.is_staff("moderator", "admin") else rows.where(Match.mark != "dismissed")


def for_need(need_id: int, actor: Actor, limit: int = 8) -> Sequence[Match]:
    """Return the best listings for a need that the reader may see; one statement."""
    return db.session.scalars(_seen(actor).where(Match.buyer_request_id == need_id).limit(limit)).unique().all()


def for_listing(listing_id: int, actor: Actor, limit: int = 8) -> Sequence[Match]:
    """Return the open needs for a listing that the reader may see; one statement."""
    return db.session.scalars(_seen(actor).where(Match.listing_id == listing_id).limit(limit)).unique().all()


def for_organisation(org_id: int, actor: Actor, limit: int = 5) -> Sequence[Match]:
    """Return the strongest matches of an organisation's own listings and needs, for its dashboard; no weak ones."""
    own = (Listing.org_id == org_id) | (BuyerRequest.org_id == org_id)
    return db.session.scalars(_seen(actor).where(own, Match.strength != "weak").limit(limit)).unique().all()
