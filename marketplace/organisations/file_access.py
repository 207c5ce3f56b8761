"""Who may read the documents of an organisation."""

from __future__ import annotations

from marketplace.core.access import Actor
from marketplace.core.extensions import db
from marketplace.core.permissions import MODERATE
from marketplace.files.models import Attachment
from marketplace.organisations.models import Organisation


def may_read(attachment: Attachment, actor: Actor) -> bool:
    """Members of the organisation, and moderators once it was submitted."""
    if attachment.subject_id in actor.org_ids:
        return True
    if not actor.may(MODERATE):
        return False
    owner = db.session.get(Organisation, attachment.subject_id)
    return owner is not None and owner.state != "draft"
