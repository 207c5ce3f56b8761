"""What files bring to the application: serving, the virus check with its pages, what is told, what is kept how long."""

from __future__ import annotations

from flask import Flask

from marketplace.core.access import Actor
from marketplace.core.config import Settings
from marketplace.core.events import register_consumer
from marketplace.core.permissions import MODERATE
from marketplace.core.rail import Place, register_place
from marketplace.core.subjects import Subject, register_subject
from marketplace.core.work import register_work
from marketplace.files import access, queries, retention, views
from marketplace.files.cli import scan_files
from marketplace.files.consumers import CONSUMERS
from marketplace.files.lifecycle import FILE
from marketplace.files.models import StoredFile
from marketplace.files.notifications import NOTIFICATIONS
from marketplace.files.work_sources import SOURCES
from marketplace.notifications.consumers import register_notifications
from marketplace.values.text import N_


def _path(row: StoredFile, reader: Actor) -> str:
    """Return the page of whoever sent the file, for others that of the staff."""
    return f"/my/files/{row.id}" if row.sent_by(reader) else f"/staff/files/{row.id}"


SUBJECT = Subject(
    StoredFile.subject_kind, StoredFile, N_("File"), lambda row, _language: row.name, lifecycle=FILE,
    icon="file-earmark-text", path=_path, own_path=lambda row: f"/my/files/{row.id}", visible_to=queries.visible_to,
    organisations=lambda row: {"owner": row.org_id} if row.org_id is not None else {}, page_shows_news=True,
)


def register(app: Flask, settings: Settings) -> None:
    """Register pages, the worker's part, what waits for the staff, what is told and what is removed when."""
    register_subject(SUBJECT)
    register_notifications(NOTIFICATIONS)
    register_place("operation", Place(N_("Files held back"), "/staff/files", "shield-lock", 50), MODERATE)
    register_consumer(*CONSUMERS)
    for source in SOURCES:
        register_work(source)
    app.register_blueprint(views.bp)
    app.cli.add_command(scan_files)
    app.jinja_env.globals.update(file_url=access.file_url, file_note=access.file_note)
    retention.register(settings)
