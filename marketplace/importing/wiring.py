"""What importing adds to the application."""

from __future__ import annotations

from flask import Flask

from marketplace.events import register_consumer
from marketplace.importing import runs, views
from marketplace.outbox import register_job


def register(app: Flask) -> None:
    """Register the pages the worker's consumer and the daily tidying."""
    app.register_blueprint(views.bp)
    register_consumer(runs.consumer())
    register_job(runs.job())
