"""Whether anybody could write now, asked with a connection of one's own."""

from __future__ import annotations

import sqlite3

from marketplace.core.extensions import db


def others_can_write() -> bool:
    """True when another connection gets SQLite's write lock at once; PostgreSQL has no such lock."""
    if db.engine.dialect.name != "sqlite":
        return True
    other = sqlite3.connect(str(db.engine.url.database), timeout=0, isolation_level=None)
    try:
        other.execute("BEGIN IMMEDIATE")
        other.execute("ROLLBACK")
    except sqlite3.OperationalError:
        return False
    finally:
        other.close()
    return True
