"""What matching brings to the application."""

from __future__ import annotations

from flask import Flask

from marketplace.events import register_consumer
from marketplace.matching import actions, duplicates, feedback, staff_views, views
from marketplace.matching.cli import match_eval, rematch_all
from marketplace.outbox import register_job
from marketplace.web.panels import register_panel


def register(app: Flask) -> None:
    """Register the marks, the consumer and the panels on the pages of both sides."""
    assert staff_views  # its routes belong to the same blueprint
    app.register_blueprint(views.bp)
    for consumer in (actions.consumer(), actions.rematching(), feedback.consumer(), duplicates.consumer()):
        register_consumer(consumer)
    register_job(actions.nightly())
    for command in (match_eval, rematch_all):
        app.cli.add_command(command)
    register_panel(app, "need.below", views.need_panel)
    register_panel(app, "listing.below", views.listing_panel)
    register_panel(app, "dashboard.below", views.dashboard_panel)
    register_panel(app, "authoring.review", views.alike_panel)
