"""Verbs on files: receive an upload, attach, caption, reorder, detach, and copy between versions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

from flask import current_app, request
from limits import parse
from sqlalchemy import func, select
from sqlalchemy.orm import joinedload
from werkzeug.datastructures import FileStorage

from marketplace.accounts.queries import hold_person
from marketplace.core.access import Actor
from marketplace.core.access import actor as current_actor
from marketplace.core.errors import Invalid, NotFound
from marketplace.core.extensions import db, limiter, wrote
from marketplace.files import store, virus_check
from marketplace.files.checks import IMAGE_TYPES, check
from marketplace.files.models import TIERS, Attachment, StoredFile
from marketplace.values import clock
from marketplace.values.text import N_, clean_line

MAX_FILES = 30  # on one subject
MOST_AT_ONCE = 10  # in one form
#: Files one person may send, whatever they are for; each costs some seconds of work.
PER_PERSON = parse("120 per hour")


class HasFiles(Protocol):
    """Anything files are attached to."""

    subject_kind: str
    id: int


@dataclass(frozen=True)
class Received:
    """An upload that was checked and lies in the store, without a row yet."""

    sha256: str
    size: int
    content_type: str
    name: str


def receive(upload: FileStorage) -> Received:
    """Check an upload by its content and put it into the store; touches no database.

    Raises Invalid on the field `file`. A content that gets no row is swept out later.
    """
    limit: int = current_app.extensions["settings"].upload_limit
    checked = check(upload.stream.read(limit + 1), upload.filename or "", limit)
    digest = store.put(checked.data)
    store.put_copies(digest, checked.copies)
    return Received(digest, len(checked.data), checked.content_type, checked.name)


def add(received: Received, actor: Actor) -> StoredFile:
    """Return the row of a received upload; the same person's next one waits, so that `attach` sees what is there."""
    hold_person(actor.user_id)
    stored = StoredFile(
        sha256=received.sha256,
        size=received.size,
        content_type=received.content_type,
        name=received.name,
        created_by_id=actor.user_id,
        org_id=actor.org_id,
        created_at=clock.now(),
    )
    db.session.add(stored)
    db.session.flush()
    virus_check.begin(stored)
    return stored


def store_upload(upload: FileStorage, actor: Actor) -> StoredFile:
    """Check, store and register an upload. Raises Invalid on the field `file` with what to do.

    The slow part needs no database: on SQLite the write lock is let go first when nothing was written yet.
    """
    release_lock()
    return add(receive(upload), actor)


def release_lock() -> None:
    """End the so far unwritten transaction, so that checking a large file does not keep other writers waiting.

    Objects loaded before are refreshed at their next use.
    """
    if not wrote(db.session):
        db.session.rollback()


def received(field: Any) -> Received | None:
    """Return the checked upload of a single-file field, None without one; raises Invalid on that field."""
    return next(iter(all_received(field)), None)


def required(field: Any) -> Received:
    """Return the checked upload of a field that asks for a file. Raises Invalid on that field, also without one."""
    found = received(field)
    if found is None:
        raise Invalid(field.name, N_("Choose a file."))
    return found


def all_received(field: Any) -> list[Received]:
    """Return the checked uploads of a file field. Raises Invalid on that field."""
    data = field.data if isinstance(field.data, list | tuple) else [field.data]
    chosen = [upload for upload in data if getattr(upload, "filename", "")]
    if not chosen:
        return []
    if len(chosen) > MOST_AT_ONCE:
        raise Invalid(field.name, N_("At most %(max)s files at once."), max=MOST_AT_ONCE)
    _count(field.name, len(chosen))
    release_lock()
    try:
        return [receive(upload) for upload in chosen]
    except Invalid as error:
        raise Invalid(field.name, error.message, **error.params) from error


def _count(field: str, files: int) -> None:
    """Count files that a person sends. Raises Invalid on that field when it is too many in an hour."""
    who = current_actor().user_id or request.remote_addr or ""
    if limiter.enabled and not limiter.limiter.hit(PER_PERSON, "uploads", str(who), cost=files):
        raise Invalid(field, N_("You have sent many files within an hour. Send the next ones later."))


def attach(
    file: StoredFile, subject: HasFiles, role: str, tier: str = "public", caption: str = "", *, any_name: bool = False
) -> Attachment:
    """Put a file onto a subject, after the others of its role. Raises Invalid when the subject is full.

    The same content sent twice with the same words (a double click) stays the one attachment that is there. Under another
    name it is refused, unless `any_name` says that the file belongs to something else that is told.
    """
    if tier not in TIERS:
        raise Invalid("tier", N_("Choose who may read the file."))
    here = (Attachment.subject_kind == subject.subject_kind, Attachment.subject_id == subject.id)
    caption = clean_line(caption)[:300]
    same = (Attachment.role == role, Attachment.tier == tier, Attachment.caption == caption)
    twins = select(Attachment).join(Attachment.file).where(*here, *same, StoredFile.sha256 == file.sha256)
    twin = db.session.scalars(twins).first()
    if twin is not None:
        if not any_name and twin.file is not file and twin.file.name != file.name:
            raise Invalid("file", N_("The same file is here already as “%(name)s”."), name=twin.file.name)
        return twin
    row = db.session.execute(select(func.count(), func.max(Attachment.position)).where(*here)).one()
    if row[0] >= MAX_FILES:
        raise Invalid("file", N_("At most %(max)s files. Remove one first."), max=MAX_FILES)
    if role == "image" and file.content_type not in IMAGE_TYPES:
        raise Invalid("file", N_("A picture must be PNG, JPEG or WebP."))
    made = Attachment(
        file=file,
        subject_kind=subject.subject_kind,
        subject_id=subject.id,
        role=role,
        tier=tier,
        position=(row[1] or 0) + 1,
        caption=caption,
    )
    db.session.add(made)
    db.session.flush()
    return made


def attachment_of(subject: HasFiles, attachment_id: int) -> Attachment:
    """Return one file of a subject as it is now. Raises NotFound for another subject's, and for one that is gone."""
    found = db.session.get(Attachment, attachment_id, populate_existing=True)
    if found is None or (found.subject_kind, found.subject_id) != (subject.subject_kind, subject.id):
        raise NotFound
    return found


def detach(attachment: Attachment) -> None:
    """Take a file off its subject; the content stays for other versions that show it."""
    db.session.delete(attachment)
    db.session.flush()


def move(attachment: Attachment, step: int) -> None:
    """Move a file one place up (-1) or down (1) among those of its role; at the end nothing happens."""
    rows = [
        row for row in _rows(attachment.subject_kind, attachment.subject_id) if row.role == attachment.role
    ]
    here = rows.index(attachment)
    there = here + (1 if step > 0 else -1)
    if 0 <= there < len(rows):
        rows[here], rows[there] = rows[there], rows[here]
        for position, row in enumerate(rows, 1):
            row.position = position
        db.session.flush()


def attachments(subject: HasFiles) -> list[Attachment]:
    """Return the files of a subject in order."""
    return _rows(subject.subject_kind, subject.id)


def _rows(kind: str, subject_id: int) -> list[Attachment]:
    rows = (
        select(Attachment)
        .where(Attachment.subject_kind == kind, Attachment.subject_id == subject_id)
        .options(joinedload(Attachment.file))
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
