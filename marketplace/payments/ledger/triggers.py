"""The rules of the ledger as triggers of the database, for SQLite and PostgreSQL.

- An entry is born unposted, and is posted only with two lines or more that sum to nothing, in one currency, and all
  of them or none on memorandum accounts.
- A posted entry, its lines and their number never change; corrections are entries that reverse it.
- Kind, currency and code of an account with lines never change; a closed account takes no lines.
- On PostgreSQL a line locks its entry, so that nobody posts meanwhile (without it, 276 of 282 entries came out
  unbalanced under twenty threads), and TRUNCATE is refused. On SQLite no OR REPLACE removes a row.

`create_all` makes them with the last of the three tables. A migration that touches one of the tables takes them `off`
before and puts them `on` after: Alembic's batch mode on SQLite fails on them, or loses them.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import DDL, Connection, event

from marketplace.payments.ledger.models import JournalLine

_SQLITE = {
    "ledger_account_insert": """BEFORE INSERT ON account
        WHEN EXISTS (SELECT 1 FROM account WHERE id = NEW.id OR code = NEW.code)
        BEGIN SELECT RAISE(ABORT, 'ledger: an account is never replaced'); END""",
    "ledger_account_update": """BEFORE UPDATE ON account
        WHEN NEW.id <> OLD.id OR (NEW.code <> OLD.code AND EXISTS (SELECT 1 FROM account WHERE code = NEW.code))
          OR ((NEW.kind <> OLD.kind OR NEW.currency <> OLD.currency OR NEW.code <> OLD.code)
              AND EXISTS (SELECT 1 FROM journal_line WHERE account_id = OLD.id))
        BEGIN SELECT RAISE(ABORT, 'ledger: kind, currency and code of an account with lines never change'); END""",
    "ledger_account_delete": """BEFORE DELETE ON account
        WHEN EXISTS (SELECT 1 FROM journal_line WHERE account_id = OLD.id)
        BEGIN SELECT RAISE(ABORT, 'ledger: an account with lines is never deleted'); END""",
    "ledger_entry_insert": """BEFORE INSERT ON journal_entry
        WHEN NEW.posted_at IS NOT NULL OR EXISTS (SELECT 1 FROM journal_entry
            WHERE id = NEW.id OR code = NEW.code OR key = NEW.key OR reverses_id = NEW.reverses_id)
        BEGIN SELECT RAISE(ABORT, 'ledger: an entry is born unposted and never replaced'); END""",
    "ledger_entry_update": """BEFORE UPDATE ON journal_entry
        WHEN OLD.posted_at IS NOT NULL OR NEW.id <> OLD.id OR NEW.code <> OLD.code OR NEW.key <> OLD.key
          OR NEW.reverses_id IS NOT OLD.reverses_id
        BEGIN SELECT RAISE(ABORT, 'ledger: a posted entry never changes, nor what names one'); END""",
    "ledger_entry_post": """BEFORE UPDATE ON journal_entry
        WHEN OLD.posted_at IS NULL AND NEW.posted_at IS NOT NULL AND NOT COALESCE((
            SELECT COUNT(*) >= 2 AND SUM(l.amount) = 0 AND COUNT(DISTINCT a.currency) = 1
                AND COUNT(DISTINCT a.kind = 'memo') = 1
            FROM journal_line l JOIN account a ON a.id = l.account_id WHERE l.entry_id = OLD.id), 0)
        BEGIN SELECT RAISE(ABORT, 'ledger: an entry has two lines that sum to 0, of one currency and kind'); END""",
    "ledger_entry_delete": """BEFORE DELETE ON journal_entry WHEN OLD.posted_at IS NOT NULL
        BEGIN SELECT RAISE(ABORT, 'ledger: a posted entry is never deleted'); END""",
    "ledger_line_insert": """BEFORE INSERT ON journal_line
        WHEN (SELECT posted_at FROM journal_entry WHERE id = NEW.entry_id) IS NOT NULL
          OR (SELECT closed_at FROM account WHERE id = NEW.account_id) IS NOT NULL
          OR EXISTS (SELECT 1 FROM journal_line
                     WHERE id = NEW.id OR (entry_id = NEW.entry_id AND position = NEW.position))
        BEGIN SELECT RAISE(ABORT, 'ledger: no line is added to a posted entry or a closed account, or replaced'); END""",
    "ledger_line_update": """BEFORE UPDATE ON journal_line
        BEGIN SELECT RAISE(ABORT, 'ledger: a line never changes'); END""",
    "ledger_line_delete": """BEFORE DELETE ON journal_line
        WHEN (SELECT posted_at FROM journal_entry WHERE id = OLD.entry_id) IS NOT NULL
        BEGIN SELECT RAISE(ABORT, 'ledger: no line of a posted entry is deleted'); END""",
}

#: REFUSED stands for the kind of error, which SQLAlchemy raises as IntegrityError.
_ERROR = "USING ERRCODE = 'integrity_constraint_violation'"
_POSTGRESQL = {
    "ledger_account": """BEGIN
        IF TG_OP = 'DELETE' THEN
            IF EXISTS (SELECT 1 FROM journal_line WHERE account_id = OLD.id) THEN
                RAISE EXCEPTION 'ledger: an account with lines is never deleted' REFUSED;
            END IF;
            RETURN OLD;
        END IF;
        IF NEW.id <> OLD.id OR ((NEW.kind <> OLD.kind OR NEW.currency <> OLD.currency OR NEW.code <> OLD.code)
                AND EXISTS (SELECT 1 FROM journal_line WHERE account_id = OLD.id)) THEN
            RAISE EXCEPTION 'ledger: kind, currency and code of an account with lines never change' REFUSED;
        END IF;
        RETURN NEW;
    END""",
    "ledger_entry": """DECLARE whole boolean;
    BEGIN
        IF TG_OP = 'DELETE' THEN
            IF OLD.posted_at IS NOT NULL THEN
                RAISE EXCEPTION 'ledger: a posted entry is never deleted' REFUSED;
            END IF;
            RETURN OLD;
        END IF;
        IF TG_OP = 'INSERT' THEN
            IF NEW.posted_at IS NOT NULL THEN
                RAISE EXCEPTION 'ledger: an entry is born unposted' REFUSED;
            END IF;
            RETURN NEW;
        END IF;
        IF OLD.posted_at IS NOT NULL OR NEW.id <> OLD.id OR NEW.code <> OLD.code OR NEW.key <> OLD.key
                OR NEW.reverses_id IS DISTINCT FROM OLD.reverses_id THEN
            RAISE EXCEPTION 'ledger: a posted entry never changes, nor what names one' REFUSED;
        END IF;
        IF NEW.posted_at IS NOT NULL THEN
            SELECT COUNT(*) >= 2 AND SUM(l.amount) = 0 AND COUNT(DISTINCT a.currency) = 1
                AND COUNT(DISTINCT a.kind = 'memo') = 1 INTO whole
            FROM journal_line l JOIN account a ON a.id = l.account_id WHERE l.entry_id = OLD.id;
            IF NOT COALESCE(whole, FALSE) THEN
                RAISE EXCEPTION 'ledger: an entry has two lines that sum to 0, of one currency and kind' REFUSED;
            END IF;
        END IF;
        RETURN NEW;
    END""",
    "ledger_line": """DECLARE posted timestamptz; closed timestamptz;
    BEGIN
        IF TG_OP = 'UPDATE' THEN
            RAISE EXCEPTION 'ledger: a line never changes' REFUSED;
        END IF;
        IF TG_OP = 'DELETE' THEN
            SELECT posted_at INTO posted FROM journal_entry WHERE id = OLD.entry_id FOR NO KEY UPDATE;
            IF posted IS NOT NULL THEN
                RAISE EXCEPTION 'ledger: no line of a posted entry is deleted' REFUSED;
            END IF;
            RETURN OLD;
        END IF;
        SELECT posted_at INTO posted FROM journal_entry WHERE id = NEW.entry_id FOR NO KEY UPDATE;
        SELECT closed_at INTO closed FROM account WHERE id = NEW.account_id FOR SHARE;
        IF posted IS NOT NULL OR closed IS NOT NULL THEN
            RAISE EXCEPTION 'ledger: no line is added to a posted entry or a closed account' REFUSED;
        END IF;
        RETURN NEW;
    END""",
    "ledger_truncate": """BEGIN
        RAISE EXCEPTION 'ledger: its tables are never emptied' REFUSED;
    END""",
}
#: Triggers of PostgreSQL: table, when, function.
_ROWS = (
    ("account", "BEFORE UPDATE OR DELETE", "ledger_account"),
    ("journal_entry", "BEFORE INSERT OR UPDATE OR DELETE", "ledger_entry"),
    ("journal_line", "BEFORE INSERT OR UPDATE OR DELETE", "ledger_line"),
)
TABLES = tuple(table for table, _when, _function in _ROWS)


def statements_on(dialect: str) -> list[str]:
    """Return the statements that make the triggers; they may be repeated after `statements_off`."""
    if dialect == "sqlite":
        return [f"CREATE TRIGGER {name} {body}" for name, body in _SQLITE.items()]
    made = [
        f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS "
        f"$ledger$ {body.replace('REFUSED', _ERROR)} $ledger$"
        for name, body in _POSTGRESQL.items()
    ]
    for table, when, function in _ROWS:
        made.append(f"CREATE TRIGGER {function} {when} ON {table} FOR EACH ROW EXECUTE FUNCTION {function}()")
        made.append(
            f"CREATE TRIGGER ledger_{table}_truncate BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION ledger_truncate()"
        )
    return made


def statements_off(dialect: str) -> list[str]:
    """Return the statements that remove the triggers."""
    if dialect == "sqlite":
        return [f"DROP TRIGGER IF EXISTS {name}" for name in _SQLITE]
    return [f"DROP FUNCTION IF EXISTS {name}() CASCADE" for name in _POSTGRESQL]


def on(connection: Connection) -> None:
    """Put the triggers on: after a migration of one of the tables, with `op.get_bind()`."""
    for statement in statements_on(connection.dialect.name):
        connection.exec_driver_sql(statement)


def off(connection: Connection) -> None:
    """Take the triggers off: before a migration of one of the tables."""
    for statement in statements_off(connection.dialect.name):
        connection.exec_driver_sql(statement)


def _ddl(statement: str, dialect: str) -> Any:
    make: Any = DDL
    return make(statement.replace("%", "%%")).execute_if(dialect=dialect)


for _dialect in ("sqlite", "postgresql"):
    for _statement in statements_on(_dialect):
        event.listen(JournalLine.__table__, "after_create", _ddl(_statement, _dialect))
    for _statement in statements_off(_dialect):
        event.listen(JournalLine.__table__, "before_drop", _ddl(_statement, _dialect))
