"""What must be kept although the answer is an error or the request only reads: the one door beside the one commit.

`write` takes a function of a connection. In a request it waits until the request's own transaction has ended and its
connection is free again; then each function runs in a short transaction of its own. It is best effort: together they
have 100 ms, and what fails or comes too late is logged and left out. Nothing that a page promises may depend on `write`;
`write_now` says whether it was written.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence

from flask import Flask, current_app, g, has_request_context
from sqlalchemy.engine import Connection
from sqlalchemy.exc import SQLAlchemyError

from marketplace.core.extensions import db, write_intent

log = logging.getLogger(__name__)
Work = Callable[[Connection], object]

LIMIT = 0.1  # seconds that everything a request leaves behind may take together
PAUSE = 10.0  # seconds without another try after one that took much longer: the database does not answer


def write(work: Work) -> None:
    """Let `work(connection)` write in a transaction of its own, after the present request or, outside of one, at once."""
    if has_request_context():
        g.setdefault("aside", []).append(work)
    else:
        _run([work])


def write_now(work: Work, seconds: float = LIMIT) -> bool:
    """Let `work(connection)` write at once, within so many seconds; return whether it was written, for a page that says so.

    Only for a request that is refused: what its own transaction did is rolled back, so that its connection is free.
    """
    db.session.rollback()
    return _run([work], seconds) == 1


def _run_waiting(_error: BaseException | None = None) -> None:
    waiting = g.pop("aside", ())
    if waiting:
        _run(waiting)


def _run(works: Sequence[Work], limit: float = LIMIT) -> int:
    """Run each; return how many were written."""
    began, written = time.monotonic(), 0
    if began < current_app.extensions.get("aside_pause", 0.0):
        return 0
    intent = write_intent.set(True)
    try:
        for number, work in enumerate(works):
            left = limit - (time.monotonic() - began)
            if left <= 0:
                log.warning("%s writes beside requests were left out: no time", len(works) - number)
                break
            written += _one(work, left)
    finally:
        write_intent.reset(intent)
    if time.monotonic() - began > 3 * limit:
        current_app.extensions["aside_pause"] = time.monotonic() + PAUSE
    return written


def _one(work: Work, seconds: float) -> bool:
    try:
        with db.engine.connect() as connection:
            if connection.dialect.name == "sqlite":
                _on_sqlite(connection, work, seconds)
                return True
            # The commit does not wait for the disk: what is written here may be lost with the machine.
            limits = f"SET LOCAL statement_timeout = {max(1, int(seconds * 1000))}; SET LOCAL synchronous_commit = off"
            with connection.begin():
                connection.exec_driver_sql(limits)
                work(connection)
        return True
    except SQLAlchemyError as error:
        log.warning("a write beside a request failed: %s", type(error).__name__)
    except Exception:
        log.exception("a write beside a request failed")
    return False


def _on_sqlite(connection: Connection, work: Work, seconds: float) -> None:
    """Wait for the writer before this one no longer than `seconds`; afterwards the connection is as it was."""
    raw = connection.connection.driver_connection
    assert raw is not None
    before = raw.execute("PRAGMA busy_timeout").fetchone()[0]
    raw.execute(f"PRAGMA busy_timeout = {max(1, int(seconds * 1000))}")
    try:
        with connection.begin():
            work(connection)
    finally:
        raw.execute(f"PRAGMA busy_timeout = {before}")


def register(app: Flask) -> None:
    """Let what waits run at the end of each request. To be called before the database's own registration: the last
    registered runs first, and the request's session must have let go of its connection.
    """
    app.teardown_appcontext(_run_waiting)
