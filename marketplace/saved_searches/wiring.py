"""What saved searches bring to the application."""

from __future__ import annotations

from flask import Flask

from marketplace.accounts.closing import ERASERS
from marketplace.core.events import register_consumer
from marketplace.core.outbox import register_job
from marketplace.core.permissions import SIGNED_IN
from marketplace.core.rail import Place, register_place
from marketplace.core.subjects import Subject, register_subject
from marketplace.notifications.consumers import register_notifications
from marketplace.saved_searches import notifications, retention, views
from marketplace.saved_searches.actions import erase_of
from marketplace.saved_searches.consumers import CONSUMERS
from marketplace.saved_searches.jobs import JOBS
from marketplace.saved_searches.models import SavedSearch
from marketplace.values.text import N_
from marketplace.web.panels import register_panel

SAVED_SEARCH = Subject(
    SavedSearch.subject_kind, SavedSearch, N_("Saved search"), lambda row, _language: str(row.name), icon="bookmark",
    own_path=lambda row: f"/my/searches/{row.id}",
)


def register(app: Flask) -> None:
    """Register the pages, the form on search pages, the reader of events, and the digests."""
    register_place("start", Place(N_("Saved searches"), "/my/searches", "bookmark", 20), SIGNED_IN)
    register_subject(SAVED_SEARCH)
    register_notifications(notifications.NOTIFICATIONS)
    app.register_blueprint(views.bp)
    register_consumer(*CONSUMERS)
    register_job(*JOBS)
    retention.register(app.extensions["settings"])
    ERASERS["saved searches"] = erase_of
    register_panel(app, "search.save", views.save_panel)
