"""`flask import`: prints, writes the report, and a process killed in the middle leaves nothing."""

from __future__ import annotations

import csv
import json
import os
import signal
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select

from marketplace.buyer_requests.models import BuyerRequest
from marketplace.core.access import SYSTEM
from marketplace.core.events import Event
from marketplace.core.extensions import db
from marketplace.core.leases import LEASE
from marketplace.core.outbox import release_leases, work_once
from marketplace.importing import actions, import_runs
from marketplace.importing.models import ImportRun, ImportStaged
from marketplace.importing.staging import Staging
from marketplace.listings import queries
from marketplace.listings.models import Listing, ListingRevision
from marketplace.values import clock
from marketplace.web.spreadsheet import inert
from tests import factories
from tests.importing.files import LISTINGS, jsonl, text


def run(app: Flask, *arguments: object) -> tuple[int, str]:
    result = app.test_cli_runner().invoke(args=["import", *[str(argument) for argument in arguments]])
    return result.exit_code, result.output


def test_the_summary_and_the_run(ctx: Flask, tmp_path: Path) -> None:
    org = factories.organisation("Viện Năng lượng")
    path = jsonl(tmp_path / "a.jsonl", [*LISTINGS, {"id": "T-9"}])
    code, output = run(
        ctx, "listings", path, "--organisation", "viện năng lượng", "--publish", "--report", tmp_path / "r.csv"
    )
    assert code == 0, output
    assert "read                4" in output and "no_title" in output and "title          ← title" in output
    done = db.session.scalars(select(ImportRun)).one()
    assert (done.state, done.org_id) == ("done", org.id)
    assert (done.counts["created"], done.counts["rejected"]) == (3, {"no_title": 1})
    with (tmp_path / "r.csv").open(encoding="utf-8-sig", newline="") as report:
        rows = list(csv.DictReader(report))
    assert [(row["Line"], row["Identifier"], row["Reason code"]) for row in rows] == [("4", "T-9", "no_title")]
    assert json.loads(rows[0]["Original row"]) == {"id": "T-9"}


def test_a_dry_run_writes_nothing(ctx: Flask, tmp_path: Path) -> None:
    org = factories.organisation()
    path = jsonl(tmp_path / "a.jsonl", LISTINGS)
    code, output = run(ctx, "listings", path, "--organisation", org.slug, "--dry-run", "--report", tmp_path / "r.csv")
    assert code == 0 and "nothing was written" in output and (tmp_path / "r.csv").exists()
    assert not db.session.scalars(select(ImportRun)).all() and not db.session.scalars(select(Listing)).all()


def test_requests_with_a_mapping_a_limit_and_an_operator(ctx: Flask, tmp_path: Path) -> None:
    org = factories.organisation()
    operator = factories.user(staff=("moderator",))
    path = jsonl(tmp_path / "a.jsonl", [{"vraag": f"Wanted {n}"} for n in range(5)])
    mapping = text(tmp_path / "m.json", json.dumps({"columns": {"title": "vraag"}, "constants": {"language": "en"}}))
    code, output = run(
        ctx, "requests", path, "--organisation", org.id, "--mapping", mapping, "--limit", 3, "--as", operator.email
    )
    assert code == 0, output
    made = db.session.scalars(select(BuyerRequest)).all()
    assert len(made) == 3 and {need.created_by_id for need in made} == {operator.id}
    actors = set(db.session.execute(select(Event.actor_id, Event.on_behalf_of).where(Event.action == "need.create")).all())
    assert actors == {(operator.id, org.id)}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--organisation", "nowhere"], "There is no organisation"),
        (["--organisation", "Trùng tên"], "Several organisations"),
        (["--organisation", "Chưa xác minh", "--publish"], "not verified"),
        (["--organisation", "Chưa xác minh", "--as", "nobody@example.vn"], "There is no account"),
        (["--organisation", "Chưa xác minh", "--as", "member@example.vn"], "no operator"),
    ],
)
def test_what_cannot_be_done_is_said_and_nothing_is_created(
    ctx: Flask, tmp_path: Path, arguments: list[str], message: str
) -> None:
    factories.organisation("Trùng tên")
    factories.organisation("Trùng tên")
    factories.organisation("Chưa xác minh", state="draft")
    factories.user(email="member@example.vn")
    code, output = run(ctx, "listings", jsonl(tmp_path / "a.jsonl", LISTINGS), *arguments)
    assert code == 1 and message in output
    assert not db.session.scalars(select(Listing)).all()


def test_a_file_without_a_title_column_is_refused(ctx: Flask, tmp_path: Path) -> None:
    org = factories.organisation()
    code, output = run(ctx, "listings", jsonl(tmp_path / "a.jsonl", [{"x": 1}]), "--organisation", org.slug)
    assert code == 1 and "No column is recognised as the title" in output


def test_no_cell_of_the_report_is_a_formula() -> None:
    assert [inert(cell) for cell in ("=1+1", "+84 24", "-5", "@a", "\tx", "safe", 7)] == [
        "'=1+1", "'+84 24", "'-5", "'@a", "'\tx", "safe", 7,
    ]
    # A spreadsheet of this region splits a line at semicolons; full-width signs count as well.
    cells = (";=cmd|'/c calc'!A1;", "a;@SUM(1)", 'x;"=1', "＝1+1", "＋1", "lọc; rửa; - sấy")
    assert [inert(cell) for cell in cells] == [
        ";'=cmd|'/c calc'!A1;", "a;'@SUM(1)", "x;\"'=1", "'＝1+1", "'＋1", "lọc; rửa; - sấy",
    ]


