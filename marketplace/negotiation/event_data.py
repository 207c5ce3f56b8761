"""What every event of a lead says of it, so that readers of events need nothing else (docs/deals.md)."""

from __future__ import annotations

from typing import Any

from marketplace.core.access import Actor
from marketplace.core.subjects import Facts
from marketplace.negotiation.models import Lead


def facts_of(lead: Lead) -> Facts:
    """Return what figures count: the transferee, and whether it is still unknown to the transferor."""
    return Facts(lead.buyer_org_id, lead.buyer.kind, lead.buyer.ward_code, hidden=lead.buyer_revealed_at is None)


def facts(lead: Lead, actor: Actor, **more: Any) -> dict[str, Any]:
    """Return the data of an event: the lead, what it is about, both sides, the actor's side; never personal data."""
    return {
        "lead_id": lead.id, "listing_id": lead.listing_id, "need_id": lead.need_id,
        "supplier_org_id": lead.supplier_org_id, "buyer_org_id": lead.buyer_org_id, "side": lead.side_of(actor), **more,
    }
