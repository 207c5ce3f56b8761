"""What listings bring to the application."""

from __future__ import annotations

from flask import Flask

from marketplace.files.access import register_file_access
from marketplace.listings import file_access, jobs, views
from marketplace.outbox import register_job


def register(app: Flask) -> None:
    """Register pages, the rule of files, and recurring work."""
    app.register_blueprint(views.bp)
    register_file_access(file_access.SUBJECT, file_access.may_read, file_access.log_read)
    for job in jobs.JOBS:
        register_job(job)
