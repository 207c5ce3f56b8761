"""What the pages bring to the application."""

from __future__ import annotations

from flask import Flask

from marketplace.core.subjects import Subject, everybody, register_subject
from marketplace.notifications.consumers import register_notifications
from marketplace.notifications.rules import Notifications
from marketplace.pages import background_page, event_labels, navigation, retention_page, styleguide, views
from marketplace.pages.demo import panel
from marketplace.pages.models import EditableText
from marketplace.values.text import N_

TEXT = Subject(
    EditableText.subject_kind, EditableText, N_("Text"), lambda row, _language: str(row.title), icon="file-text",
    path=lambda row, _reader: f"/{row.key}", visible_to=everybody, event_labels={"text.write": N_("Text changed")},
)
NOTIFICATIONS = Notifications((), {"text.write": "the operators write the texts of the site, and readers see the new one"})


def register(app: Flask) -> None:
    """Register home, dashboards and texts, and fill the frame of every page."""
    register_subject(TEXT)
    register_notifications(NOTIFICATIONS)
    app.register_blueprint(views.bp)
    app.register_blueprint(background_page.bp)
    app.register_blueprint(retention_page.bp)
    app.register_blueprint(styleguide.bp)
    app.extensions["shell_provider"] = navigation.fill
    event_labels.register(app)
    panel.register(app)
