"""The outbox: at least once, by lease, with backoff and parking; jobs that re-schedule themselves."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select, update

from marketplace.core import outbox
from marketplace.core.events import CONSUMERS, Consumer, Outbox
from marketplace.core.extensions import db
from marketplace.core.outbox import JOBS, Job, drain, enqueue, ensure_jobs, work_once
from marketplace.values import clock
from tests.conftest import BACKEND

DONE: list[int] = []


@pytest.fixture
def probe() -> Iterator[list[int]]:
    DONE.clear()
    CONSUMERS["probe"] = Consumer("probe", lambda action: False, handle, batch=10)
    yield DONE
    del CONSUMERS["probe"]


def handle(rows: list[Outbox]) -> None:
    for row in rows:
        if row.payload.get("bad"):
            raise ValueError("bad row")
        DONE.append(int(row.payload["n"]))


def test_due_work_is_done_once(ctx: Flask, probe: list[int]) -> None:
    for number in range(25):
        enqueue("probe", {"n": number})
    db.session.commit()
    drain()
    assert probe == list(range(25))
    assert work_once() == 0


def test_one_bad_row_does_not_hold_up_its_batch_and_is_parked_in_the_end(ctx: Flask, probe: list[int]) -> None:
    for number in range(3):
        enqueue("probe", {"n": number, "bad": number == 1})
    db.session.commit()
    drain()
    assert sorted(set(probe)) == [0, 2]
    bad = db.session.query(Outbox).filter(Outbox.done_at.is_(None)).one()
    assert bad.attempts == 1
    assert "bad row" in bad.last_error
    with time_machine.travel(clock.now(), tick=False) as traveller:
        for _ in range(outbox.MAX_ATTEMPTS):
            traveller.shift(timedelta(hours=2))
            work_once(["probe"])
    db.session.refresh(bad)
    assert bad.parked_at is not None
    assert outbox.backlog()["parked"] == 1
    assert outbox.retry_parked() == 1


def test_a_crashed_worker_only_lets_the_lease_run_out(ctx: Flask, probe: list[int]) -> None:
    enqueue("probe", {"n": 1})
    db.session.commit()
    assert len(outbox._claim("probe", 10).ids) == 1  # claimed, then the worker dies
    assert work_once(["probe"]) == 0
    with time_machine.travel(clock.now() + outbox.LEASE + timedelta(seconds=1)):
        assert work_once(["probe"]) == 1
    assert probe == [1]


def test_finished_work_stays_finished_when_its_lease_has_run_out(ctx: Flask, probe: list[int]) -> None:
    enqueue("probe", {"n": 1})
    db.session.commit()
    assert work_once(["probe"]) == 1
    with time_machine.travel(clock.now() + 2 * outbox.LEASE):
        assert work_once(["probe"]) == 0
    assert probe == [1]


def test_a_row_that_another_worker_claims_at_this_moment_is_left_to_it(ctx: Flask, probe: list[int]) -> None:
    for number in range(2):
        enqueue("probe", {"n": number})
    db.session.commit()
    first = select(Outbox.id).where(Outbox.consumer == "probe").order_by(Outbox.id).limit(1)
    with db.engine.connect() as other:
        if BACKEND == "postgres":
            other.execute(first.with_for_update())
        else:  # one writer at a time: the other one has committed before we look
            leased = update(Outbox).where(Outbox.id == first.scalar_subquery())
            other.execute(leased.values(leased_until=clock.now() + outbox.LEASE))
            other.commit()
        waited = threading.Timer(5, other.rollback)  # who waits for the row goes on then, instead of for ever
        waited.start()
        assert work_once(["probe"]) == 1
        assert probe == [1]
        waited.cancel()


def test_a_key_makes_work_unique(ctx: Flask) -> None:
    enqueue("probe", {"n": 1}, key="same")
    db.session.commit()
    enqueue("probe", {"n": 1}, key="same")
    with pytest.raises(Exception, match=r"(?i)unique"):
        db.session.commit()
    db.session.rollback()


def test_a_job_runs_again_when_its_time_comes(ctx: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    runs: list[datetime] = []
    monkeypatch.setattr(outbox, "JOBS", {})
    outbox.JOBS["tick"] = Job("tick", lambda: runs.append(clock.now()), lambda at: at + timedelta(hours=1))
    ensure_jobs()
    ensure_jobs()
    assert work_once() == 1
    assert work_once() == 0
    with time_machine.travel(clock.now() + timedelta(hours=1, seconds=1)):
        assert work_once() == 1
    assert len(runs) == 2
    assert JOBS is not outbox.JOBS


def test_a_job_with_more_to_do_runs_again_at_once_and_then_at_its_time(ctx: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    left = [3, 3, 1, 0]
    job = Job("batches", outbox.in_batches(lambda: left.pop(0)), lambda at: at + timedelta(hours=1))
    monkeypatch.setattr(outbox, "JOBS", {"batches": job})
    ensure_jobs()
    assert [work_once(("job",)) for _round in range(5)] == [1, 1, 1, 1, 0], "one transaction each"
    assert left == []
