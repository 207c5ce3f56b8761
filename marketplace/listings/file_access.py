"""Who may read the files of a listing: its visibility rule plus the tier."""

from __future__ import annotations

from sqlalchemy import select

from marketplace.authoring.case_holder import may_read_confidential
from marketplace.core.access import Actor
from marketplace.core.events import record
from marketplace.core.extensions import db
from marketplace.files.models import Attachment
from marketplace.listings.kind import KIND
from marketplace.listings.models import Listing, ListingRevision
from marketplace.listings.visibility import readable_by, sees_members_tier

SUBJECT = ListingRevision.subject_kind


def may_read(attachment: Attachment, actor: Actor) -> bool:
    """Published versions by the page's rule; others only for the own people and moderators once submitted."""
    revision = db.session.get(ListingRevision, attachment.subject_id)
    if revision is None or revision.state == "deleted":
        return False
    listing = revision.listing
    if attachment.tier == "staff" and "moderator" in listing.roles_of(actor) and revision.submitted_at is not None:
        return True
    if attachment.tier in {"confidential", "staff"}:
        return may_read_confidential(KIND, revision, actor)
    if listing.org_id in actor.org_ids:
        return True
    if "moderator" in listing.roles_of(actor) and revision.submitted_at is not None:
        return True
    if revision.id != listing.published_revision_id:
        return False
    if attachment.tier == "members" and not sees_members_tier(listing, actor):
        return False
    return db.session.scalar(select(Listing.id).where(Listing.id == listing.id, readable_by(actor))) is not None


def log_read(attachment: Attachment, actor: Actor) -> None:
    """Write the reading of a confidential file into the listing's history."""
    revision = db.session.get_one(ListingRevision, attachment.subject_id)
    data = {"attachment": attachment.id, "revision": revision.number}
    record(revision.listing, "listing.confidential_read", actor, data=data)
