"""PostgreSQL with two roles: that of the web cannot rewrite the history, that of the owner migrates and erases."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ProgrammingError

from marketplace import create_app
from marketplace.core.access import SYSTEM, Actor
from marketplace.core.database_roles import may_rewrite_history, owner_connection
from marketplace.core.erasure import ERASED, delete_names
from marketplace.core.events import record
from marketplace.core.extensions import db
from marketplace.history.actions import take
from marketplace.values import clock
from tests import factories
from tests.cases import try_each
from tests.conftest import BACKEND, make_settings

pytestmark = pytest.mark.skipif(BACKEND != "postgres", reason="SQLite has no roles: whoever has the file may write it")


@pytest.fixture
def two_roles(tmp_path: Path, own_database: str) -> Iterator[Flask]:
    """An application whose web signs in as a role of its own, on a database that was migrated by the owner."""
    owner = make_url(own_database)
    role = f"{owner.database}_web"
    admin = create_engine(own_database, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"CREATE ROLE \"{role}\" LOGIN PASSWORD 'only-a-test'"))
    web = owner.set(username=role, password="only-a-test").render_as_string(hide_password=False)
    app = create_app(make_settings(tmp_path, web, DATABASE_OWNER_URL=own_database))
    with app.app_context():
        upgrade()
        yield app
        db.session.remove()
        db.engine.dispose()
    with admin.connect() as connection:
        connection.execute(text(f'DROP OWNED BY "{role}"'))
        connection.execute(text(f'DROP ROLE "{role}"'))
    admin.dispose()


#: Statements that would rewrite the history, or remove what keeps it.
REWRITES = (
    "UPDATE event SET action = 'x'", "DELETE FROM event", "TRUNCATE event CASCADE", "UPDATE event_person SET reason = ''",
    "DELETE FROM event_person", "DELETE FROM event_head", "TRUNCATE event_head", "UPDATE seal SET events = 0",
    "DELETE FROM seal_leaf", "UPDATE fact SET amount = 1", "DELETE FROM fact",
    "UPDATE alembic_version SET version_num = '0001'", "CREATE TABLE mine (id int)",
    "ALTER TABLE event DISABLE TRIGGER ALL", "DROP TABLE seal",
)


def test_the_web_is_refused_whatever_rewrites_the_history(two_roles: Flask) -> None:
    def refused(statement: str) -> None:
        try:
            with pytest.raises(ProgrammingError, match=r"permission denied|must be owner"):
                db.session.execute(text(statement))
        finally:
            db.session.rollback()

    try_each(REWRITES, refused)


def test_the_web_records_and_seals_and_the_owner_erases(two_roles: Flask) -> None:
    user = factories.user("Anh")
    org = factories.organisation()
    record(org, "organisation.save", Actor(user_id=user.id, name="Anh"), reason="Của tôi.")
    record(org, "organisation.save", SYSTEM)
    db.session.commit()
    take(clock.now())
    erased = record(user, ERASED, SYSTEM)
    db.session.commit()
    with pytest.raises(ProgrammingError, match="permission denied"):
        delete_names(db.session.connection(), user.id, erased.id)
    db.session.rollback()
    assert not may_rewrite_history(db.session.connection())
    with owner_connection() as connection:
        assert may_rewrite_history(connection)
        assert delete_names(connection, user.id, erased.id) == 1
    db.session.remove()
    said = two_roles.test_cli_runner().invoke(args=["verify-history"])
    assert (said.exit_code, said.stderr) == (0, "")


def test_tables_that_come_later_are_served_too(two_roles: Flask) -> None:
    with owner_connection() as connection:
        connection.execute(text("CREATE TABLE later (id serial PRIMARY KEY)"))
    db.session.execute(text("INSERT INTO later DEFAULT VALUES"))
    db.session.execute(text("UPDATE later SET id = 7"))
    assert db.session.scalar(text("DELETE FROM later RETURNING id")) == 7
