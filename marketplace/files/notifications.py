"""What is told of files: to whoever sent one that is held back, and to moderators, who decide about it."""

from __future__ import annotations

from typing import Any

from marketplace.accounts.models import User
from marketplace.core.events import Event
from marketplace.core.extensions import db
from marketplace.files.models import StoredFile
from marketplace.notifications.occasions import Occasion, Person
from marketplace.notifications.rules import Notifications, rule
from marketplace.notifications.topics import Topic, register_topic
from marketplace.values.text import N_

register_topic(Topic("files", N_("Files"), N_("Files you sent that the virus check holds back."), "file-earmark-text"))


def _occasion(event: Event, row: StoredFile) -> Occasion | None:
    """Return the occasion for whoever sent the file and for moderators; the organisation's others are told nothing."""
    sender = db.session.get(User, row.created_by_id) if row.created_by_id is not None else None
    persons: list[Any] = [Person(sender, row.org_id)] if sender is not None else []
    return Occasion(row, event, persons={"sender": persons})


NOTIFICATIONS = Notifications((
    rule("stored_file.detect", "files", "sender",
         N_("The virus check found harmful content in your file “%(title)s”. It is given to nobody.")),
    rule("stored_file.detect", "files", "moderators", N_("The virus check found harmful content in “%(title)s”.")),
    rule("stored_file.fail", "files", "sender",
         N_("The virus check could not read your file “%(title)s”. Only you can open it.")),
    rule("stored_file.fail", "files", "moderators", N_("The virus check could not read “%(title)s”.")),
    rule("stored_file.release", "files", "sender", N_("Your file “%(title)s” was looked at and released.")),
    rule("stored_file.remove", "files", "sender", N_("Your file “%(title)s” was removed because of the virus check.")),
), occasion=_occasion)
