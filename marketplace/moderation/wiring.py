"""What moderation adds to the application: its pages, its panels, and who reads confidential parts."""

from __future__ import annotations

from flask import Flask

from marketplace.files.access import file_url
from marketplace.moderation import words
from marketplace.moderation.confidential import holds_open_case
from marketplace.moderation.models import KINDS
from marketplace.moderation.panels import panel
from marketplace.moderation.views import bp
from marketplace.web.panels import register_panel


def register(app: Flask) -> None:
    """Register the blueprint, the panels of the three kinds and the rule of confidential reading."""
    app.register_blueprint(bp)
    app.jinja_env.globals.update(moderation=words, file_url=file_url)
    app.extensions["confidential_readers"] = holds_open_case
    for kind in KINDS:
        register_panel(app, f"{kind}.aside", panel(kind))
