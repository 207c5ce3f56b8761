"""What organisations plug into: the actor of every request, the account page, the files."""

from __future__ import annotations

from flask import Flask

from marketplace.access import Actor
from marketplace.extensions import db
from marketplace.files.access import register_file_access
from marketplace.files.models import Attachment
from marketplace.organisations import acting, views
from marketplace.organisations.models import Organisation
from marketplace.web.panels import register_panel


def register(app: Flask) -> None:
    """Register the feature."""
    app.extensions["actor_provider"] = acting.actor_of
    app.register_blueprint(views.bp)
    register_panel(app, "account.below", views.switch.account_panel)
    register_file_access(Organisation.subject_kind, may_read_document)


def may_read_document(attachment: Attachment, actor: Actor) -> bool:
    """Members of the organisation, and moderators once it was submitted."""
    if attachment.subject_id in actor.org_ids:
        return True
    if not actor.is_staff("moderator", "admin"):
        return False
    owner = db.session.get(Organisation, attachment.subject_id)
    return owner is not None and owner.state != "draft"
