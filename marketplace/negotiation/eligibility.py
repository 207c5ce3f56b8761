"""Whether one may begin to talk about a technology or a need, and why not, in a sentence that a person understands."""

from __future__ import annotations

from dataclasses import replace

from marketplace.buyer_requests import queries as needs
from marketplace.buyer_requests.lifecycle import ANSWERABLE_STATES, EXPIRED, NEGOTIATING, OPEN_STATES
from marketplace.buyer_requests.models import BuyerRequest
from marketplace.core.access import Actor
from marketplace.core.errors import DomainError, IllegalMove, NotAllowed
from marketplace.core.permissions import NEGOTIATE
from marketplace.listings import queries as listings
from marketplace.listings.lifecycle import LISTING, OFFERED_STATES, RESERVED
from marketplace.listings.models import Listing
from marketplace.organisations.models import Organisation
from marketplace.values import clock
from marketplace.values.text import N_

STILL_WANTED = (*ANSWERABLE_STATES, NEGOTIATING, EXPIRED)  # states in which an answer given in time may be accepted


def for_its_organisation(actor: Actor) -> Actor:
    """Return the same person as a member of nothing but the organisation acted for: whose visibility counts."""
    return replace(actor, org_ids=frozenset({actor.org_id} if actor.org_id else ()), staff_roles=frozenset())


def anybody_of(organisation: Organisation) -> Actor:
    """Return a member of an organisation, for what the organisation may see."""
    return Actor(org_id=organisation.id, org_ids=frozenset({organisation.id}), org_verified=organisation.verified)


def actor_refusal(actor: Actor) -> DomainError | None:
    """Why this person may not begin or take up conversations now, or None."""
    if actor.user_id is None or actor.org_id is None:
        return NotAllowed(N_("Act for an organisation to do this."))
    if not actor.org_verified:
        return NotAllowed(N_("Only verified organisations can express interest or answer needs."))
    return None if actor.may(NEGOTIATE) else NotAllowed()


def listing_refusal(listing: Listing, reader: Actor) -> DomainError | None:
    """Why the reader's organisation may not express interest in a technology now, or None."""
    if listing.org_id == reader.org_id:
        return NotAllowed(N_("This is a technology of your own organisation."))
    return offer_refusal(listing, reader)


def offer_refusal(listing: Listing, reader: Actor) -> DomainError | None:
    """Why a technology cannot be had now by the reader's organisation (or offered by its own), or None."""
    label = LISTING.label(listing.state)
    if listing.state == RESERVED:
        message = N_("This technology is reserved for an exclusive deal at present. It may be offered again later.")
        return IllegalMove(listing.state, message, label=label)
    revision = listing.published_revision
    seen = listing.id in listings.visible([listing.id], for_its_organisation(reader))
    if listing.state not in OFFERED_STATES or revision is None or revision.control_class == "banned" or not seen:
        return IllegalMove(listing.state, N_("This technology is not on offer at present."), label=label)
    return None


def need_refusal(need: BuyerRequest, reader: Actor) -> DomainError | None:
    """Why the reader's organisation may not answer a need now, or None."""
    if need.org_id == reader.org_id:
        return NotAllowed(N_("This is a need of your own organisation."))
    late = need.state in OPEN_STATES and need.answer_deadline is not None and need.answer_deadline < clock.today()
    if need.state not in ANSWERABLE_STATES or late:
        return IllegalMove(need.state, N_("This need takes no more answers."))
    if need.id not in needs.visible([need.id], for_its_organisation(reader)):
        return NotAllowed(N_("Only invited organisations can answer this need. Act for the organisation that is invited."))
    return None


def still_possible(listing: Listing | None, need: BuyerRequest | None) -> DomainError | None:
    """Why a conversation about these cannot be taken up any more, or None."""
    if listing is not None and (refusal := offer_refusal(listing, anybody_of(listing.organisation))):
        return refusal
    if need is not None and (need.state not in STILL_WANTED or not need.organisation.verified):
        return IllegalMove(need.state, N_("This need takes no more answers."))
    return None
