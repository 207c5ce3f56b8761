"""Suspending an organisation hides what it offers and asks for, everywhere and at once; lifting brings all of it back."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from tests.journeys.market import FLOOD, FORECAST, Market, codes_in
from tests.journeys.walking import Walker
from tests.thorough import sqlite_first


@pytest.fixture
def market(app: Flask) -> Market:
    return Market(app)


def seen(market: Market, who: Walker, listing: str, need: str) -> dict[str, bool]:
    """Say where a reader finds the technology (of the supplier) and the need (of the agency)."""
    found = {}
    for name, path, code in (
        ("page of the technology", f"/technologies/{listing}", listing),
        ("page of the need", f"/needs/{need}", need),
        ("JSON of the need", f"/needs/{need}.jsonld", need),
        ("page of the supplier", f"/organisations/{market.org_slug}", listing),
        ("page of the agency", f"/organisations/{market.agency_slug}", need),
    ):
        answer = who.web.get(path, follow_redirects=True)
        assert answer.status_code in {200, 404}, f"{path}: {answer.status_code}"
        found[name] = answer.status_code == 200 and code in answer.get_data(as_text=True)
    for name, path, code in (
        ("search", "/technologies?q=du+bao+ngap", listing),
        ("all technologies", "/technologies", listing),
        ("all needs", "/needs?q=ngap", need),
        ("export of technologies", "/technologies/export.csv?q=ngap", listing),
        ("export of needs", "/needs/export.csv", need),
        ("front page, technology", "/", listing),
        ("front page, need", "/", need),
    ):
        answer = who.web.get(path)
        assert answer.status_code == 200, path
        found[name] = code in codes_in(answer.get_data(as_text=True))
    return found


def sanction(moderator: Walker, org_id: int, action: str) -> None:
    moderator.open(f"/moderation/things/organisation/{org_id}")
    moderator.send(f"/{org_id}/{action}", reason_code="complaint", reason="Có đơn khiếu nại về quyền sở hữu.")


@pytest.mark.parametrize("worked", [False, True], ids=["before the worker", "after the worker"])
def test_a_suspended_supplier_is_gone_everywhere_and_comes_back(market: Market, moderator: Walker, worked: bool) -> None:
    listing, need = market.listing(), market.need()
    visitor, own = market.visitor, ("technology", "technologies", "supplier", "search")
    assert all(seen(market, visitor, listing, need).values()), seen(market, visitor, listing, need)
    assert listing in visitor.open(f"/needs/{need}"), "the match stands on the need's page"

    sanction(moderator, market.org_id, "suspend")
    if worked:
        market.work()
    for who in (visitor, market.buyer):
        for name, there in seen(market, who, listing, need).items():
            assert there is not any(word in name for word in own), f"{name} for {who.path}"
        assert listing not in who.open(f"/needs/{need}"), "the match is gone"
    assert FORECAST["title"] not in visitor.open("/")
    assert "Có đơn khiếu nại" in market.supplier.open("/my/organisation") + market.supplier.open("/dashboard")
    market.supplier.open(f"/technologies/{listing}")  # its own people still read it

    sanction(moderator, market.org_id, "restore")
    market.work()
    assert all(seen(market, visitor, listing, need).values())
    assert listing in visitor.open(f"/needs/{need}")


@sqlite_first
def test_a_suspended_agency_is_gone_everywhere_and_comes_back(market: Market, moderator: Walker) -> None:
    listing, need = market.listing(), market.need()
    sanction(moderator, market.agency_id, "suspend")
    for name, there in seen(market, market.visitor, listing, need).items():
        assert there is not bool(re.search("need|agency", name)), name
    assert need not in market.supplier.open(f"/technologies/{listing}"), "the match is gone"
    assert FLOOD not in market.visitor.open("/")
    sanction(moderator, market.agency_id, "restore")
    market.work()
    assert all(seen(market, market.visitor, listing, need).values())


def test_a_suspended_organisation_submits_nothing(market: Market, moderator: Walker) -> None:
    code = market.draft()
    market.supplier.open(f"/my/listings/{code}/review")
    form = market.supplier.form(f"/{code}/submit")
    sanction(moderator, market.org_id, "suspend")
    assert market.supplier.post(form, {}).status_code == 403
