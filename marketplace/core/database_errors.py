"""What an error of the database means for the person who waits: a conflict, a bad value, a busy database, or our fault.

PostgreSQL tells by SQLSTATE, SQLite by the name of its result code.
"""

from __future__ import annotations

from enum import Enum

from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError


class Verdict(Enum):
    """The four meanings."""

    CONFLICT = "conflict"  # somebody else saved the same thing, or removed what this refers to
    VALUE = "value"  # a value does not fit its column
    BUSY = "busy"  # the database cannot take it at the moment; repeating helps
    FAULT = "fault"  # a rule of the data is violated, or a table or column is missing: a mistake of the site


#: SQLSTATE of PostgreSQL by its first characters; the longest that fits decides.
_STATES = {
    "23505": Verdict.CONFLICT,  # unique
    "23P01": Verdict.CONFLICT,  # exclusion
    "23503": Verdict.CONFLICT,  # foreign key: the other row is gone, or is referred to by now
    "22": Verdict.VALUE,
    "08": Verdict.BUSY,  # connection
    "25006": Verdict.BUSY,  # read-only after a failover
    "25P03": Verdict.BUSY,  # a transaction that stood still was ended
    "40": Verdict.BUSY,  # deadlock, serialization
    "53": Verdict.BUSY,  # out of connections, memory, disk
    "55P03": Verdict.BUSY,  # lock not available
    "57": Verdict.BUSY,  # cancelled (timeout), shutting down
    "58": Verdict.BUSY,  # input and output
}
#: The same for result codes of SQLite.
_CODES = {
    "SQLITE_CONSTRAINT_UNIQUE": Verdict.CONFLICT,
    "SQLITE_CONSTRAINT_PRIMARYKEY": Verdict.CONFLICT,
    "SQLITE_CONSTRAINT_ROWID": Verdict.CONFLICT,
    "SQLITE_CONSTRAINT_FOREIGNKEY": Verdict.CONFLICT,
    "SQLITE_TOOBIG": Verdict.VALUE,
    "SQLITE_MISMATCH": Verdict.VALUE,
    **{
        f"SQLITE_{name}": Verdict.BUSY
        for name in ("BUSY", "LOCKED", "FULL", "IOERR", "CANTOPEN", "READONLY", "PROTOCOL", "NOMEM", "INTERRUPT")
    },
}


def verdict(error: DBAPIError) -> Verdict:
    """Return what an error means. One without a code comes from a driver that has lost its database, or never had it."""
    state, code = getattr(error.orig, "sqlstate", None), getattr(error.orig, "sqlite_errorname", None)
    if isinstance(state, str):
        return _longest(_STATES, state)
    if isinstance(code, str):
        return _longest(_CODES, code)
    return Verdict.BUSY if isinstance(error, OperationalError | InterfaceError) else Verdict.FAULT


def _longest(table: dict[str, Verdict], code: str) -> Verdict:
    fitting = [start for start in table if code.startswith(start)]
    return table[max(fitting, key=len)] if fitting else Verdict.FAULT


def described(error: DBAPIError) -> str:
    """Return code, table and constraint for the log, never the values, which may be personal data."""
    orig = error.orig
    diag = getattr(orig, "diag", None)
    if diag is not None:
        names = (getattr(diag, name, None) for name in ("sqlstate", "table_name", "column_name", "constraint_name"))
        return f"{type(orig).__name__} {' '.join(name for name in names if name)}".strip()
    code = getattr(orig, "sqlite_errorname", None)
    return f"{code}: {orig}" if code else type(orig).__name__  # SQLite's message names columns and constraints only
