"""Whether an organisation may answer a need or offer a technology now, and why not, in a sentence for people."""

from __future__ import annotations

from dataclasses import replace

from marketplace.buyer_requests import queries as needs
from marketplace.buyer_requests.lifecycle import ANSWERABLE_STATES, OPEN_STATES
from marketplace.buyer_requests.models import BuyerRequest
from marketplace.core.access import Actor
from marketplace.core.errors import DomainError, IllegalMove, NotAllowed
from marketplace.core.permissions import NEGOTIATE
from marketplace.listings import queries as listings
from marketplace.listings.lifecycle import LISTING, OFFERED_STATES, RESERVED
from marketplace.listings.models import Listing
from marketplace.values import clock
from marketplace.values.text import N_


def for_its_organisation(actor: Actor) -> Actor:
    """Return the same person as a member of nothing but the organisation acted for: whose visibility counts."""
    return replace(actor, org_ids=frozenset({actor.org_id} if actor.org_id else ()), staff_roles=frozenset())


def actor_refusal(actor: Actor) -> DomainError | None:
    """Why this person may not begin or take up conversations now, or None."""
    if actor.user_id is None or actor.org_id is None:
        return NotAllowed(N_("Act for an organisation to do this."))
    if not actor.org_verified:
        return NotAllowed(N_("Only verified organisations can express interest or answer needs."))
    return None if actor.may(NEGOTIATE) else NotAllowed()


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
    """Why the reader's organisation may not begin to talk about a need now, or None."""
    if need.org_id == reader.org_id:
        return NotAllowed(N_("This is a need of your own organisation."))
    if need.state not in ANSWERABLE_STATES or _late(need):
        return IllegalMove(need.state, N_("This need takes no more answers."))
    if need.id not in needs.visible([need.id], for_its_organisation(reader)):
        return NotAllowed(N_("Only invited organisations can answer this need. Act for the organisation that is invited."))
    return None


def answer_refusal(need: BuyerRequest, actor: Actor) -> DomainError | None:
    """Why this person may not write or send an answer to a need now, or None: answers are taken while it is open."""
    if need.org_id != actor.org_id and need.state not in OPEN_STATES:
        return IllegalMove(need.state, N_("This need takes no more answers."))
    return need_refusal(need, actor) or actor_refusal(actor)


def takes_answers(need: BuyerRequest) -> bool:
    """True while answers may be sent, and new versions of those sent before."""
    return need.state in OPEN_STATES and not _late(need)


def _late(need: BuyerRequest) -> bool:
    return need.state in OPEN_STATES and need.answer_deadline is not None and need.answer_deadline < clock.today()
