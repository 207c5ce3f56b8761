"""What notifications bring to the application."""

from __future__ import annotations

from flask import Flask

from marketplace.events import register_consumer
from marketplace.extensions import csrf
from marketplace.notifications import digest, telling, views
from marketplace.outbox import register_job


def register(app: Flask) -> None:
    """Register pages, the reader of events and the daily digest."""
    app.register_blueprint(views.bp)
    csrf.exempt("marketplace.notifications.views.unsubscribe.turn_off")  # mail programs post it; its address is the secret
    register_consumer(telling.consumer())
    register_job(digest.JOB)
