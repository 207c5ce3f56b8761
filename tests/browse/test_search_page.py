"""The search pages: found with or without marks, bounded queries, nothing leaks, helpful when nothing is found."""

from __future__ import annotations

import csv
import io
import unicodedata

import pytest
from flask import Flask
from openpyxl import load_workbook

from marketplace.browse.indexing import engine
from marketplace.buyer_requests import actions
from marketplace.core.extensions import db
from marketplace.core.outbox import drain
from marketplace.search import Query
from marketplace.search.semantic.engine import SemanticEngine
from tests import factories
from tests.browse.conftest import Catalogue
from tests.statements import statements


@pytest.mark.parametrize(
    "text",
    ["màng lọc", "mang loc", "MÀNG LỌC", unicodedata.normalize("NFD", "màng lọc"), '"mang loc nano"', "asen", "mang l*"],
)
def test_a_visitor_finds_with_or_without_marks(catalogue: Catalogue, ctx: Flask, text: str) -> None:
    page = factories.client(ctx).get("/technologies", query_string={"q": text}).get_data(as_text=True)
    assert catalogue.membrane.code in page
    assert catalogue.light.code not in page


def test_the_words_found_are_marked_on_the_original_text(catalogue: Catalogue, ctx: Flask) -> None:
    page = factories.client(ctx).get("/technologies?q=den+giao+thong").get_data(as_text=True)
    assert "<mark>đèn giao thông</mark>" in page


def test_filters_narrow_and_their_counts_are_right(catalogue: Catalogue, ctx: Flask) -> None:
    client = factories.client(ctx)
    both = client.get("/technologies").get_data(as_text=True)
    assert "1–2 trên 2" in both or "1–2" in both
    page = client.get("/technologies?trl=7").get_data(as_text=True)
    assert catalogue.membrane.code in page
    assert catalogue.light.code not in page
    several = client.get("/technologies?trl=7&trl=5").get_data(as_text=True)
    assert catalogue.membrane.code in several and catalogue.light.code in several


@pytest.mark.parametrize(
    "query",
    ["?page=-1", "?page=99999999999", "?trl=x&field=%00&sort=drop", "?q=" + "a" * 5000, '?q="(AND OR -"', "?q=%f0%9f%98%80",
     "?q=*&page=3", "?q=-", "?trl=7&trl=7&trl=8&trl=9&kind=software&mode=fixed&place=01"],
)
def test_no_address_is_an_error(catalogue: Catalogue, ctx: Flask, query: str) -> None:
    for path in ("/technologies", "/needs", "/organisations"):
        assert factories.client(ctx).get(path + query, follow_redirects=True).status_code == 200


def test_a_search_page_asks_the_database_twice(catalogue: Catalogue, ctx: Flask) -> None:
    visitor = factories.client(ctx)
    signed_in = factories.client(ctx, catalogue.cast.stranger_user, catalogue.cast.stranger_org)
    for path in ("/technologies?q=mang+loc", "/technologies", "/needs", "/technologies?q=khongcogi", "/organisations"):
        with statements(ctx) as seen:
            assert visitor.get(path).status_code == 200
        assert len(seen) <= 2, seen
        with statements(ctx) as seen:
            assert signed_in.get(path).status_code == 200
        # the person, memberships, staff roles, unread count and whether this search is saved besides
        assert len(seen) <= 7, seen


def test_only_members_find_what_is_for_members(catalogue: Catalogue, ctx: Flask) -> None:
    code = catalogue.members_only.code
    visitor = factories.client(ctx).get("/technologies?q=bui+min").get_data(as_text=True)
    member = factories.client(ctx, catalogue.cast.stranger_user, catalogue.cast.stranger_org)
    assert code not in visitor
    assert "TRL 4" not in visitor  # not even as a count
    assert code in member.get("/technologies?q=bui+min").get_data(as_text=True)


def test_an_invitation_opens_the_need_to_the_invited_only(catalogue: Catalogue, ctx: Flask) -> None:
    code, cast = catalogue.invited.code, catalogue.cast
    seen = {
        name: code in factories.client(ctx, user, org).get("/needs?q=camera").get_data(as_text=True)
        for name, user, org in (
            ("visitor", None, None), ("stranger", cast.stranger_user, cast.stranger_org),
            ("invited", cast.invited_user, cast.invited_org), ("own", cast.buyer_user, cast.org),
        )
    }
    assert seen == {"visitor": False, "stranger": False, "invited": True, "own": True}


def test_a_hidden_requester_is_not_found_by_name(catalogue: Catalogue, ctx: Flask) -> None:
    visitor = factories.client(ctx)
    page = visitor.get("/needs?q=bui+min").get_data(as_text=True)
    assert catalogue.hidden.code in page
    assert "Dệt nhuộm Hoài Đức" not in page
    by_name = visitor.get("/needs", query_string={"q": '"Công ty Dệt nhuộm Hoài Đức"'}).get_data(as_text=True)
    assert catalogue.hidden.code not in by_name


def test_a_suspended_organisation_disappears_even_before_the_index_knows(catalogue: Catalogue, ctx: Flask) -> None:
    catalogue.membrane.organisation.state = "suspended"
    db.session.commit()
    page = factories.client(ctx).get("/technologies?q=mang+loc").get_data(as_text=True)
    assert catalogue.membrane.code not in page


