"""Who may read the files of a version: the rule of the thing's page, and the tier of the file."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import ColumnElement, select

from marketplace.authoring.case_holder import may_read_confidential
from marketplace.authoring.kinds import Kind
from marketplace.core.access import Actor
from marketplace.core.extensions import db
from marketplace.core.recorded_reading import record_reading
from marketplace.files.access import Hides, ShownName, nobody_hidden, own_name, register_file_access
from marketplace.files.models import Attachment


def register_version_files(
    kind: Kind, readable_by: Callable[[Actor], ColumnElement[bool]], shown_name: ShownName = own_name,
    hides: Hides = nobody_hidden,
) -> None:
    """Open the files of a kind's versions to their readers; readings are recorded in the thing's history."""

    def may_read(attachment: Attachment, actor: Actor) -> bool:
        """Of the published version whoever may open the page, of others the own people, and moderators once submitted."""
        revision = db.session.get(kind.revision, attachment.subject_id)
        if revision is None or revision.state == "deleted":
            return False
        thing = kind.thing_of(revision)
        moderates = "moderator" in thing.roles_of(actor) and revision.submitted_at is not None
        if attachment.tier == "confidential" or (attachment.tier == "staff" and not moderates):
            return may_read_confidential(kind, revision, actor)
        if thing.org_id in actor.org_ids or moderates:
            return True
        if revision.id != thing.published_revision_id or (attachment.tier == "members" and not actor.is_member):
            return False
        return db.session.scalar(select(kind.thing.id).where(kind.thing.id == thing.id, readable_by(actor))) is not None

    def log_read(attachment: Attachment, actor: Actor) -> None:
        """Write the reading of a confidential file into the thing's history."""
        revision = db.session.get_one(kind.revision, attachment.subject_id)
        data = {"attachment": attachment.id, "revision": revision.number}
        record_reading(kind.thing_of(revision), f"{kind.name}.confidential_read", actor, data)

    def thing_of(attachment: Attachment) -> Any:
        """Return the thing with that version; None when the version was deleted."""
        revision = db.session.get(kind.revision, attachment.subject_id)
        return None if revision is None or revision.state == "deleted" else kind.thing_of(revision)

    register_file_access(kind.revision.subject_kind, may_read, log_read, shown_name, thing_of, hides)
