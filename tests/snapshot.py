"""The whole database remembered, to return to after a test that writes."""

from __future__ import annotations

import re
import sqlite3
from typing import Any

from sqlalchemy import event

from marketplace.core.extensions import db
from marketplace.payments.ledger import triggers
from tests.web_role import owner_sql

_WRITES = re.compile(r'(?:INSERT(?: OR \w+)? INTO|UPDATE|DELETE FROM)\s+"?(\w+)')
_DELETES = re.compile(r'DELETE FROM\s+"?(\w+)')


class Snapshot:
    """Every row of the database as it is now, to return to: much faster than building a world again.

    A copy of every table is kept inside the database; going back copies only the tables that were written.
    """

    def __init__(self) -> None:
        db.session.rollback()
        self.tables = [table.name for table in db.metadata.sorted_tables]
        self.written: set[str] = set()
        self.forms: dict[Any, Any] = {}  # what was read from a page stays true: the world is always the same
        self.sqlite: sqlite3.Connection | None = None
        if db.engine.dialect.name == "sqlite":
            assert db.engine.url.database
            self.sqlite = sqlite3.connect(db.engine.url.database, isolation_level=None, timeout=15)
            copies = [f'CREATE TABLE kept."{one}" AS SELECT * FROM main."{one}"' for one in self.tables]
            self._run(["ATTACH ':memory:' AS kept", *copies])
        else:
            copies = [f'CREATE UNLOGGED TABLE kept."{one}" AS TABLE public."{one}"' for one in self.tables]
            self._run(["DROP SCHEMA IF EXISTS kept CASCADE", "CREATE SCHEMA kept", *copies])
        event.listen(db.engine, "before_cursor_execute", self._watch)

    def _run(self, statements: list[str]) -> None:
        if self.sqlite is not None:
            self.sqlite.executescript("; ".join(statements))
            return
        with db.engine.begin() as connection:
            connection.exec_driver_sql("; ".join([*owner_sql(), *statements]))

    def _watch(self, _connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        if statement.startswith("SELECT"):
            return
        self.written.update(_WRITES.findall(statement))
        for name in _DELETES.findall(statement):
            self.written.update(_below(name))

    def close(self) -> None:
        """Stop watching for writes, and drop the copies."""
        event.remove(db.engine, "before_cursor_execute", self._watch)
        if self.sqlite is not None:
            self.sqlite.close()
        else:
            self._run(["DROP SCHEMA kept CASCADE"])

    def restore(self) -> None:
        """Put the rows of every table that was written back. Sequences go on, so that no number is given twice."""
        db.session.rollback()
        names = [name for name in self.tables if name in self.written]
        if not names:
            return
        if self.sqlite is not None:
            main, begin, end = "main", "BEGIN IMMEDIATE", ["COMMIT"]
        else:  # no foreign keys for once: rows may point at each other
            main, begin, end = "public", "SET LOCAL session_replication_role = replica", []
        back = [f'DELETE FROM {main}."{one}"; INSERT INTO {main}."{one}" SELECT * FROM kept."{one}"' for one in names]
        if self.sqlite is not None and not set(triggers.TABLES).isdisjoint(names):  # a replica runs none
            back = [*triggers.statements_off("sqlite"), *back, *triggers.statements_on("sqlite")]
        self._run([begin, *back, *end])
        self.written.clear()


def _below(name: str) -> set[str]:
    """The tables whose rows go or change with a deleted row of this one."""
    found: set[str] = set()
    below = [name]
    while below:
        parent = below.pop()
        for table in db.metadata.sorted_tables:
            held = {key.column.table.name for key in table.foreign_keys if key.ondelete}
            if parent in held and table.name not in found:
                found.add(table.name)
                below.append(table.name)
    return found
