"""Whether one may begin to talk about a technology or a need, and why not, in a sentence that a person understands."""

from __future__ import annotations

from marketplace.answers.eligibility import actor_refusal, need_refusal, offer_refusal
from marketplace.buyer_requests.lifecycle import ANSWERABLE_STATES, EXPIRED, NEGOTIATING
from marketplace.buyer_requests.models import BuyerRequest
from marketplace.core.access import Actor
from marketplace.core.errors import DomainError, IllegalMove, NotAllowed
from marketplace.listings.models import Listing
from marketplace.organisations.models import Organisation
from marketplace.values.text import N_

STILL_WANTED = (*ANSWERABLE_STATES, NEGOTIATING, EXPIRED)  # states in which an answer given in time may be accepted


def anybody_of(organisation: Organisation) -> Actor:
    """Return a member of an organisation, for what the organisation may see."""
    return Actor(org_id=organisation.id, org_ids=frozenset({organisation.id}), org_verified=organisation.verified)


def listing_refusal(listing: Listing, reader: Actor) -> DomainError | None:
    """Why the reader's organisation may not express interest in a technology now, or None."""
    if listing.org_id == reader.org_id:
        return NotAllowed(N_("This is a technology of your own organisation."))
    return offer_refusal(listing, reader)


def still_possible(listing: Listing | None, need: BuyerRequest | None) -> DomainError | None:
    """Why a conversation about these cannot be taken up any more, or None."""
    if listing is not None and (refusal := offer_refusal(listing, anybody_of(listing.organisation))):
        return refusal
    if need is not None and (need.state not in STILL_WANTED or not need.organisation.verified):
        return IllegalMove(need.state, N_("This need takes no more answers."))
    return None


__all__ = [
    "STILL_WANTED", "actor_refusal", "anybody_of", "listing_refusal", "need_refusal", "offer_refusal", "still_possible",
]
