"""Who may read the files of a thread: who may read the thread. Readings by officers are recorded on the lead."""

from __future__ import annotations

from pathlib import PurePath

from flask_babel import gettext as _

from marketplace.core.access import Actor
from marketplace.core.extensions import db
from marketplace.core.recorded_reading import record_reading
from marketplace.files.models import Attachment
from marketplace.negotiation.event_data import facts
from marketplace.negotiation.models import Lead, Message
from marketplace.negotiation.visibility import is_party, knows_buyer, may_read_thread

SUBJECT = Message.subject_kind


def _lead_of(attachment: Attachment) -> tuple[Message, Lead] | None:
    message = db.session.get(Message, attachment.subject_id)
    return (message, db.session.get_one(Lead, message.lead_id)) if message else None


def thing_of(attachment: Attachment) -> Lead | None:
    """Return the conversation that a file was sent in."""
    found = _lead_of(attachment)
    return found[1] if found else None


def may_read(attachment: Attachment, actor: Actor) -> bool:
    """True for whoever may read the thread."""
    found = _lead_of(attachment)
    return found is not None and may_read_thread(found[1], actor)


def log_read(attachment: Attachment, actor: Actor) -> None:
    """Record an officer's reading; both sides read their own thread unrecorded."""
    found = _lead_of(attachment)
    if found is not None and not is_party(found[1], actor):
        lead = db.session.get_one(Lead, found[1].id, with_for_update=True)
        record_reading(lead, "lead.thread_read", actor, facts(lead, actor, attachment=attachment.id))


def shown_name(attachment: Attachment, actor: Actor) -> str:
    """Return the file's name; that of a hidden requester could tell who it is."""
    found = _lead_of(attachment)
    if found is None or found[0].side != "buyer" or knows_buyer(found[1], actor):
        return attachment.file.name
    return _("file-%(number)s", number=attachment.id) + PurePath(attachment.file.name).suffix
