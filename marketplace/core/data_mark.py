"""A mark of the whole database: as long as it is the same, nobody has committed anything, so nothing reads differently.

SQLite counts the commits of other connections (`PRAGMA data_version`), asked here on a connection of its own that
never writes. PostgreSQL names its snapshot: the same text means that the same transactions have ended. A mark is only
compared, within one process; other databases of the same server can change it too, which costs time and nothing else.
"""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path
from threading import Lock
from typing import Any

from flask import current_app, has_request_context, request
from sqlalchemy.engine import Engine

from marketplace.core.extensions import db

Mark = tuple[object, ...]
_KEY = "exchange.data_mark"


class _Watcher:
    """A connection to a SQLite file that only asks for its mark; opened anew in every process and for another file."""

    def __init__(self, path: str) -> None:
        self._path, self._lock = path, Lock()
        self._connection: sqlite3.Connection | None = None
        self._opened = (0, 0, 0)  # process, file, how often

    def mark(self) -> Mark | None:
        with self._lock:
            try:
                here = os.getpid(), Path(self._path).stat().st_ino  # another file may have been put into its place
                if self._connection is None or self._opened[:2] != here:
                    self._open(here)
                assert self._connection is not None
                return (self._opened, self._connection.execute("PRAGMA data_version").fetchone()[0])
            except (sqlite3.Error, OSError):  # who needs the database will meet the fault too
                self._connection = None
                return None

    def _open(self, here: tuple[int, int]) -> None:
        address = f"{Path(self._path).resolve().as_uri()}?mode=ro"
        self._connection = sqlite3.connect(address, uri=True, check_same_thread=False, isolation_level=None, timeout=1)
        self._opened = (*here, self._opened[2] + 1)


def mark() -> Mark | None:
    """Return the mark of the data that this request reads, or None where none is known.

    What is read after a call is as new as the mark, or newer. It is taken once in a request: on SQLite before its
    transaction begins, since that reads on in the state of its first statement.
    """
    if not has_request_context():
        return None
    if _KEY in request.environ:
        known: Mark | None = request.environ[_KEY]
        return known
    found = _taken(db.engine)
    request.environ[_KEY] = found
    return found


def _taken(engine: Engine) -> Mark | None:
    if engine.dialect.name == "postgresql":
        return tuple(db.session.connection().exec_driver_sql("SELECT pg_current_snapshot()::text").one())
    path = engine.url.database
    if db.session().in_transaction() or not path or path == ":memory:":
        return None
    watcher: Any = current_app.extensions.get("data_watcher")
    if watcher is None:
        watcher = current_app.extensions["data_watcher"] = _Watcher(path)
    found: Mark | None = watcher.mark()
    return found
