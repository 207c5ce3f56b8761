"""How long the uploaded file of an import is kept: until nobody can confirm it, or its import is some days old."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from sqlalchemy import select

from marketplace.core.config import Settings
from marketplace.core.extensions import db
from marketplace.core.retention import register_file_retention
from marketplace.importing.import_runs import folder, upload_path
from marketplace.importing.lifecycle import IMPORT_RUN
from marketplace.importing.models import ImportRun
from marketplace.values.text import N_


def register(settings: Settings) -> None:
    """Register the rule."""
    register_file_retention(
        "imports", _not_needed, settings.keep_import_days,
        N_("The file may hold people's contact data; what was imported from it stands in the things and in the report."),
        label=N_("Uploaded files of imports"),
    )


def _not_needed(before: datetime) -> Iterator[Path]:
    """Return the uploads that no running import needs, and none that waits since then to be confirmed."""
    waiting = select(ImportRun).where(ImportRun.state.in_(IMPORT_RUN.in_groups("waiting", "running")))
    runs = db.session.scalars(waiting)
    needed = {upload_path(run) for run in runs if run.state in IMPORT_RUN.in_groups("running") or run.created_at > before}
    return (path for path in (folder() / "uploads").glob("*") if path not in needed)
