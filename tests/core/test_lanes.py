"""The worker's lanes: what people wait for never stands behind a long slice; a lease lasts as long as its work."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import event, text

from marketplace import create_app
from marketplace.core import leases, outbox, worker
from marketplace.core.events import CONSUMERS, FAST, LANES, MAIL, SCAN, SLOW, Consumer, Outbox
from marketplace.core.extensions import db, write_intent
from marketplace.core.leases import LeaseKeeper
from marketplace.core.long_work import begin_reading
from marketplace.core.outbox import JOBS, Job, enqueue, ensure_jobs, work_once
from marketplace.core.worker import work_forever
from marketplace.values import clock
from tests.conftest import BACKEND, make_settings
from tests.thorough import often

#: What a fast piece of work may wait for at most, in seconds, whatever the slow lane is at.
WAIT = 2.0


class Scene:
    """A long slice that lasts until it is freed, and quick pieces of work that note when they were done."""

    def __init__(self) -> None:
        self.begun, self.free = threading.Event(), threading.Event()
        self.slices = 0
        self.done: list[float] = []

    def long_slice(self, _rows: Sequence[Outbox] = ()) -> None:
        begin_reading()
        self.slices += 1
        self.begun.set()
        assert self.free.wait(60)

    def quick(self, rows: Sequence[Outbox]) -> None:
        self.done += [time.monotonic() for _row in rows]


@pytest.fixture
def scene(tmp_path: Path, own_database: str) -> Iterator[tuple[Flask, Scene]]:
    """An application with these pieces of work only, on a database of its own."""
    app, made = create_app(make_settings(tmp_path / "data", own_database)), Scene()
    with app.app_context():
        db.create_all()
        CONSUMERS.clear()
        JOBS.clear()
        for lane, handle in ((FAST, made.quick), (MAIL, made.long_slice), (SLOW, made.long_slice)):
            CONSUMERS[lane] = Consumer(lane, lambda _action: False, handle, lane=lane)
        yield app, made
        made.free.set()
        db.session.remove()
        db.engine.dispose()


@contextmanager
def working(app: Flask, pause: float = worker.PAUSE) -> Iterator[None]:
    """A worker in a thread of its own, with its lanes in others."""
    stop = threading.Event()

    def work() -> None:
        with app.app_context():
            work_forever(stop, pause)

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def wait_until(true: Callable[[], bool], seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "nothing happens"
        time.sleep(0.01)


def time_of_a_quick_one(made: Scene) -> float:
    """Enqueue a quick piece of work and return the seconds until it was done."""
    before, started = len(made.done), time.monotonic()
    enqueue(FAST, {})
    db.session.commit()
    wait_until(lambda: len(made.done) > before)
    return made.done[-1] - started


@pytest.mark.parametrize("lane", [MAIL, SLOW])
def test_a_fast_piece_of_work_does_not_wait_for_a_long_slice(scene: tuple[Flask, Scene], lane: str) -> None:
    app, made = scene
    enqueue(lane, {})
    db.session.commit()
    with working(app):
        assert made.begun.wait(20)
        assert [time_of_a_quick_one(made) < WAIT for _ in range(3)] == [True] * 3
        assert not made.free.is_set()
        made.free.set()


def test_a_fast_piece_of_work_does_not_wait_for_a_long_job(scene: tuple[Flask, Scene]) -> None:
    app, made = scene
    JOBS["long"] = Job("long", lambda: made.long_slice(), lambda moment: moment + timedelta(days=1))
    with working(app):
        assert made.begun.wait(20)
        assert time_of_a_quick_one(made) < WAIT
        made.free.set()


@pytest.mark.slow
def test_during_a_slice_of_thirty_seconds_no_fast_piece_of_work_waits_longer_than_two(scene: tuple[Flask, Scene]) -> None:
    app, made = scene

    def burn(_rows: Sequence[Outbox]) -> None:
        begin_reading()
        made.begun.set()
        end = time.monotonic() + often(30, 3)
        while time.monotonic() < end:
            sum(range(1000))
        made.free.set()

    CONSUMERS[SLOW] = Consumer(SLOW, lambda _action: False, burn)
    enqueue(SLOW, {})
    db.session.commit()
    waited = []
    with working(app):
        assert made.begun.wait(20)
        while not made.free.is_set():
            waited.append(time_of_a_quick_one(made))
            time.sleep(0.3)
    assert len(waited) > often(10, 1) and max(waited) < WAIT


@pytest.mark.parametrize("kind", ["row", "job"])
def test_nobody_else_begins_what_takes_longer_than_its_lease(
    scene: tuple[Flask, Scene], monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    app, made = scene
    lease = timedelta(seconds=0.6)
    monkeypatch.setattr(leases, "LEASE", lease)
    monkeypatch.setattr(outbox, "LEASE", lease)
    monkeypatch.setattr(leases, "EVERY", 0.1)
    if kind == "job":
        JOBS["long"] = Job("long", lambda: made.long_slice(), lambda moment: moment + timedelta(days=1))
    else:
        enqueue(SLOW, {})
        db.session.commit()
    with working(app):
        assert made.begun.wait(20)
        end = time.monotonic() + 4 * lease.total_seconds()
        while time.monotonic() < end:
            assert work_once([SLOW, "job"]) == 0, "another worker looks for work"
            time.sleep(0.05)
        made.free.set()
        wait_until(lambda: open_rows() == 0)
    assert made.slices == 1


def open_rows() -> int:
    write_intent.set(False)  # the worker must get SQLite's lock
    db.session.rollback()
    rows = db.session.query(Outbox).filter(Outbox.done_at.is_(None), Outbox.leased_until.is_not(None))
    return rows.count()


def test_the_lease_of_a_dead_worker_runs_out(scene: tuple[Flask, Scene]) -> None:
    app, made = scene
    enqueue(FAST, {})
    db.session.commit()
    claim = outbox._claim(FAST, 1)
    keeper = LeaseKeeper(app)
    keeper.hold(claim)
    assert keeper.renew() == 0, "it has just been leased"
    with time_machine.travel(clock.now() + timedelta(seconds=40)):
        assert keeper.renew() == 1
        assert keeper.renew() == 0
    with time_machine.travel(clock.now() + timedelta(seconds=90)):
        assert work_once([FAST]) == 0, "it was renewed"
    with time_machine.travel(clock.now() + timedelta(seconds=102)):  # the worker died after that
        assert work_once([FAST]) == 1
        assert keeper.renew() == 0, "what is done is not leased again"
    assert len(made.done) == 1


def test_work_that_was_put_back_is_not_leased_again(scene: tuple[Flask, Scene]) -> None:
    app, _made = scene
    enqueue(FAST, {})
    db.session.commit()
    keeper = LeaseKeeper(app)
    keeper.hold(outbox._claim(FAST, 1))
    outbox.release_leases()
    with time_machine.travel(clock.now() + timedelta(seconds=40)):
        assert keeper.renew() == 0


def test_an_idle_worker_writes_nothing_and_asks_little(scene: tuple[Flask, Scene]) -> None:
    app, made = scene
    JOBS["rare"] = Job("rare", lambda: None, lambda moment: moment + timedelta(days=1))
    said: list[str] = []
    with working(app):
        wait_until(lambda: open_rows() == 0 and db.session.query(Outbox).count() == 1)
        db.session.rollback()  # what only read must not go on to write: SQLite would refuse it while the worker writes
        write_intent.set(True)
        time_of_a_quick_one(made)
        db.session.rollback()
        time.sleep(0.3)

        @event.listens_for(db.engine, "before_cursor_execute")
        def _note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
            said.append(statement)

        if BACKEND == "sqlite":
            with db.engine.connect() as holder:  # the lanes look for work although somebody holds the write lock
                holder.execute(text("UPDATE outbox SET attempts = 0"))
                said.clear()
                time.sleep(1.6)
                holder.rollback()
        else:
            time.sleep(1.6)
        event.remove(db.engine, "before_cursor_execute", _note)
    selects = [one for one in said if one.lstrip().startswith("SELECT")]
    assert {*said} - {*selects, "BEGIN"} == set()
    assert 3 <= len(selects) <= len(LANES) * 5, "one statement for each look of a lane"


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_worker_one_of_whose_lanes_has_ended_ends(scene: tuple[Flask, Scene], monkeypatch: pytest.MonkeyPatch) -> None:
    def round_(_app: Flask, lane: str) -> int:
        if lane == MAIL:
            raise SystemExit(3)
        return 0

    monkeypatch.setattr(worker, "_round", round_)
    with pytest.raises(RuntimeError, match="mail"):
        work_forever(threading.Event())


def test_jobs_run_in_their_lane_and_those_of_older_versions_go(scene: tuple[Flask, Scene]) -> None:
    ran: list[str] = []
    for name, lane in (("quick", FAST), ("slow", SLOW), ("old", SLOW)):
        JOBS[name] = Job(name, lambda name=name: ran.append(name), lambda moment: moment + timedelta(days=1), lane)
    ensure_jobs()
    del JOBS["old"]
    assert [work_once(lane=lane) for lane in (MAIL, SCAN, FAST, SLOW, SLOW, SLOW)] == [0, 0, 1, 1, 1, 0]
    assert ran == ["quick", "slow"]
    assert db.session.query(Outbox).filter(Outbox.done_at.is_not(None)).count() == 1


def test_every_consumer_and_job_stands_in_a_lane(ctx: Flask) -> None:
    assert {one.lane for one in (*CONSUMERS.values(), *JOBS.values())} <= set(LANES), (
        "give every consumer and job a lane of core.events.LANES"
    )
    fast = {name for name, one in CONSUMERS.items() if one.lane == FAST}
    assert {"search", "notifications", "stripe"} <= fast, (
        "search, notifications and stripe have people waiting: lane=FAST where they are registered"
    )
    assert {name for name, one in CONSUMERS.items() if one.lane == MAIL} == {"mail"}, "no letter waits for anything else"
    assert {name for name, one in CONSUMERS.items() if one.lane == SCAN} == {"files.scan"}, (
        "only the virus scan runs in the lane of the scanner: give another consumer another lane"
    )


def test_an_application_does_not_know_what_another_has_registered(scene: tuple[Flask, Scene], shared_app: Flask) -> None:
    assert "search" not in CONSUMERS and not JOBS
    with shared_app.app_context():
        assert "search" in CONSUMERS and "search.built" in JOBS and FAST not in CONSUMERS
