"""Under which name the files of a need are read: a hidden requester must not stand in a file name."""

from __future__ import annotations

from pathlib import PurePosixPath

from marketplace.buyer_requests.models import NeedRevision
from marketplace.buyer_requests.visibility import public_party
from marketplace.core.access import Actor
from marketplace.core.extensions import db
from marketplace.files.models import Attachment


def shown_name(attachment: Attachment, actor: Actor) -> str:
    """Return the file's own name, or a neutral one (NC-2026-000045-3.pdf) where the requester is hidden."""
    revision = db.session.get_one(NeedRevision, attachment.subject_id)
    if public_party(revision.buyer_request, actor, revision) is not None:
        return attachment.file.name
    suffix = PurePosixPath(attachment.file.name).suffix
    return f"{revision.buyer_request.code}-{attachment.position}{suffix}"
