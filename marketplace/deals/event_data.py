"""The facts every event of a deal and its milestones carries, so that who listens needs nothing of this package."""

from __future__ import annotations

from typing import Any

from marketplace.core.access import Actor
from marketplace.core.subjects import Facts
from marketplace.deals.models import Deal


def facts_of(deal: Deal) -> Facts:
    """Return what figures count: the transferor, the field, the value realised (else agreed), what is not public."""
    owner, said = deal.supplier, (deal.frozen.get("listing") or {}).get("fields", {})
    amount = deal.price if deal.value_realised is None else deal.value_realised
    return Facts(deal.supplier_org_id, owner.kind, owner.ward_code, str(said.get("field_code") or ""), amount,
                 hidden=deal.publicity == "none")


def data_of(deal: Deal, actor: Actor, **more: Any) -> dict[str, Any]:
    """Return ids of the deal and of what it is about, and the side the actor acts for. Never personal data."""
    return {
        "lead_id": deal.lead_id, "deal_id": deal.id, "listing_id": deal.listing_id, "need_id": deal.need_id,
        "supplier_org_id": deal.supplier_org_id, "buyer_org_id": deal.buyer_org_id, "side": deal.side_of(actor), **more,
    }
