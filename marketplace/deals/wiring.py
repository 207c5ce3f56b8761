"""What deals bring to the application."""

from __future__ import annotations

from flask import Flask

from marketplace.deals import views
from marketplace.deals.holding import JOBS
from marketplace.deals.opening import foretell, open_deal
from marketplace.negotiation.agreement import register_agreement
from marketplace.outbox import register_job
from marketplace.web.panels import register_panel


def register(app: Flask) -> None:
    """Register pages, the officers' panel, what happens at an agreement, and the end of exclusive licences."""
    app.register_blueprint(views.bp)
    register_agreement(open_deal, foretell)
    register_panel(app, "deal.aside", views.staff.panel)
    for job in JOBS:
        register_job(job)
