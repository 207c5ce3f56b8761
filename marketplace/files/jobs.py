"""Sweeping out contents that nothing refers to any more: abandoned uploads, files taken off every version."""

from __future__ import annotations

import time
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from flask import current_app
from sqlalchemy import ColumnElement, exists, or_, select

from marketplace.core.extensions import after_commit, db
from marketplace.core.outbox import Job
from marketplace.files.models import StoredFile
from marketplace.values import clock

KEEP_DAYS = 30  # a file taken off by mistake can be put back by an operator this long
_BATCH = 1_000


def sweep() -> int:
    """Forget files attached to nothing for KEEP_DAYS, then delete contents without a row; return how many contents.

    The contents are deleted once the transaction has been committed, so that no row ever stands there without its content.
    """
    old = clock.now() - timedelta(days=KEEP_DAYS)
    loose = select(StoredFile).where(~_referred_to(), StoredFile.created_at < old).limit(_BATCH)
    for row in db.session.scalars(loose).all():
        db.session.delete(row)
    db.session.flush()
    known = set(db.session.scalars(select(StoredFile.sha256)))
    day_ago = time.time() - 86_400  # an upload in progress has its content before its row
    gone = 0
    for path in _contents():
        if path.name.partition(".")[0] not in known and path.stat().st_mtime < day_ago:
            after_commit(partial(_delete, path, day_ago))
            gone += 1
    return gone


def _delete(path: Path, before: float) -> None:
    """Delete a content unless it has been uploaded again since it was looked at."""
    if path.exists() and path.stat().st_mtime < before:
        path.unlink(missing_ok=True)


def _referred_to() -> ColumnElement[bool]:
    """Tell whether any table refers to a file: attachments, and what must keep its file by itself, as a signature."""
    keys = (key for table in db.metadata.sorted_tables for key in table.foreign_keys)
    return or_(*(exists().where(key.parent == StoredFile.id) for key in keys if key.column.table is StoredFile.__table__))


def _contents() -> list[Path]:
    folder: Path = current_app.extensions["settings"].data_dir / "files"
    return [path for path in folder.glob("??/??/*") if path.is_file()]


def _sweep() -> None:
    sweep()


def _tonight(moment: datetime) -> datetime:
    tomorrow = clock.local(moment).date() + timedelta(days=1)
    return clock.start_of_day(tomorrow) + timedelta(hours=3)


JOBS = (Job("files.sweep", _sweep, _tonight),)
