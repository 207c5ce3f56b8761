"""Worlds built once in a process: what a factory marked `@remembered` made is put back for the next test that asks.

Most tests begin with the same people, listings, needs and leads, made through the real actions, which costs more than
what they test. The first call of a marked factory runs, and the database, the data folder and the index are copied
afterwards. A later call with the same arguments, on a database in the same state, copies them back instead.

`begin` says that the database is empty, `_watch` forgets its state at every other write, so that only a factory called
right after `begin` or right after another marked factory can be put back. A factory that leaves something uncommitted,
returns what cannot be pickled, or runs under a moved clock is simply run.
"""

from __future__ import annotations

import hashlib
import io
import pickle
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import Any, TypeVar

from flask import Flask, current_app, has_app_context
from sqlalchemy import Engine, event

from marketplace.core.extensions import db
from marketplace.search.engines.whoosh.store import Generation, MemoryStore
from marketplace.values import clock
from tests.tables import empty, filled, without_ledger_rules
from tests.web_role import owner_sql

#: How many states are kept; the one that was not used for the longest time goes first.
MOST = 60
_READS = ("SELECT", "BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE", "PRAGMA", "WITH", "EXPLAIN", "SHOW")
_CLOCK = time.time() - time.clock_gettime(time.CLOCK_BOOTTIME)  # no test moves the latter
Made = TypeVar("Made")


@dataclass
class _Database:
    """What is known of the database of the application under test."""

    app: Flask | None = None
    state: bytes | None = None  # a name of the state it is in, None when unknown
    uncommitted: bool = False


@dataclass
class _Kept:
    """A state: the copied rows or the schema that holds them, files, index, and what the factory returned."""

    state: bytes
    rows: dict[str, list[tuple[Any, ...]]] | str
    files: dict[str, bytes]
    index: tuple[str, dict[str, bytes]] | None
    result: bytes
    objects: bytes


_now = _Database()
_kept: OrderedDict[bytes, _Kept] = OrderedDict()


def begin(app: Flask) -> None:
    """Say that the database, folder and index of this application are empty."""
    _now.app, _now.state, _now.uncommitted = app, b"empty", False


def end() -> None:
    """Say that nothing is known of the database any more."""
    _now.app = _now.state = None


