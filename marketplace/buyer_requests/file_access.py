"""Who may read the files of a need, and under which name: a hidden requester must not stand in a file name."""

from __future__ import annotations

from pathlib import PurePosixPath

from sqlalchemy import select

from marketplace.authoring.case_holder import may_read_confidential
from marketplace.buyer_requests.kind import KIND
from marketplace.buyer_requests.models import BuyerRequest, NeedRevision
from marketplace.buyer_requests.visibility import public_party, readable_by
from marketplace.core.access import Actor
from marketplace.core.events import record
from marketplace.core.extensions import db
from marketplace.files.models import Attachment

SUBJECT = NeedRevision.subject_kind


def may_read(attachment: Attachment, actor: Actor) -> bool:
    """The need's visibility rule plus the tier; of versions never published only for the owner and moderators."""
    revision = db.session.get(NeedRevision, attachment.subject_id)
    if revision is None or revision.state == "deleted":
        return False
    need = revision.buyer_request
    if attachment.tier in {"confidential", "staff"}:
        return may_read_confidential(KIND, revision, actor)
    if need.org_id in actor.org_ids:
        return True
    if "moderator" in need.roles_of(actor) and revision.submitted_at is not None:
        return True
    if revision.id != need.published_revision_id or (attachment.tier == "members" and not actor.is_member):
        return False
    rows = select(BuyerRequest.id).where(BuyerRequest.id == need.id, readable_by(actor))
    return db.session.scalar(rows) is not None


def log_read(attachment: Attachment, actor: Actor) -> None:
    """Write the reading of a confidential file into the need's history."""
    revision = db.session.get_one(NeedRevision, attachment.subject_id)
    data = {"attachment": attachment.id, "revision": revision.number}
    record(revision.buyer_request, "need.confidential_read", actor, data=data)


def shown_name(attachment: Attachment, actor: Actor) -> str:
    """Return the file's own name, or a neutral one (NC-2026-000045-3.pdf) where the requester is hidden."""
    revision = db.session.get_one(NeedRevision, attachment.subject_id)
    if public_party(revision.buyer_request, actor, revision) is not None:
        return attachment.file.name
    suffix = PurePosixPath(attachment.file.name).suffix
    return f"{revision.buyer_request.code}-{attachment.position}{suffix}"
