"""What figures need to know of a need at the moment of an event."""

from __future__ import annotations

from marketplace.buyer_requests.models import BuyerRequest
from marketplace.core.subjects import Facts


def facts_of(need: BuyerRequest) -> Facts:
    """Return requester, place, first field and highest budget, as published; of a draft, only whose it is."""
    owner, version = need.organisation, need.published_revision
    if version is None:
        return Facts(need.org_id, owner.kind, owner.ward_code, hidden=True)
    return Facts(
        need.org_id, owner.kind, version.ward_code or owner.ward_code, next(iter(version.field_codes), ""),
        version.budget_max, hidden=version.hides_requester,
    )
