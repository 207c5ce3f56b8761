"""What the form of terms begins with: the newest version, else what the listing and the need say."""

from __future__ import annotations

from typing import Any

from marketplace.buyer_requests.models import NeedRevision
from marketplace.listings.models import ListingRevision
from marketplace.negotiation.models import Lead, Terms
from marketplace.negotiation.terms_fields import EMPTY, values_of

#: Fields that a listing states under the same name.
_SAME = ("transfer_methods", "transfer_right", "exclusivity", "sublicence", "territory", "field_of_use", "term_months",
         "payment_methods", "support_kinds", "warranty_months")


def beginning(lead: Lead, newest: Terms | None) -> dict[str, Any]:
    """Return values by field name."""
    if newest is not None:
        return values_of(newest)
    listing = lead.listing.published_revision if lead.listing else None
    need = lead.need.published_revision if lead.need else None
    return {**EMPTY, **(_of_need(need) if need else {}), **(_of_listing(listing) if listing else {})}


def _of_listing(revision: ListingRevision) -> dict[str, Any]:
    found = {name: getattr(revision, name) for name in _SAME}
    found["scope"] = revision.title
    found["transfer_form"] = _only(revision.transfer_forms)
    found["direction"] = _only(revision.transfer_directions) or "domestic"
    if revision.pricing_mode == "fixed":
        found["price"] = revision.price_min
    if found["transfer_right"] == "ownership":
        found["term_months"] = None
    return found


def _of_need(revision: NeedRevision) -> dict[str, Any]:
    return {"scope": revision.title, "transfer_form": _only(revision.transfer_forms)}


def _only(codes: list[str]) -> str:
    """Return the one code of a list that has one; several leave the choice to people."""
    return codes[0] if len(codes) == 1 else ""
