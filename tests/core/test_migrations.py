"""Migrations: one head, up and down both run, and in the end the database is what the models say."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import CheckConstraint, Connection, MetaData, Table, inspect, text

from marketplace import create_app
from marketplace.core.event_person import private_digest
from marketplace.core.events import Event, computed_hash
from marketplace.core.extensions import db
from marketplace.core.history_check import broken_links
from marketplace.negotiation.lifecycle import LEAD
from tests.conftest import make_settings

ROOT = Path(__file__).resolve().parents[2]


@contextmanager
def _without_foreign_keys() -> Iterator[Connection]:
    """A transaction in which rows may point to nothing: what stands in the other tables is not asked about."""
    with db.engine.connect() as connection:
        pooled, sqlite = connection.connection, connection.dialect.name == "sqlite"
        # SQLite takes the pragma outside a transaction only.
        pooled.cursor().execute("PRAGMA foreign_keys=OFF" if sqlite else "SET session_replication_role = replica")
        yield connection
        connection.commit()
        pooled.cursor().execute("PRAGMA foreign_keys=ON" if sqlite else "SET session_replication_role = DEFAULT")
        connection.commit()


def _let_rows_point_to_nothing() -> None:
    """The same for every connection to this database from now on, those of migrations too; on SQLite they are so."""
    if db.engine.dialect.name == "postgresql":
        with db.engine.begin() as connection:
            name = connection.scalar(text("SELECT current_database()"))
            connection.execute(text(f'ALTER DATABASE "{name}" SET session_replication_role = replica'))
        db.engine.dispose()


def _insert(connection: Connection, name: str, **values: object) -> None:
    """Write one row into a table as it is at this revision; what must not be null and is not given is blank."""
    table = Table(name, MetaData(), autoload_with=connection)
    blank = {int: 0, str: "", bool: False, datetime: datetime(2026, 11, 2, tzinfo=UTC), dict: {}}
    needed = [column for column in table.columns if not column.nullable and column.name not in {"id", *values}]
    connection.execute(table.insert().values({column.name: blank[column.type.python_type] for column in needed} | values))


@pytest.fixture
def empty(tmp_path: Path, own_database: str) -> Iterator[Flask]:
    """An application on a database without tables."""
    app = create_app(make_settings(tmp_path, own_database))
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


def test_there_is_one_head_and_the_files_are_numbered() -> None:
    config = Config()
    config.set_main_option("script_location", str(ROOT / "migrations"))
    assert len(ScriptDirectory.from_config(config).get_heads()) == 1, (
        "two migrations follow the same one: set down_revision of the later to the other"
    )
    names = sorted(path.name for path in (ROOT / "migrations" / "versions").glob("*.py"))
    assert [name[:4] for name in names] == [f"{number:04d}" for number in range(1, len(names) + 1)], (
        "migrations are numbered without gaps, four digits: rename the file and its revision"
    )


def test_upgraded_from_nothing_it_is_what_the_models_say(empty: Flask) -> None:
    upgrade()
    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "target_metadata": db.metadata})
        assert compare_metadata(context, db.metadata) == [], (
            "the migrations and the models differ: write a migration for what is listed (`make migration` "
            "shows it)"
        )
    tables = set(inspect(db.engine).get_table_names())
    assert set(db.metadata.tables) <= tables, "a table of the models is made by no migration: write one"


def _sense(condition: str, dialect: str) -> object:
    """Return what of a CHECK can be compared: SQLite keeps its text; PostgreSQL writes it anew but keeps the codes."""
    return sorted(set(re.findall("'[^']*'", condition))) if dialect == "postgresql" else " ".join(condition.split())


def _differing_checks() -> list[str]:
    """Return where the conditions of the database are not those of the models; `compare_metadata` does not look at them."""
    dialect, wrong, inspector = db.engine.dialect, [], inspect(db.engine)
    for table in db.metadata.sorted_tables:
        checks = inspector.get_check_constraints(table.name)
        found = {str(check["name"]): _sense(check["sqltext"], dialect.name) for check in checks}
        meant = {
            str(check.name): _sense(str(check.sqltext.compile(dialect=dialect)), dialect.name)
            for check in table.constraints if isinstance(check, CheckConstraint)
        }
        wrong += [f"{table.name}.{name}: the models say {meant.get(name)}, the database {found.get(name)}"
                  for name in sorted({*meant, *found}) if meant.get(name) != found.get(name)]
    return wrong


def test_upgraded_from_nothing_its_checks_are_those_of_the_models(empty: Flask) -> None:
    upgrade()
    assert not (wrong := _differing_checks()), (
        "write a migration that drops these CHECK constraints and makes them again (batch_alter_table, as in "
        "migrations/versions/0022_imports_in_parts.py); a new state of a lifecycle needs one:\n" + "\n".join(wrong)
    )


def test_a_state_without_its_migration_is_named(empty: Flask) -> None:
    upgrade()
    check = next(one for one in db.metadata.tables["lead"].constraints if one.name == "ck_lead_state_known")
    assert isinstance(check, CheckConstraint)
    before = check.sqltext
    check.sqltext = text(LEAD.check_sql().replace("'converted'", "'converted', 'paused'"))
    try:
        assert [line.partition(":")[0] for line in _differing_checks()] == ["lead.ck_lead_state_known"]
    finally:
        check.sqltext = before


def test_every_step_goes_down_and_up_again(empty: Flask) -> None:
    upgrade()
    downgrade(revision="base")
    assert set(inspect(db.engine).get_table_names()) <= {"alembic_version"}, (
        "the way down leaves tables: drop them in downgrade()"
    )
    upgrade()
    assert "listing" in inspect(db.engine).get_table_names()


def test_questions_of_both_kinds_come_into_one_table_and_go_back(empty: Flask) -> None:
    """Migration 0024, with rows: nobody's question is lost on either way, and the next one gets a number of its own."""
    _let_rows_point_to_nothing()
    upgrade(revision="0023")
    words = {"enquiry": "Một câu hỏi về công nghệ.", "need_enquiry": "Một câu hỏi về nhu cầu."}
    with _without_foreign_keys() as connection:
        for number in (7, 8):
            _insert(connection, "listing", id=number, code=f"CN-2026-{number}", state="draft")
        _insert(connection, "buyer_request", id=7, code="NC-2026-7", state="draft")
        _insert(connection, "enquiry", listing_id=7, from_user_id=3, from_org_id=5, text=words["enquiry"])
        _insert(connection, "need_enquiry", buyer_request_id=7, from_user_id=3, from_org_id=5, text=words["need_enquiry"])
    upgrade(revision="0024")
    asked = text("SELECT subject_kind, subject_id, from_user_id, from_org_id, text FROM enquiry ORDER BY id")
    with _without_foreign_keys() as connection:
        assert [tuple(row) for row in connection.execute(asked)] == [
            ("listing", 7, 3, 5, words["enquiry"]), ("need", 7, 3, 5, words["need_enquiry"]),
        ]
        _insert(connection, "enquiry", subject_kind="listing", subject_id=8, from_user_id=4, text="Chưa có tổ chức.")
    downgrade(revision="0023")
    with _without_foreign_keys() as connection:
        for table, parent in {"enquiry": "listing_id", "need_enquiry": "buyer_request_id"}.items():
            found = connection.execute(text(f"SELECT {parent}, from_user_id, text FROM {table} ORDER BY id LIMIT 1"))
            assert [tuple(row) for row in found] == [(7, 3, words[table])]
        assert connection.scalar(text("SELECT count(*) FROM enquiry")) == 2


