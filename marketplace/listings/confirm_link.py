"""The link in a reminder that confirms technologies as still true without signing in."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from marketplace.core.access import Actor
from marketplace.core.errors import NotFound
from marketplace.core.extensions import db
from marketplace.listings import actions
from marketplace.listings.lifecycle import LISTING
from marketplace.listings.models import Listing
from marketplace.organisations.actors import people
from marketplace.web.signed_links import SignedLink

LINK = SignedLink("listing-confirm", days=200)  # until the listing has gone offline


def token_for(user_id: int, listing_ids: list[int]) -> str:
    """Return what a confirmation link carries: who was asked, about what; signed."""
    return LINK.token({"user": user_id, "listings": listing_ids})


def listings_of(token: str) -> tuple[list[Listing], Actor]:
    """Return the listings a confirmation link is about, and the person it was sent to as actor.

    Raises NotFound for a forged or old link, and when the person does not edit for the owner any more.
    """
    said = LINK.values(token)
    rows = select(Listing).where(Listing.id.in_(said["listings"])).options(joinedload(Listing.published_revision))
    listings = list(db.session.scalars(rows.order_by(Listing.id)))
    person = people([said["user"]]).get(said["user"])
    org_id = listings[0].org_id if listings else 0
    if person is None or org_id not in person.actor.org_ids:
        raise NotFound
    actor = person.acting_for(org_id)
    return [listing for listing in listings if "owner" in listing.roles_of(actor)], actor


def confirm(token: str) -> int:
    """Confirm what a link is about and can still be confirmed; return how many listings."""
    listings, actor = listings_of(token)
    confirmed = [one for one in listings if LISTING.row("confirm", one.state, one.roles_of(actor))]
    for listing in confirmed:
        actions.move(listing, "confirm", actor)
    return len(confirmed)
