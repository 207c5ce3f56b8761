"""A technology held for one deal: reserve, release, transfer, and the end of an exclusive licence.

The caller holds the rows of the lead and of the deal; the listing's is taken here (order of locks: docs/deals.md). Moves
of a listing are the system's: its history is read by people who may not know the other side.
"""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta

from sqlalchemy import select

from marketplace.core.access import SYSTEM, Actor
from marketplace.core.errors import IllegalMove
from marketplace.core.events import transition
from marketplace.core.extensions import db
from marketplace.deals.lifecycle import LIVE
from marketplace.deals.models import Deal
from marketplace.listings.lifecycle import LISTING, OFFERED_STATES, RESERVED, UNPUBLISHED
from marketplace.listings.models import Listing
from marketplace.negotiation.event_data import facts
from marketplace.negotiation.models import Lead
from marketplace.values import clock
from marketplace.values.text import N_

HELD = N_("This technology has been reserved for another deal. Nothing was accepted: the terms stay as they are.")
GONE = N_("This technology cannot be dealt in at present. Nothing was accepted: the terms stay as they are.")
OFFLINE = N_("Exclusive terms need the technology to be online. Nothing was accepted: the terms stay as they are.")
SHARED = N_("Another deal about this technology is under way, so nobody can have it exclusively. Nothing was accepted.")
_BATCH = 500  # deals of one transaction


def locked_listing(listing_id: int | None) -> Listing | None:
    """Return the listing as it is now, its row held until the end of the transaction."""
    if listing_id is None:
        return None
    return db.session.get(Listing, listing_id, with_for_update=True, populate_existing=True)


def check_free(listing: Listing, *, exclusive: bool, deal: Deal | None = None) -> None:
    """Raise IllegalMove unless a deal (the one given, or a new one) on such terms may be about this listing now."""
    if deal is not None and deal.holds_listing:
        return
    if listing.state == RESERVED:
        raise IllegalMove(listing.state, HELD, label=LISTING.label(listing.state))
    if listing.state not in (*OFFERED_STATES, UNPUBLISHED):
        raise IllegalMove(listing.state, GONE, label=LISTING.label(listing.state))
    if not exclusive:
        return
    if listing.state not in OFFERED_STATES:
        raise IllegalMove(listing.state, OFFLINE, label=LISTING.label(listing.state))
    others = select(Deal.id).where(Deal.listing_id == listing.id, Deal.state.in_(LIVE), Deal.id != (deal.id if deal else 0))
    if db.session.scalar(others.limit(1)) is not None:
        raise IllegalMove(listing.state, SHARED, label=LISTING.label(listing.state))


def reserve_or_release(deal: Deal, listing: Listing | None, actor: Actor) -> None:
    """Reserve or release the listing as the deal's terms in force want; the caller has checked that it is free."""
    if listing is None:
        return
    if deal.exclusive and not deal.holds_listing:
        deal.holds_listing = True
        transition(listing, LISTING, "reserve", SYSTEM, {"system"}, data=_facts(deal, actor))
    elif not deal.exclusive:
        release(deal, actor)


def release(deal: Deal, actor: Actor) -> bool:
    """Let go of the technology that this deal holds; False when it holds none. For cancel, terminate, and the job."""
    return _let_go(deal, "release", actor)


def transfer(deal: Deal, actor: Actor) -> bool:
    """Record that the technology's ownership has passed with this deal; False when it holds none."""
    return _let_go(deal, "transfer", actor)


def _let_go(deal: Deal, action: str, actor: Actor) -> bool:
    listing = locked_listing(deal.listing_id) if deal.holds_listing else None
    if listing is None:
        return False
    deal.holds_listing = False
    listing.licensed_until = None
    transition(listing, LISTING, action, SYSTEM, {"system"}, data=_facts(deal, actor))
    return True


def _facts(deal: Deal, actor: Actor) -> dict[str, object]:
    return facts(deal.lead, actor, deal_id=deal.id)


def begin_licence(deal: Deal, effective_on: date) -> None:
    """Note until when an exclusive licence with a term lasts, counted from the day the contract takes effect."""
    months = deal.terms.term_months
    if not deal.holds_listing or months is None:
        return
    deal.licensed_until = last_day(effective_on, months)
    listing = locked_listing(deal.listing_id)
    if listing is not None:
        listing.licensed_until = deal.licensed_until


def last_day(first: date, months: int) -> date:
    """Return the last day of a term of `months` that begins on `first`: a year from 15/03/2026 ends on 14/03/2027."""
    years, month = divmod(first.month - 1 + months, 12)
    year, month = first.year + years, month + 1
    if first.day > monthrange(year, month)[1]:
        return date(year, month, monthrange(year, month)[1])  # from 31 January, one month: to the end of February
    return date(year, month, first.day) - timedelta(days=1)


def release_ended() -> int:
    """Release what exclusive licences held whose last day is over in Vietnam; return how many. Idempotent."""
    today, released = clock.today(), 0
    rows = select(Deal.id, Deal.lead_id, Deal.listing_id).where(Deal.holds_listing, Deal.licensed_until < today)
    for deal_id, lead_id, listing_id in db.session.execute(rows.order_by(Deal.id).limit(_BATCH)).all():
        db.session.get(Lead, lead_id, with_for_update=True, populate_existing=True)
        locked_listing(listing_id)
        deal = db.session.get(Deal, deal_id, with_for_update=True, populate_existing=True)
        if deal is not None and deal.holds_listing and deal.licensed_until and deal.licensed_until < today:
            released += release(deal, SYSTEM)
    return released
