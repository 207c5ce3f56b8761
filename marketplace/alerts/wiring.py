"""What saved searches bring to the application."""

from __future__ import annotations

from flask import Flask

from marketplace.alerts import evaluating, notifications, telling, views
from marketplace.alerts.models import SavedSearch
from marketplace.core.subjects import Subject, register_subject
from marketplace.events import register_consumer
from marketplace.msgid import N_
from marketplace.notifications.consumers import register_notifications
from marketplace.outbox import register_job
from marketplace.web.panels import register_panel

SAVED_SEARCH = Subject(
    SavedSearch.subject_kind, SavedSearch, N_("Saved search"), lambda row, _language: str(row.name), icon="bookmark",
    own_path=lambda row: f"/my/searches/{row.id}",
)


def register(app: Flask) -> None:
    """Register the pages, the form on search pages, the reader of events, and the digests."""
    register_subject(SAVED_SEARCH)
    register_notifications(notifications.NOTIFICATIONS)
    app.register_blueprint(views.bp)
    register_consumer(evaluating.consumer())
    register_consumer(telling.digests())
    register_job(telling.JOB)
    register_panel(app, "search.save", views.save_panel)
