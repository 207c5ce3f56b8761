"""Listings that age: the reminder, stale, offline; and adding up views. The worker runs these, the system acts."""

from __future__ import annotations

from datetime import datetime, timedelta

from flask import current_app
from sqlalchemy import select

from marketplace.core import view_counts
from marketplace.core.access import SYSTEM
from marketplace.core.events import transition
from marketplace.core.extensions import db
from marketplace.core.outbox import Job
from marketplace.listings.lifecycle import LISTING
from marketplace.listings.models import Listing
from marketplace.values import clock

OFFLINE_AFTER = 90  # days after becoming stale
_BATCH = 2_000  # rows of one run; the next hour goes on


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


def _in_an_hour(moment: datetime) -> datetime:
    return moment + timedelta(hours=1)


def _in_a_minute(moment: datetime) -> datetime:
    return moment + timedelta(minutes=1)


JOBS = (
    Job("listings.age", age, _in_an_hour),
    Job("views.collect", view_counts.collect, _in_a_minute),
)
