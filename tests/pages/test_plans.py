"""No page reads a whole table of what grows: how the database answers each statement of the main pages, with many rows."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, select, text

from marketplace.accounts.models import User
from marketplace.buyer_requests.models import BuyerRequest
from marketplace.core.access import GUEST
from marketplace.core.errors import Unreachable
from marketplace.core.extensions import db
from marketplace.listings.models import Listing
from marketplace.listings.visibility import visible_to
from marketplace.organisations.models import Organisation
from marketplace.web.kept_pages import KeptPages
from tests import factories
from tests.conftest import BACKEND
from tests.filled import Filled, fill
from tests.listings.stock import facts
from tests.thorough import ALL

#: What grows for ever and what nobody may read through to answer a page.
GROWING = ("listing", "buyer_request", "event", "outbox", "notification", "lead", "deal", "match", "moderation_case")
#: Listings; of the rest there are as many as follow from them.
COUNT = 2_000 if ALL else 400
Asked = list[tuple[str, Any]]


class Away:
    """A search engine that does not answer."""

    def __getattr__(self, name: str) -> Any:
        raise Unreachable(name)


@pytest.fixture
def market(ctx: Flask, monkeypatch: pytest.MonkeyPatch) -> Filled:
    """Many of everything. What is counted once a minute for everybody is kept here, as it is in life."""
    chance = random.Random(5)
    made = fill(
        [{**facts(chance), "title": f"Máy lọc số {number}", "public_summary": "Lọc. " * 40} for number in range(COUNT)],
        [{"title": f"Cần máy số {number}", "summary": "Cần lọc. " * 40} for number in range(COUNT // 2)],
    )
    db.session.execute(text("ANALYZE"))
    db.session.commit()
    db.engine.dispose()  # an open connection to SQLite goes on with the statistics of an ANALYZE before, of hardly any rows
    monkeypatch.setattr(ctx, "testing", False)
    monkeypatch.setitem(ctx.extensions, "kept_pages", KeptPages(0))  # a page that is shown again asks nothing
    return made


@contextmanager
def noted() -> Iterator[Asked]:
    """Note the statements that only read, with their values."""
    asked: Asked = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
        if statement.lstrip().startswith(("SELECT", "WITH")):
            asked.append((statement, parameters))

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield asked
    finally:
        event.remove(db.engine, "before_cursor_execute", note)


def read_through(asked: Asked) -> list[str]:
    """Return what the plans of these statements read as a whole, among the tables that grow."""
    named = "|".join(GROWING)
    whole = rf'Seq Scan on "?({named})"?\b' if BACKEND == "postgres" else rf"^SCAN ({named})(_\d+)?$"
    explain = "EXPLAIN " if BACKEND == "postgres" else "EXPLAIN QUERY PLAN "
    found = []
    with db.engine.connect() as connection:
        if BACKEND == "postgres":  # what fits into a few pages is read through otherwise; without an index it still is
            connection.execute(text("SET LOCAL enable_seqscan = off"))
        for said, values in asked:
            plan = [str(row[-1]) for row in connection.exec_driver_sql(explain + said, values)]
            found += [f"{line.strip()}\n    {said}" for line in plan if re.search(whole, line)]
    return found


def pages_of(market: Filled) -> list[tuple[User | None, Organisation | None, str]]:
    """Return who opens which page."""
    trade, deal = market.trade, market.deal
    need = db.session.get_one(BuyerRequest, market.needs[-1])
    public = visible_to(GUEST), Listing.id.in_(market.listings)
    listing = db.session.scalars(select(Listing).where(*public).order_by(Listing.id.desc()).limit(1)).one()
    supplier, buyer = (trade.supplier_user, trade.supplier_org), (trade.buyer_user, trade.buyer_org)
    officer, moderator, manager = (trade.officer_user, None), (trade.moderator_user, None), (market.manager, None)
    things = [f"/technologies/{listing.code}", f"/needs/{need.code}", f"/organisations/{trade.supplier_org.slug}"]
    lists = ["/", "/technologies", "/technologies?page=3", "/needs"]
    return [
        *((None, None, path) for path in (*lists, "/technologies?q=máy", *things)), *((*supplier, path) for path in things),
        *((*who, "/dashboard") for who in (supplier, buyer, officer, moderator, manager)),
        *((*who, "/inbox") for who in (supplier, moderator)),
        *((*moderator, path) for path in ("/moderation", "/moderation/decided")),
        *((*who, f"/deals/{deal.code}") for who in (supplier, buyer, officer)),
        *((*supplier, path) for path in ("/my/leads", "/my/deals", "/my/listings")),
        *((*officer, path) for path in ("/staff/leads", "/staff/deals?sort=age")),
    ]


def opened(client: FlaskClient, path: str) -> Asked:
    """Open a page twice and return what it asks the second time: not what was counted for a minute."""
    for _time in range(2):
        with noted() as asked:
            answer = client.get(path, follow_redirects=True)
        assert answer.status_code == 200, path
    return asked


def test_no_page_reads_a_growing_table_through(market: Filled, ctx: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(ctx.extensions, "search_engine", Away())  # a list without the engine is the database's own work
    found = {}
    for person, org, path in pages_of(market):
        asked = opened(factories.client(ctx, person, org), path)
        assert asked, path
        if whole := read_through(asked):
            found[f"{path} of {person.name if person else 'a guest'}"] = whole
    assert not found, "\n".join(f"{page}: {line}" for page, lines in found.items() for line in lines)
