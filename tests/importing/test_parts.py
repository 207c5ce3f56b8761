"""An import on the pages is done in parts: short transactions, nothing seen before the last, nothing left when it ends."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, update
from sqlalchemy.exc import OperationalError

from marketplace.accounts.models import User
from marketplace.core.access import SYSTEM
from marketplace.core.events import Event, Outbox
from marketplace.core.extensions import db, write_intent
from marketplace.core.history_check import broken_links
from marketplace.core.outbox import drain, release_leases, work_once
from marketplace.importing import actions, import_runs
from marketplace.importing.models import ImportRun, ImportStaged
from marketplace.importing.staging import Staging
from marketplace.importing.uploads import receive
from marketplace.listings import queries
from marketplace.listings.models import Listing, ListingRevision
from marketplace.values import clock
from tests import factories

ROWS = 20


class Killed(BaseException):
    """What stands for SIGKILL: nothing in the code catches it."""


@pytest.fixture
def started(ctx: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ImportRun:
    """A started run of twenty listings in parts of six, to be published."""
    monkeypatch.setattr(actions, "PART", 6)
    return start(factories.organisation(), tmp_path, range(ROWS))


def start(org: Any, tmp_path: Path, numbers: range, text: str = "") -> ImportRun:
    path = tmp_path / "a.jsonl"
    path.write_text("\n".join(
        json.dumps({"id": str(n), "title": f"Bơm số {n}", "description": text or "Bơm."}) for n in numbers
    ))
    operator = factories.actor_of(factories.user(staff=("moderator",)))
    with path.open("rb") as stream:
        run = receive(stream, path.name, "listings", org.slug, operator, publish=True, size_limit=10_000_000)
    assert import_runs.start(run, operator)
    db.session.commit()
    return run


def count(table: Any) -> int:
    return int(db.session.scalar(select(func.count()).select_from(table)) or 0)


def seen(run: ImportRun) -> int:
    """How many of its things anybody can see, or has ever heard of."""
    own = queries.counts(run.org_id)[""] + len(queries.mine(run.org_id))
    events = db.session.scalar(select(func.count()).where(Event.subject_kind == "listing")) or 0
    return own + len(db.session.scalars(select(Listing).where(queries.visible_to(SYSTEM))).all()) + int(events)


def at_part(number: int, monkeypatch: pytest.MonkeyPatch, do: Callable[[], None]) -> None:
    """Do something after so many parts have been committed."""
    note = import_runs.note_progress
    parts = iter(range(1000))

    def noted(run_id: int, done: int, total: int) -> None:
        note(run_id, done, total)
        if next(parts) == number:
            do()

    monkeypatch.setattr(import_runs, "note_progress", noted)


def die() -> None:
    raise Killed


def nothing_is_left(run: ImportRun) -> None:
    assert (count(Listing), count(ListingRevision), count(ImportStaged), seen(run)) == (0, 0, 0, 0)


def all_is_there(run: ImportRun) -> None:
    db.session.expire_all()
    assert run.state == "done" and run.counts["created"] == run.counts["published"] == ROWS
    assert {one.state for one in db.session.scalars(select(Listing))} == {"published"}
    assert {one.state for one in db.session.scalars(select(ListingRevision))} == {"approved"}
    assert count(ImportStaged) == 0 and list(broken_links()) == []
    actions_ = db.session.scalars(select(Event.action).where(Event.subject_kind == "listing").order_by(Event.seq))
    assert sorted(set(actions_)) == ["listing.create", "listing.import_publish", "listing.publish"]
    waiting = select(func.count()).where(Outbox.consumer == "search", Outbox.event_id.is_not(None))
    assert (db.session.scalar(waiting) or 0) >= ROWS


def test_parts_are_committed_and_nobody_sees_them_before_the_last(
    started: ImportRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks: list[tuple[int, int]] = []

    def look() -> None:
        assert not db.session().in_transaction(), "no lock is held between two parts"
        looks.append((count(ImportStaged), seen(started)))
        db.session.rollback()

    at_part(3, monkeypatch, look)  # the first note is made before the first part
    assert work_once(["import"]) == 1
    assert looks == [(18, 0)]
    all_is_there(started)


@pytest.mark.parametrize("part", [1, 3])
def test_a_worker_killed_between_the_parts_leaves_nothing_to_be_seen_and_the_next_does_it_all(
    started: ImportRun, monkeypatch: pytest.MonkeyPatch, part: int
) -> None:
    with monkeypatch.context() as patch:
        at_part(part, patch, die)
        with pytest.raises(Killed):
            work_once(["import"])
    db.session.rollback()  # as its connection ends with it
    assert count(ImportStaged) == 6 * part and seen(started) == 0
    release_leases()
    assert work_once(["import"]) == 1
    all_is_there(db.session.get_one(ImportRun, started.id))


def test_an_import_that_kills_its_worker_each_time_fails_after_three_beginnings(
    ctx: Flask, started: ImportRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(import_runs, "finish", lambda *_args: die())
        for _beginning in range(import_runs.MOST_BEGINNINGS):
            with pytest.raises(Killed):
                work_once(["import"])
            db.session.rollback()  # as its connection ends with it
            release_leases()
        assert work_once(["import"]) == 1
    run = db.session.get_one(ImportRun, started.id, populate_existing=True)
    nothing_is_left(run)
    assert run.state == "failed" and run.beginnings == 3 and work_once(["import"]) == 0
    event = select(Event).where(Event.subject_kind == "import_run", Event.action == "import_run.fail")
    assert db.session.scalars(event).one().actor_id is None
    drain()
    person = db.session.get_one(User, run.created_by_id)
    own = factories.client(ctx, person, locale="en")
    page = own.get(f"/imports/{run.id}").text
    assert "was begun 3 times" in page and "Split the file" in page
    assert f"The import of “{run.file_name}” has failed" in own.get("/inbox").text


def test_errors_of_the_database_do_not_count_as_deaths(started: ImportRun, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_args: Any) -> None:
        raise OperationalError("select", {}, Exception("away"))

    with monkeypatch.context() as patch:
        patch.setattr(import_runs, "finish", away)
        for _beginning in range(import_runs.MOST_BEGINNINGS + 1):
            work_once(["import"])
            db.session.execute(update(Outbox).where(Outbox.consumer == "import").values(due_at=clock.now()))
            db.session.commit()
    assert work_once(["import"]) == 1
    all_is_there(db.session.get_one(ImportRun, started.id, populate_existing=True))


def test_a_worker_killed_before_the_last_commit_leaves_nothing_to_be_seen(
    started: ImportRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(import_runs, "finish", lambda *_args: die())
        with pytest.raises(Killed):
            work_once(["import"])
    db.session.rollback()  # as its connection ends with it
    assert count(ImportStaged) == ROWS and seen(started) == 0
    release_leases()
    work_once(["import"])
    all_is_there(db.session.get_one(ImportRun, started.id))


def test_a_run_cancelled_between_the_parts_leaves_nothing(
    ctx: Flask, started: ImportRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    operator, path = factories.client(ctx, factories.user(staff=("moderator",))), f"/imports/{started.id}"
    db.session.commit()
    assert f"{path}/cancel" in operator.get(path).text

    def cancel() -> None:
        with ctx.app_context():
            assert operator.post(f"{path}/cancel", data={}).status_code == 302
        write_intent.set(True)

    ctx.config["WTF_CSRF_ENABLED"], before = False, ctx.config.get("WTF_CSRF_ENABLED", True)
    at_part(2, monkeypatch, cancel)
    work_once(["import"])
    db.session.expire_all()
    assert started.state == "cancelled"
    nothing_is_left(started)
    assert "đã bị hủy" in operator.get(path).text
    assert operator.post(f"{path}/cancel", data={}).status_code == 302, "pressed twice"
    ctx.config["WTF_CSRF_ENABLED"] = before


def test_what_a_killed_worker_left_of_a_cancelled_run_is_cleared_away(
    started: ImportRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        at_part(2, patch, die)
        with pytest.raises(Killed):
            work_once(["import"])
    db.session.rollback()
    run = db.session.get_one(ImportRun, started.id)
    assert import_runs.cancel(run, SYSTEM) and import_runs.cancel(run, SYSTEM)
    db.session.commit()
    release_leases()
    work_once(["import"])
    nothing_is_left(run)


def test_an_error_between_the_parts_is_a_failed_run_that_leaves_nothing(
    started: ImportRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken() -> None:
        raise OSError("the disk went away")

    at_part(2, monkeypatch, broken)
    work_once(["import"])
    db.session.expire_all()
    assert started.state == "failed"
    nothing_is_left(started)


def test_known_records_change_in_the_last_transaction_as_they_are_then(
    started: ImportRun, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    work_once(["import"])
    org = started.organisation
    again = start(org, tmp_path, range(15, 25), "Bơm tốt hơn.")
    work_once(["import"])
    db.session.expire_all()
    assert (again.state, again.counts["created"], again.counts["updated"]) == ("done", 5, 5)
    assert count(Listing) == 25 and list(broken_links()) == []
    changed = db.session.scalars(select(Listing).where(Listing.external_id == "15")).one()
    assert [one.state for one in changed.revisions] == ["superseded", "approved"]


@pytest.mark.once  # one writer at a time is SQLite's
def test_other_writers_get_in_between_the_parts(ctx: Flask, tmp_path: Path) -> None:
    run = start(factories.organisation(), tmp_path, range(400))
    over, waits = threading.Event(), []

    def write() -> None:
        with ctx.app_context():
            while not over.is_set():
                began = time.monotonic()
                db.session.execute(update(Outbox).where(Outbox.id == -1).values(attempts=0))
                db.session.commit()
                waits.append(time.monotonic() - began)
                time.sleep(0.02)

    writer = threading.Thread(target=write)
    writer.start()
    work_once(["import"])
    over.set()
    writer.join()
    db.session.expire_all()
    assert run.state == "done"
    assert len(waits) >= 2, "another writer waited for the whole import"


def test_parts_know_when_their_run_is_over(started: ImportRun) -> None:
    staging = Staging(started.id, import_runs.TARGETS["listings"].kind)
    import_runs.cancel(started, SYSTEM)
    db.session.commit()
    with pytest.raises(import_runs.Ended), staging.part():
        raise AssertionError("it must not begin")
