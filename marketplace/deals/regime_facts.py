"""What the law makes of agreed terms: where the facts of the decision table (`regimes`) come from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marketplace.deals.regime_table import regime_of
from marketplace.listings.models import ListingRevision
from marketplace.negotiation.models import Lead, Terms


def control_class_of(lead: Lead, classified: str = "") -> str:
    """Return the technology's control class: as reviewed with the listing, else as an officer classified the deal."""
    revision = _revision(lead)
    return (revision.control_class if revision else "") or classified


def regime_for(lead: Lead, terms: Terms, control_class: str, classified_funding: str = "") -> str:
    """Return the regime (REGIMES) of a version of terms.

    Of funding counts what an officer found (`classified_funding`), then what the listing says, then the terms.
    """
    revision = _revision(lead)
    if revision is not None and revision.funding_source:
        funding, certificate = revision.funding_source, revision.result_certificate_no
    else:
        funding, certificate = terms.funding_source, terms.result_certificate_no
    return regime_of(
        control_class, direction=terms.direction, funding_source=classified_funding or funding, certificate_no=certificate
    )


def certificate_in(frozen: Mapping[str, Any]) -> str:
    """Return the certificate of result registration that a frozen copy names: in its terms or with its listing."""
    listing = frozen.get("listing") or {"fields": {}}
    return str(frozen["terms"].get("result_certificate_no") or listing["fields"].get("result_certificate_no") or "")


def _revision(lead: Lead) -> ListingRevision | None:
    return lead.listing.published_revision if lead.listing else None
