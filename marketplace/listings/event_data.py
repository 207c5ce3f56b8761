"""What figures need to know of a technology at the moment of an event."""

from __future__ import annotations

from marketplace.core.subjects import Facts
from marketplace.listings.models import Listing


def facts_of(listing: Listing) -> Facts:
    """Return owner, place, field and least price, as published; of a draft, only whose it is."""
    owner, version = listing.organisation, listing.published_revision
    if version is None:
        return Facts(listing.org_id, owner.kind, owner.ward_code)
    return Facts(listing.org_id, owner.kind, version.ward_code or owner.ward_code, version.field_code, version.price_min)
