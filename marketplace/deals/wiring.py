"""What deals bring to the application."""

from __future__ import annotations

from flask import Flask

from marketplace.deals import views


def register(app: Flask) -> None:
    """Register pages."""
    app.register_blueprint(views.bp)
