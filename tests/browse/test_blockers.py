"""Nothing found: each filter that is offered to drop brings exactly as many results as the link says."""

from __future__ import annotations

import html
import re

import pytest
from flask import Flask

from marketplace.browse import indexing
from tests import factories
from tests.browse.conftest import Catalogue

OFFER = re.compile(r'<a href="(/[a-z]+[^"]*)">(Without “.*?”): (\d+) results?</a>')
COUNT = re.compile(r'class="list-count"[^>]*>(?:\d+–\d+ of )?([\d.,]+|No results)')


def offers(page: str) -> dict[str, tuple[str, int]]:
    return {html.unescape(label): (html.unescape(href), int(number)) for href, label, number in OFFER.findall(page)}


def total(page: str) -> int:
    found = COUNT.search(page)
    assert found, page[:2000]
    return 0 if found[1] == "No results" else int(found[1])


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/technologies?trl=9", {"TRL 9": 2}),
        ("/technologies?trl=8&trl=9", {"TRL 8": 2}),  # both go, not the first alone
        ("/technologies?q=trl:9", {"Readiness (TRL): 9": 2}),
        ("/technologies?q=trl%3E8", {"Readiness (TRL): > 8": 2}),
        ("/technologies?q=trl:9+OR+trl:8+màng", {"Readiness (TRL): 9, Readiness (TRL): 8": 1}),
        ("/technologies?q=trl:9&trl=8", {"TRL 8": 2}),
        ("/technologies?q=màng+lọc&trl=5", {"TRL 5": 1}),
        ("/technologies?q=màng+lọc+giá<1000+trl:7", {"Price: < ": 1}),
        ("/technologies?q=màng+-trl:7", {"Readiness (TRL): -7": 1}),
        ("/technologies?q=mã:CN-1999-000001", {"Code: CN-1999-000001": 2}),
        ("/technologies?q=org:Khôngcó", {"Organisation: Khôngcó": 2}),
        ("/technologies?trl=9&sort=-trl", {"TRL 9": 2}),
        ("/technologies?q=đèn&trl=7&trl=5&price=lt100m", {"100": 1}),
        ("/technologies?trl=9&kind=data", {}),  # neither alone helps
        ("/technologies?q=khongcogi&trl=9", {}),
        ("/needs?trl=1", {"TRL 1": 2}),
        ("/needs?q=hạn<2001", {"Answer by": 2}),
    ],
)
def test_each_link_brings_what_it_promises(catalogue: Catalogue, ctx: Flask, path: str, expected: dict[str, int]) -> None:
    client = factories.client(ctx, locale="en")
    page = client.get(path).get_data(as_text=True)
    assert total(page) == 0
    found = offers(page)
    assert [number for _href, number in found.values()] == list(expected.values())
    for (label, (href, number)), part in zip(found.items(), expected, strict=True):
        assert part.lstrip("“") in label
        shown = client.get(href).get_data(as_text=True)
        assert total(shown) == number, (href, label)
        assert "sort=-trl" in href or "sort" not in path


def test_a_hidden_thing_is_not_in_the_number(catalogue: Catalogue, ctx: Flask) -> None:
    guest, member = factories.client(ctx, locale="en"), factories.client(
        ctx, catalogue.cast.stranger_user, catalogue.cast.stranger_org, locale="en"
    )
    assert [number for _href, number in offers(guest.get("/technologies?trl=9").get_data(as_text=True)).values()] == [2]
    assert [number for _href, number in offers(member.get("/technologies?trl=9").get_data(as_text=True)).values()] == [3]


def test_at_most_three_are_tried(catalogue: Catalogue, ctx: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []
    query = indexing.engine().query
    monkeypatch.setattr(indexing.engine(), "query", lambda one: (asked.append(one), query(one))[1])
    path = "/technologies?trl=9&kind=software&form=license&mode=fixed&place=01&q=giá<1000+org:Khôngcó+mã:CN-1"
    assert factories.client(ctx).get(path).status_code == 200
    assert len([one for one in asked if one.limit == 0 and not one.facets]) <= 3
