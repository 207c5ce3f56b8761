"""What needs bring to the application."""

from __future__ import annotations

from flask import Flask

from marketplace.buyer_requests import attachments, jobs, views
from marketplace.files.access import register_file_access
from marketplace.outbox import register_job


def register(app: Flask) -> None:
    """Register pages, the rule of files, and recurring work."""
    app.register_blueprint(views.bp)
    register_file_access(attachments.SUBJECT, attachments.may_read, attachments.log_read, attachments.shown_name)
    for job in jobs.JOBS:
        register_job(job)
