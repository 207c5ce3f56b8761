"""Tables of the test database: which have rows, and emptying them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from sqlalchemy.engine import Connection

from marketplace.core.extensions import db
from marketplace.payments.ledger import triggers
from tests.web_role import owner_sql


def filled(connection: Connection) -> list[str]:
    """Return the tables that have a row; one statement asks all of them."""
    return list(connection.exec_driver_sql(_asked()).scalars())


@cache
def _asked() -> str:
    asked = (f"SELECT '{table.name}' WHERE EXISTS (SELECT 1 FROM \"{table.name}\")" for table in db.metadata.sorted_tables)
    return " UNION ALL ".join(asked)


def empty(connection: Connection) -> None:
    """Delete every row of every table that has one. Foreign keys wait until the end of the transaction.

    Rows are looked for instead of remembered: other threads, processes and applications write too, and most tests write
    to few tables. DELETE of a few rows costs far less than TRUNCATE, which makes new files for every table and index on
    PostgreSQL.
    """
    names = filled(connection)
    deletes = [f'DELETE FROM "{name}"' for name in names]
    if db.engine.dialect.name == "postgresql":
        connection.exec_driver_sql("; ".join([*owner_sql(), "SET LOCAL session_replication_role = replica", *deletes]))
        return
    cursor: Any = connection.connection.cursor()
    cursor.execute("PRAGMA defer_foreign_keys=ON")
    with without_ledger_rules(connection, names):
        for statement in deletes:
            cursor.execute(statement)
    cursor.close()


@contextmanager
def without_ledger_rules(connection: Connection, names: Iterable[str]) -> Iterator[None]:
    """On SQLite take the triggers of the ledger off while rows of its tables are removed or put back.

    PostgreSQL does without: there the tests act as a replica, for which no trigger runs.
    """
    concerned = connection.dialect.name == "sqlite" and not set(triggers.TABLES).isdisjoint(names)
    if concerned:
        triggers.off(connection)
    yield
    if concerned:
        triggers.on(connection)
