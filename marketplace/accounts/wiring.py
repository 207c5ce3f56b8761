"""What accounts plug into: sign-in, pages, the command line."""

from __future__ import annotations

from flask import Flask

from marketplace.accounts import security, views
from marketplace.accounts.cli import create_operator, reset_two_step
from marketplace.config import Settings


def register(app: Flask, settings: Settings) -> None:
    """Register the feature."""
    security.register(app, settings)
    app.register_blueprint(views.bp)
    for command in (create_operator, reset_two_step):
        app.cli.add_command(command)
