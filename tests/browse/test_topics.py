"""Topics as people meet them: first filter of the lists, pages of their own, tiles, proposals while writing, figures."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from marketplace.browse.indexing import engine, rebuild
from marketplace.core.errors import Unreachable
from marketplace.core.extensions import db
from marketplace.core.outbox import drain
from marketplace.listings.models import Listing
from tests import factories
from tests.browse.conftest import Catalogue
from tests.listings import samples
from tests.statements import statements

AUTOSAVE = {"Accept": "application/json", "X-Requested-With": "autosave"}


@pytest.fixture
def sorted_out(catalogue: Catalogue) -> Catalogue:
    """Put things under topics, one of them under a first level alone, as if their owners had chosen."""
    for thing, codes in (
        (catalogue.membrane, ["environment-water", "materials-nano"]), (catalogue.light, ["urban-traffic"]),
        (catalogue.members_only, ["environment"]), (catalogue.dyeing, ["environment-wastewater"]),
        (catalogue.hidden, ["environment-air"]),
    ):
        assert thing.published_revision is not None
        thing.published_revision.topic_codes = codes
    db.session.commit()
    rebuild()
    return catalogue


def test_the_first_filter_is_the_topic_and_the_second_level_opens_below(sorted_out: Catalogue, ctx: Flask) -> None:
    web = factories.client(ctx)
    page = web.get("/technologies").text
    names = re.findall(r'<input type="checkbox" id="f-(\w+)-1"', page)
    assert names[0] == "topic" and 'value="environment-water"' not in page
    whole = web.get("/technologies?topic=environment").text
    assert sorted_out.membrane.code in whole and sorted_out.light.code not in whole
    assert 'value="environment-water"' in whole, "what is below a chosen topic can be chosen"
    narrow = web.get("/technologies?topic=environment&topic=environment-water").text
    assert narrow.count("chip-") <= whole.count("chip-") + 1 and sorted_out.membrane.code in narrow
    assert sorted_out.membrane.code not in web.get("/technologies?topic=environment&topic=environment-air").text
    assert re.search(r'value="environment" checked', narrow), "the way up stays ticked"


def test_a_topic_is_found_by_its_name_in_the_query_language(sorted_out: Catalogue, ctx: Flask) -> None:
    page = factories.client(ctx).get("/technologies", query_string={"q": 'chủ đề:"nước sạch"'}).text
    assert sorted_out.membrane.code in page and sorted_out.light.code not in page
    english = factories.client(ctx).get("/technologies", query_string={"q": 'topic:"city and transport"'}).text
    assert sorted_out.light.code in english and sorted_out.membrane.code not in english


def test_a_page_of_a_topic_shows_what_its_reader_may_see(sorted_out: Catalogue, ctx: Flask) -> None:
    visitor, member = factories.client(ctx), factories.client(ctx, sorted_out.cast.buyer_user, sorted_out.cast.org)
    page = visitor.get("/topics/environment").text
    assert sorted_out.membrane.code in page and sorted_out.dyeing.code in page and sorted_out.hidden.code in page
    assert sorted_out.members_only.code not in page and sorted_out.light.code not in page
    assert "Viện Nước Thử Nghiệm" in page, "the organisation behind a technology is named"
    assert sorted_out.members_only.code in member.get("/topics/environment").text
    below = visitor.get("/topics/environment-air").text
    assert sorted_out.hidden.code in below and sorted_out.cast.org.name not in below, "a hidden requester stays hidden"
    assert visitor.get("/topics/nowhere").status_code == 404


def test_a_page_of_a_topic_is_bounded_and_stands_without_the_engine(
    sorted_out: Catalogue, ctx: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    web = factories.client(ctx)
    with statements(ctx) as seen:
        assert web.get("/topics/environment").status_code == 200
    assert len(seen) <= 8, seen
    def away(_query: object) -> None:
        raise Unreachable

    monkeypatch.setattr(engine(), "query", away)
    page = web.get("/topics/environment").text
    assert sorted_out.membrane.code in page and sorted_out.light.code not in page
    assert web.get("/topics").status_code == 200 and web.get("/").status_code == 200
    listed = web.get("/technologies?topic=environment-water").text
    assert sorted_out.membrane.code in listed and sorted_out.light.code not in listed


def test_tiles_count_what_everybody_may_see(sorted_out: Catalogue, ctx: Flask) -> None:
    for path in ("/", "/topics"):
        page = factories.client(ctx, locale="en").get(path).text
        tile = re.search(r'href="/topics/environment">.*?</(?:a|p)>', page, re.S)
        assert tile is not None
        said = " ".join(re.sub("<[^>]+>", " ", page[tile.start() : tile.start() + 700]).split())
        assert "1 technologies · 2 open needs" in said, said


def test_a_topic_can_be_kept_as_a_search(sorted_out: Catalogue, ctx: Flask) -> None:
    page = factories.client(ctx, sorted_out.cast.buyer_user, sorted_out.cast.org).get("/topics/environment-air").text
    assert page.count('name="address" type="hidden" value="topic=environment-air"') == 2


def test_writing_proposes_topics_and_imposes_none(ctx: Flask) -> None:
    org, person = factories.organisation("Viện Nước"), factories.user("Lê Thị Hoa")
    factories.member(person, org)
    listing = samples.draft(person, org, title="Xử lý nước thải dệt nhuộm", topic_codes=[]).listing
    web, path = factories.client(ctx, person, org), f"/my/listings/{listing.code}/edit/what"
    page = web.get(path).text
    assert 'name="add-topic" value="environment-wastewater"' in page
    assert "checked" not in page[page.index("data-topics") : page.index("object_kinds")]
    lock = re.search(r'name="lock" value="(\d+)"', page)
    assert lock is not None
    body = web.post(path, headers=AUTOSAVE, data={"lock": lock[1], "title": "Robot hàn trong nhà máy"}).get_json()
    assert "manufacturing-robots" in body["parts"]["topics"] and "wastewater" not in body["parts"]["topics"]
    pressed = web.post(path, data={"title": "Robot hàn", "add-topic": "manufacturing-robots", "topic_codes": ["ai"]}).text
    ticked = re.findall(r'<input checked id="topic_codes-\d+" name="topic_codes" [^>]*value="([a-z-]+)"', pressed)
    assert sorted(ticked) == ["ai", "manufacturing-robots"], "a press without JavaScript ticks it, and saves nothing yet"
    assert db.session.get(Listing, listing.id).revisions[-1].topic_codes == []  # type: ignore[union-attr]


def test_more_than_five_topics_are_refused_beside_the_field(ctx: Flask) -> None:
    org, person = factories.organisation("Viện Nước"), factories.user("Lê Thị Hoa")
    factories.member(person, org)
    listing = samples.draft(person, org, topic_codes=["ai"]).listing
    web, path = factories.client(ctx, person, org, locale="en"), f"/my/listings/{listing.code}/edit/what"
    codes = ["ai", "energy", "health", "urban", "materials", "education"]
    answer = web.post(path, data={"lock": "1", "title": "Một công nghệ", "topic_codes": codes})
    assert answer.status_code == 422 and "Choose at most 5 topics." in answer.text


def test_staff_see_figures_by_topic(sorted_out: Catalogue, ctx: Flask) -> None:
    leader = factories.client(ctx, factories.user(staff=("leadership",)), locale="en")
    drain()
    page = leader.get("/staff/topics").text
    row = page[page.index('href="/staff/topics?topic=environment"') :][:900]
    assert re.findall(r'<td class="num"[^>]*>(?:<a [^>]*>)?([\d,.]+)', row)[:3] == ["2", "2", "0"], row
    below = leader.get("/staff/topics?topic=environment").text
    assert 'href="/topics/environment-wastewater"' in below and 'href="/topics/urban-traffic"' not in below
    assert factories.client(ctx, factories.user(staff=("moderator",))).get("/staff/topics").status_code == 403
