"""A PostgreSQL that takes everything and answers nothing: pages say so soon, nobody waits twice, all goes on afterwards."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import psycopg
import pytest
from flask import Flask
from sqlalchemy import create_engine, text
from sqlalchemy.exc import OperationalError

from marketplace import create_app
from marketplace.core import connection_limits, worker
from marketplace.core.counters import Counters, store_of
from marketplace.core.database_errors import Verdict, verdict
from marketplace.core.database_roles import owner_engine
from marketplace.core.events import CONSUMERS, Consumer, Outbox
from marketplace.core.extensions import db
from marketplace.core.outbox import enqueue
from tests import factories
from tests.conftest import BACKEND, make_settings
from tests.core.standing_still import Way

pytestmark = pytest.mark.skipif(BACKEND != "postgres", reason="SQLite is no server")


@pytest.fixture
def way(database_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Way]:
    """A way that can stand still, and little patience with it; the driver itself waits for a greeting for two seconds."""
    monkeypatch.setattr(connection_limits, "PATIENCE", 0.3)
    monkeypatch.setattr(connection_limits, "PAUSE", 0.6)
    monkeypatch.setattr(psycopg.connection, "timeout_from_conninfo", lambda _params: 0.7)
    monkeypatch.setattr(worker, "AWAY", 0.2)
    made = Way(database_url)
    yield made
    made.frozen = False
    made.close()


@pytest.fixture
def site(app: Flask, tmp_path: Path, way: Way) -> Iterator[Flask]:
    made = create_app(make_settings(tmp_path, way.url))
    yield made
    with made.app_context():
        db.session.remove()
        db.engine.dispose()


def test_pages_say_so_soon_and_at_once_after_the_first(site: Flask, way: Way, monkeypatch: pytest.MonkeyPatch) -> None:
    with site.app_context():
        person = factories.user()
    guest, signed_in = site.test_client(), factories.client(site, person)
    pages = [(guest, "/healthz"), (guest, "/technologies"), (signed_in, "/account")]
    assert {web.get(path).status_code for web, path in pages} == {200}
    way.frozen = True
    first: list[int] = []
    waiting = [threading.Thread(target=lambda: first.append(site.test_client().get("/technologies").status_code))
               for _thread in range(4)]
    for each in (threading.Thread.start, threading.Thread.join):
        for one in waiting:
            each(one)
    assert first == [503] * 4, "all of them at the same time"
    with monkeypatch.context() as patch:
        patch.setattr(connection_limits, "PAUSE", 60.0)
        time.sleep(0.7)
        assert guest.get("/healthz").status_code == 503, "one asks anew, in vain"
        assert [web.get(path).status_code for web, path in pages] == [503] * 3
        way.frozen = False
        assert guest.get("/healthz").status_code == 503, "not before the pause is over"
    for known in connection_limits.watches():
        known.silent_until = 0.0
    assert [web.get(path).status_code for web, path in pages] == [200] * 3


def test_a_slow_statement_goes_on(site: Flask) -> None:
    with site.app_context():
        assert db.session.scalar(text("SELECT 7 FROM pg_sleep(1)")) == 7
        db.session.rollback()


def test_one_statement_that_never_ends_is_given_up_although_others_are_answered(way: Way) -> None:
    engine = create_engine(way.url)
    connection_limits.watch(engine, longest=0.4)
    with engine.connect() as connection, pytest.raises(OperationalError) as refused:
        connection.execute(text("SELECT pg_sleep(20)"))
    assert verdict(refused.value) is Verdict.BUSY
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT 7")) == 7, "by a new connection"
    engine.dispose()


def test_counters_of_limits_are_not_waited_for(app: Flask, tmp_path: Path, way: Way) -> None:
    store = store_of(make_settings(tmp_path, way.url, RATE_LIMIT_STORAGE="database"))
    counted, key = Counters(store=store), "LIMITER/sign-in:frozen/login"
    assert counted.incr(key, 60) == 1
    way.frozen = True
    assert counted.incr(key, 60) == 2, "this process alone"
    assert not any(known.silent for known in connection_limits.watches()), "its short limit says nothing of the server"
    store._engine.dispose()


def test_a_migration_and_a_command_of_the_owner_do_not_wait(app: Flask, tmp_path: Path, way: Way) -> None:
    engine = owner_engine(make_settings(tmp_path, way.url), lock_timeout="5s")
    with engine.connect() as connection:
        connection.execute(text("SELECT 1"))
        way.frozen = True
        with pytest.raises(OperationalError):
            connection.execute(text("SELECT 1"))
    with pytest.raises(OperationalError):
        engine.connect()
    engine.dispose()


def test_the_worker_goes_on_afterwards(site: Flask, way: Way, caplog: pytest.LogCaptureFixture) -> None:
    done, stop, freed = threading.Event(), threading.Event(), threading.Event()

    def handle(rows: Sequence[Outbox]) -> None:
        if rows[0].payload["first"]:
            way.frozen = True
            freed.wait(10)
        else:
            done.set()

    with site.app_context():
        CONSUMERS["probe"] = Consumer("probe", lambda _action: False, handle)
        enqueue("probe", {"first": True})
        db.session.commit()
        thread = threading.Thread(target=_work, args=(site, stop))
        thread.start()
        until = time.monotonic() + 10
        while not way.frozen and time.monotonic() < until:
            time.sleep(0.02)
        freed.set()
        while "did not answer" not in caplog.text and time.monotonic() < until:
            time.sleep(0.02)
        assert "did not answer" in caplog.text
        way.frozen = False
        db.session.remove()
        for _try in range(40):
            try:
                enqueue("probe", {"first": False})
                db.session.commit()
                break
            except OperationalError:
                db.session.rollback()
                time.sleep(0.1)
        assert done.wait(15)
        stop.set()
        thread.join()
    assert "Traceback" not in caplog.text


def _work(site: Flask, stop: threading.Event) -> None:
    with site.app_context():
        worker.work_forever(stop, 0.05)

