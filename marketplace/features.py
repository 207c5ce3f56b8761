"""Which features the exchange has: blueprints, consumers of events, recurring jobs, panel slots. Wiring only."""

from __future__ import annotations

from flask import Flask

from marketplace import mail, models
from marketplace.config import Settings
from marketplace.events import register_consumer
from marketplace.files import views as files_views
from marketplace.pages import styleguide


def register_features(app: Flask, settings: Settings) -> None:
    """Register every feature; order is the order of tiers."""
    assert models  # tables are known to SQLAlchemy before anything runs
    register_consumer(mail.consumer())
    app.register_blueprint(files_views.bp)
    app.register_blueprint(styleguide.bp)
