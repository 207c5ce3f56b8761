"""What negotiation brings to the application."""

from __future__ import annotations

from flask import Flask

from marketplace.files.access import register_file_access
from marketplace.negotiation import file_access, jobs, views
from marketplace.outbox import register_job
from marketplace.web.panels import register_panel


def register(app: Flask) -> None:
    """Register pages, what other pages show of leads, the rule of files, and recurring work."""
    app.register_blueprint(views.bp)
    register_file_access(file_access.SUBJECT, file_access.may_read, file_access.log_read, file_access.shown_name)
    register_panel(app, "listing.aside", views.panels.listing_panel)
    register_panel(app, "listing.actions", views.panels.listing_button)
    register_panel(app, "need.actions", views.panels.need_button)
    register_panel(app, "need.aside", views.panels.need_panel)
    register_panel(app, "dashboard.work", views.panels.dashboard_panel)
    for job in jobs.JOBS:
        register_job(job)
