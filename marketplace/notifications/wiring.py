"""What notifications bring to the application."""

from __future__ import annotations

from flask import Flask

from marketplace.core.events import register_consumer
from marketplace.core.extensions import csrf
from marketplace.core.outbox import register_job
from marketplace.notifications import actions, catalogue_events, consumers, digest, reminders, views
from marketplace.web.mark_read import register_seen
from marketplace.web.panels import register_panel


def register(app: Flask) -> None:
    """Register pages, the reader of events, reminders, the daily digest and the owner's questions."""
    app.register_blueprint(views.bp)
    csrf.exempt("marketplace.notifications.views.unsubscribe.turn_off")  # mail programs post it; its address is the secret
    register_consumer(consumers.consumer())
    for job in (*reminders.JOBS, digest.JOB):
        register_job(job)
    register_seen(app, actions.read_about)
    register_panel(app, "listing.below", catalogue_events.questions_panel)
