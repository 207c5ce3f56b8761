"""The worker compares while others write, waits for the index, and loses nothing when it is killed or overtaken."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from marketplace.core.events import Outbox, record
from marketplace.core.extensions import db
from marketplace.core.long_work import begin_reading, begin_writing
from marketplace.core.outbox import drain, work_once
from marketplace.listings import actions as listings
from marketplace.listings.models import Listing
from marketplace.matching import consumers, full_pass, full_pass_end, incremental, store
from marketplace.matching.models import Match
from marketplace.values import clock
from tests.matching.market import Market
from tests.thorough import sqlite_first
from tests.writing import others_can_write


@pytest.fixture
def market(ctx: Flask) -> Market:
    return Market()


def during(
    monkeypatch: pytest.MonkeyPatch, then: Callable[[], Any], where: Any = incremental, name: str = "candidates"
) -> None:
    """Do something once while something is computed."""
    asked, left = getattr(where, name), [then]

    def looking(*args: Any) -> Any:
        found = asked(*args)
        if left:
            left.pop()()
        return found

    monkeypatch.setattr(where, name, looking)


def pairs() -> set[tuple[int, int]]:
    db.session.rollback()
    return {(row[0], row[1]) for row in db.session.execute(select(Match.buyer_request_id, Match.listing_id))}


def withdraw(market: Market, id_: int) -> None:
    """As another person does, with a connection of their own."""
    begin_writing()
    listings.move(db.session.get_one(Listing, id_), "unpublish", market.supplier, reason="Tạm ngừng")
    db.session.commit()
    begin_reading()


@pytest.mark.parametrize("kind", ["need", "listing"])
def test_nobody_waits_while_pairs_are_compared(market: Market, monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    drain()
    listing, free = market.offer(), []
    db.session.commit()
    if kind == "need":
        drain()
    during(monkeypatch, lambda: free.append(others_can_write()))
    consumers.match(kind, market.need.id if kind == "need" else listing.id)
    assert free == [True]


@sqlite_first
def test_it_waits_for_the_index(market: Market) -> None:
    """A new need and a new listing, matched before either is indexed, would miss each other until the night."""
    listing = market.offer()
    db.session.commit()
    work_once(["matching"])
    rows = db.session.query(Outbox).filter_by(consumer="matching", done_at=None).all()
    assert rows
    assert all("index is behind" in row.last_error and row.attempts == 0 for row in rows)
    work_once(["search"])
    with clock.fixed(clock.now() + timedelta(minutes=1)):
        work_once(["matching"])
    assert pairs() == {(market.need.id, listing.id)}


def test_what_has_changed_meanwhile_is_left_to_its_event(market: Market, monkeypatch: pytest.MonkeyPatch) -> None:
    market.matched()
    first, second = (market.offer(title=f"Xử lý nước thải dệt nhuộm, {number}") for number in ("hai", "ba"))
    db.session.commit()
    before = pairs()
    work_once(["search"])
    during(monkeypatch, lambda: withdraw(market, first.id))
    consumers.match("need", market.need.id)  # its partner was withdrawn after it was read
    assert pairs() == {*before, (market.need.id, second.id)}
    drain()
    assert pairs() == {*before, (market.need.id, second.id)}


def test_a_thing_withdrawn_meanwhile_gets_no_pairs(market: Market, monkeypatch: pytest.MonkeyPatch) -> None:
    drain()
    listing = market.offer()
    db.session.commit()
    work_once(["search"])
    during(monkeypatch, lambda: withdraw(market, listing.id))
    consumers.match("listing", listing.id)
    assert pairs() == set()


def test_an_event_that_changes_no_text_loses_no_pair(market: Market, monkeypatch: pytest.MonkeyPatch) -> None:
    drain()
    listing = market.offer()
    db.session.commit()
    work_once(["search"])

    def write_a_draft() -> None:
        begin_writing()
        record(db.session.get_one(Listing, listing.id), "listing.save", market.supplier)
        db.session.commit()
        begin_reading()

    during(monkeypatch, write_a_draft)
    consumers.match("listing", listing.id)
    assert pairs() == {(market.need.id, listing.id)}


def test_two_workers_do_not_undo_each_other(market: Market, monkeypatch: pytest.MonkeyPatch) -> None:
    """One reads a need; another one matches a new listing with it; then the first one writes."""
    first = market.matched()
    drain()
    new: list[int] = []

    def other_worker() -> None:
        begin_writing()
        new.append(market.offer(title="Xử lý nước thải dệt nhuộm, mới").id)
        db.session.commit()
        drain()
        begin_reading()

    during(monkeypatch, other_worker)
    consumers.match("need", market.need.id)
    assert pairs() == {(market.need.id, first.listing_id), (market.need.id, new[0])}


def test_a_killed_worker_loses_nothing(market: Market, monkeypatch: pytest.MonkeyPatch) -> None:
    class Killed(BaseException):
        """What no handler catches."""

    listing = market.offer()
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
    assert pairs() == {(market.need.id, listing.id)}


@sqlite_first
def test_a_long_round_is_cut_and_goes_on(market: Market, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(consumers, "ROUND_SECONDS", 0)
    monkeypatch.setattr(consumers, "SLICE", 2)
    made = [market.offer(title=f"Xử lý nước thải dệt nhuộm, đời {number}") for number in range(4)]
    db.session.commit()
    work_once(["search"])
    assert work_once(["matching"]) > 1
    assert len(pairs()) <= 1
    drain()
    assert pairs() == {(market.need.id, one.id) for one in made}


@sqlite_first
@pytest.mark.parametrize(
    ("where", "name"),
    [(full_pass, "_meet"), (full_pass, "live_needs"), (full_pass, "live_listings"), (full_pass_end, "_listings")],
)
def test_nobody_waits_for_a_full_pass(market: Market, monkeypatch: pytest.MonkeyPatch, where: Any, name: str) -> None:
    listing = market.offer()
    drain()
    full_pass.begin("nightly")
    db.session.commit()
    free: list[bool] = []
    during(monkeypatch, lambda: free.append(others_can_write()), where, name)
    drain()
    assert free == [True]
    assert pairs() == {(market.need.id, listing.id)}


def test_a_pass_leaves_what_has_changed_meanwhile_to_its_event(market: Market, monkeypatch: pytest.MonkeyPatch) -> None:
    listing, stays = market.offer(), market.offer(title="Xử lý nước thải dệt nhuộm, còn lại")
    drain()
    run = full_pass.begin("nightly")
    db.session.commit()

    def taken_away() -> None:
        withdraw(market, listing.id)
        begin_writing()
        drain()  # another worker
        begin_reading()

    monkeypatch.setattr(full_pass, "enqueue_once", lambda *_args: None)
    during(monkeypatch, taken_away, full_pass, "_meet")
    while not full_pass.step(run):
        pass
    assert pairs() == {(market.need.id, stays.id)}


def test_two_workers_on_one_pass_count_nothing_twice(market: Market, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(3):
        market.offer(title=f"Xử lý nước thải dệt nhuộm, đời {number}")
    drain()
    wanted = pairs()
    monkeypatch.setattr(full_pass, "BATCH", 1)
    run = full_pass.begin("nightly")
    db.session.commit()

    def other_worker() -> None:
        full_pass.step(run, seconds=0)
        begin_reading()

    during(monkeypatch, other_worker, full_pass, "_meet")
    while not full_pass.step(run, seconds=0):
        pass
    db.session.refresh(run)
    assert (run.done, run.pairs, pairs()) == (3, 3, wanted)


def test_a_change_during_a_pass_drops_nothing_that_the_pass_has_written(market: Market) -> None:
    """What a pass has written has no place in a list before its end."""
    listing = market.matched().listing_id
    drain()
    db.session.execute(update(Match).values(need_rank=None, listing_rank=None))
    run = full_pass.begin("nightly")
    store.sweep("listing", [listing])
    db.session.commit()
    assert pairs() == {(market.need.id, listing)}
    db.session.refresh(run)
    run.finished_at = clock.now()
    store.sweep("listing", [listing])
    assert db.session.query(Match).count() == 0
