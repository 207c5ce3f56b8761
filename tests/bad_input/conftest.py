"""One world for all tests of bad input, the way back to it, and the kinds of fields that were met."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask

from marketplace.core.extensions import db
from tests.bad_input.kinds import Kinds
from tests.bad_input.world import Workshop
from tests.conftest import empty_tables
from tests.snapshot import Snapshot


@pytest.fixture(scope="package")
def made(shared_app: Flask) -> Iterator[tuple[Workshop, Snapshot]]:
    """The world with its snapshot; a test restores it before it begins."""
    with shared_app.app_context():
        workshop = Workshop()
        snapshot = Snapshot()
        yield workshop, snapshot
        snapshot.close()
        db.session.remove()
        empty_tables()


@pytest.fixture(scope="package")
def kinds() -> Iterator[Kinds]:
    """Which hostile value has met which kind of field, in this process."""
    with pytest.MonkeyPatch.context() as patch:
        yield Kinds(patch)
