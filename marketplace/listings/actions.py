"""Verbs on listings that are not verbs on versions (those are `marketplace.authoring.actions`): confirm, unpublish …

Every move goes through the LISTING table and leaves an event on the listing.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import joinedload

from marketplace.authoring import enquiries
from marketplace.core.access import Actor
from marketplace.core.errors import IllegalMove, NotAllowed
from marketplace.core.events import Event, history, transition
from marketplace.core.extensions import db
from marketplace.core.permissions import SIGNED_IN
from marketplace.listings.lifecycle import LISTING, VISIBLE_STATES
from marketplace.listings.models import Listing
from marketplace.values import clock
from marketplace.values.text import N_

REPUBLISH_DAYS = 90  # after that a listing taken offline goes through review again
#: Moves that a person makes by a button on the listing itself; the others belong to versions, jobs and deals.
OWNER_BUTTONS = ("confirm", "republish", "unpublish")
BUTTONS = (*OWNER_BUTTONS, "suspend", "restore", "remove")


def move(listing: Listing, action: str, actor: Actor, *, reason_code: str = "", reason: str = "") -> Event | None:
    """Make one of the moves of `BUTTONS`.

    Raises NotAllowed, IllegalMove, and Invalid without a reason (coded, for moderators) where the table needs one.
    """
    if action not in BUTTONS:
        raise IllegalMove(listing.state, label=LISTING.label(listing.state))
    if action in {"confirm", "republish"} and LISTING.row(action, listing.state, listing.roles_of(actor)):
        _check_online(listing, action)
    event = transition(
        listing, LISTING, action, actor, listing.roles_of(actor), reason_code=reason_code, reason=reason
    )
    if action in {"confirm", "republish", "restore"}:
        listing.confirmed_at, listing.reminded_at = clock.now(), None
    db.session.flush()
    return event


def confirm_all(org_id: int, actor: Actor) -> int:
    """Confirm every listing of an organisation that is stale or was asked about; return how many."""
    due = select(Listing).where(
        Listing.org_id == org_id,
        or_(Listing.state == "stale", and_(Listing.state == "published", Listing.reminded_at.is_not(None))),
    )
    listings = list(db.session.scalars(due.options(joinedload(Listing.organisation)).order_by(Listing.id).limit(1000)))
    for listing in listings:
        move(listing, "confirm", actor)
    return len(listings)


def _check_online(listing: Listing, action: str) -> None:
    if not listing.organisation.verified:
        raise NotAllowed(N_("Your organisation is not verified yet: you may draft, but not publish."))
    if action != "republish":
        return
    since = offline_since(listing)
    if since is None or clock.now() - since > timedelta(days=REPUBLISH_DAYS):
        message = N_("It was offline for more than %(days)s days. Begin a new version and submit it.")
        raise IllegalMove(listing.state, message, label=LISTING.label(listing.state), days=REPUBLISH_DAYS)


def offline_since(listing: Listing) -> datetime | None:
    """Return when the listing was last taken offline, from its history."""
    moves = history("listing", listing.id).where(Event.to_state == "unpublished")
    last = db.session.scalars(moves.limit(1)).first()
    return last.at if last else None


#: Whoever is signed in may ask about a technology that is online.
ENQUIRIES = enquiries.Rule(
    SIGNED_IN, VISIBLE_STATES, NotAllowed().message, N_("This is a technology of your own organisation."),
    N_("This technology is not online at present."),
)
