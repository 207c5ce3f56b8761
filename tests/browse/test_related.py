"""Related searches: what stands together in things found, and other words for the same; rare company says most."""

from __future__ import annotations

from flask import Flask

from marketplace.browse.related import related
from marketplace.search import Document, Query
from marketplace.search.engines.whoosh.engine import WhooshEngine
from marketplace.search.engines.whoosh.store import MemoryStore
from tests import factories
from tests.browse.conftest import Catalogue


def asked(engine: WhooshEngine, words: str) -> tuple[str, ...]:
    page = engine.query(Query(words, facets=("tag",)))
    return related(engine, words, page, ("listing",), ("public",))


def thing(number: int, title: str, *tags: str, audience: str = "public") -> Document:
    return Document("listing", number, title, keywords=" ".join(tags), facets={"tag": tags}, audience=(audience,))


def test_keywords_of_what_was_found_are_offered_the_telling_ones_first() -> None:
    engine = WhooshEngine(MemoryStore())
    engine.rebuild([
        *(thing(n, "Màng lọc nước", "môi trường", "asen") for n in range(1, 4)),
        *(thing(n, "Quạt gió", "môi trường") for n in range(4, 9)),
        thing(9, "Màng lọc nước", "bí mật", audience="org:1"),
    ])
    assert asked(engine, "màng lọc") == ("asen", "môi trường")
    assert asked(engine, "mang loc asen")[0] == "môi trường"  # what was asked is not offered again
    assert asked(engine, "") == () and asked(engine, "không có gì") == ()


def test_other_words_for_the_same_are_offered_where_they_find_something() -> None:
    engine = WhooshEngine(MemoryStore())
    engine.rebuild([thing(1, "Hydropower turbine"), thing(2, "Trạm thuỷ điện nhỏ")])
    assert asked(engine, "thủy điện")[0] == "hydropower"
    assert "hydroelectric" not in asked(engine, "thủy điện")
    assert "thuỷ điện" in asked(engine, "hydropower") or "thủy điện" in asked(engine, "hydropower")


def test_the_page_links_them_and_keeps_the_typed_fields(catalogue: Catalogue, ctx: Flask) -> None:
    page = factories.client(ctx).get("/technologies?q=màng+lọc+trl>=6").get_data(as_text=True)
    assert "/technologies?q=asen+trl%3E%3D6" in page.split("Tìm kiếm liên quan")[1]
