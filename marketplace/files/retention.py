"""Contents that nothing refers to any more: files taken off every version, and uploads that never got a row."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from flask import current_app
from sqlalchemy import ColumnElement, exists, or_, select

from marketplace.core.config import Settings
from marketplace.core.extensions import db
from marketplace.core.retention import QUARANTINE, deletion, register_file_retention, register_retention
from marketplace.files.lifecycle import GONE_STATES
from marketplace.files.models import StoredFile
from marketplace.values.text import N_


def register(settings: Settings) -> None:
    """Register both rules: the row goes first, its content in a later transaction, when no row names it any more."""
    register_retention(
        "files",
        lambda before: select(StoredFile.id).where(StoredFile.created_at < before, ~_referred_to())
        .order_by(StoredFile.created_at),
        settings.keep_file_days, deletion(StoredFile),
        N_("A file that was taken off by mistake can be put back by an operator this long."),
        label=N_("Files that nothing shows any more"),
    )
    register_file_retention(
        "files.contents", _without_row, settings.keep_upload_days,
        N_("An upload under way has its content before its row; nobody can open what has no row."),
        label=N_("Contents of files without an entry"), quarantine=True,
    )
    register_file_retention(
        "files.quarantine", _put_aside, settings.keep_quarantine_days,
        N_("What was put aside by mistake, as beside a wrong database, can be put back by an operator this long."),
        label=N_("Contents that were put aside"),
    )


def _referred_to() -> ColumnElement[bool]:
    """Tell whether any table refers to a file: attachments, and what must keep its file by itself, as a signature."""
    keys = (key for table in db.metadata.sorted_tables for key in table.foreign_keys)
    return or_(*(exists().where(key.parent == StoredFile.id) for key in keys if key.column.table is StoredFile.__table__))


def _put_aside(_before: datetime) -> Iterator[Path]:
    """Return the contents in the quarantine."""
    folder: Path = current_app.extensions["settings"].data_dir / QUARANTINE
    return (path for path in folder.glob("files/??/??/*") if path.is_file())


def _without_row(_before: datetime) -> Iterator[Path]:
    """Return the contents in the store that no row names, but those of removed files."""
    known = set(db.session.scalars(select(StoredFile.sha256).where(StoredFile.state.not_in(GONE_STATES))))
    folder: Path = current_app.extensions["settings"].data_dir / "files"
    contents = (path for path in folder.glob("??/??/*") if path.is_file())
    return (path for path in contents if path.name.partition(".")[0] not in known)
