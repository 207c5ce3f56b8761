"""Who may go on with an import: one worker at a run, one run for an organisation, nobody after its end."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.exc import DataError

from marketplace.core import outbox
from marketplace.core.access import SYSTEM
from marketplace.core.errors import Unreachable
from marketplace.core.events import Event, Outbox
from marketplace.core.extensions import db, write_intent
from marketplace.core.history_check import broken_links
from marketplace.core.outbox import release_leases, work_once
from marketplace.importing import actions, import_runs
from marketplace.importing.models import ImportRun, ImportStaged
from marketplace.listings.models import Listing
from marketplace.values import clock
from tests import factories
from tests.importing.test_parts import ROWS, all_is_there, at_part, count, nothing_is_left, seen, start

WAIT = 15


@pytest.fixture
def started(ctx: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ImportRun:
    """A started run of twenty listings in parts of two, to be published."""
    monkeypatch.setattr(actions, "PART", 2)
    return start(factories.organisation(), tmp_path, range(ROWS))


class Crew:
    """Workers in threads of their own."""

    def __init__(self, app: Flask) -> None:
        self._app, self._threads = app, {}  # type: ignore[var-annotated]
        self.said: dict[str, Any] = {}

    def begin(self, name: str, work: Callable[[], Any]) -> None:
        def run() -> None:
            with self._app.app_context():
                write_intent.set(True)
                try:
                    self.said[name] = work()
                    db.session.commit()
                except Exception as error:
                    self.said[name] = error
                db.session.remove()

        self._threads[name] = threading.Thread(target=run, name=name, daemon=True)
        self._threads[name].start()

    def end(self, name: str) -> None:
        self._threads[name].join(WAIT)
        assert not self._threads[name].is_alive(), f"{name} waits for ever"


def test_a_worker_that_has_lost_its_lease_cannot_go_on_and_the_other_one_finishes(
    ctx: Flask, started: ImportRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_id = started.id
    reached = {name: threading.Event() for name in "AB"}
    free = {name: threading.Event() for name in "AB"}
    note = import_runs.note_progress

    def noted(noted_id: int, done: int, total: int) -> None:
        note(noted_id, done, total)
        name = threading.current_thread().name
        if done == {"A": 6, "B": 4}.get(name):
            reached[name].set()
            assert free[name].wait(WAIT)

    monkeypatch.setattr(import_runs, "note_progress", noted)
    crew = Crew(ctx)
    db.session.rollback()
    crew.begin("A", lambda: work_once(["import"]))
    assert reached["A"].wait(WAIT)
    release_leases()  # it stood still for so long that its lease ran out
    crew.begin("B", lambda: work_once(["import"]))
    assert reached["B"].wait(WAIT)
    free["A"].set()
    crew.end("A")
    assert count(ImportStaged) == 4 and count(Listing) == 4, "the one that lost its lease has written nothing more"
    db.session.rollback()
    free["B"].set()
    crew.end("B")
    db.session.expire_all()
    all_is_there(db.session.get_one(ImportRun, run_id))
    assert work_once(["import"]) == 0


def test_a_row_that_another_worker_has_is_neither_done_nor_put_back_nor_counted(
    started: ImportRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = db.session.scalars(select(Outbox).where(Outbox.consumer == "import")).one()
    for error in (None, ValueError("wrong"), Unreachable("away")):

        def overtaken(_rows: Any, error: Exception | None = error) -> None:
            db.session.execute(update(Outbox).where(Outbox.id == row.id).values(lease_token="other", attempts=0))
            db.session.commit()
            if error is not None:
                raise error

        consumer = outbox.Consumer("import", lambda _action: False, overtaken)
        monkeypatch.setitem(outbox.CONSUMERS, "import", consumer)  # type: ignore[call-overload]
        assert work_once(["import"]) == 1
        db.session.refresh(row)
        assert (row.lease_token, row.done_at, row.attempts, row.last_error) == ("other", None, 0, "")
        assert row.leased_until is not None
        release_leases()


def test_of_two_imports_of_one_organisation_one_goes_on_and_the_other_waits(
    ctx: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(actions, "PART", 5)
    org, runs = factories.organisation(), []
    for name, numbers in (("one", range(20)), ("two", range(10, 30))):
        (tmp_path / name).mkdir()
        runs.append(start(org, tmp_path / name, numbers, text=name).id)
    db.session.rollback()
    both, crew, note, at_it = threading.Barrier(2), Crew(ctx), import_runs.note_progress, set()

    def noted(run_id: int, done: int, total: int) -> None:
        at_it.add(run_id)
        note(run_id, done, total)
        end = time.monotonic() + WAIT
        while not crew.said and time.monotonic() < end:  # until the other one has been told
            time.sleep(0.01)

    def work(run_id: int) -> None:
        both.wait(WAIT)
        import_runs.execute(run_id)

    with monkeypatch.context() as patch:
        patch.setattr(import_runs, "note_progress", noted)
        for run_id in runs:
            crew.begin(str(run_id), partial(work, run_id))
        for run_id in runs:
            crew.end(str(run_id))
    assert len(at_it) == 1 and [type(one) for one in crew.said.values() if one is not None] == [Unreachable]
    for run_id in runs:
        import_runs.execute(run_id)
        db.session.commit()
    db.session.expire_all()
    states = [db.session.get_one(ImportRun, run_id) for run_id in runs]
    assert [run.state for run in states] == ["done", "done"]
    assert sum(run.counts["created"] for run in states) == 30 == count(Listing)
    assert [run.counts["rejected"] for run in states] == [{}, {}] and list(broken_links()) == []


def test_a_run_that_is_cancelled_while_it_fails_stays_cancelled(
    started: ImportRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    undo, undone = import_runs.undo, []

    def then_cancelled(run_id: int, kind: Any) -> None:
        undo(run_id, kind)
        undone.append(run_id)
        if len(undone) == 2:  # the one after the failure
            db.session.rollback()
            assert import_runs.cancel(db.session.get_one(ImportRun, run_id), SYSTEM)
            db.session.commit()

    def broken() -> None:
        raise OSError("the disk is full")

    monkeypatch.setattr(import_runs, "undo", then_cancelled)
    at_part(2, monkeypatch, broken)
    work_once(["import"])
    db.session.expire_all()
    assert started.state == "cancelled" and len(undone) == 2
    verbs = select(Event.action).where(Event.subject_kind == "import_run").order_by(Event.seq)
    assert list(db.session.scalars(verbs)) == ["import_run.start", "import_run.cancel"]


def test_a_run_whose_work_is_given_up_has_failed_and_says_so(
    ctx: Flask, started: ImportRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_args: Any) -> None:
        raise DataError("x", {}, Exception("value too long"))

    with monkeypatch.context() as patch:
        patch.setattr(import_runs, "finish", refused)
        for _ in range(outbox.MAX_ATTEMPTS):
            assert started.state == "running"
            db.session.execute(update(Outbox).values(due_at=clock.now()))
            db.session.commit()
            assert work_once(["import"]) == 1
            db.session.refresh(started)
    assert started.state == "failed" and count(ImportStaged) == ROWS and seen(started) == 0
    row = db.session.scalars(select(Outbox).where(Outbox.key == f"import:{started.id}")).one()
    assert row.parked_at is not None
    assert work_once(["import"]) == 1
    nothing_is_left(started)
    operator = factories.client(ctx, factories.user(staff=("moderator",)))
    assert "lỗi của cơ sở dữ liệu" in operator.get(f"/imports/{started.id}").text
    db.session.commit()
    outbox.retry_parked()
    db.session.commit()
    work_once(["import"])
    db.session.refresh(started)
    assert started.state == "failed"