@event.listens_for(Engine, "before_cursor_execute")
def _watch(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
    if not statement.lstrip().upper().startswith(_READS):
        _now.state, _now.uncommitted = None, True


@event.listens_for(Engine, "commit")
@event.listens_for(Engine, "rollback")
def _finished(_connection: Any) -> None:
    _now.uncommitted = False


def remembered(factory: Callable[..., Made]) -> Callable[..., Made]:
    """Mark a factory (a function, a method or an `__init__`) whose result is put back when nothing else is different."""
    name = f"{factory.__module__}.{factory.__qualname__}"

    @wraps(factory)
    def made(*args: Any, **kwargs: Any) -> Made:
        before = _now.state if _can() else None
        pickled = _pickled((args, kwargs)) if before is not None else None
        if before is None or pickled is None:
            return factory(*args, **kwargs)
        key, given = hashlib.sha256(b"\0".join((before, name.encode(), pickled[0]))).digest(), pickled[1]
        if (known := _kept.get(key)) is not None:
            _kept.move_to_end(key)
            return _put_back(known, args, given)  # type: ignore[no-any-return]
        result = factory(*args, **kwargs)
        if not _now.uncommitted and not (db.session.new or db.session.dirty or db.session.deleted):
            _keep(key, result, args)
        return result

    return made


def _can() -> bool:
    moved = abs(clock.now().timestamp() - time.clock_gettime(time.CLOCK_BOOTTIME) - _CLOCK) > 60
    if moved or not has_app_context() or _now.app is not current_app._get_current_object():  # type: ignore[attr-defined]
        return False
    return not (db.session.new or db.session.dirty or db.session.deleted)


class _Pickler(pickle.Pickler):
    """Writes a row as its class and key."""

    def __init__(self, file: io.BytesIO) -> None:
        super().__init__(file)
        self.objects: dict[Any, Any] = {}

    def persistent_id(self, thing: Any) -> Any:
        """Return the class and key of a row, a word for the application, None for anything else."""
        if thing is _now.app:
            return "app"
        state = getattr(thing, "_sa_instance_state", None) if not isinstance(thing, type) else None
        if state is None:
            return None
        if state.identity is None:
            raise pickle.PicklingError("a row that is not in the database")
        self.objects[type(thing), state.identity] = thing
        return type(thing), state.identity


class _Unpickler(pickle.Unpickler):
    """Reads a row's class and key as the row of this session."""

    def __init__(self, file: io.BytesIO, rows: dict[Any, Any]) -> None:
        super().__init__(file)
        self.rows = rows

    def persistent_load(self, pid: Any) -> Any:
        """Return the row, or the application."""
        return _now.app if pid == "app" else self.rows[pid]


def _pickled(thing: Any) -> tuple[bytes, dict[Any, Any]] | None:
    file = io.BytesIO()
    pickler = _Pickler(file)
    try:
        pickler.dump(thing)
    except (pickle.PicklingError, TypeError, AttributeError):
        return None
    return file.getvalue(), pickler.objects


def _keep(key: bytes, result: Any, args: tuple[Any, ...]) -> None:
    """Copy the present state; what the factory did to its object is part of it."""
    changed = vars(args[0]) if args and type(args[0]).__module__.startswith("tests.") else None
    pickled = _pickled((result, changed))
    db.session.commit()  # ends the reading; a rollback would expire what the factory returns
    if pickled is None:
        return
    present = {(type(row), row._sa_instance_state.identity): row for row in db.session.identity_map.values()}
    objects = pickle.dumps(pickled[1] | present)
    while len(_kept) >= MOST:
        _drop(_kept.popitem(last=False)[1])
    folder = _folder()
    files = {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    _kept[key] = _Kept(key, _copied_rows(key), files, _index(), pickled[0], objects)
    _now.state, _now.uncommitted = key, False


def _put_back(kept: _Kept, args: tuple[Any, ...], given: dict[Any, Any]) -> Any:
    db.session.commit()
    _put_rows_back(kept.rows)
    folder = _folder()
    for name, content in kept.files.items():
        path = folder / name
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
    _put_index_back(kept.index)
    objects = pickle.loads(kept.objects)
    for row in db.session.identity_map.values():
        if (type(row), row._sa_instance_state.identity) in objects:
            db.session.expire(row)
    rows = {key: db.session.merge(row, load=False) for key, row in objects.items()}
    # What the caller holds from an earlier session stays what it was, as if the factory had run.
    rows |= {key: row for key, row in given.items() if row not in db.session}
    result, changed = _Unpickler(io.BytesIO(kept.result), rows).load()
    if changed is not None:
        vars(args[0]).clear()
        vars(args[0]).update(changed)
    _now.state, _now.uncommitted = kept.state, False
    return result


def _folder() -> Path:
    settings: Any = current_app.extensions["settings"]
    return Path(settings.data_dir)


def _copied_rows(key: bytes) -> dict[str, list[tuple[Any, ...]]] | str:
    with db.engine.begin() as connection:
        if db.engine.dialect.name == "postgresql":
            schema = f"kept_{key.hex()[:20]}"
            copies = [f'CREATE UNLOGGED TABLE {schema}."{one}" AS TABLE public."{one}"' for one in filled(connection)]
            connection.exec_driver_sql("; ".join([*owner_sql(), f"CREATE SCHEMA {schema}", *copies]))
            return schema
        cursor: Any = connection.connection.cursor()
        return {one: cursor.execute(f'SELECT * FROM "{one}"').fetchall() for one in filled(connection)}


def _put_rows_back(kept: dict[str, list[tuple[Any, ...]]] | str) -> None:
    with db.engine.begin() as connection:
        empty(connection)
        if isinstance(kept, str):
            held = connection.exec_driver_sql(f"SELECT tablename FROM pg_tables WHERE schemaname = '{kept}'").scalars()
            back = [f'INSERT INTO public."{one}" SELECT * FROM {kept}."{one}"' for one in held]
            if back:
                connection.exec_driver_sql("; ".join(back))
            return
        cursor: Any = connection.connection.cursor()
        with without_ledger_rules(connection, kept):
            for name, rows in kept.items():
                cursor.executemany(f'INSERT INTO "{name}" VALUES ({",".join("?" * len(rows[0]))})', rows)
        cursor.close()


def _drop(kept: _Kept) -> None:
    if isinstance(kept.rows, str):
        with db.engine.begin() as connection:
            connection.exec_driver_sql("; ".join([*owner_sql(), f"DROP SCHEMA {kept.rows} CASCADE"]))


def _index() -> tuple[str, dict[str, bytes]] | None:
    store = getattr(current_app.extensions["search_engine"], "_store", None)
    current = store.current() if isinstance(store, MemoryStore) else None
    return None if current is None else (current.name, dict(current.storage.files))


def _put_index_back(index: tuple[str, dict[str, bytes]] | None) -> None:
    store: Any = getattr(current_app.extensions["search_engine"], "_store", None)
    if index is None or not isinstance(store, MemoryStore):
        return
    fresh = store._create(f"gen-{time.time_ns():020d}-{index[0].partition('-')[2].partition('-')[2]}")
    fresh.storage.files.update(index[1])
    store._point_to(Generation(fresh.name, fresh.storage))
    store.writes += 1