def test_chains_of_the_release_before_verify_after_names_have_moved(empty: Flask) -> None:
    """Migration 0028, with rows: no hash changes, and a name that had been taken away without a word is named."""
    upgrade(revision="0027")
    at, previous = datetime(2026, 11, 2, 3, 4, 5, 678_901, tzinfo=UTC), ""
    with _without_foreign_keys() as connection:
        said = [("Nguyễn Thị Hồng", "Đã đủ hồ sơ."), ("system", ""), ("Trần Văn Bách", "")]
        for seq, (name, reason) in enumerate(said, 1):
            digest = private_digest(f"{seq:032x}", name, reason)
            row = SimpleNamespace(
                at=at, subject_kind="deal", subject_id=7, seq=seq, action="deal.sign", actor_id=seq, on_behalf_of=None,
                from_state="", to_state="", reason_code="", data={"bên": "mua"}, private_digest=digest, prev_hash=previous,
            )
            previous = computed_hash(row)
            kept = {"actor_name": name, "reason": reason} if seq != 3 else {"actor_name": "", "reason": ""}
            _insert(connection, "event", id=seq + 40, salt=f"{seq:032x}", hash=previous, **kept, **vars(row))
        _insert(connection, "event_head", subject_kind="deal", subject_id=7, seq=3, hash=previous)
    upgrade()
    assert [(found.seq, found.why) for found in broken_links()] == [(3, "its reason or actor's name was changed")]
    assert db.session.get_one(Event, 41).reason == "Đã đủ hồ sơ."
    db.session.rollback()
    downgrade(revision="0027")
    with _without_foreign_keys() as connection:
        names = connection.scalars(text("SELECT actor_name FROM event ORDER BY id"))
        assert list(names) == ["Nguyễn Thị Hồng", "system", ""]
