"""Writing beside a request: kept also when the answer is an error, short, and never in the way of the page."""

from __future__ import annotations

import ast
import threading
import time
from pathlib import Path

import pytest
from flask import Flask, abort
from sqlalchemy import insert, select, text
from sqlalchemy.engine import Connection

from marketplace.core.extensions import db
from marketplace.core.retention import RetentionRun
from marketplace.values import clock
from marketplace.web import aside
from tests import factories

ROOT = Path(__file__).resolve().parents[2] / "marketplace"
#: Who commits: the request's one commit, this door, and what runs in the worker or on the command line.
COMMITS = {
    "accounts/cli.py", "cli.py", "core/database_roles.py", "core/leases.py", "core/long_work.py", "core/outbox.py",
    "core/retention.py", "files/cli.py", "history/cli.py", "importing/cli.py", "importing/import_runs.py",
    "importing/staging.py", "mail/delivery.py", "matching/cli.py", "matching/consumers.py", "matching/full_pass.py",
    "matching/full_pass_end.py", "pages/demo/loading.py", "payments/banks/booking.py", "payments/cards/checkout.py",
    "payments/cards/consumers.py", "payments/cards/customers.py", "payments/cards/reconcile.py", "payments/cli.py",
    "saved_searches/matcher.py", "semantic/embedding_job.py", "web/application.py", "web/aside.py",
}

OWN = {"db.engine.begin", "db.engine.connect"}


def test_nothing_else_commits() -> None:
    found = set()
    for path in ROOT.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Attribute) and (node.attr == "commit" or ast.unparse(node) in OWN):
                found.add(path.relative_to(ROOT).as_posix())
    found -= {"accounts/adapters.py"}  # defines a `commit` that only flushes
    assert found <= COMMITS, (
        f"{sorted(found - COMMITS)}: a request has one commit, in web/application.py; what must be kept although the "
        "answer is an error or the request only reads goes through web.aside.write"
    )


def keep(kind: str) -> aside.Work:
    def work(connection: Connection) -> None:
        connection.execute(insert(RetentionRun).values(kind=kind, started_at=clock.now(), removed=0, total=0, error=""))

    return work


def kept() -> list[str]:
    db.session.rollback()
    return list(db.session.scalars(select(RetentionRun.kind).order_by(RetentionRun.kind)))


@pytest.fixture
def leaving(ctx: Flask, monkeypatch: pytest.MonkeyPatch) -> Flask:
    """An application whose profile page leaves something behind and then refuses."""

    def view() -> None:
        db.session.add(RetentionRun(kind="in the request", started_at=clock.now(), removed=0, total=0, error=""))
        db.session.flush()
        aside.write(keep("beside"))
        abort(409)

    view.__access__ = ctx.view_functions["accounts.change_profile"].__access__  # type: ignore[attr-defined]
    monkeypatch.setitem(ctx.view_functions, "accounts.change_profile", view)
    return ctx


def test_what_is_left_behind_stays_although_the_request_keeps_nothing(leaving: Flask) -> None:
    assert factories.client(leaving, factories.user()).post("/account").status_code == 409
    assert kept() == ["beside"]


def test_one_that_fails_takes_nothing_with_it(leaving: Flask, caplog: pytest.LogCaptureFixture) -> None:
    def fails(connection: Connection) -> None:
        connection.execute(text("SELECT nothing FROM nowhere"))

    with leaving.app_context(), leaving.test_request_context("/"):
        aside.write(fails)
        aside.write(keep("after it"))
        assert kept() == [], "it waits for the end of the request"
    assert kept() == ["after it"]
    assert "failed" in caplog.text


def test_outside_a_request_it_is_written_at_once(ctx: Flask) -> None:
    aside.write(keep("at once"))
    assert kept() == ["at once"]


def test_whoever_holds_the_row_keeps_the_page_waiting_a_tenth_of_a_second(leaving: Flask) -> None:
    aside.write(keep("held"))
    held, done = threading.Event(), threading.Event()

    def hold() -> None:
        with leaving.app_context(), db.engine.begin() as connection:
            connection.execute(text("UPDATE retention_run SET total = 1"))
            held.set()
            done.wait(10)

    def change(connection: Connection) -> None:
        connection.execute(text("UPDATE retention_run SET total = 2"))

    holder = threading.Thread(target=hold)
    holder.start()
    try:
        assert held.wait(5)
        began = time.monotonic()
        for _number in range(3):
            with leaving.app_context(), leaving.test_request_context("/"):
                aside.write(change)
                aside.write(change)
        took = (time.monotonic() - began) / 3
    finally:
        done.set()
        holder.join()
    assert took < 0.25, took
    db.session.rollback()
    assert db.session.scalar(text("SELECT total FROM retention_run")) == 1
    db.session.rollback()
    with leaving.app_context(), leaving.test_request_context("/"):
        aside.write(change)
    db.session.rollback()
    assert db.session.scalar(text("SELECT total FROM retention_run")) == 2, "the connection is as it was"


def test_after_a_database_that_did_not_answer_nothing_is_tried_for_a_while(
    ctx: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(ctx.extensions, "aside_pause", time.monotonic() + 5)
    aside.write(keep("not now"))
    assert kept() == []
