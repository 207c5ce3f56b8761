"""Who may read the files of a thread: who may read the thread. Readings by officers are recorded on the lead."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePath

from flask_babel import gettext as _

from marketplace.core.access import Actor
from marketplace.core.errors import Invalid
from marketplace.core.extensions import db
from marketplace.core.recorded_reading import record_reading
from marketplace.files.actions import Received, release_lock
from marketplace.files.anonymous import can_be_passed_on
from marketplace.files.models import Attachment
from marketplace.negotiation.event_data import facts
from marketplace.negotiation.models import Lead, Message
from marketplace.negotiation.visibility import is_party, knows_buyer, may_read_thread
from marketplace.values.text import N_

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


def hides(attachment: Attachment, actor: Actor) -> bool:
    """Tell whether the file came from a requester whom this reader does not know yet."""
    found = _lead_of(attachment)
    return found is not None and found[0].side == "buyer" and not knows_buyer(found[1], actor)


def check_received(lead: Lead, actor: Actor, files: Sequence[Received]) -> None:
    """Raise Invalid when a requester who is still hidden sends a file that cannot be passed on without its author."""
    if lead.buyer_revealed_at is not None or lead.side_of(actor) != "buyer":
        return
    release_lock()
    for one in files:
        if not can_be_passed_on(one.sha256, one.content_type):
            raise Invalid("file", N_(
                "Who made “%(name)s” cannot be taken out of it, and the other side does not know yet who you are. Send it"
                " without a password and without other files inside, or as a new PDF printed from it."
            ), name=one.name)


def shown_name(attachment: Attachment, actor: Actor) -> str:
    """Return the file's name; that of a hidden requester could tell who it is."""
    if not hides(attachment, actor):
        return attachment.file.name
    return _("file-%(number)s", number=attachment.id) + PurePath(attachment.file.name).suffix
