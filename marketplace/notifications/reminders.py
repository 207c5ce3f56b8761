"""Reminders on a clock: technologies that nobody confirmed, needs that close soon. The worker runs these each morning."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from flask import current_app
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from marketplace.accounts.models import User
from marketplace.buyer_requests.models import BuyerRequest
from marketplace.buyer_requests.on_publish import path_of
from marketplace.core.extensions import db
from marketplace.core.outbox import Job
from marketplace.core.permissions import EDIT_CONTENT
from marketplace.listings.jobs import token_for
from marketplace.listings.models import Listing
from marketplace.notifications.actions import Letter, Thing, notify
from marketplace.notifications.topics import register_message
from marketplace.organisations.contacts import people
from marketplace.values import clock
from marketplace.values.text import N_

PER_MAIL = 40  # listings named in one reminder
NOTICE_DAYS = 3  # working days before the deadline at which the requester is reminded
_BATCH = 2_000  # rows of one run; the next day goes on
register_message("listing.confirm", N_("Technologies that need your confirmation before %(stale_on)s: %(count)s."))
register_message("need.closing", N_("Answers to your need “%(title)s” close on %(deadline_on)s."))


def confirm_listings() -> None:
    """Ask owners to confirm, once before a listing goes stale: one reminder per person with all that is due."""
    settings = current_app.extensions["settings"]
    before = clock.now() - timedelta(days=settings.stale_days - settings.stale_notice_days)
    rows = (
        select(Listing)
        .where(Listing.state == "published", Listing.confirmed_at < before, Listing.reminded_at.is_(None))
        .options(joinedload(Listing.published_revision), joinedload(Listing.organisation))
        .order_by(Listing.org_id, Listing.id)
        .limit(_BATCH)
    )
    due: dict[int, list[Listing]] = {}
    for listing in db.session.scalars(rows):
        if listing.organisation.verified:
            due.setdefault(listing.org_id, []).append(listing)
    users = people(due, EDIT_CONTENT)
    for org_id, listings in due.items():
        for user in users[org_id]:
            _ask(user, org_id, listings)
        for listing in listings:
            listing.reminded_at = clock.now()


def _ask(user: User, org_id: int, listings: list[Listing]) -> None:
    named = listings[:PER_MAIL]
    oldest = min(listing.confirmed_at for listing in named if listing.confirmed_at)
    stale_on = oldest + timedelta(days=current_app.extensions["settings"].stale_days)
    letter = Letter("listing_confirm", {
        "name": user.name, "listings": named, "stale_on": stale_on,
        "token": token_for(user.id, [listing.id for listing in named]),
    })
    notify(
        user, "reminders", f"listing-confirm:{named[0].id}:{oldest.date()}", "listing.confirm",
        {"count": len(named), "stale_on": clock.local(stale_on).date().isoformat()}, "/my/listings",
        thing=Thing(org_id, kind="listing", id=named[0].id), letter=letter,
    )


def needs_closing() -> int:
    """Remind once per deadline those whose need closes within three working days; return how many needs."""
    today = clock.today()
    last = clock.add_working_days(today, NOTICE_DAYS)
    rows = select(BuyerRequest).where(BuyerRequest.state == "open", BuyerRequest.answer_deadline.between(today, last))
    needs = list(db.session.scalars(rows.order_by(BuyerRequest.id)))
    users = people({need.org_id for need in needs}, EDIT_CONTENT)
    for need in needs:
        title = need.published_revision.title if need.published_revision else need.code
        for user in users[need.org_id]:
            context = {"name": user.name, "code": need.code, "title": title, "deadline": need.answer_deadline}
            notify(
                user, "reminders", f"need-closing:{need.id}:{need.answer_deadline}", "need.closing",
                {"title": title, "deadline_on": str(need.answer_deadline)}, path_of(need),
                thing=Thing(need.org_id, kind="need", id=need.id),
                letter=Letter("need_closing", {**context, "path": path_of(need)}),
            )
    return len(needs)


def daily_at(hour: int) -> Callable[[datetime], datetime]:
    """Return when a daily job runs next: at that hour in Vietnam, which knows no summer time."""

    def after(moment: datetime) -> datetime:
        today = clock.start_of_day(clock.local(moment).date()) + timedelta(hours=hour)
        return today if today > moment else today + timedelta(days=1)

    return after


def _needs_closing() -> None:
    needs_closing()


JOBS = (
    Job("listings.remind", confirm_listings, daily_at(6)),
    Job("needs.remind", _needs_closing, daily_at(7)),
)
