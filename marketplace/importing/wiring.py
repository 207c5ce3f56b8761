"""What importing adds to the application."""

from __future__ import annotations

from flask import Flask

from marketplace.core.events import register_consumer
from marketplace.core.permissions import IMPORT_DATA
from marketplace.core.rail import Place, register_place
from marketplace.core.subjects import Subject, register_subject
from marketplace.importing import notifications, retention, views
from marketplace.importing.consumers import CONSUMERS
from marketplace.importing.models import ImportRun
from marketplace.notifications.consumers import register_notifications
from marketplace.values.text import N_

IMPORT_RUN = Subject(
    ImportRun.subject_kind, ImportRun, N_("Import"), lambda row, _language: str(row.file_name),
    icon="upload", own_path=lambda row: f"/imports/{row.id}",
    organisations=lambda row: {"owner": row.org_id},
)


def register(app: Flask) -> None:
    """Register the pages, the worker's consumers and how long uploads are kept."""
    register_place("operation", Place(N_("Import"), "/imports", "upload", 20), IMPORT_DATA)
    register_notifications(notifications.NOTIFICATIONS)
    register_subject(IMPORT_RUN)
    app.register_blueprint(views.bp)
    register_consumer(*CONSUMERS)
    retention.register(app.extensions["settings"])