def test_titles_that_look_like_formulas_are_escaped_in_the_report(ctx: Flask, tmp_path: Path) -> None:
    org = factories.organisation()
    rows = [{"id": "=1", "title": "=HYPERLINK(1)"}, {"id": "=1", "title": "@SUM(2)"}]
    run(ctx, "listings", jsonl(tmp_path / "a.jsonl", rows), "--organisation", org.slug, "--report", tmp_path / "r.csv")
    content = (tmp_path / "r.csv").read_text(encoding="utf-8-sig")
    assert "'=1" in content and "'@SUM(2)" in content and ",=" not in content


def test_a_killed_import_leaves_nothing_to_be_seen(ctx: Flask, tmp_path: Path, database_url: str) -> None:
    org = factories.organisation()
    rows = [{"id": str(n), "title": f"Thiết bị số {n}", "description": "x" * 200} for n in range(9000)]
    path = jsonl(tmp_path / "a.jsonl", rows)
    settings = ctx.extensions["settings"]
    env = {**os.environ, "DATABASE_URL": database_url, "DATA_DIR": str(settings.data_dir), "EXCHANGE_ENV": "test",
           "SEARCH_URL": "whoosh://memory", "SECRET_KEY": "x" * 40}
    db.session.remove()
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "import", "listings", str(path), "--organisation", org.slug]
    child = subprocess.Popen([*command, "--publish"], env=env, cwd=Path(__file__).parents[2], stdout=subprocess.DEVNULL)
    try:
        _wait_until_writing(child)
        os.kill(child.pid, signal.SIGKILL)
    finally:
        child.kill()
        child.wait(30)
    db.session.rollback()
    assert (count(Event), queries.counts(org.id)[""], queries.mine(org.id)) == (0, 0, [])
    killed = db.session.scalars(select(ImportRun)).one()
    again = ["listings", jsonl(tmp_path / "b.jsonl", LISTINGS), "--organisation", org.slug]
    assert "wait until it is over" in run(ctx, *again)[1], "its lease has not run out"
    release_leases()
    assert "wait until it is over" in run(ctx, *again)[1], "a worker that starts does not know whether the command lives"
    with time_machine.travel(clock.now() + LEASE + timedelta(seconds=1)):
        code, output = run(ctx, *again)
    assert code == 0, output
    assert (count(Listing), count(ListingRevision), count(ImportStaged)) == (3, 3, 0)
    db.session.refresh(killed)
    assert killed.state == "failed" and "stopped before its end" in killed.counts["error"]


@pytest.mark.parametrize("error", [OSError("the disk went away"), KeyboardInterrupt()])
def test_an_import_that_breaks_off_leaves_nothing(
    ctx: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: BaseException
) -> None:
    org = factories.organisation()
    monkeypatch.setattr(actions, "PART", 2)

    def broken(*_args: object) -> None:
        raise error

    monkeypatch.setattr(import_runs, "finish", broken)
    code, _output = run(ctx, "listings", jsonl(tmp_path / "a.jsonl", LISTINGS), "--organisation", org.slug)
    assert code == 1
    for model in (Listing, ListingRevision, ImportStaged):
        assert count(model) == 0, model
    broken_off = db.session.scalars(select(ImportRun)).one()
    assert broken_off.state == "failed" and "nothing was imported" in broken_off.counts["error"]
    assert db.session.scalars(select(Event.action)).all() == ["import_run.fail"]
    monkeypatch.undo()
    assert run(ctx, "listings", jsonl(tmp_path / "a.jsonl", LISTINGS), "--organisation", org.slug)[0] == 0


def test_a_command_whose_import_is_cancelled_ends_and_its_number_is_never_given_again(
    ctx: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    org = factories.organisation()
    monkeypatch.setattr(actions, "PART", 1)
    store, parts = Staging.store, iter(range(9))

    def cancelled(staging: Staging, *rest: Any) -> None:
        store(staging, *rest)
        if next(parts) == 1:
            assert import_runs.cancel(db.session.scalars(select(ImportRun)).one(), SYSTEM)

    monkeypatch.setattr(Staging, "store", cancelled)
    arguments = ["listings", jsonl(tmp_path / "a.jsonl", LISTINGS), "--organisation", org.slug]
    code, output = run(ctx, *arguments)
    assert code == 1 and "was cancelled; nothing was imported" in output and "Traceback" not in output
    work_once(["import"])
    assert (count(Listing), count(ImportStaged)) == (0, 0)
    first = db.session.scalars(select(ImportRun)).one()
    assert first.state == "cancelled"
    monkeypatch.undo()
    assert run(ctx, *arguments)[0] == 0
    second = db.session.scalars(select(ImportRun).order_by(ImportRun.id.desc())).first()
    assert second is not None and second.id != first.id and second.state == "done"
    assert work_once(["import", "import_command"]) == 0


def count(model: type) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def _wait_until_writing(child: subprocess.Popen[bytes]) -> None:
    """Return when the import is in the middle: some parts are written, and it is not over."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        assert child.poll() is None, "it ended before it was killed"
        if count(ImportStaged):
            return
        db.session.rollback()
        time.sleep(0.05)
    raise AssertionError("it never began to write")
