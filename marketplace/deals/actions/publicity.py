"""What both sides let the public know of a deal: nothing, that it exists, or its value too."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import and_, case, func, or_, select
from sqlalchemy.orm import joinedload

from marketplace.core.access import Actor
from marketplace.core.errors import Invalid
from marketplace.core.events import record
from marketplace.core.extensions import db
from marketplace.deals.event_data import data_of
from marketplace.deals.models import Deal
from marketplace.deals.requirements import require
from marketplace.values.text import N_
from marketplace.vocabulary import PUBLICITIES

#: Public deals named on an organisation's page.
SHOWN = 10


def choose(deal: Deal, actor: Actor, wish: str) -> None:
    """Set what the actor's side makes public; what is shown is the smaller of both wishes.

    Raises NotAllowed for others than the sides, IllegalMove when the deal ended without result, Invalid.
    """
    side = deal.side_of(actor)
    require(deal, "choose_publicity", actor)
    if wish not in PUBLICITIES:
        raise Invalid("publicity", N_("Choose what may be public."))
    if getattr(deal, f"{side}_publicity") == wish:
        return
    setattr(deal, f"{side}_publicity", wish)
    db.session.flush()
    record(deal, "deal.publicity", actor, data=data_of(deal, actor, wish=wish))


@dataclass(frozen=True)
class PublicDeals:
    """What an organisation's page says of its deals: only completed ones, only what both sides made public."""

    count: int
    valued: int  # how many of them with their value
    value: int  # Σ value realised of those
    latest: list[Deal]


def public_deals(organisation_id: int) -> PublicDeals | None:
    """Return what both sides made public of an organisation's completed deals; None when that is nothing."""
    public = and_(
        or_(Deal.supplier_org_id == organisation_id, Deal.buyer_org_id == organisation_id), Deal.state == "completed",
        Deal.supplier_publicity != "none", Deal.buyer_publicity != "none",
    )
    valued = and_(Deal.supplier_publicity == "value", Deal.buyer_publicity == "value")
    count, with_value, value = db.session.execute(
        select(func.count(), func.count(case((valued, 1))), func.sum(case((valued, Deal.value_realised)))).where(public)
    ).one()
    if not count:
        return None
    rows = (
        select(Deal).where(public).options(joinedload(Deal.supplier), joinedload(Deal.buyer))
        .order_by(Deal.completed_at.desc(), Deal.id.desc()).limit(SHOWN)
    )
    return PublicDeals(count, with_value, int(value or 0), list(db.session.scalars(rows)))
