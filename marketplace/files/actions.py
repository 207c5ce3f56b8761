"""Verbs on files. (Storing and checking uploads come with the upload form; here is what versions need.)"""

from __future__ import annotations

from typing import Protocol

from sqlalchemy import select

from marketplace.extensions import db
from marketplace.files.models import Attachment


class HasFiles(Protocol):
    """Anything files are attached to."""

    subject_kind: str
    id: int


def attachments(subject: HasFiles) -> list[Attachment]:
    """Return the files of a subject in order."""
    rows = (
        select(Attachment)
        .where(Attachment.subject_kind == subject.subject_kind, Attachment.subject_id == subject.id)
        .order_by(Attachment.position, Attachment.id)
    )
    return list(db.session.scalars(rows))


def copy_attachments(source: HasFiles, target: HasFiles) -> None:
    """Give `target` the same files as `source`; contents are shared, places are its own."""
    for old in attachments(source):
        db.session.add(
            Attachment(
                file_id=old.file_id,
                subject_kind=target.subject_kind,
                subject_id=target.id,
                role=old.role,
                tier=old.tier,
                position=old.position,
                caption=old.caption,
            )
        )
    db.session.flush()


def same(one: HasFiles, other: HasFiles) -> bool:
    """True when two versions carry the same files in the same places."""

    def places(subject: HasFiles) -> list[tuple[int, str, str, str]]:
        return [(a.file_id, a.role, a.tier, a.caption) for a in attachments(subject)]

    return places(one) == places(other)
