"""A request that only runs bulk statements is committed like any other, and what follows a commit follows only that."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Blueprint, Flask
from sqlalchemy import func, select, text, update

from marketplace import create_app
from marketplace.core.access import access
from marketplace.core.extensions import after_commit, db, wrote
from marketplace.core.permissions import PUBLIC
from marketplace.organisations.models import Organisation
from tests.conftest import database_apart, empty_tables, make_settings

bp = Blueprint("bulk", __name__)
DONE: list[str] = []
NAMED = update(Organisation).values(name="renamed").execution_options(synchronize_session=False)
STATEMENTS = {
    "orm": lambda: db.session.execute(NAMED),
    "core": lambda: db.session.execute(update(Organisation.__table__).values(name="renamed")),
    "returning": lambda: db.session.scalars(NAMED.returning(Organisation.id)).all(),
    "returned": lambda: db.session.scalars(select(Organisation).from_statement(NAMED.returning(Organisation))).all(),
    "text": lambda: db.session.execute(text("UPDATE organisation SET name = 'renamed'")),
}


@bp.post("/bulk/<name>/<int:status>")
@access(PUBLIC)
def bulk(name: str, status: int) -> tuple[str, int]:
    STATEMENTS[name]()
    after_commit(lambda: DONE.append(name))
    return "done", status


@bp.get("/bulk/look")
@access(PUBLIC)
def look() -> str:
    db.session.scalars(select(Organisation).with_for_update()).all()
    db.session.execute(text(" select 1"))
    assert not wrote(db.session)
    return str(db.session.scalar(select(func.count()).select_from(Organisation)))


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, database_url: str) -> Iterator[Flask]:
    """An application with routes of this file's own, since the shared one takes none after its first request."""
    folder = tmp_path_factory.mktemp("bulk")
    with database_apart(folder, database_url, "bulk") as url:
        made = create_app(make_settings(folder / "data", url))
        made.register_blueprint(bp)
        made.config["WTF_CSRF_ENABLED"] = False
        with made.app_context():
            db.create_all()
        yield made
        with made.app_context():
            db.engine.dispose()


@pytest.fixture
def bulk_app(made: Flask) -> Iterator[Flask]:
    DONE.clear()
    with made.app_context():
        db.session.add(Organisation(slug="probe", kind="startup", name="first"))
        db.session.commit()
        yield made
        db.session.remove()
        empty_tables()


def name_of_it() -> str:
    db.session.rollback()
    return str(db.session.scalar(select(Organisation.name)))


@pytest.mark.parametrize("name", STATEMENTS)
def test_a_request_of_bulk_statements_only_is_committed(bulk_app: Flask, name: str) -> None:
    assert bulk_app.test_client().post(f"/bulk/{name}/200").status_code == 200
    assert (name_of_it(), DONE) == ("renamed", [name])


@pytest.mark.parametrize("name", STATEMENTS)
def test_an_answer_from_400_on_keeps_nothing_of_it(bulk_app: Flask, name: str) -> None:
    assert bulk_app.test_client().post(f"/bulk/{name}/422").status_code == 422
    assert (name_of_it(), DONE) == ("first", [])


def test_a_get_that_only_reads_writes_nothing(bulk_app: Flask) -> None:
    assert bulk_app.test_client().get("/bulk/look").get_data(as_text=True) == "1"


def test_what_follows_a_commit_waits_for_the_outermost_one(bulk_app: Flask, caplog: pytest.LogCaptureFixture) -> None:
    with db.session.begin_nested():
        after_commit(lambda: DONE.append("inner"))
    assert DONE == []
    after_commit(lambda: [].pop())
    after_commit(lambda: DONE.append("outer"))
    db.session.commit()
    assert DONE == ["inner", "outer"], "one that fails does not keep the others back"
    assert "what follows the commit failed" in caplog.text
    after_commit(lambda: DONE.append("never"))
    db.session.rollback()
    db.session.commit()
    assert DONE == ["inner", "outer"]
