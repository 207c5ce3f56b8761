"""Rows of a list are found by their numbers, however many things there are."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event

from marketplace.browse.rows import load
from marketplace.core.access import GUEST
from marketplace.core.extensions import db
from tests.thorough import sqlite_first


@sqlite_first
@pytest.mark.parametrize(("kind", "table"), [("listing", "listing"), ("need", "buyer_request")])
def test_rows_are_looked_up_by_their_keys(ctx: Flask, kind: str, table: str) -> None:
    seen: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
        if f"FROM {table} " in " ".join(statement.split()):
            seen.append((statement, parameters))

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        load(kind, list(range(1, 21)), GUEST)
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    explain = db.session.connection().exec_driver_sql
    plan = [row[3] for text, values in seen for row in explain(f"EXPLAIN QUERY PLAN {text}", values)]
    assert any(step.startswith(f"SEARCH {table} USING INTEGER PRIMARY KEY") for step in plan), plan
