"""What the pages bring to the application."""

from __future__ import annotations

from flask import Flask

from marketplace.pages import shell, styleguide, views, words, work
from marketplace.pages.demo import panel


def register(app: Flask) -> None:
    """Register home, dashboards and texts, and fill the frame of every page."""
    app.register_blueprint(views.bp)
    app.register_blueprint(work.bp)
    app.register_blueprint(styleguide.bp)
    app.extensions["shell_provider"] = shell.fill
    words.register(app)
    panel.register(app)
