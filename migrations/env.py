"""How Alembic reaches the exchange's database: through the application, never with its own configuration.

It works as the role that owns the tables (DATABASE_OWNER_URL); afterwards the role of the web gets its rights.
"""

from __future__ import annotations

import logging
import time

from alembic import context
from flask import current_app
from sqlalchemy.engine import Engine
from sqlalchemy.exc import OperationalError

from marketplace.core.database_roles import grant_to_web, owner_engine, web_role
from marketplace.core.extensions import db

log = logging.getLogger(__name__)
#: A table that somebody reads is waited for this long, so that readers behind us wait no longer either; then the whole
#: transaction is given up and begun again after a pause.
LOCK_SECONDS, PAUSES = 5, (2, 5, 10, 20, 30)
LOCK_NOT_AVAILABLE = "55P03"


def run() -> None:
    """Run the migrations on the owner's engine, and again when somebody holds a table for long."""
    if db.engine.dialect.name == "sqlite":
        _migrate(db.engine)
        return
    engine = owner_engine(current_app.extensions["settings"], lock_timeout=f"{LOCK_SECONDS}s")
    try:
        for pause in PAUSES:
            try:
                _migrate(engine)
            except OperationalError as error:
                if getattr(error.orig, "sqlstate", "") != LOCK_NOT_AVAILABLE:
                    raise
                log.warning("a table is in use; the migrations begin again in %s s", pause)
                time.sleep(pause)
            else:
                return
        _migrate(engine)
    finally:
        engine.dispose()


def _migrate(engine: Engine) -> None:
    """Run the migrations in one transaction, and grant the web its rights in the same."""
    options = dict(current_app.extensions["migrate"].configure_args)
    role = web_role(current_app.extensions["settings"])
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


if context.is_offline_mode():
    raise SystemExit("migrations run against a database, not into a script")
run()
