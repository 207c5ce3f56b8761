"""What notifications bring to the application."""

from __future__ import annotations

from flask import Flask

from marketplace.events import register_consumer
from marketplace.extensions import csrf
from marketplace.notifications import actions, catalogue_events, digest, reminders, telling, views
from marketplace.outbox import register_job
from marketplace.web.panels import register_panel
from marketplace.web.seen import register_seen


def register(app: Flask) -> None:
    """Register pages, the reader of events, reminders, the daily digest and the owner's questions."""
    app.register_blueprint(views.bp)
    csrf.exempt("marketplace.notifications.views.unsubscribe.turn_off")  # mail programs post it; its address is the secret
    register_consumer(telling.consumer())
    for job in (*reminders.JOBS, digest.JOB):
        register_job(job)
    register_seen(app, actions.read_about)
    register_panel(app, "listing.below", catalogue_events.questions_panel)
