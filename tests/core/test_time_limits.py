"""PostgreSQL answers or is given up: connections, statements of requests, and migrations behind a reader."""

from __future__ import annotations

import socket
import threading
import time
from pathlib import Path

import pytest
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import create_engine, text
from sqlalchemy.exc import OperationalError

from marketplace import create_app
from marketplace.core import connection_limits
from marketplace.core.connection_limits import postgresql_limits
from marketplace.core.database_errors import Verdict, verdict
from marketplace.core.extensions import db
from tests.conftest import BACKEND, make_settings

on_postgresql = pytest.mark.skipif(BACKEND != "postgres", reason="SQLite is no server")


def test_a_server_that_does_not_answer_is_given_up_after_five_seconds() -> None:
    with socket.socket() as frozen:  # it takes connections, and says nothing
        frozen.bind(("127.0.0.1", 0))
        frozen.listen()
        url = f"postgresql+psycopg://a:b@127.0.0.1:{frozen.getsockname()[1]}/c"
        engine, started = create_engine(url, connect_args=postgresql_limits()), time.monotonic()
        with pytest.raises(OperationalError) as refused:
            engine.connect()
    assert verdict(refused.value) is Verdict.BUSY
    assert 3 < time.monotonic() - started < 15


@on_postgresql
def test_a_statement_of_a_request_ends_after_its_time(
    own_database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection_limits, "STATEMENT_SECONDS", 1)
    app = create_app(make_settings(tmp_path, own_database))
    with app.app_context():
        with pytest.raises(OperationalError) as refused:
            db.session.execute(text("SELECT pg_sleep(20)"))
        assert verdict(refused.value) is Verdict.BUSY
        db.session.remove()
        db.engine.dispose()


@on_postgresql
def test_a_migration_gives_way_to_readers_and_begins_again(own_database: str, tmp_path: Path) -> None:
    app: Flask = create_app(make_settings(tmp_path, own_database))
    reader = create_engine(own_database)
    with app.app_context():
        upgrade()
        downgrade(revision="0024")
        db.session.remove()
        with reader.connect() as held:
            tables = held.scalars(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")).all()
            for table in tables:
                held.execute(text(f'LOCK TABLE "{table}" IN ACCESS SHARE MODE'))
            letting_go = threading.Timer(7, held.rollback)
            letting_go.start()
            upgrade()
            letting_go.join()
        assert db.session.scalar(text("SELECT max(version_num) FROM alembic_version"))
        db.session.remove()
        db.engine.dispose()
    reader.dispose()
