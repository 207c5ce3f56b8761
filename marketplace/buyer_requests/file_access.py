"""How the files of a need are read: a hidden requester must not stand in a file's name, nor in what it says of itself."""

from __future__ import annotations

from pathlib import PurePosixPath

from marketplace.buyer_requests.models import NeedRevision
from marketplace.buyer_requests.visibility import public_party
from marketplace.core.access import Actor
from marketplace.core.extensions import db
from marketplace.files.models import Attachment


def hides(attachment: Attachment, actor: Actor) -> bool:
    """Tell whether the requester is hidden from this reader."""
    revision = db.session.get_one(NeedRevision, attachment.subject_id)
    return public_party(revision.buyer_request, actor, revision) is None


def shown_name(attachment: Attachment, actor: Actor) -> str:
    """Return the file's own name, or a neutral one (NC-2026-000045-3.pdf) where the requester is hidden."""
    if not hides(attachment, actor):
        return attachment.file.name
    revision = db.session.get_one(NeedRevision, attachment.subject_id)
    suffix = PurePosixPath(attachment.file.name).suffix
    return f"{revision.buyer_request.code}-{attachment.position}{suffix}"
