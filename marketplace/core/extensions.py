"""Extension objects, without configuration; `create_app` binds them."""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any, TypeVar

from flask_babel import Babel
from flask_bootstrap import Bootstrap5
from flask_limiter import Limiter
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from flask_wtf.csrf import CSRFProtect
from sqlalchemy import MetaData, Select, TextClause, event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import DeclarativeBase, ORMExecuteState, Session
from sqlalchemy.orm.interfaces import ORMOption

from marketplace.core.client_address import client
from marketplace.core.connection_limits import watch
from marketplace.core.errors import required

log = logging.getLogger(__name__)
T = TypeVar("T")

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """The declarative base of every table."""

    metadata = MetaData(naming_convention=NAMING)


db = SQLAlchemy(model_class=Base, session_options={"expire_on_commit": False})
babel = Babel()
bootstrap = Bootstrap5()
migrate = Migrate(render_as_batch=True, compare_type=True)
csrf = CSRFProtect()
limiter = Limiter(key_func=client, default_limits=["600 per minute"], headers_enabled=True)

#: True while the current request or job may write: on SQLite its transaction begins IMMEDIATE, so that it waits for
#: the other writer at its start instead of failing in the middle (docs/architecture.md §8).
write_intent: ContextVar[bool] = ContextVar("write_intent", default=True)

#: With the last one triggers also see the rows that OR REPLACE removes: those of the ledger refuse that.
_PRAGMAS = ("journal_mode=WAL", "foreign_keys=ON", "busy_timeout=15000", "synchronous=NORMAL", "recursive_triggers=ON")


def prepare_engine(engine: Engine, longest: float | None = None) -> None:
    """Set up connections: no waiting for a silent PostgreSQL, nor longer than `longest` seconds for one of its answers; of
    SQLite WAL, foreign keys, busy timeout, and transactions that begin as intended.
    """
    watch(engine, longest)
    if engine.dialect.name != "sqlite":
        return

    @event.listens_for(engine, "connect")
    def _connect(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # we write BEGIN ourselves
        cursor = connection.cursor()
        for pragma in _PRAGMAS:
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE" if write_intent.get() else "BEGIN")


@event.listens_for(Session, "after_flush")
def _remember_flush(session: Session, _context: Any) -> None:
    """Note that this session wrote something: the request's one commit looks here."""
    session.info["written"] = True


@event.listens_for(Session, "do_orm_execute")
def _remember_statement(state: ORMExecuteState) -> None:
    """Note the same for a statement that writes without a flush: INSERT, UPDATE, DELETE and anything else but a SELECT."""
    statement = state.statement
    reads = state.is_select or (isinstance(statement, TextClause) and statement.text.lstrip()[:6].upper() == "SELECT")
    if not reads:
        state.session.info["written"] = True


def insert_into(table: type[Base]) -> Any:
    """Return an INSERT of the database's own, which can say what happens to rows that are there already."""
    return (postgresql.insert if db.engine.dialect.name == "postgresql" else sqlite.insert)(table)


def one(rows: Select[T], *options: ORMOption, lock: bool = False) -> T:
    """Return the only row of a select, with what `options` load; `lock` reads it anew and holds it for a move instead.

    Raises NotFound when there is none.
    """
    if lock:
        locked = rows.with_for_update(of=rows.column_descriptions[0]["entity"])
        return required(db.session.scalar(locked.execution_options(populate_existing=True)))
    return required(db.session.scalar(rows.options(*options)))


def wrote(session: Any) -> bool:
    """Whether the present transaction of a session has written something, or has something to flush."""
    return bool(session.info.get("written") or session.new or session.dirty or session.deleted)


def give_up() -> None:
    """Roll the present transaction back, also when its connection is lost: the server does the same then."""
    try:
        db.session.rollback()
    except SQLAlchemyError:
        db.session.remove()


def after_commit(call: Callable[[], object]) -> None:
    """Run `call()` once the present transaction has been committed, and not at all when it is rolled back.

    For what cannot be undone and is not in the database, such as deleting files; `call` must not use the session.
    """
    session = db.session()
    if not session.in_transaction():
        session.begin()  # so that a rollback has something to end
    session.info.setdefault("after_commit", []).append(call)


@event.listens_for(Session, "after_commit")
def _forget_and_follow(session: Session) -> None:
    if session.in_nested_transaction():
        return
    session.info.pop("written", None)
    for call in session.info.pop("after_commit", ()):
        try:
            call()
        except Exception:  # what was committed stays true
            log.exception("what follows the commit failed")


@event.listens_for(Session, "after_rollback")
def _forget(session: Session) -> None:
    if not session.in_nested_transaction():
        session.info.pop("written", None)
        session.info.pop("after_commit", None)
