"""The world of all forms with more people, and connections for everybody who presses at once."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask

from marketplace.core.extensions import db
from tests.bad_input.conftest import kinds
from tests.conftest import BACKEND, empty_tables
from tests.deals.racing import enough_connections
from tests.races.meeting import MOST
from tests.races.yard import Yard
from tests.snapshot import Snapshot

__all__ = ["kinds"]


@pytest.fixture(scope="package")
def made(shared_app: Flask) -> Iterator[tuple[Yard, Snapshot]]:
    """The world with its snapshot."""
    with shared_app.app_context():
        yard = Yard()
        snapshot = Snapshot()
        yield yard, snapshot
        snapshot.close()
        db.session.remove()
        empty_tables()


@pytest.fixture
def room(shared_app: Flask) -> Iterator[None]:
    """Let everybody have a connection of their own. On SQLite a second writer does not begin: nothing to try there."""
    if BACKEND == "sqlite":
        pytest.skip("one writer at a time; tests/deals/test_racing.py and others press at once there")
    with shared_app.app_context(), enough_connections(MOST + 4):
        yield
