"""On PostgreSQL the tests run as the web does in production: as a role that cannot rewrite the history.

Who forges, back-dates or cleans up in a test does so `as_owner`, until the end of the transaction.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import event, text
from sqlalchemy.engine import Connection

from marketplace.core.database_roles import grant_to_web
from marketplace.core.extensions import db


def role_of(database: str) -> str:
    """The role of the web in a database of the tests."""
    return f"web_{database}"


def serve_as_the_web() -> None:
    """Let every connection of the present application act as a role with the rights of the web; nothing on SQLite."""
    if db.engine.dialect.name != "postgresql":
        return
    role = role_of(db.engine.url.database or "")
    with db.engine.begin() as connection:
        connection.execute(text(f'CREATE ROLE "{role}" NOLOGIN'))
        grant_to_web(connection, role)
        # Connections of the tests sign in as the owner: without this the role would not see its own transactions.
        connection.execute(text(f'GRANT pg_read_all_stats TO "{role}"'))
    db.engine.dispose()

    @event.listens_for(db.engine, "connect")
    def _act(connection: Any, _record: Any) -> None:
        connection.execute(f'SET ROLE "{role}"')
        connection.commit()  # a SET goes with its transaction


def owner_sql() -> list[str]:
    """What comes before statements that only the owner may run; nothing on SQLite."""
    return ["SET LOCAL ROLE NONE"] if db.engine.dialect.name == "postgresql" else []


def as_owner(connection: Connection | None = None) -> None:
    """Act as the owner of the tables until the end of the transaction, by default the session's."""
    for statement in owner_sql():
        (connection or db.session.connection()).execute(text(statement))
