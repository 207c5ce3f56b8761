"""Two roles on PostgreSQL: one owns the tables (migrations, erasure), one serves the web and cannot rewrite history.

A table says in its `info` what the role of the web may not do: `{"append_only": True}`, rows are never updated or
deleted; `{"never_deleted": True}`, rows are never deleted. What is to be erased after all is erased by the owner.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from flask import current_app
from sqlalchemy import create_engine, text
from sqlalchemy.engine import Connection, Engine, make_url

from marketplace.core.config import Settings
from marketplace.core.connection_limits import postgresql_limits
from marketplace.core.extensions import Base, db, prepare_engine

APPEND_ONLY = {"append_only": True}
NEVER_DELETED = {"never_deleted": True}
_ALL = "SELECT, INSERT, UPDATE, DELETE"


@contextmanager
def owner_connection() -> Iterator[Connection]:
    """Give a connection of the role that owns the tables, in one transaction that is committed at the end."""
    settings: Settings = current_app.extensions["settings"]
    if settings.database_owner_url == settings.database_url:
        with db.engine.begin() as connection:
            yield connection
        return
    engine = owner_engine(settings)
    try:
        with engine.begin() as connection:
            yield connection
    finally:
        engine.dispose()


def owner_engine(settings: Settings, **session: str) -> Engine:
    """Return an engine of the role that owns the tables; the caller disposes of it.

    `session` are settings of PostgreSQL for its connections.
    """
    url = make_url(settings.database_owner_url)
    limits = postgresql_limits(**session) if url.drivername.startswith("postgresql") else {}
    engine = create_engine(url, connect_args=limits)
    prepare_engine(engine)
    return engine


def web_role(settings: Settings) -> str:
    """Return the role of the web where it is another one than the owner's, else an empty string."""
    web, owner = make_url(settings.database_url), make_url(settings.database_owner_url)
    if not web.drivername.startswith("postgresql") or web.username in (None, owner.username):
        return ""
    return web.username or ""


def grant_to_web(connection: Connection, role: str) -> None:
    """Give a role what the web needs, and nothing with which it could rewrite the history; it may be repeated.

    The connection is that of the owner, after the migrations. Tables that the owner makes later are readable and
    writable too, until the next `db upgrade` has looked at what they say of themselves.
    """
    quoted = connection.dialect.identifier_preparer.quote(role)
    here = "IN SCHEMA public"
    statements = [
        f"GRANT USAGE ON SCHEMA public TO {quoted}",
        f"GRANT {_ALL} ON ALL TABLES {here} TO {quoted}",
        f"GRANT USAGE, SELECT ON ALL SEQUENCES {here} TO {quoted}",
        f"ALTER DEFAULT PRIVILEGES {here} GRANT {_ALL} ON TABLES TO {quoted}",
        f"ALTER DEFAULT PRIVILEGES {here} GRANT USAGE, SELECT ON SEQUENCES TO {quoted}",
    ]
    for table in Base.metadata.sorted_tables:
        taken = ["DELETE", "TRUNCATE"] if table.info.get("never_deleted") else []
        taken = ["UPDATE", "DELETE", "TRUNCATE"] if table.info.get("append_only") else taken
        if taken:
            statements.append(f'REVOKE {", ".join(taken)} ON "{table.name}" FROM {quoted}')
    if connection.scalar(text("SELECT to_regclass('public.alembic_version')")):
        statements.append(f"REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON alembic_version FROM {quoted}")
    for statement in statements:
        connection.execute(text(statement))


def may_rewrite_history(connection: Connection) -> bool:
    """Return whether the role of a connection may change events; on SQLite whoever has the file may."""
    if connection.dialect.name != "postgresql":
        return False
    rights = "has_table_privilege('event', 'UPDATE') OR has_table_privilege('event', 'DELETE')"
    return bool(connection.scalar(text(f"SELECT {rights} OR has_table_privilege('event', 'TRUNCATE')")))
