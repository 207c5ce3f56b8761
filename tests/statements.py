"""Counting SQL statements: how often a page asks the database."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import Flask
from sqlalchemy import event

from marketplace.core.extensions import db

#: Asks PostgreSQL whether anything was committed (`core.data_mark`): once a request at most, and it reads no table.
MARK = "SELECT pg_current_snapshot()"


@contextmanager
def statements(app: Flask) -> Iterator[list[str]]:
    """Collect the statements that run inside the block (transaction control and the mark of the data apart)."""
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not statement.startswith(("BEGIN", MARK)):
            seen.append(statement)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", note)
