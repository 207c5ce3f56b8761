"""Verbs on the files of a version: only its owner, only while it may be edited, each recorded on the thing."""

from __future__ import annotations

from typing import Any

from werkzeug.datastructures import FileStorage

from marketplace.authoring.kinds import Kind
from marketplace.authoring.lifecycle import EDITABLE_STATES
from marketplace.core.access import Actor
from marketplace.core.errors import IllegalMove, Invalid, NotAllowed
from marketplace.core.events import record
from marketplace.core.extensions import db
from marketplace.files import actions as files
from marketplace.files.models import Attachment
from marketplace.values.text import N_, clean_line

CAPTION_LENGTH = 300  # characters


def editable(kind: Kind, revision: Any, actor: Actor) -> Any:
    """Return the thing when the actor may edit this version, which is held. Raises NotAllowed or IllegalMove."""
    thing = kind.thing_of(revision)
    if "owner" not in thing.roles_of(actor):
        raise NotAllowed
    # Until the end of the transaction, so that no file joins a version after it was submitted.
    db.session.refresh(revision, ["state", "lock"], with_for_update={"of": type(revision)})
    if revision.state not in EDITABLE_STATES:
        raise IllegalMove(revision.state, N_("This version is in review and cannot be edited."), label=revision.state)
    return thing


def add_file(
    kind: Kind, revision: Any, received: files.Received, actor: Actor, role: str, tier: str, caption: str
) -> Attachment:
    """Attach a received upload to a version."""
    thing = editable(kind, revision, actor)
    stored = files.add(received, actor)
    made = files.attach(stored, revision, role, tier, caption)
    if made.file is not stored:
        return made  # it was there already
    data = {"revision": revision.number, "role": role, "tier": tier, "sha256": received.sha256}
    record(thing, f"{kind.name}.add_file", actor, data=data)
    return made


def change_file(kind: Kind, revision: Any, attachment_id: int, change: str, actor: Actor, caption: str = "") -> None:
    """Change a file of a version: remove, up, down, or caption. Raises NotFound for another version's file, Invalid."""
    thing = editable(kind, revision, actor)
    attachment = files.attachment_of(revision, attachment_id)
    match change:
        case "remove":
            files.detach(attachment)
        case "up" | "down":
            files.move(attachment, -1 if change == "up" else 1)
            change = "move"
        case _:
            caption = clean_line(caption)
            if len(caption) > CAPTION_LENGTH:
                raise Invalid("caption", N_("At most %(max)s characters."), max=CAPTION_LENGTH)
            if caption == attachment.caption:
                return
            change, attachment.caption = "caption", caption
    record(thing, f"{kind.name}.{change}_file", actor, data={"revision": revision.number, "role": attachment.role})


def receive(upload: FileStorage) -> files.Received:
    """Check and store an upload outside the database's lock; load things again afterwards."""
    files.release_lock()
    return files.receive(upload)
