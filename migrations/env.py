"""How Alembic reaches the exchange's database: through the application, never with its own configuration.

It works as the role that owns the tables (DATABASE_OWNER_URL); afterwards the role of the web gets its rights.
"""

from __future__ import annotations

from alembic import context
from flask import current_app

from marketplace.core.database_roles import grant_to_web, owner_engine, web_role
from marketplace.core.extensions import db


def run() -> None:
    """Run the migrations in one transaction on the owner's engine, and grant the web its rights in the same."""
    options = dict(current_app.extensions["migrate"].configure_args)
    role = web_role(current_app.extensions["settings"])
    engine = owner_engine(current_app.extensions["settings"]) if role else db.engine
    with engine.connect() as connection:
        sqlite = connection.dialect.name == "sqlite"
        if sqlite:
            # Batch mode rebuilds tables; with foreign keys on, dropping the old one would delete its children.
            # Straight to the driver: inside a transaction SQLite ignores this pragma.
            connection.connection.driver_connection.execute("PRAGMA foreign_keys=OFF")
        context.configure(connection=connection, target_metadata=db.metadata, **options)
        with context.begin_transaction():
            context.run_migrations()
            if role:
                grant_to_web(connection, role)
        if connection.in_transaction():
            connection.commit()
        if sqlite:
            connection.connection.driver_connection.execute("PRAGMA foreign_keys=ON")
    if role:
        engine.dispose()


if context.is_offline_mode():
    raise SystemExit("migrations run against a database, not into a script")
run()