def test_did_you_mean_and_the_filter_that_excludes(catalogue: Catalogue, ctx: Flask) -> None:
    client = factories.client(ctx, locale="en")
    page = client.get("/technologies?q=membrene+lọk").get_data(as_text=True)
    assert "Nothing was found" in page
    page = client.get("/technologies?q=mang+loc&trl=5").get_data(as_text=True)
    assert "Without “TRL 5" in page


class Near:
    """A model and its neighbours: everything means the same as one thing."""

    def __init__(self, id_: int) -> None:
        self.id = id_

    def query(self, _text: str) -> None:
        return None

    def near(self, *_about: object) -> tuple[int, ...]:
        return (self.id,)

    def vietnamese(self, *_about: object) -> bool:
        return True

    def version(self) -> int:
        return 0


def test_did_you_mean_is_offered_beside_what_only_meaning_has_found(catalogue: Catalogue, ctx: Flask) -> None:
    near, before = Near(catalogue.light.id), ctx.extensions["search_engine"]
    ctx.extensions["search_engine"] = SemanticEngine(before, near, near)  # type: ignore[arg-type]
    try:
        client = factories.client(ctx, locale="en")
        page = client.get("/technologies", query_string={"q": "giao thôg"}).get_data(as_text=True)
        assert catalogue.light.code in page and "Did you mean: giao thông" in page
        found = client.get("/technologies", query_string={"q": "màng lọc"}).get_data(as_text=True)
        assert catalogue.membrane.code in found and "Did you mean" not in found
    finally:
        ctx.extensions["search_engine"] = before


def test_an_english_reader_sees_english_texts_and_a_badge_for_the_rest(catalogue: Catalogue, ctx: Flask) -> None:
    catalogue.light.organisation.name_en = "Institute of Lights"
    db.session.commit()
    page = factories.client(ctx, locale="en").get("/technologies").get_data(as_text=True)
    assert "Institute of Lights" in page
    assert "Institute of Lights" not in factories.client(ctx).get("/technologies").get_data(as_text=True)
    assert "Traffic lights controlled by AI" in page
    assert 'lang="vi"' in page


def test_the_export_obeys_the_search_and_disarms_formulas(catalogue: Catalogue, ctx: Flask) -> None:
    catalogue.light.published_revision.title = "=cmd|' /C calc'!A0"
    db.session.commit()
    client = factories.client(ctx)
    answer = client.get("/technologies/export.csv")
    rows = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))
    assert len(rows) == 3
    assert any(row[1].startswith("'=cmd") for row in rows)
    assert "attachment" in answer.headers["Content-Disposition"]
    assert {row[4] for row in rows[1:]} == {"Đã công bố"}  # words, not codes
    base = ctx.extensions["settings"].base_url
    assert all(row[10].startswith(f"{base}/technologies/{row[0]}") for row in rows[1:])
    book = load_workbook(io.BytesIO(client.get("/technologies/export.xlsx?trl=7").data))
    cells = list(book.active.iter_rows(values_only=True))
    assert len(cells) == 2
    assert cells[1][0] == catalogue.membrane.code
    assert cells[1][6] == 1_500_000_000


@pytest.mark.parametrize(
    ("path", "last"),
    [
        ("/technologies?page=7", "/technologies"),
        ("/technologies?q=m%C3%A0ng+trl%3A7&trl=7&sort=-trl&page=500", "/technologies?q=m%C3%A0ng+trl%3A7&trl=7&sort=-trl"),
        ("/needs?q=khongcogi&page=2", "/needs?q=khongcogi"),
        ("/organisations?page=3", "/organisations"),
    ],
)
def test_a_page_beyond_the_last_leads_to_the_last(catalogue: Catalogue, ctx: Flask, path: str, last: str) -> None:
    client = factories.client(ctx)
    answer = client.get(path)
    assert (answer.status_code, answer.headers["Location"]) == (302, last)
    assert client.get(last).status_code == 200


def test_beyond_the_last_of_several_pages_leads_to_that(
    catalogue: Catalogue, ctx: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("marketplace.browse.views.PAGE_SIZE", 1)
    monkeypatch.setattr("marketplace.browse.search.PAGE_SIZE", 1)
    monkeypatch.setattr("marketplace.browse.search.PAGE_SIZE", 1)
    client = factories.client(ctx)
    assert client.get("/technologies?page=9").headers["Location"] == "/technologies?page=2"
    assert "2–2" in client.get("/technologies?page=2").get_data(as_text=True)


def test_every_search_is_a_link_that_keeps_its_parts(catalogue: Catalogue, ctx: Flask) -> None:
    page = factories.client(ctx).get("/technologies?q=mang+loc&trl=7&sort=price_min").get_data(as_text=True)
    assert "/technologies?q=mang+loc&amp;sort=price_min" in page  # the chip that removes the filter
    assert 'name="sort" value="price_min"' in page


def test_a_withdrawn_need_leaves_the_counts_as_well(catalogue: Catalogue, ctx: Flask) -> None:
    actions.move(catalogue.dyeing, "withdraw", catalogue.cast.buyer, reason="Đã giải quyết nội bộ")
    db.session.commit()
    drain()
    page = engine().query(Query(kinds=("need",), audience=("public",), facets=("kind",)))
    assert catalogue.dyeing.id not in [hit.id for hit in page.hits]
    assert page.total == len(page.hits) == sum(page.facets["kind"].values())
