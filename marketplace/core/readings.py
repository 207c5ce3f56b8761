"""What was read to make something: the statements with what they gave, and what else it rests on.

Who records gets everything that the database said within the block, and can ask later, in another request, whether it
says the same still: each statement is run again and its rows are compared. So what was made from them can be shown
again without being made again, and never when a single value has changed, may no longer be seen, or has come in.
"""

from __future__ import annotations

import hashlib
import marshal
import sqlite3
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import Connection, Engine, ExecutionContext
from sqlalchemy.engine.cursor import FullyBufferedCursorFetchStrategy

from marketplace.values import clock


@dataclass
class Readings:
    """Everything that one piece of work read. `whole` is False when something cannot be asked again."""

    statements: list[tuple[str, Any, bytes]] = field(default_factory=list)  # text, parameters, digest of the rows
    checks: list[Callable[[], bool]] = field(default_factory=list)
    repeated: list[Callable[[], object]] = field(default_factory=list)  # what is done at each use, as at the first
    asked_time: bool = False  # more exactly than by the day
    whole: bool = True

    def still_true(self, connection: Connection) -> bool:
        """Return whether everything reads the same now; stops at the first difference, what is cheap first."""
        if not self.still_checked():
            return False
        ask = _asked_plainly if connection.dialect.name == "sqlite" else _asked
        return all(ask(connection, text, parameters) == digest for text, parameters, digest in self.statements)

    def still_checked(self) -> bool:
        """Return whether what does not stand in the database is as it was."""
        return all(check() for check in self.checks)


_RECORDING: ContextVar[Readings | None] = ContextVar("readings", default=None)


@contextmanager
def recording() -> Iterator[Readings]:
    """Note within the block what is read."""
    readings = Readings()
    token = _RECORDING.set(readings)
    try:
        with clock.watched() as asked:
            yield readings
    finally:
        _RECORDING.reset(token)
    readings.asked_time = bool(asked)


@contextmanager
def apart() -> Iterator[None]:
    """Note nothing within the block: who uses it adds a check of its own (`rests_on`)."""
    token = _RECORDING.set(None)
    try:
        with clock.watched():
            yield
    finally:
        _RECORDING.reset(token)


def being_noted() -> bool:
    """Return whether somebody notes what is read now."""
    return _RECORDING.get() is not None


def rests_on(check: Callable[[], bool]) -> None:
    """Let what is being made be shown again only while `check()` is true."""
    readings = _RECORDING.get()
    if readings is not None:
        readings.checks.append(check)


def each_time(act: Callable[[], object]) -> None:
    """Do `act()` now, and again whenever what is being made is shown again: counting a view."""
    readings = _RECORDING.get()
    if readings is not None:
        readings.repeated.append(act)
    with apart():
        act()


def cannot_be_kept() -> None:
    """Say that what is being made rests on something that cannot be asked again."""
    readings = _RECORDING.get()
    if readings is not None:
        readings.whole = False


def _asked(connection: Connection, statement: str, parameters: Any) -> bytes:
    """Return the digest of a statement's rows as they are now."""
    result = connection.exec_driver_sql(statement, parameters)
    rows = result.cursor.fetchall()
    result.close()
    return _digest(rows)


def _asked_plainly(connection: Connection, statement: str, parameters: Any) -> bytes:
    """The same by the driver alone, without describing each column; nothing when it fails: who asks again sees why."""
    raw: Any = connection.connection
    cursor = raw.cursor()
    try:
        cursor.execute(statement, parameters)
        return _digest(cursor.fetchall())
    except sqlite3.Error:
        return b""
    finally:
        cursor.close()


def _digest(rows: Any) -> bytes:
    """Return what stands for rows as the driver gave them; marshal of version 2 writes equal values equally."""
    try:
        written = marshal.dumps(rows, 2)
    except ValueError:  # the driver made days, moments and other objects of them
        written = repr(rows).encode(errors="surrogatepass")
    return hashlib.blake2b(written, digest_size=16).digest()


@event.listens_for(Engine, "after_cursor_execute")
def _note(
    _connection: Connection, cursor: Any, statement: str, parameters: Any, context: ExecutionContext | None, many: bool
) -> None:
    """Take the rows of a statement while somebody records, and give them on to whoever asked for them."""
    readings = _RECORDING.get()
    if readings is None or statement.startswith("BEGIN"):
        return
    if context is None or many or cursor.description is None or not statement.startswith("SELECT"):
        readings.whole = False
        return
    rows = cursor.fetchall()
    buffered: Any = FullyBufferedCursorFetchStrategy(cursor, initial_buffer=rows)
    context.cursor_fetch_strategy = buffered  # type: ignore[attr-defined]
    readings.statements.append((sys.intern(statement), parameters, _digest(rows)))
