"""Which database belongs to which DATA_DIR: the same name in both, so that no worker deletes the files of another one.

A copy of the database, or an older state of it, has the name too. So DATA_DIR also remembers an event of the last night:
a database that lacks it does not know all files that are here.
"""

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
#: How old an event is that is remembered: a machine that loses its power may forget the last ones.
KEPT_FOR_SURE = timedelta(hours=1)
_ONLY = 1
_ADVICE = (
    "no file is deleted and no worker begins. If you have restored a backup and both are meant, run `flask --app wsgi "
    "bind-data-dir` as the worker's user with its settings, then start the worker; if not, set DATABASE_URL and DATA_DIR "
    "right"
)


class OtherDatabase(RuntimeError):
    """The database is not that of DATA_DIR; the message says what to do."""


class Installation(Base):
    """The one row with the name of this installation."""

    __tablename__ = "installation"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    name: Mapped[str] = mapped_column(String(32))
    made_at: Mapped[Moment]


def path_of(settings: Settings) -> Path:
    """Return the file with the name, and in a second line the event that the database had for certain."""
    return settings.data_dir / "installation-id"


def check(settings: Settings) -> Installation | None:
    """Return the name of the installation, None when neither side has one yet.

    Raises OtherDatabase when they do not belong together, when the database is older than DATA_DIR has seen it, and when
    an empty database meets files.
    """
    row, (held, seen) = db.session.get(Installation, _ONLY, populate_existing=True), _held(settings)
    if row is None and not held:
        if _has_files(settings) and db.session.scalar(select(Event.id).limit(1)) is None:
            raise OtherDatabase(f"the database is empty and {settings.data_dir} holds files: {_ADVICE}")
        return None
    if row is None or row.name != held:
        raise OtherDatabase(f"the database is not that of {settings.data_dir}: {_ADVICE}")
    if seen and db.session.scalar(select(Event.id).where(Event.hash == seen[1], Event.id == int(seen[0]))) is None:
        raise OtherDatabase(f"the database is a copy, or an older state, of that of {settings.data_dir}: {_ADVICE}")
    return row


def settled(settings: Settings) -> bool:
    """Return whether files of DATA_DIR may be deleted for what the database says; False until both were bound a day ago.

    The first call binds them; the caller commits. Raises OtherDatabase as `check` does.
    """
    row = check(settings)
    if row is None:
        bind(settings)
        return False
    _remember(settings, row.name)
    return row.made_at <= clock.now() - SETTLED


def bind(settings: Settings) -> str:
    """Give the database and DATA_DIR one name, that of the database when it has one; return it. The caller commits."""
    row = db.session.get(Installation, _ONLY)
    if row is None:
        row = Installation(id=_ONLY, name=_held(settings)[0] or secrets.token_hex(16), made_at=clock.now())
        db.session.add(row)
        db.session.flush()
    else:
        row.made_at = clock.now()
    _remember(settings, row.name)
    return row.name


def _remember(settings: Settings, name: str) -> None:
    """Write the name, and an event that the database is not going to lose any more, once this transaction is committed."""
    sure = select(Event.id, Event.hash).where(Event.at < clock.now() - KEPT_FOR_SURE).order_by(Event.at.desc()).limit(1)
    newest = db.session.execute(sure).first()
    text = f"{name}\n{newest.id} {newest.hash}\n" if newest else f"{name}\n"
    after_commit(partial(_write, path_of(settings), text))


def _write(path: Path, text: str) -> None:
    beside = path.with_name(f"{path.name}.new")
    beside.write_text(text, encoding="ascii")
    beside.replace(path)


def _held(settings: Settings) -> tuple[str, list[str]]:
    """Return the name that DATA_DIR holds, and number and hash of the event that it remembers; empty when there is none."""
    try:
        lines = path_of(settings).read_text(encoding="ascii", errors="replace").splitlines()
    except FileNotFoundError:
        return "", []
    seen = lines[1].split() if len(lines) > 1 else []
    return (lines[0].strip() if lines else ""), seen if len(seen) == 2 and seen[0].isdecimal() else []


def _has_files(settings: Settings) -> bool:
    return any(path.is_file() for path in (settings.data_dir / "files").glob("??/??/*"))
