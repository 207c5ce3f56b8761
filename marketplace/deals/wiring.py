"""What deals bring to the application."""

from __future__ import annotations

from flask import Flask

from marketplace.deals import attachments, views
from marketplace.deals.jobs import JOBS
from marketplace.deals.opening import foretell, open_deal
from marketplace.files.access import register_file_access
from marketplace.negotiation.agreement import register_agreement
from marketplace.outbox import register_job
from marketplace.web.panels import register_panel


def register(app: Flask) -> None:
    """Register pages and panels, what happens at an agreement, who reads files, and recurring work."""
    app.register_blueprint(views.bp)
    register_agreement(open_deal, foretell)
    register_panel(app, "deal.aside", views.staff.panel)
    register_panel(app, "lead.top", views.lead.panel)
    register_panel(app, "organisation.below", views.public.panel)
    for kind in ("deal", "milestone"):
        register_file_access(kind, attachments.may_read, attachments.log_read)
    for job in JOBS:
        register_job(job)
