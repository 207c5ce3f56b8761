"""People who press in the same moment, each of whom has read everything before the first one locks or writes a row."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event

from marketplace.core.extensions import db
from tests.deals.racing import Answer, at_once
from tests.thorough import ALL

#: How many press at once, and how many with TESTS=all.
FEW, MOST = 3, 20
#: Seconds after which nobody waits for somebody who has nothing to lock; no assertion depends on it.
IMPATIENT = 0.2
_LOCKS = re.compile(r"^\s*(?:INSERT|UPDATE|DELETE)|FOR (?:NO KEY )?(?:UPDATE|SHARE)|FOR KEY SHARE", re.I)


def crowd() -> int:
    """How many press at once in this run."""
    return MOST if ALL else FEW


@contextmanager
def meeting(count: int) -> Iterator[None]:
    """On PostgreSQL hold every thread before its first lock until `count` are there, or nobody else seems to come."""
    if db.engine.dialect.name != "postgresql":
        yield
        return
    ready, mine = threading.Barrier(count), threading.local()

    def wait(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        if threading.current_thread() is threading.main_thread() or hasattr(mine, "met") or not _LOCKS.search(statement):
            return
        mine.met = True
        with suppress(threading.BrokenBarrierError):  # somebody was refused before: the others go on
            ready.wait(IMPATIENT)

    event.listen(db.engine, "before_cursor_execute", wait)
    try:
        yield
    finally:
        event.remove(db.engine, "before_cursor_execute", wait)


def press(calls: Sequence[Callable[[], Answer]]) -> list[Answer]:
    """Run all calls together, held at their first lock; return their answers in the same order."""
    with meeting(len(calls)):
        return at_once(calls)


def same_browser(app: Flask, client: FlaskClient) -> FlaskClient:
    """Another tab of the same person: the cookies of `client`."""
    twin = app.test_client()
    for name in ("session", "__Host-session", "lang"):
        cookie = client.get_cookie(name)
        if cookie is not None:
            twin.set_cookie(name, cookie.value)
    return twin
