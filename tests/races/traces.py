"""What a request left in the database, without what differs from one run to the next: numbers of rows, moments, digests."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

from sqlalchemy import JSON, Column, DateTime, Table, select, text

from marketplace.core.columns import UtcDateTime
from marketplace.core.extensions import db
from tests.snapshot import Snapshot

#: Written beside requests, or by every request of a person, or swept when nothing shows it: no effect of a verb.
BESIDE = {"stored_file", "user_session", "sign_in_attempt", "view_count", "event_head", "counter", "event_person"}
_VARIES = re.compile(r"hash|digest|token|salt|key|once|body|uniquifier|secret|sha256|path|href|password|payload")

Trace = dict[str, dict[tuple[Any, ...], int]]


def _shown(column: Column[Any], value: Any) -> Any:
    """Return what of a value is the same in every run: of a moment and a reference, whether there is one."""
    if value is None:
        return None
    if column.primary_key or column.foreign_keys or isinstance(column.type, JSON) or _VARIES.search(column.name):
        return "…"
    if isinstance(column.type, DateTime | UtcDateTime) or column.name.endswith("_id"):
        return "…"
    return str(value)


def _rows(table: Table, name: str) -> Counter[tuple[Any, ...]]:
    found = db.session.execute(select(*table.columns).select_from(text(name)) if name else select(*table.columns))
    return Counter(tuple(_shown(*pair) for pair in zip(table.columns, row, strict=True)) for row in found)


def trace(snapshot: Snapshot, before: dict[str, Counter[tuple[Any, ...]]]) -> Trace:
    """Return by table which rows there are more and fewer than in the world as it was made."""
    db.session.rollback()
    found: Trace = {}
    for table in db.metadata.sorted_tables:
        if table.name not in snapshot.written or table.name in BESIDE:
            continue
        now = _rows(table, "")
        if change := {row: now[row] - before[table.name][row] for row in {*now, *before[table.name]}
                      if now[row] != before[table.name][row]}:
            found[table.name] = change
    db.session.rollback()
    return found


def world_before() -> dict[str, Counter[tuple[Any, ...]]]:
    """Return the rows of every table of the world as it was made."""
    db.session.rollback()
    found = {table.name: _rows(table, "") for table in db.metadata.sorted_tables if table.name not in BESIDE}
    db.session.rollback()
    return found


def differences(is_: Trace, should: Trace) -> str:
    """Say in a few lines what differs."""
    lines = []
    for name in sorted({*is_, *should}):
        one, other = is_.get(name, {}), should.get(name, {})
        for row in sorted({*one, *other}, key=repr):
            if one.get(row) != other.get(row):
                lines.append(f"{name} {one.get(row, 0):+d} instead of {other.get(row, 0):+d}: {row}"[:400])
    return "\n".join(lines)
