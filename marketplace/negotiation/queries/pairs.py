"""Strong pairs of need and technology that nobody has acted on: what officers may introduce to each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import exists, or_, select

from marketplace.buyer_requests.models import BuyerRequest, NeedInvitation, NeedRevision
from marketplace.core.access import Actor
from marketplace.core.extensions import db
from marketplace.listings.models import Listing, ListingRevision
from marketplace.matching import queries as matches
from marketplace.matching.models import Match, MatchFeedback
from marketplace.negotiation.models import Lead
from marketplace.organisations.models import Organisation
from marketplace.values.text import fold

#: So many of the strongest are looked at; whoever works these off sees the next.
MOST = 500
SORTS = ("score", "deadline", "newest")


@dataclass(frozen=True)
class PairFilters:
    """What of the list is asked for: words of titles, codes or the owner, and the order, one of SORTS."""

    text: str = ""
    sort: str = "score"


def untouched(filters: PairFilters, actor: Actor) -> Sequence[int]:
    """Return the ids of matches, in order. A pair counts as acted on when the two sides have any conversation about either
    thing, when the owner is invited to the need, or when either side called it not useful.
    """
    lead = exists().where(
        Lead.supplier_org_id == Listing.org_id, Lead.buyer_org_id == BuyerRequest.org_id,
        or_(Lead.need_id == Match.buyer_request_id, Lead.listing_id == Match.listing_id),
    )
    invited = exists().where(NeedInvitation.buyer_request_id == Match.buyer_request_id,
                             NeedInvitation.organisation_id == Listing.org_id)
    said = exists().where(MatchFeedback.match_id == Match.id)
    rows = matches.strong_ids(actor, ~lead, ~invited, ~said, Listing.org_id != BuyerRequest.org_id).limit(MOST)
    ids: Sequence[Any] = db.session.scalars(rows).all()
    return _arranged(ids, filters)


def _arranged(ids: Sequence[int], filters: PairFilters) -> Sequence[int]:
    """Narrow and order the strongest; titles are folded here, for no database folds Vietnamese."""
    if not ids or (not filters.text and filters.sort == "score"):
        return ids
    rows = list(db.session.execute(_words(ids)))
    wanted = fold(filters.text).split()
    kept = [row for row in rows if all(word in fold(" ".join(row[:5])) for word in wanted)]
    if filters.sort == "newest":
        kept.sort(key=lambda row: max(row.listed_at, row.asked_at), reverse=True)
    elif filters.sort == "deadline":
        kept.sort(key=lambda row: (row.deadline is None, row.deadline))
    else:
        place = {one: number for number, one in enumerate(ids)}
        kept.sort(key=lambda row: place[row.id])
    return [row.id for row in kept]


def _words(ids: Sequence[int]) -> Any:
    """Select what a list is searched and ordered by; of the requester nothing, who may be hidden."""
    return (
        select(
            BuyerRequest.code, NeedRevision.title, Listing.code, ListingRevision.title, Organisation.name,
            Match.id.label("id"), BuyerRequest.published_at.label("asked_at"), Listing.published_at.label("listed_at"),
            BuyerRequest.answer_deadline.label("deadline"),
        )
        .select_from(Match).join(Match.buyer_request).join(BuyerRequest.published_revision)
        .join(Match.listing).join(Listing.published_revision).join(Listing.organisation)
        .where(Match.id.in_(ids))
    )
