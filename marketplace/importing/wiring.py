"""What importing adds to the application."""

from __future__ import annotations

from flask import Flask

from marketplace.events import register_consumer
from marketplace.importing import runs, views


def register(app: Flask) -> None:
    """Register the pages and the worker's consumer."""
    app.register_blueprint(views.bp)
    register_consumer(runs.consumer())
