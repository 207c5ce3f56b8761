"""Why a pair is, or is not, a match: every factor, what excludes it, and where it stands in both lists."""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from marketplace.buyer_requests.lifecycle import OPEN_STATES
from marketplace.buyer_requests.models import BuyerRequest
from marketplace.buyer_requests.visibility import readable_by as need_readable_by
from marketplace.core.access import Actor
from marketplace.core.extensions import db
from marketplace.listings.lifecycle import OFFERED_STATES
from marketplace.listings.models import Listing
from marketplace.listings.visibility import readable_by as listing_readable_by
from marketplace.matching.incremental import compare_pair
from marketplace.matching.models import Match
from marketplace.matching.scoring import Scored
from marketplace.matching.store import floors
from marketplace.values.text import N_


@dataclass
class Why:
    """The answer about one pair."""

    need: BuyerRequest
    listing: Listing
    scored: Scored | None  # None when one of them is not public now
    match: Match | None  # the row, when there is one
    obstacles: list[str] = field(default_factory=list)  # message ids: why the pair is not even compared
    floors: dict[str, int] = field(default_factory=dict)  # side → score of the last place, when its list is full


def find_need(code: str, actor: Actor) -> BuyerRequest | None:
    """Return a need that was ever published and that this reader may open."""
    rows = select(BuyerRequest).where(BuyerRequest.code == code.strip().upper(), need_readable_by(actor))
    found = db.session.scalars(rows.options(joinedload(BuyerRequest.published_revision))).one_or_none()
    return found if found is not None and found.published_revision is not None else None


def find_listing(code: str, actor: Actor) -> Listing | None:
    """Return a listing that was ever published and that this reader may open."""
    rows = select(Listing).where(Listing.code == code.strip().upper(), listing_readable_by(actor))
    found = db.session.scalars(rows.options(joinedload(Listing.published_revision))).one_or_none()
    return found if found is not None and found.published_revision is not None else None


def why(need: BuyerRequest, listing: Listing) -> Why:
    """Compare a pair now and tell where it stands."""
    rows = select(Match).where(Match.buyer_request_id == need.id, Match.listing_id == listing.id)
    answer = Why(need, listing, compare_pair(need.id, listing.id), db.session.scalars(rows).one_or_none())
    if need.state not in OPEN_STATES:
        answer.obstacles.append(N_("The need is not open."))
    if listing.state not in OFFERED_STATES:
        answer.obstacles.append(N_("The technology is not on offer."))
    if need.org_id == listing.org_id:
        answer.obstacles.append(N_("Both belong to the same organisation."))
    elif answer.scored is None and not answer.obstacles:
        answer.obstacles.append(N_("One of the two is not public: its organisation is not verified."))
    answer.floors = {
        side: floor for side, owner in (("need", need.id), ("listing", listing.id))
        for floor in floors(side, [owner]).values()
    }
    return answer
