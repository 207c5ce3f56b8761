"""The worker computes while others write, and what it read may be old when it writes: nothing is lost or told twice."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import update

from marketplace.core.events import Outbox
from marketplace.core.extensions import db
from marketplace.core.long_work import begin_reading, begin_writing
from marketplace.core.outbox import drain, work_once
from marketplace.listings import actions as listings
from marketplace.listings.models import Listing
from marketplace.saved_searches import actions, matcher
from marketplace.saved_searches.models import SavedSearchHit
from marketplace.values import clock
from tests.saved_searches.conftest import World
from tests.writing import others_can_write

Published = Callable[..., Listing]


def during(monkeypatch: pytest.MonkeyPatch, then: Callable[[], None]) -> None:
    """Do something once, after the searches were asked and before the answer is written."""
    asked, left = matcher.percolate, [then]

    def percolate(*args: Any) -> Any:
        found = asked(*args)
        if left:
            left.pop()()
        return found

    monkeypatch.setattr(matcher, "percolate", percolate)


def test_nobody_waits_while_searches_are_evaluated(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    search = world.keep(world.cast.stranger)
    made, free = world.publish(), []
    db.session.commit()
    during(monkeypatch, lambda: free.append(others_can_write()))
    drain()
    assert free == [True]
    assert world.found(search) == {made.id}


def test_a_thing_that_changes_meanwhile_is_left_to_its_event(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    search = world.keep(world.cast.stranger)
    made, other = world.publish(), world.publish("Máy bơm nước khác")
    db.session.commit()
    work_once(["search"])

    def withdraw() -> None:
        begin_writing()
        listings.move(db.session.get_one(Listing, made.id), "unpublish", world.owner, reason="Tạm ngừng")
        db.session.commit()
        begin_reading()

    during(monkeypatch, withdraw)
    work_once(["alerts"])
    assert world.found(search) == {other.id}
    drain()
    assert world.found(search) == {other.id}


def test_searches_turned_off_or_deleted_meanwhile_get_nothing(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    off, gone, stays = (world.keep(world.cast.stranger, name=name) for name in ("off", "gone", "stays"))
    made = world.publish()
    db.session.commit()

    def leave() -> None:
        begin_writing()
        actions.turn_off(off)
        actions.remove(gone)
        db.session.commit()
        begin_reading()

    during(monkeypatch, leave)
    drain()
    assert world.found(stays) == {made.id}
    assert db.session.query(SavedSearchHit).count() == 1


def test_two_workers_keep_a_hit_once(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    search = world.keep(world.cast.stranger)
    made = world.publish()
    db.session.commit()
    work_once(["search"])
    news = matcher.find_new([("listing", made.id)])
    assert matcher.store(news) == 1
    db.session.commit()
    matcher.store(news)
    db.session.commit()
    assert world.found(search) == {made.id}
    assert db.session.query(SavedSearchHit).count() == 1
    world.later()
    assert len(world.told(world.cast.stranger)) == 1


def test_a_worker_killed_before_it_wrote_loses_nothing(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    class Killed(BaseException):
        """What no handler catches."""

    search = world.keep(world.cast.stranger)
    made = world.publish()
    db.session.commit()

    def die() -> None:
        raise Killed

    during(monkeypatch, die)
    with pytest.raises(Killed):
        drain()
    begin_writing()
    db.session.execute(update(Outbox).where(Outbox.leased_until > clock.now()).values(leased_until=None))
    db.session.commit()
    drain()
    assert world.found(search) == {made.id}
