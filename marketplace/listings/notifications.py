"""What is told of technologies: questions, with the letter that carries them, and reminders to confirm.

Decisions and sanctions are told by moderation.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from flask import current_app
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from marketplace import mail
from marketplace.accounts.models import User
from marketplace.authoring.enquiries import asked
from marketplace.authoring.notifications import silent_of
from marketplace.core.columns import in_states
from marketplace.core.extensions import db
from marketplace.listings.confirm_link import token_for
from marketplace.listings.models import Listing
from marketplace.notifications.occasions import Occasion
from marketplace.notifications.rules import Clock, Letter, Notifications, letter, rule
from marketplace.values import clock
from marketplace.values.text import N_

PER_MAIL = 40  # listings named in one reminder
_BATCH = 2_000  # rows of one run; the next day goes on


def _write_to_contact(occasion: Occasion, told: frozenset[str]) -> None:
    """Write to the contact the listing names, once per address."""
    listing: Listing = occasion.row
    revision = listing.published_revision
    if revision is None or not revision.contact_email or revision.contact_email in told:
        return
    address, key = revision.contact_email, f"{occasion.key_for(None)}:{revision.contact_email}"
    subject, body = mail.rendered("vi", "listing_enquiry", name=revision.contact_name, **occasion.extra)
    mail.queue(key, address, subject, body, repeatable=False)


def confirmations_due() -> Iterator[Occasion]:
    """Yield what each owner is asked to confirm, once before it goes stale: one occasion with all that is due."""
    settings = current_app.extensions["settings"]
    before = clock.now() - timedelta(days=settings.stale_days - settings.stale_notice_days)
    rows = (
        select(Listing)
        .where(in_states(Listing, ["published"]), Listing.confirmed_at < before, Listing.reminded_at.is_(None))
        .options(joinedload(Listing.published_revision), joinedload(Listing.organisation))
        .order_by(Listing.org_id, Listing.id)
        .limit(_BATCH)
    )
    due: dict[int, list[Listing]] = {}
    for listing in db.session.scalars(rows):
        if listing.organisation.verified:
            due.setdefault(listing.org_id, []).append(listing)
    for listings in due.values():
        yield _confirmation(listings, settings.stale_days)
        for listing in listings:
            listing.reminded_at = clock.now()


def _confirmation(listings: list[Listing], stale_days: int) -> Occasion:
    named = listings[:PER_MAIL]
    oldest = min(listing.confirmed_at for listing in named if listing.confirmed_at)
    stale_on = oldest + timedelta(days=stale_days)
    return Occasion(
        named[0], key=f"listing-confirm:{named[0].id}:{oldest.date()}", extra={"listings": named, "stale_on": stale_on},
        params={"count": len(named), "stale_on": clock.local(stale_on).date().isoformat()},
    )


def _confirmation_letter(occasion: Occasion, user: User) -> Letter:
    ids = [listing.id for listing in occasion.extra["listings"]]
    return Letter("listing_confirm", {"name": user.name, **occasion.extra, "token": token_for(user.id, ids)})


NOTIFICATIONS = Notifications((
    rule("listing.enquire", "enquiries", "owner", N_("%(sender)s asks about your technology “%(title)s”."),
         key="listing.enquire", place=lambda occasion: f"{occasion.extra['path']}#questions", also=_write_to_contact,
         letter=letter("listing_enquiry")),
    rule("listing.confirm_due", "reminders", "owner",
         N_("Technologies that need your confirmation before %(stale_on)s: %(count)s."), key="listing.confirm",
         clock=Clock("listings.remind", 6, confirmations_due), place=lambda _occasion: "/my/listings",
         letter=_confirmation_letter),
), {
    **silent_of("listing"),
}, asked)
