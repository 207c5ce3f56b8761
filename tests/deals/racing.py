"""Several people let go at the same moment, each in a thread with an application context and a connection of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from flask.testing import FlaskClient

from marketplace.core.extensions import db

PATIENCE = 60  # seconds after which a thread that is still waiting is a deadlock


@dataclass(frozen=True)
class Answer:
    """What one of them got."""

    status: int
    page: str
    location: str


def at_once(calls: Sequence[Callable[[], Answer]]) -> list[Answer]:
    """Run all calls together and return their answers in the same order."""
    db.session.rollback()  # on SQLite an open transaction of the test would hold the write lock
    ready = threading.Barrier(len(calls))
    answers: dict[int, Answer] = {}
    failures: list[BaseException] = []

    def run(place: int) -> None:
        ready.wait(PATIENCE)
        try:
            answers[place] = calls[place]()
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=run, args=(place,), daemon=True) for place in range(len(calls))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    assert not failures, failures
    assert len(answers) == len(calls), "somebody is still waiting"
    db.session.rollback()
    db.session.expire_all()
    return [answers[place] for place in range(len(calls))]


def sending(client: FlaskClient, path: str, data: dict[str, object] | None = None) -> Callable[[], Answer]:
    """Return the call that sends a form."""

    def send() -> Answer:
        answer = client.post(path, data=data or {})
        return Answer(answer.status_code, answer.get_data(as_text=True), answer.headers.get("Location", ""))

    return send


def reading(client: FlaskClient, path: str) -> Callable[[], Answer]:
    """Return the call that opens a page."""

    def read() -> Answer:
        answer = client.get(path)
        return Answer(answer.status_code, answer.get_data(as_text=True), "")

    return read


@contextmanager
def enough_connections(count: int) -> Iterator[None]:
    """Let the pool open a connection for everybody, so that nobody waits for one instead of for a row."""
    pool = db.engine.pool
    before = pool._max_overflow  # type: ignore[attr-defined]
    pool._max_overflow = before + count  # type: ignore[attr-defined]
    try:
        yield
    finally:
        pool._max_overflow = before  # type: ignore[attr-defined]
