"""What finding brings to the application."""

from __future__ import annotations

from flask import Flask

from marketplace.browse import indexing, topic_pages, views
from marketplace.browse.cli import search_eval
from marketplace.browse.consumers import CONSUMERS
from marketplace.browse.jobs import JOBS
from marketplace.core.config import Settings
from marketplace.core.events import register_consumer
from marketplace.core.outbox import register_job


def register(app: Flask, settings: Settings) -> None:
    """Register the engine, the pages, the index's consumer and the commands."""
    indexing.setup(app, settings)
    register_consumer(*CONSUMERS)
    register_job(*JOBS)
    app.register_blueprint(views.bp)
    app.register_blueprint(topic_pages.bp)
    app.cli.add_command(indexing.reindex)
    app.cli.add_command(search_eval)
