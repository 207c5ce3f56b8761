"""Reads of deals."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from marketplace.buyer_requests.models import BuyerRequest
from marketplace.core.access import Actor
from marketplace.core.errors import required
from marketplace.core.extensions import db, one
from marketplace.deals.models import Deal
from marketplace.deals.visibility import visible_to
from marketplace.listings.models import Listing
from marketplace.negotiation.models import Lead


def readable(code: str, actor: Actor, *, lock: bool = False) -> Deal:
    """Return the deal of `code` if this reader may open it, else raise NotFound; `lock` holds its row for a move."""
    return one(
        select(Deal).where(Deal.code == code, visible_to(actor)),
        joinedload(Deal.supplier), joinedload(Deal.buyer), joinedload(Deal.officer), joinedload(Deal.lead),
        selectinload(Deal.milestones), selectinload(Deal.signatures), lock=lock,
    )


def for_change(code: str, actor: Actor) -> Deal:
    """Return the deal of `code` with everything locked that its moves may write: lead, listing, need, deal, in this order.

    Raises NotFound like `readable`.
    """
    parts = select(Deal.lead_id, Deal.listing_id, Deal.need_id, Deal.holds_listing)
    row = required(db.session.execute(parts.where(Deal.code == code, visible_to(actor))).one_or_none())
    db.session.get(Lead, row.lead_id, with_for_update=True, populate_existing=True)
    if row.holds_listing:
        db.session.get(Listing, row.listing_id, with_for_update=True, populate_existing=True)
    if row.need_id is not None:
        db.session.get(BuyerRequest, row.need_id, with_for_update=True, populate_existing=True)
    return readable(code, actor, lock=True)


def path_of(deal: Deal) -> str:
    """Return the address of the deal's record page."""
    return f"/deals/{deal.code}"
