"""A connection to PostgreSQL that gives up a silent server (`core.connection_limits`). Needs the driver, an extra."""

from __future__ import annotations

import time
from collections.abc import Generator
from typing import Any

import psycopg

from marketplace.core import connection_limits
from marketplace.core.connection_limits import Watch


class NoAnswer(psycopg.OperationalError):
    """The server does not answer; whether it has done what it was told is not known."""


class Watched(psycopg.Connection[Any]):
    """Gives up a silent server. `longest` is a limit in seconds whatever the server says of itself."""

    watch: Watch | None = None
    longest: float | None = None

    def wait(self, gen: Any, *rest: Any, **named: Any) -> Any:
        """Wait for an answer. Raises NoAnswer, and then the connection is closed: the answer may come later."""
        try:
            if self.watch is not None and self.watch.refuses():
                raise NoAnswer("the server is silent")
            return super().wait(self._looking(gen), *rest, **named)
        except NoAnswer:
            self.close()
            raise

    def _looking(self, gen: Any) -> Generator[Any, Any, Any]:
        """Pass on what the driver waits for; it wakes up ten times a second to say that there is nothing."""
        began = time.monotonic()
        look_at = began + connection_limits.PATIENCE
        try:
            wanted = next(gen)
            while True:
                ready = yield wanted
                if not ready:
                    now = time.monotonic()
                    if self.longest is not None and now - began >= self.longest:
                        raise NoAnswer("no answer in time")
                    if self.watch is not None and now >= look_at:
                        if not self.watch.answers():
                            raise NoAnswer("the server is silent")
                        look_at = time.monotonic() + connection_limits.PATIENCE
                wanted = gen.send(ready)
        except StopIteration as end:
            return end.value


def opened(watch: Watch, longest: float | None, cargs: Any, cparams: dict[str, Any]) -> Watched:
    """Return a new connection. Raises NoAnswer when the server is known to be silent, ConnectionTimeout when it is."""
    if watch.refuses():
        raise NoAnswer("the server is silent")
    try:
        made = Watched.connect(*cargs, **cparams)
    except psycopg.errors.ConnectionTimeout:
        watch.note_silence()
        raise
    made.watch, made.longest = watch, longest
    return made


def gives_a_sign(cargs: Any, cparams: dict[str, Any]) -> bool:
    """Return whether the server answers a new connection, be it by refusing it."""
    try:
        with Watched.connect(*cargs, **cparams, autocommit=True) as connection:
            connection.longest = connection_limits.LOOK
            connection.execute("SELECT 1")
    except (psycopg.errors.ConnectionTimeout, NoAnswer):
        return False
    except psycopg.Error:
        return True
    return True
