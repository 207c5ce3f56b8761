"""The fixed cast and the two databases. `TEST_BACKEND=sqlite|postgres` chooses; `make test` runs both."""

from __future__ import annotations

import gc
import os
import shutil
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest
from flask import Flask
from hypothesis import settings
from jinja2 import FileSystemBytecodeCache
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from marketplace import create_app
from marketplace.core.access import SYSTEM
from marketplace.core.config import Settings, load_settings
from marketplace.core.events import Event, register_companion
from marketplace.core.extensions import Base, db, limiter, write_intent
from marketplace.core.subjects import SUBJECTS
from marketplace.notifications.rules import by_action, silent
from marketplace.values import clock
from tests import remembered
from tests.groups import elsewhere
from tests.tables import empty
from tests.thorough import ALL, ONCE
from tests.web_role import role_of, serve_as_the_web

BACKEND = os.environ.get("TEST_BACKEND", "sqlite")

# `make test` tries the same examples every time, so that what passed here passes in CI; elsewhere they are new ones.
settings.register_profile("once", derandomize=True)
if ONCE:
    settings.load_profile("once")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave second variants to `make test-all`, and in `make test` to one database what need not run on both."""
    if ALL:
        return
    left = [item for item in items if item.get_closest_marker("thorough") or runs_elsewhere(item)]
    config.hook.pytest_deselected(items=left)
    items[:] = [item for item in items if item not in left]


def pytest_collection_finish() -> None:
    """Leave what was loaded for all tests out of the collection of garbage, which took an eighth of their time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 50, 100)


def runs_elsewhere(item: pytest.Item) -> bool:
    """True for a test that `make test` runs on the other database only (tests/groups.py)."""
    here = any(item.get_closest_marker(name) for name in ("sqlite_first", "once"))
    return here if BACKEND == "postgres" else ONCE and not here and elsewhere(item.path)


@pytest.fixture(scope="session")
def worker_id(request: pytest.FixtureRequest) -> str:
    return str(getattr(request.config, "workerinput", {}).get("workerid", "main"))


@pytest.fixture(scope="session")
def database_url(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Iterator[str]:
    """A database of this process's own: a file, or a database in a real PostgreSQL server."""
    if BACKEND == "sqlite":
        yield f"sqlite:///{tmp_path_factory.mktemp('db') / 'test.sqlite3'}"
        return
    server = os.environ.get("TEST_DATABASE_URL")
    assert server, "TEST_BACKEND=postgres needs TEST_DATABASE_URL; `make test` starts a server (tests/postgres.py)"
    name = f"test_{worker_id}_{os.getpid()}"
    admin = create_engine(server, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f'CREATE DATABASE "{name}"'))
    yield make_url(server).set(database=name).render_as_string(hide_password=False)
    with admin.connect() as connection:
        connection.execute(text(f'DROP DATABASE "{name}" WITH (FORCE)'))
        connection.execute(text(f'DROP ROLE IF EXISTS "{role_of(name)}"'))
    admin.dispose()


def make_settings(data_dir: Path, database_url: str, **changes: str) -> Settings:
    """Settings of a test installation."""
    return load_settings(
        {
            "EXCHANGE_ENV": "test",
            "DATA_DIR": str(data_dir),
            "DATABASE_URL": database_url,
            "SEARCH_URL": "whoosh://memory",
            "SECRET_KEY": "test-only-" + "x" * 32,
            "RATE_LIMITS": "0",
            "DEMO": "0",
            "SEAL_KEY_FILE": str(data_dir / "seal_key.pem"),
            **changes,
        }
    )


@pytest.fixture(scope="session")
def shared_app(
    tmp_path_factory: pytest.TempPathFactory, database_url: str, request: pytest.FixtureRequest
) -> Iterator[Flask]:
    app = create_app(make_settings(tmp_path_factory.mktemp("data"), database_url))
    if (cache := getattr(request.config, "cache", None)) is not None:  # templates are compiled once, not in every process
        app.jinja_env.bytecode_cache = FileSystemBytecodeCache(str(cache.mkdir("templates")))
    with app.app_context():
        db.create_all()
        serve_as_the_web()
    app.extensions["search_engine"].rebuild([])
    yield app
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


_recorded: set[str] = set()
#: Events that tests of the mechanism record themselves.
MADE_UP = {"organisation.save", "organisation.update", "organisation.other", "deal.register"}


def _note_actions(events: Sequence[tuple[Event, object]]) -> list[Base]:
    """Note what is recorded; a companion of events sees every one of them."""
    _recorded.update(event.action for event, _subject in events)
    return []


register_companion("tests.recorded", _note_actions)


@pytest.fixture(autouse=True)
def _every_recorded_event_is_in_the_table() -> Iterator[None]:
    """Whatever a test has recorded of a registered kind of thing is told to somebody, or to nobody for a reason."""
    _recorded.clear()
    yield
    happened = {action for action in _recorded if action.partition(".")[0] in SUBJECTS}
    missing = happened - set(by_action()) - set(silent()) - MADE_UP
    assert not missing, f"say in the notifications module of the feature who is told of it: {sorted(missing)}"


@pytest.fixture(autouse=True)
def _as_a_process_begins() -> None:
    """Begin every test as a process does: meaning to write, without limits, whatever an earlier test has left.

    The last request of that one may only have read, and an application made with limits has them on in all (extensions).
    """
    write_intent.set(True)
    limiter.enabled = False


@pytest.fixture
def app(shared_app: Flask) -> Iterator[Flask]:
    """The application on an empty database, index and data folder; it has read the calendar of working days before."""
    shared_app.extensions["short_cache"] = {"working_calendar": (time.monotonic(), clock.PUBLIC)}
    remembered.begin(shared_app)
    yield shared_app
    remembered.end()
    with shared_app.app_context():
        db.session.remove()
        empty_tables()
    empty_folder(shared_app.extensions["settings"].data_dir)
    engine = shared_app.extensions.get("search_engine")
    if engine is not None:
        engine.rebuild([])


def empty_tables() -> None:
    """Delete every row of every table that has one."""
    with db.engine.begin() as connection:
        empty(connection)


def empty_folder(folder: Path) -> None:
    """Remove what a test left in the data folder; most leave nothing."""
    folder.mkdir(parents=True, exist_ok=True)
    for path in folder.iterdir():
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)


@pytest.fixture
def own_database(tmp_path: Path, database_url: str) -> Iterator[str]:
    """The address of an empty database without tables, for a test that needs one to itself (other processes, DDL)."""
    with database_apart(tmp_path, database_url, "own") as url:
        yield url


@contextmanager
def database_apart(folder: Path, database_url: str, suffix: str) -> Iterator[str]:
    """The address of an empty database without tables beside the one of this process."""
    if BACKEND == "sqlite":
        yield f"sqlite:///{folder / suffix}.sqlite3"
        return
    name = f"{make_url(database_url).database}_{suffix}"
    admin = create_engine(database_url, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f'CREATE DATABASE "{name}"'))
    yield make_url(database_url).set(database=name).render_as_string(hide_password=False)
    with admin.connect() as connection:
        connection.execute(text(f'DROP DATABASE "{name}" WITH (FORCE)'))
    admin.dispose()


@pytest.fixture
def ctx(app: Flask) -> Iterator[Flask]:
    """An application context for tests of actions and queries."""
    with app.app_context():
        yield app
        db.session.rollback()


@pytest.fixture
def system() -> object:
    return SYSTEM
