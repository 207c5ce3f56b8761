"""Deleting the names of erased people from events, as the role that owns the tables.

The event `user.erase` decides; this follows from it. The worker does it at once where its role may; where the role of the
web may not, and the owner's is not at hand, `flask erase-names` does it, from a timer of its own.
"""

from __future__ import annotations

from flask import current_app

from marketplace.core.database_roles import may_rewrite_history, owner_connection, web_role
from marketplace.core.erasure import delete_names, names_left
from marketplace.core.extensions import db, write_intent
from marketplace.core.long_work import begin_reading


def may_erase() -> bool:
    """Return whether this process has the owner's role at hand, or one role does everything."""
    if db.engine.dialect.name != "postgresql" or web_role(current_app.extensions["settings"]):
        return True
    return may_rewrite_history(db.session.connection())


def erase_due_names() -> tuple[int, int]:
    """Delete what names erased people in events, slice by slice, each committed; return how many people and rows."""
    begin_reading()
    left = names_left(db.session.connection())
    begin_reading()
    write_intent.set(True)
    rows = 0
    for person, until in left.items():
        while True:
            with owner_connection() as connection:
                gone = delete_names(connection, person, until)
            rows += gone
            if not gone:
                break
    return len(left), rows
