"""What matching brings to the application."""

from __future__ import annotations

from flask import Flask

from marketplace.events import register_consumer
from marketplace.matching import actions, views
from marketplace.web.panels import register_panel


def register(app: Flask) -> None:
    """Register the marks, the consumer and the panels on the pages of both sides."""
    app.register_blueprint(views.bp)
    register_consumer(actions.consumer())
    register_panel(app, "need.below", views.need_panel)
    register_panel(app, "listing.below", views.listing_panel)
    register_panel(app, "dashboard.below", views.dashboard_panel)
