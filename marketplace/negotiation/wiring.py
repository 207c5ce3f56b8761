"""What negotiation brings to the application."""

from __future__ import annotations

from flask import Flask

from marketplace.files.access import register_file_access
from marketplace.negotiation import file_access, views


def register(app: Flask) -> None:
    """Register pages and the rule of files."""
    app.register_blueprint(views.bp)
    register_file_access(file_access.SUBJECT, file_access.may_read, file_access.log_read, file_access.shown_name)
