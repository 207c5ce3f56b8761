"""Twenty people send a file at once while two workers ask the scanner: every file is checked once, none is open before."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import func, select

from marketplace import create_app
from marketplace.core.events import Event
from marketplace.core.extensions import db
from marketplace.core.outbox import work_once
from marketplace.files import actions
from marketplace.files.models import StoredFile
from tests import factories
from tests.conftest import make_settings
from tests.files import samples
from tests.files.clamd_double import HARMFUL, clamd

AT_ONCE = 20


def upload(app: Flask, number: int, actor: object, gate: threading.Barrier) -> None:
    with app.app_context():
        gate.wait(60)
        data = samples.PDF + str(number).encode() + (HARMFUL if number % 4 == 0 else b"")
        actions.store_upload(samples.upload(data, f"{number}.pdf"), actor)  # type: ignore[arg-type]
        db.session.commit()
        db.session.remove()


def work(app: Flask) -> None:
    with app.app_context():
        while work_once(["files.scan"]):
            pass
        db.session.remove()


def counted(rows: Any) -> dict[str, int]:
    return {row[0]: row[1] for row in db.session.execute(rows)}


def test_twenty_uploads_at_once_and_two_workers(tmp_path: Path, own_database: str) -> None:
    with clamd("tcp") as double:
        app = create_app(make_settings(tmp_path / "data", own_database, CLAMD_URL=double.url))
        with app.app_context():
            db.create_all()
            senders = [factories.actor_of(factories.user()) for _ in range(AT_ONCE)]
            db.session.commit()
            db.session.remove()
        gate = threading.Barrier(AT_ONCE)
        with ThreadPoolExecutor(AT_ONCE) as pool:
            list(pool.map(lambda number: upload(app, number, senders[number], gate), range(AT_ONCE)))
        with app.app_context():
            assert set(db.session.scalars(select(StoredFile.state))) == {"waiting"}
            db.session.remove()
        with ThreadPoolExecutor(2) as pool:
            list(pool.map(lambda _number: work(app), range(2)))
        with app.app_context():
            states = select(StoredFile.state, func.count()).group_by(StoredFile.state)
            assert counted(states) == {"clean": 15, "infected": 5}
            assert len(double.scanned) == AT_ONCE
            moves = select(Event.action, func.count()).where(Event.subject_kind == "stored_file").group_by(Event.action)
            assert counted(moves) == {
                "stored_file.wait": 20, "stored_file.clear": 15, "stored_file.detect": 5,
            }
            db.session.remove()
            db.engine.dispose()
