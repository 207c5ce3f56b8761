"""Which database belongs to which DATA_DIR: the same name in both, so that no worker deletes the files of another one."""

from __future__ import annotations

import secrets
from datetime import timedelta
from functools import partial
from pathlib import Path

from sqlalchemy import String, select
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.core.columns import Moment
from marketplace.core.config import Settings
from marketplace.core.events import Event
from marketplace.core.extensions import Base, after_commit, db
from marketplace.values import clock

#: How long after both were bound nothing is deleted yet: time to notice that the wrong ones were.
SETTLED = timedelta(days=1)
_ONLY = 1
_ADVICE = "set DATABASE_URL and DATA_DIR right, or bind them: flask bind-data-dir"


class OtherDatabase(RuntimeError):
    """The database is not that of DATA_DIR; the message says what to do."""


class Installation(Base):
    """The one row with the name of this installation."""

    __tablename__ = "installation"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    name: Mapped[str] = mapped_column(String(32))
    made_at: Mapped[Moment]


def path_of(settings: Settings) -> Path:
    """Return the file with the name."""
    return settings.data_dir / "installation-id"


def settled(settings: Settings) -> bool:
    """Return whether files of DATA_DIR may be deleted for what the database says; False until both were bound a day ago.

    The first call binds them; the caller commits. Raises OtherDatabase when they do not belong together, and when an
    empty database meets files.
    """
    row, held = db.session.get(Installation, _ONLY, populate_existing=True), _held(settings)
    if row is None and not held:
        if _has_files(settings) and db.session.scalar(select(Event.id).limit(1)) is None:
            raise OtherDatabase(f"the database is empty and {settings.data_dir} holds files: {_ADVICE}")
        bind(settings)
        return False
    if row is None or row.name != held:
        raise OtherDatabase(f"the database is not that of {settings.data_dir}: {_ADVICE}")
    return row.made_at <= clock.now() - SETTLED


def bind(settings: Settings) -> str:
    """Give the database and DATA_DIR one name, that of the database when it has one; return it. The caller commits."""
    row = db.session.get(Installation, _ONLY)
    if row is None:
        row = Installation(id=_ONLY, name=_held(settings) or secrets.token_hex(16), made_at=clock.now())
        db.session.add(row)
        db.session.flush()
    elif row.name != _held(settings):
        row.made_at = clock.now()
    after_commit(partial(path_of(settings).write_text, f"{row.name}\n", encoding="ascii"))
    return row.name


def _held(settings: Settings) -> str:
    try:
        return path_of(settings).read_text(encoding="ascii", errors="replace").strip()
    except FileNotFoundError:
        return ""


def _has_files(settings: Settings) -> bool:
    return any(path.is_file() for path in (settings.data_dir / "files").glob("??/??/*"))
