"""What saved searches bring to the application."""

from __future__ import annotations

from flask import Flask

from marketplace.alerts import evaluating, telling, views
from marketplace.events import register_consumer
from marketplace.outbox import register_job
from marketplace.web.panels import register_panel


def register(app: Flask) -> None:
    """Register the pages, the form on search pages, the reader of events, and the digests."""
    app.register_blueprint(views.bp)
    register_consumer(evaluating.consumer())
    register_consumer(telling.digests())
    register_job(telling.JOB)
    register_panel(app, "search.save", views.save_panel)
