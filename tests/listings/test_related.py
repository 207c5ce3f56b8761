"""The technologies beside one: those of its field, and read from an index however many there are."""

from __future__ import annotations

import random
from typing import Any

from flask import Flask
from sqlalchemy import event, select, text

from marketplace.core.access import GUEST
from marketplace.core.extensions import db
from marketplace.listings.models import Listing, ListingRevision
from marketplace.listings.queries import RELATED_POOL, related
from tests import factories
from tests.conftest import BACKEND
from tests.listings.stock import facts, stock


def _stocked(count: int) -> list[Listing]:
    chance = random.Random(3)
    org = factories.organisation("Viện Cạnh Nhau", kind="institute")
    stock(org, ({**facts(chance), "visibility": "public", "title": f"Máy {number}"} for number in range(count)))
    return list(db.session.scalars(select(Listing).order_by(Listing.id)))


def test_the_listing_keeps_the_field_of_what_it_published(ctx: Flask) -> None:
    listings = _stocked(50)
    assert [one.published_field for one in listings] == [one.published_revision.field_code for one in listings]  # type: ignore[union-attr]


def test_related_are_the_nearest_of_the_newest_of_the_field(ctx: Flask) -> None:
    one, *others = _stocked(300)
    own: Any = one.published_revision
    same = [other for other in reversed(others) if other.published_revision.field_code == own.field_code][:RELATED_POOL]  # type: ignore[union-attr]
    kinds = set(own.object_kinds)
    nearest = sorted(same, key=lambda other: -len(kinds & set(other.published_revision.object_kinds)))[:4]  # type: ignore[union-attr]
    assert related(one, GUEST) == nearest


def test_the_newest_of_a_field_are_read_from_the_index(ctx: Flask) -> None:
    one = _stocked(5)[0]
    asked: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
        asked.append((statement, parameters))

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        related(one, GUEST)
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    said, parameters = next(pair for pair in asked if ListingRevision.market_tags.key in pair[0] and "LIMIT" in pair[0])
    connection = db.session.connection()
    if BACKEND == "postgres":  # so few rows are read through otherwise
        connection.execute(text("SET LOCAL enable_seqscan = off"))
        connection.execute(text("SET LOCAL enable_bitmapscan = off"))
        connection.execute(text("SET LOCAL enable_sort = off"))
    explain = "EXPLAIN " if BACKEND == "postgres" else "EXPLAIN QUERY PLAN "
    plan = "\n".join(str(row[-1]) for row in connection.exec_driver_sql(explain + said, parameters))
    assert "ix_listing_field_published" in plan
    assert "Sort" not in plan and "TEMP B-TREE" not in plan, plan
