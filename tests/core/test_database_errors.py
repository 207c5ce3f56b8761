"""An error of the database is told as what it is: a conflict, a bad value, a busy database, or a fault of ours."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Blueprint, Flask
from sqlalchemy import event, func, select, text
from sqlalchemy.exc import OperationalError

from marketplace import create_app
from marketplace.accounts.models import User
from marketplace.core.access import access
from marketplace.core.database_errors import Verdict, verdict
from marketplace.core.extensions import db
from marketplace.core.permissions import PUBLIC
from marketplace.organisations.models import Organisation
from tests.conftest import BACKEND, make_settings
from tests.factories import client, member, organisation, user
from tests.thorough import sqlite_first

bp = Blueprint("refusals", __name__)
FAULT, BUSY, CONFLICT = "không phải của bạn", "Hệ thống đang rất bận", "Có người khác vừa thay đổi"
SECRET = "bi-mat@example.vn"
REFUSED = {
    "unique": (409, CONFLICT, "INSERT INTO organisation (slug) SELECT slug FROM organisation"),
    "foreign_key": (409, CONFLICT, "UPDATE membership SET user_id = 987654321"),
    "check": (500, FAULT, f"UPDATE organisation SET state = '{SECRET}'"),
    "not_null": (500, FAULT, "UPDATE organisation SET slug = NULL"),
    "no_column": (500, FAULT, "UPDATE organisation SET no_such_column = 1"),
    "no_table": (500, FAULT, "DELETE FROM no_such_table"),
}


def write_one(slug: str = "probe") -> Organisation:
    org = Organisation(slug=slug, kind="startup", name="Thử", state="draft")
    db.session.add(org)
    db.session.flush()
    return org


@bp.post("/refused/<name>")
@access(PUBLIC)
def refused(name: str) -> str:
    write_one()
    if name == "unique":
        db.session.add(Organisation(slug="probe", kind="startup", name="Trùng"))
        return "the commit decides"
    db.session.execute(text(REFUSED[name][2]))
    return "no"


@bp.post("/refused/locked")
@access(PUBLIC)
def locked() -> str:
    if BACKEND == "postgres":
        db.session.execute(text("SET LOCAL lock_timeout = '50ms'"))
    db.session.execute(text("UPDATE organisation SET name = 'mine'"))
    return "no"


@pytest.fixture
def refusing(tmp_path: Path, own_database: str) -> Iterator[Flask]:
    made = create_app(make_settings(tmp_path / "data", own_database))
    made.register_blueprint(bp)
    made.config["WTF_CSRF_ENABLED"] = False
    with made.app_context():
        db.create_all()
        member(user(email=SECRET), organisation())
        yield made
        db.session.remove()
        db.engine.dispose()


@pytest.mark.parametrize("name", REFUSED)
def test_what_the_database_refuses_is_told_as_what_it_is(
    refusing: Flask, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    status, said, _statement = REFUSED[name]
    answer = refusing.test_client().post(f"/refused/{name}", data={"summary": "một đoạn văn dài không ai muốn gõ lại"})
    page = answer.get_data(as_text=True)
    assert (answer.status_code, said in page) == (status, True)
    assert "một đoạn văn dài" in page
    assert db.session.scalar(select(func.count()).select_from(Organisation)) == 1, "nothing was saved"
    level = "ERROR" if status == 500 else "WARNING"
    (told,) = [one for one in caplog.records if one.name == "marketplace.web.database_refusals"]
    assert told.levelname == level
    assert SECRET not in caplog.text, "values may be personal data"
    if name == "check":
        assert "organisation" in told.getMessage() and "state_known" in told.getMessage()
        assert "test_database_errors.py" in told.getMessage(), "where it was"


@sqlite_first
@pytest.mark.parametrize("name", ["unique", "check"])
def test_a_program_is_told_the_same(refusing: Flask, name: str) -> None:
    program = refusing.test_client()
    program.set_cookie("lang", "en")
    answer = program.post(f"/refused/{name}", headers={"Accept": "application/json"})
    assert answer.content_type == "application/problem+json"
    assert answer.get_json()["status"] == answer.status_code == REFUSED[name][0]
    assert ("mistake of the exchange" in answer.get_json()["detail"]) == (name == "check")


def test_a_busy_database_is_a_503(refusing: Flask, caplog: pytest.LogCaptureFixture) -> None:
    if BACKEND == "sqlite":
        @event.listens_for(db.engine, "connect")
        def _impatient(connection: Any, _record: Any) -> None:
            connection.execute("PRAGMA busy_timeout=50")

    db.engine.dispose()
    with db.engine.connect() as holder:
        holder.execute(text("UPDATE organisation SET name = 'theirs'"))
        answer = refusing.test_client().post("/refused/locked")
        holder.rollback()
    assert (answer.status_code, BUSY in answer.get_data(as_text=True)) == (503, True)
    assert "did not answer" in caplog.text


def test_whoever_is_signed_in_gets_the_page_while_the_database_is_away(refusing: Flask) -> None:
    someone = db.session.scalars(select(User)).one()
    browser = client(refusing, someone)
    assert browser.get("/account").status_code == 200

    @event.listens_for(db.engine, "before_cursor_execute")
    def _away(*_args: Any) -> None:
        raise OperationalError("SELECT 1", {}, Exception("the connection is lost"))

    try:
        answer = browser.post("/refused/check", data={"summary": "một đoạn văn dài không ai muốn gõ lại"})
    finally:
        event.remove(db.engine, "before_cursor_execute", _away)
    page = answer.get_data(as_text=True)
    assert (answer.status_code, BUSY in page, "một đoạn văn dài" in page) == (503, True, True)


@pytest.mark.parametrize(
    ("state", "meaning"),
    [("23505", Verdict.CONFLICT), ("23514", Verdict.FAULT), ("40P01", Verdict.BUSY), ("57014", Verdict.BUSY),
     ("25006", Verdict.BUSY), ("22001", Verdict.VALUE), ("42703", Verdict.FAULT), ("23502", Verdict.FAULT)],
)
def test_every_class_of_errors_of_postgresql_has_its_meaning(state: str, meaning: Verdict) -> None:
    class Refusal(Exception):
        sqlstate = state

    assert verdict(OperationalError("", {}, Refusal())) is meaning
