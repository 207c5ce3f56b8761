"""Listings that age: the reminder, stale, offline; and adding up views. The worker runs these, the system acts."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from flask import current_app
from itsdangerous import BadSignature, URLSafeTimedSerializer
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from marketplace.core import view_counts
from marketplace.core.access import SYSTEM, Actor
from marketplace.core.errors import NotFound
from marketplace.core.events import transition
from marketplace.core.extensions import db
from marketplace.core.outbox import Job
from marketplace.listings import actions
from marketplace.listings.lifecycle import LISTING
from marketplace.listings.models import Listing
from marketplace.organisations.actors import people
from marketplace.values import clock

OFFLINE_AFTER = 90  # days after becoming stale
_BATCH = 2_000  # rows of one run; the next hour goes on
_TOKEN_AGE = 200 * 86_400  # seconds a confirmation link works: until the listing has gone offline


def age() -> None:
    """Make unconfirmed listings stale, and take those offline that stayed stale. Idempotent."""
    settings = current_app.extensions["settings"]
    stale_before = clock.now() - timedelta(days=settings.stale_days)
    _move_all("published", "go_stale", stale_before)
    _move_all("stale", "expire", stale_before - timedelta(days=OFFLINE_AFTER))


def _move_all(state: str, action: str, confirmed_before: datetime) -> None:
    late = select(Listing.id).where(Listing.state == state, Listing.confirmed_at < confirmed_before).order_by(Listing.id)
    for listing_id in db.session.scalars(late.limit(_BATCH)).all():
        listing = db.session.get(Listing, listing_id, with_for_update=True, populate_existing=True)
        if listing is None or listing.state != state or not (listing.confirmed_at or clock.now()) < confirmed_before:
            continue  # confirmed by its owner a moment ago
        transition(listing, LISTING, action, SYSTEM, {"system"})


def token_for(user_id: int, listing_ids: list[int]) -> str:
    """Return what a confirmation link carries: who was asked, about what; signed."""
    return _signer().dumps({"user": user_id, "listings": listing_ids})


def asked(token: str) -> tuple[list[Listing], Actor]:
    """Return the listings a confirmation link is about, and the person it was sent to as actor.

    Raises NotFound for a forged or old link, and when the person does not edit for the owner any more.
    """
    try:
        said: dict[str, Any] = _signer().loads(token, max_age=_TOKEN_AGE)
    except BadSignature:
        raise NotFound from None
    rows = select(Listing).where(Listing.id.in_(said["listings"])).options(joinedload(Listing.published_revision))
    listings = list(db.session.scalars(rows.order_by(Listing.id)))
    person = people([said["user"]]).get(said["user"])
    org_id = listings[0].org_id if listings else 0
    if person is None or org_id not in person.actor.org_ids:
        raise NotFound
    actor = person.acting_for(org_id)
    return [listing for listing in listings if "owner" in listing.roles_of(actor)], actor


def confirm_asked(token: str) -> int:
    """Confirm what a link is about and can still be confirmed; return how many listings."""
    listings, actor = asked(token)
    confirmed = [one for one in listings if LISTING.row("confirm", one.state, one.roles_of(actor))]
    for listing in confirmed:
        actions.move(listing, "confirm", actor)
    return len(confirmed)


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.config["SECRET_KEY"], salt="listing-confirm")


def _in_an_hour(moment: datetime) -> datetime:
    return moment + timedelta(hours=1)


def _in_a_minute(moment: datetime) -> datetime:
    return moment + timedelta(minutes=1)


JOBS = (
    Job("listings.age", age, _in_an_hour),
    Job("views.collect", view_counts.collect, _in_a_minute),
)
