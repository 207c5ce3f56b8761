"""Keywords are without end: pages, suggestions and the field `tag:` do their work among 12,000, or 72,000 (TESTS=all)."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask

from marketplace.browse.lookup import Lookup
from marketplace.core.access import GUEST
from marketplace.search import MOST_VALUES, Document, Page, Query
from marketplace.search.engines.whoosh.engine import WhooshEngine
from marketplace.search.engines.whoosh.store import Store
from tests import factories
from tests.thorough import often

COUNT, EACH = often(2_400, 400), 30


class Watched(WhooshEngine):
    """Remembers what it was asked, and how many keywords it counted."""

    asked: list[tuple[Query, Page]]

    def query(self, query: Query) -> Page:
        page = super().query(query)
        self.asked.append((query, page))
        return page


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Watched:
    engine = Watched(Store(tmp_path_factory.mktemp("index")))

    def documents() -> Iterator[Document]:
        for id_ in range(1, COUNT + 1):
            tags = tuple(f"khóa {EACH * id_ + n}" for n in range(EACH)) + (("xạ khuẩn hiếm",) if id_ == 7 else ())
            for kind in ("listing", "need"):
                yield Document(kind, id_, f"Máy bơm {id_}", keywords=" ".join(tags), facets={"tag": tags, "trl": ("7",)})

    engine.rebuild(documents())
    return engine


@pytest.fixture
def engine(ctx: Flask, built: Watched) -> Iterator[Watched]:
    built.asked = []
    before = ctx.extensions["search_engine"]
    ctx.extensions["search_engine"] = built
    yield built
    ctx.extensions["search_engine"] = before


@pytest.mark.parametrize(
    "path", ["/technologies", "/technologies?q=may", "/technologies?q=trl:7", "/needs", "/search/suggest?q=may&in=listing"]
)
def test_pages_answer_and_count_only_what_they_show(engine: Watched, ctx: Flask, path: str) -> None:
    assert factories.client(ctx).get(path).status_code == 200
    counted = [page.facets["tag"] for query, page in engine.asked if "tag" in query.facets]
    assert [len(one) for one in counted] == ([MOST_VALUES] if "q=may" in path else [])


@pytest.mark.parametrize("text", ["xạ kh", "xa khuan", "khuẩn hi", "khuan hiem "])
def test_a_rare_keyword_is_suggested(engine: Watched, ctx: Flask, text: str) -> None:
    groups = factories.client(ctx).get("/search/suggest", query_string={"q": text, "in": "listing"}).get_json()["groups"]
    assert "xạ khuẩn hiếm" in {item["text"] for group in groups for item in group["items"]}


def test_a_rare_keyword_can_be_asked_for(engine: Watched) -> None:
    lookup = Lookup(engine, GUEST, "listing", "vi", str)
    assert lookup.tags("Xa khuan hiem") == lookup.tags("khuẩn hiếm") == ("xạ khuẩn hiếm",)
    assert lookup.tags("không đâu có") == ()
    for number in range(50):  # a long text causes a bounded number of look-ups
        lookup.tags(f"khóa {number}")
    assert len(engine.asked) <= 13
