"""What is told of imports, and what is told to nobody, and why."""

from __future__ import annotations

from typing import Any

from marketplace.accounts.models import User
from marketplace.core.events import Event
from marketplace.core.extensions import db
from marketplace.notifications.occasions import Occasion, Person
from marketplace.notifications.rules import Notifications, rule
from marketplace.values.text import N_

_WATCHED = "who began the import watches its page, which says what came of it"


def _occasion(event: Event, run: Any) -> Occasion | None:
    """Tell who began a run; an error in the file is noted in their own name, and they watch the page."""
    user = db.session.get(User, run.created_by_id) if run.created_by_id else None
    return Occasion(run, event, persons={"importer": [Person(user)]}) if user else None


NOTIFICATIONS = Notifications((
    rule("import_run.fail", "reminders", "importer",
         N_("The import of “%(title)s” has failed; nothing of it was imported.")),
), {f"import_run.{verb}": _WATCHED for verb in ("start", "cancel", "finish")}, _occasion)
