"""Documents of an organisation: proofs for the operators, shown to nobody else but its members."""

from __future__ import annotations

from werkzeug.datastructures import FileStorage

from marketplace.core.access import Actor
from marketplace.core.errors import IllegalMove, Invalid, NotAllowed
from marketplace.core.events import record
from marketplace.core.extensions import db
from marketplace.files.actions import attach, attachment_of, detach, store_upload
from marketplace.files.models import Attachment
from marketplace.organisations.lifecycle import EDITABLE_STATES, ORGANISATION
from marketplace.organisations.models import Organisation
from marketplace.values.text import N_
from marketplace.vocabulary import DOCUMENT_KINDS

TIER = "staff"


def add_document(organisation: Organisation, actor: Actor, upload: FileStorage, kind: str, caption: str = "") -> Attachment:
    """Attach a checked upload as a document of `kind`. Raises Invalid on `file` or `kind`."""
    _may_change(organisation, actor)
    if kind not in DOCUMENT_KINDS:
        raise Invalid("kind", N_("Choose what kind of document this is."))
    stored = store_upload(upload, actor)
    _may_change(organisation, actor, hold=True)
    made = attach(stored, organisation, kind, TIER, caption)
    if made.file is not stored:
        return made  # it was there already
    record(organisation, "organisation.add_document", actor, data={"kind": kind, "attachment": made.id})
    return made


def remove_document(organisation: Organisation, actor: Actor, attachment_id: int) -> None:
    """Take a document off. Raises NotFound for another organisation's."""
    _may_change(organisation, actor, hold=True)
    attachment = attachment_of(organisation, attachment_id)
    record(
        organisation, "organisation.remove_document", actor,
        data={"kind": attachment.role, "attachment": attachment.id},
    )
    detach(attachment)


def _may_change(organisation: Organisation, actor: Actor, hold: bool = False) -> None:
    """Raise unless the actor may; `hold` keeps the organisation in its state until the end of the transaction."""
    if "admin" not in organisation.roles_of(actor):
        raise NotAllowed
    if hold:
        db.session.refresh(organisation, ["state", "lock"], with_for_update={"of": Organisation})
    if organisation.state not in EDITABLE_STATES:
        raise IllegalMove(organisation.state, label=ORGANISATION.label(organisation.state))
