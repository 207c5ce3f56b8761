"""The owner's list, its export, and how many statements pages cost."""

from __future__ import annotations

import csv
import io

import pytest
from flask import Flask

from marketplace.listings.models import Listing
from marketplace.listings.queries import path_of
from tests import factories
from tests.listings import samples
from tests.listings.conftest import Cast
from tests.statements import statements


@pytest.fixture
def many(cast: Cast) -> list[Listing]:
    made = [
        samples.published(cast.supplier, cast.org, cast.moderator, title=f"Công nghệ lọc nước số {number}")
        for number in range(6)
    ]
    samples.submitted(cast.supplier, cast.org, title="Công nghệ đang chờ duyệt")
    samples.draft(cast.supplier, cast.org, title="=HYPERLINK(\"http://xau.vn\")")
    return made


def test_tabs_and_counts(ctx: Flask, cast: Cast, many: list[Listing]) -> None:
    client = factories.client(ctx, cast.supplier, cast.org)
    page = client.get("/my/listings").text
    assert "Công nghệ đang chờ duyệt" in page
    review = client.get("/my/listings?state=review").text
    assert "Công nghệ đang chờ duyệt" in review
    assert "Công nghệ lọc nước" not in review
    assert client.get("/my/listings?state=nonsense&page=%00").status_code == 200
    assert "Chưa có gì ở đây." in factories.client(ctx, cast.buyer, cast.other).get("/my/listings").text


def test_the_export_is_safe_for_spreadsheets(ctx: Flask, cast: Cast, many: list[Listing]) -> None:
    answer = factories.client(ctx, cast.colleague, cast.org).get("/my/listings/export.csv")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    rows = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))
    assert len(rows) == 9
    titles = [row[1] for row in rows]
    assert "'=HYPERLINK(\"http://xau.vn\")" in titles
    assert not any(cell[:1] in "=+-@" for row in rows for cell in row if cell)


def test_a_listings_page_costs_few_statements(ctx: Flask, cast: Cast, many: list[Listing]) -> None:
    paths = [path_of(many[0])]
    for person, org, most in ((None, None, 8), (cast.buyer, cast.other, 12), (cast.supplier, cast.org, 14)):
        client = factories.client(ctx, person, org)
        client.get(paths[0])
        with statements(ctx) as seen:
            assert client.get(paths[0]).status_code == 200
        assert len(seen) <= most, "\n".join(seen)


def test_my_listings_cost_the_same_however_many_there_are(ctx: Flask, cast: Cast, many: list[Listing]) -> None:
    client = factories.client(ctx, cast.supplier, cast.org)
    client.get("/my/listings")
    with statements(ctx) as seen:
        assert client.get("/my/listings").status_code == 200
    assert len(seen) <= 10, "\n".join(seen)
