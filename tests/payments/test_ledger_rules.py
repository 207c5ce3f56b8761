"""What the database refuses, whatever the code says: as SQL, past everything else."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest
from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import delete, func, insert, inspect, select, text, update
from sqlalchemy.exc import DatabaseError, IntegrityError

from marketplace import create_app
from marketplace.core.access import SYSTEM
from marketplace.core.extensions import db
from marketplace.payments.ledger import chart, credit, debit, post, triggers
from marketplace.payments.ledger.models import Account, JournalEntry, JournalLine
from marketplace.values import clock
from tests import factories
from tests.conftest import make_settings
from tests.payments.test_ledger import charged
from tests.web_role import as_owner


@pytest.fixture
def entry(ctx: Flask) -> JournalEntry:
    """A posted entry beside a draft, id 900, that has one line."""
    posted = charged(factories.organisation().id, 1_000_000, "invoice:1")
    db.session.execute(insert(JournalEntry).values(
        id=900, code="BT-2026-000900", key="draft", happened_on=date(2026, 12, 1), kind="test", text="", subject_kind=""))
    db.session.execute(insert(JournalLine).values(entry_id=900, account_id=chart.bank(1).id, amount=5, position=1))
    db.session.commit()
    return posted


POSTED = "(SELECT id FROM journal_entry WHERE key = 'invoice:1')"
REFUSED = {
    "edit a posted entry": f"UPDATE journal_entry SET text = 'x' WHERE id = {POSTED}",
    "unpost": f"UPDATE journal_entry SET posted_at = NULL WHERE id = {POSTED}",
    "delete a posted entry": f"DELETE FROM journal_entry WHERE id = {POSTED}",
    "another number": "UPDATE journal_entry SET id = 901 WHERE id = 900",
    "another key": "UPDATE journal_entry SET key = 'other' WHERE id = 900",
    "post one line": "UPDATE journal_entry SET posted_at = '2026-12-01' WHERE id = 900",
    "born posted": "INSERT INTO journal_entry (code, key, happened_on, kind, text, subject_kind, posted_at) "
                   "VALUES ('BT-1', 'born', '2026-12-01', '', '', '', '2026-12-01')",
    "edit a line": f"UPDATE journal_line SET amount = amount + 1 WHERE entry_id = {POSTED} AND position = 1",
    "edit the line of a draft": "UPDATE journal_line SET amount = 6 WHERE entry_id = 900",
    "move a line": f"UPDATE journal_line SET entry_id = {POSTED}, position = 9 WHERE entry_id = 900",
    "delete a line": f"DELETE FROM journal_line WHERE entry_id = {POSTED}",
    "add a line": f"INSERT INTO journal_line (entry_id, account_id, amount, position) SELECT {POSTED}, id, 1, 9 "
                  "FROM account WHERE code = '3331'",
    "another kind": "UPDATE account SET kind = 'memo' WHERE code = '3331'",
    "another currency": "UPDATE account SET currency = 'USD' WHERE code = '3331'",
    "another code": "UPDATE account SET code = '3332' WHERE code = '3331'",
    "delete an account": "DELETE FROM account WHERE code = '3331'",
}
SQLITE = {
    "replace a posted entry": "INSERT OR REPLACE INTO journal_entry (id, code, key, happened_on, kind, text, subject_kind) "
                              f"VALUES ({POSTED}, 'BT-1', 'k', '2026-12-01', '', '', '')",
    "replace by its key": "INSERT OR REPLACE INTO journal_entry (code, key, happened_on, kind, text, subject_kind) "
                          "VALUES ('BT-1', 'invoice:1', '2026-12-01', '', '', '')",
    "replace by an update": f"UPDATE OR REPLACE journal_entry SET id = {POSTED} WHERE id = 900",
    "replace the key by an update": "UPDATE OR REPLACE journal_entry SET key = 'invoice:1' WHERE id = 900",
    "replace a line": "INSERT OR REPLACE INTO journal_line (id, entry_id, account_id, amount, position) "
                      f"SELECT id, 900, account_id, amount, 2 FROM journal_line WHERE entry_id = {POSTED} AND position = 1",
    "replace an account": "INSERT OR REPLACE INTO account (code, name_vi, name_en, kind, currency) "
                          "VALUES ('3331', '', '', 'memo', 'VND')",
    "replace an account by an update": "UPDATE OR REPLACE account SET code = '3331' WHERE code = '112-1'",
}
POSTGRESQL = {f"empty {table}": f"TRUNCATE {table} CASCADE" for table in triggers.TABLES}


def test_the_database_refuses_what_would_break_the_books(entry: JournalEntry) -> None:
    more = SQLITE if db.engine.dialect.name == "sqlite" else POSTGRESQL
    before, wrong = _rows(), []
    for name, statement in (REFUSED | more).items():
        as_owner()  # so that it is the trigger that refuses, not the rights of the web
        try:
            db.session.execute(text(statement))
        except DatabaseError as error:
            if "ledger: " not in str(error.orig) or not isinstance(error, IntegrityError):
                wrong.append(f"{name}: {error.orig}")
        else:
            wrong.append(f"{name}: taken")
        db.session.rollback()
    assert wrong == []
    assert _rows() == before


def _rows() -> list[object]:
    asked = [text(f"SELECT * FROM {table} ORDER BY id") for table in triggers.TABLES]
    found: list[object] = [tuple(row) for statement in asked for row in db.session.execute(statement)]
    db.session.rollback()
    return found


def test_the_role_of_the_web_may_not_touch_what_stands(entry: JournalEntry) -> None:
    if db.engine.dialect.name != "postgresql":
        for model in (JournalEntry, JournalLine, Account):
            assert model.__table__.info, f"{model.__name__} says what the role of the web may not do"
        return
    for statement in (delete(JournalEntry), delete(JournalLine), update(JournalLine).values(amount=1), delete(Account)):
        with pytest.raises(DatabaseError, match="permission denied"):
            db.session.execute(statement)
        db.session.rollback()


def test_a_draft_may_be_finished_and_posted(entry: JournalEntry) -> None:
    db.session.execute(insert(JournalLine).values(
        entry_id=900, account_id=chart.fixed(chart.CARD).id, amount=-5, position=2))
    db.session.execute(update(JournalEntry).where(JournalEntry.id == 900).values(posted_at=clock.now()))
    db.session.commit()
    assert db.session.scalar(select(JournalEntry.posted_at).where(JournalEntry.id == 900)) is not None


def test_a_closed_account_takes_no_lines(entry: JournalEntry) -> None:
    account = chart.bank(1)
    account.closed_at = clock.now()
    db.session.commit()
    with pytest.raises(IntegrityError, match="closed account"):
        post("late", [debit(account, 5), credit(chart.fixed(chart.CARD), 5)], kind="test", text="", actor=SYSTEM)


def test_twenty_lines_while_twenty_post_leave_every_posted_entry_balanced(app: Flask) -> None:
    """One adds a line while another posts: on PostgreSQL the line waits for the entry, or comes too late."""
    count = 20
    with app.app_context():
        accounts = [chart.bank(1).id, chart.fixed(chart.CARD).id]
        for number in range(1, count + 1):
            db.session.execute(insert(JournalEntry).values(
                id=number, code=f"BT-{number}", key=f"{number}", happened_on=date(2026, 12, 1), kind="", text="",
                subject_kind=""))
            for position, (account, amount) in enumerate(zip(accounts, (5, -5), strict=True), 1):
                db.session.execute(insert(JournalLine).values(
                    entry_id=number, account_id=account, amount=amount, position=position))
        db.session.commit()
    ready = threading.Barrier(2 * count)
    to_post = update(JournalEntry).where(JournalEntry.posted_at.is_(None)).values(posted_at=clock.now())

    def work(number: int) -> str:
        with app.app_context():
            ready.wait()
            line = insert(JournalLine).values(entry_id=(number + 1) // 2, account_id=accounts[0], amount=1, position=3)
            try:
                db.session.execute(line if number % 2 else to_post.where(JournalEntry.id == number // 2))
                db.session.commit()
            except IntegrityError as error:
                db.session.rollback()
                return str(error.orig)
            finally:
                db.session.remove()
            return ""

    with ThreadPoolExecutor(2 * count) as pool:
        said = list(pool.map(work, range(1, 2 * count + 1)))
    assert all(not one or "ledger: " in one for one in said)
    with app.app_context():
        sums = db.session.execute(
            select(JournalEntry.id, func.sum(JournalLine.amount), func.count(JournalLine.id))
            .join(JournalLine, JournalLine.entry_id == JournalEntry.id)
            .where(JournalEntry.posted_at.is_not(None)).group_by(JournalEntry.id)).all()
        assert [row for row in sums if tuple(row[1:]) != (0, 2)] == []
        assert len([one for one in said if one]) == count, "of each pair one came too late"


def test_twenty_who_post_the_same_make_one_entry_and_others_are_numbered_without_gaps(app: Flask) -> None:
    with app.app_context():
        org = factories.organisation().id
        chart.make_fixed()
        chart.receivable(org)
        db.session.commit()
    ready = threading.Barrier(20)

    def work(number: int) -> str:
        with app.app_context():
            ready.wait()
            same = charged(org, 1_000_000, "invoice:same").code
            charged(org, 10 + number, f"invoice:{number}")
            db.session.rollback() if number % 4 == 3 else db.session.commit()
            db.session.remove()
            return same

    with ThreadPoolExecutor(20) as pool:
        list(pool.map(work, range(20)))
    with app.app_context():
        codes = sorted(db.session.scalars(select(JournalEntry.code)))
        year = clock.today().year
        assert codes == [f"BT-{year}-{number:06d}" for number in range(1, 17)]  # fifteen of their own, and the one
        assert db.session.scalar(select(func.count()).where(JournalEntry.key == "invoice:same")) == 1


@pytest.fixture
def migrated(tmp_path: object, own_database: str) -> Iterator[Flask]:
    app = create_app(make_settings(tmp_path, own_database))  # type: ignore[arg-type]
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


def _trigger_texts() -> list[tuple[str, ...]]:
    asked = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' ORDER BY name"
    if db.engine.dialect.name == "postgresql":
        asked = ("SELECT t.tgname, pg_get_triggerdef(t.oid), p.prosrc FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid "
                 "WHERE NOT t.tgisinternal ORDER BY t.tgname")
    with db.engine.connect() as connection:
        return [tuple(row) for row in connection.execute(text(asked))]


def test_the_migrations_make_the_triggers_that_create_all_makes(shared_app: Flask, migrated: Flask) -> None:
    with shared_app.app_context():
        expected = _trigger_texts()
    upgrade()
    assert len(expected) >= 6
    assert _trigger_texts() == expected


def test_a_migration_of_the_tables_takes_the_triggers_off_and_puts_them_on(migrated: Flask) -> None:
    db.create_all()
    expected = _trigger_texts()
    with db.engine.begin() as connection:
        triggers.off(connection)
    assert _trigger_texts() == []
    with db.engine.begin() as connection:
        triggers.on(connection)
    assert _trigger_texts() == expected
    db.drop_all()
    assert _trigger_texts() == []
    assert "account" not in inspect(db.engine).get_table_names()
