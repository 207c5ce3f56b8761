"""The worker dies by SIGKILL at random moments during 200 changes; after a restart the index equals the database.

`make test` makes 24 changes (10 with PostgreSQL).
"""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from marketplace import create_app
from marketplace.authoring import actions as authoring
from marketplace.authoring import bulk
from marketplace.core.access import Actor
from marketplace.core.bulk_events import BulkEvent, record_many
from marketplace.core.events import Outbox, transition
from marketplace.core.extensions import db
from marketplace.core.outbox import drain, release_leases
from marketplace.listings.kind import KIND
from marketplace.listings.models import Listing
from marketplace.search import Query
from tests import factories
from tests.conftest import BACKEND, make_settings
from tests.index_difference import difference
from tests.nursery import Nursery, kill, wait_until
from tests.thorough import ALL, often

CHANGES = often(200, 24) if BACKEND == "sqlite" else often(80, 10)  # each kill costs the start of a worker
BETWEEN_KILLS = (4, 5) if not ALL else (10, 30) if BACKEND == "sqlite" else (5, 12)


@pytest.fixture
def exchange(tmp_path: Path, own_database: str) -> Iterator[Flask]:
    app = create_app(make_settings(tmp_path / "data", own_database, SEARCH_URL="whoosh://"))
    with app.app_context():
        db.create_all()
        yield app
        db.session.remove()
        db.engine.dispose()


def done() -> int:
    db.session.rollback()
    rows = select(func.count(Outbox.id)).where(Outbox.consumer == "search", Outbox.done_at.is_not(None))
    count = db.session.scalar(rows) or 0
    db.session.rollback()  # an open transaction would keep the worker waiting on SQLite
    return count


class Changes:
    """Random legal changes of listings, each with a word that only its present text holds."""

    def __init__(self, owner: Actor, staff: Actor) -> None:
        self.owner, self.staff = owner, staff
        self.random = random.Random(20261122)
        self.words: dict[int, str] = {}
        self.number = 0

    def one(self) -> None:
        self.number += 1
        listings = list(db.session.scalars(select(Listing)))
        listing = self.random.choice(listings) if len(listings) >= 8 and self.random.random() > 0.25 else None
        if listing is None:
            self._new()
        elif listing.state == "suspended":
            self._restore(listing)
        else:
            self.random.choice((self._retitle, self._suspend))(listing)
        db.session.commit()

    def _word(self) -> str:
        return f"tumoi{self.number}x"

    def _new(self) -> None:
        revision = authoring.create(KIND, self.owner, {"title": f"Công nghệ {self._word()}"})
        ledger: list[BulkEvent] = []
        bulk.publish_imported_many(KIND, [revision], self.owner, ledger)
        record_many(ledger)
        self.words[revision.listing_id] = self._word()

    def _retitle(self, listing: Listing) -> None:
        revision = authoring.start_revision(KIND, listing, self.owner)
        authoring.save(KIND, revision, {"tags": [self._word()]}, self.owner, None)
        revision.title = f"Công nghệ {self._word()}"
        authoring._move(KIND, listing, revision, "import_publish", self.owner, frozenset({"importer"}))
        authoring._replace(KIND, listing, revision, self.owner)
        self.words[listing.id] = self._word()

    def _suspend(self, listing: Listing) -> None:
        roles = listing.roles_of(self.staff)
        transition(listing, KIND.lifecycle, "suspend", self.staff, roles, reason_code="complaint",
                       reason="Có khiếu nại")

    def _restore(self, listing: Listing) -> None:
        transition(listing, KIND.lifecycle, "restore", self.staff, listing.roles_of(self.staff), reason="xong")


def found(engine: Any, word: str) -> list[int]:
    return [hit.id for hit in engine.query(Query(text=word, limit=5)).hits]


@pytest.mark.slow
@pytest.mark.timeout(400)
def test_after_random_kills_the_index_equals_the_database(exchange: Flask) -> None:
    org, person = factories.organisation(), factories.user()
    changes = Changes(factories.actor_of(person, org), factories.actor_of(factories.user(staff=("moderator",))))
    nursery, kills = Nursery(exchange), 0
    while changes.number < CHANGES:
        changes.one()
        before, worker = done(), nursery.start()
        wait_until(lambda before=before: done() > before)
        for _ in range(min(changes.random.randint(*BETWEEN_KILLS), CHANGES - changes.number)):
            changes.one()
            time.sleep(changes.random.random() * 0.05)
        time.sleep(changes.random.random() * 0.1)
        kill(worker)
        kills += 1
    assert kills >= (5 if ALL else 2)
    nursery.close()
    release_leases()
    drain()
    check(exchange, changes)


def check(exchange: Flask, changes: Changes) -> None:
    db.session.rollback()
    db.session.expire_all()
    indexer, engine = exchange.extensions["indexer"], exchange.extensions["search_engine"]
    time.sleep(1.1)  # readers look for a newer index once a second
    for kind in ("listing", "need", "organisation"):
        assert difference(indexer, kind) == (set(), set()), kind
    for listing in db.session.scalars(select(Listing)):
        word = changes.words[listing.id]
        assert found(engine, word) == ([listing.id] if listing.state == "published" else []), (listing.id, listing.state)
    current = set(changes.words.values())
    outdated = [f"tumoi{number}x" for number in range(1, changes.number + 1) if f"tumoi{number}x" not in current]
    assert outdated
    assert all(found(engine, word) == [] for word in outdated)
    assert db.session.scalar(select(func.count(Outbox.id)).where(Outbox.parked_at.is_not(None))) == 0
