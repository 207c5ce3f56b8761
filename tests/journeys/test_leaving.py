"""Leaving an organisation, or being removed from it, ends access with the next click, whatever is still open."""

from __future__ import annotations

import pytest
from flask import Flask

from tests.journeys.market import Market


@pytest.fixture
def market(app: Flask) -> Market:
    return Market(app)


def test_who_left_reads_and_changes_nothing_any_more(market: Market) -> None:
    code, who = market.draft(), market.colleague
    who.open(f"/my/listings/{code}/edit/what")
    open_form = who.form("")
    who.open("/my/organisation/members")
    who.send("/my/organisation/leave")
    for path in ("/my/listings", f"/my/listings/{code}/review", "/my/organisation", "/my/organisation/members"):
        assert who.web.get(path).status_code in {403, 404}, path
    answer = who.post(open_form, {"advantages": "Viết sau khi đã rời tổ chức"})
    assert answer.status_code in {403, 404, 409}
    assert "sau khi đã rời" not in market.supplier.open(f"/my/listings/{code}/review")
    assert code not in who.open("/dashboard")


def test_who_is_removed_loses_the_page_that_is_open(market: Market) -> None:
    code, who = market.draft(), market.colleague
    who.open(f"/my/listings/{code}/review")
    submit = who.form(f"/{code}/submit")
    market.supplier.open(f"/my/organisation/members/{market.membership_id}")
    market.supplier.send(f"/members/{market.membership_id}/remove")
    assert who.post(submit, {}).status_code in {403, 404, 409}
    assert who.web.get(f"/my/listings/{code}/preview").status_code in {403, 404}
    assert "Bản nháp" in market.supplier.open("/my/listings"), "it was not submitted"
