"""How long PostgreSQL is waited for, also when it takes what it is sent and answers nothing.

Limits that the server keeps (`statement_timeout`) do not help then, nor do those of TCP, whose other end still answers.
So whoever waits for an answer looks after a while whether the server still answers anybody, by a connection of its own:
a slow statement goes on, one of a silent server is given up. From then on nobody in the process waits, but one at a time
asks again every few seconds. `BUSY` is what all of this means for a page (`core.database_errors`).
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from importlib import import_module
from typing import Any

import click
from sqlalchemy import event
from sqlalchemy.engine import Engine

log = logging.getLogger(__name__)

PATIENCE = 3.0  # seconds without an answer after which the server is asked for a sign of life, and again after as many more
LOOK = 2  # seconds for its greeting, and as many for its answer
PAUSE = 5.0  # seconds for which a server that gave none is left alone
#: After how many seconds PostgreSQL ends a statement of a request; the person gets the page of a busy exchange.
STATEMENT_SECONDS = 30
#: When PostgreSQL ends a transaction of a request that does nothing: its process stands still, or its reader takes nothing.
IDLE_SECONDS = 120


def postgresql_limits(**session: str) -> dict[str, Any]:
    """Return what a connection to PostgreSQL is opened with: it is given up after 5 seconds, also a dead one later.

    `session` are settings of the server for it, as `lock_timeout="5s"`.
    """
    options = " ".join(f"-c {name}={value}" for name, value in session.items())
    return {
        "connect_timeout": 5, "tcp_user_timeout": 10_000,
        "keepalives_idle": 30, "keepalives_interval": 10, "keepalives_count": 3,
        **({"options": options} if options else {}),
    }


def _command() -> bool:
    """Return whether this process is one of `flask`, among them the worker: it may take its time."""
    return click.get_current_context(silent=True) is not None


def limits_here() -> dict[str, Any]:
    """Return the limits of this process: those of pages, or of a command."""
    if _command():
        return postgresql_limits()
    return postgresql_limits(
        statement_timeout=f"{STATEMENT_SECONDS}s", idle_in_transaction_session_timeout=f"{IDLE_SECONDS}s"
    )


def longest_here() -> float | None:
    """Return how many seconds an answer may take in this process whatever the server says; it has ended a page's before."""
    return None if _command() else STATEMENT_SECONDS + 5.0


class Watch:
    """Whether one server answers, as all threads of this process know it."""

    def __init__(self, look: Callable[[], bool]) -> None:
        """Remember how to ask for a sign of life; it must return within a few seconds."""
        self._look, self._lock = look, threading.Lock()
        self._looked_at, self.silent_until, self.silent = 0.0, 0.0, False

    def answers(self) -> bool:
        """Ask for a sign of life, and return whether there was one; those who wait together ask once."""
        asked_at = time.monotonic()
        with self._lock:
            if self._looked_at < asked_at:
                self._ask()
            return not self.silent

    def refuses(self) -> bool:
        """Return whether the server is known to be silent; when it was left alone for long enough, one caller asks anew."""
        if not self.silent:
            return False
        if time.monotonic() < self.silent_until or not self._lock.acquire(blocking=False):
            return True
        try:
            self._ask()
        finally:
            self._lock.release()
        return self.silent

    def note_silence(self) -> None:
        """Let nobody wait for it for a while."""
        if not self.silent:
            log.error("PostgreSQL takes connections or statements and does not answer; nobody waits for it for now")
        self.silent, self.silent_until = True, time.monotonic() + PAUSE

    def _ask(self) -> None:
        answered = self._look()
        self._looked_at = time.monotonic()
        if not answered:
            self.note_silence()
        elif self.silent:
            self.silent = False
            log.warning("PostgreSQL answers again")


def watch(engine: Engine, longest: float | None = None) -> None:
    """Let no connection of an engine wait for a silent PostgreSQL, and none longer than `longest` seconds for an answer."""
    if engine.dialect.name != "postgresql":
        return
    driver = import_module("marketplace.core.watched_connection")
    known: list[Watch] = []

    @event.listens_for(engine, "do_connect")
    def _connect(_dialect: Any, _record: Any, cargs: Any, cparams: dict[str, Any]) -> Any:
        if not known:
            known.append(_watch_of(list(cargs), dict(cparams), driver.gives_a_sign))
        return driver.opened(known[0], longest, cargs, cparams)


_watches: dict[object, Watch] = {}


def watches() -> list[Watch]:
    """Return every watch of this process."""
    return list(_watches.values())


def _watch_of(cargs: list[Any], cparams: dict[str, Any], look: Callable[[Any, dict[str, Any]], bool]) -> Watch:
    """Return the watch over what these parameters lead to, the same for all engines of the process."""
    ours = {*postgresql_limits(), "options"}  # these differ between engines
    place = {name: value for name, value in cparams.items() if name not in ours}
    made = Watch(lambda: look(cargs, {**place, "connect_timeout": LOOK}))
    return _watches.setdefault(repr((cargs, sorted(place.items()))), made)
