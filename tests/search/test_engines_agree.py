"""Every engine gives what the rule says, computed plainly: same documents, order, scores, totals and facets."""

import itertools
import random
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from marketplace.search import Document, Query
from marketplace.search.engines.whoosh.engine import WhooshEngine
from marketplace.search.engines.whoosh.store import MemoryStore, Store
from tests.search.conftest import ENGINES, opensearch, opensearch_runs
from tests.search.plain_rule import PlainRule
from tests.thorough import ALL, often

WORDS = [
    "máy", "may", "mây", "bơm", "nước", "lọc",
    "AI", "ai", "trí tuệ nhân tạo", "nước thải", "wastewater", "KH&CN", "pumps", "12,5",
]
text = st.lists(st.sampled_from(WORDS), max_size=8).map(" ".join)
documents = st.lists(
    st.builds(
        Document,
        kind=st.sampled_from(["listing", "need"]),
        id=st.integers(1, 30),
        title=text,
        body=text,
        keywords=text,
        code=st.sampled_from(["", "CN-2026-000001", "may"]),
        audience=st.lists(st.sampled_from(["public", "member", "org:1"]), min_size=1, max_size=2).map(tuple),
        facets=st.dictionaries(st.sampled_from(["field", "trl"]), st.sampled_from([("a",), ("b",), ("a", "b")])),
        numbers=st.dictionaries(st.sampled_from(["price", "published_at"]), st.sampled_from([1.0, 2.0, 3.0])),
    ),
    max_size=14,
)
SYNTAX = [
    '"máy bơm"', '"loc nuoc"', "-nước", '-"máy bơm"', "-máy", "rob*", "nươ*", "OR", "|", "CN-2026-000001",
    "xử lý nước thải",
]
clause = st.sampled_from([*WORDS, *SYNTAX])
queries = st.builds(
    Query,
    text=st.lists(clause, max_size=5).map(" ".join),
    kinds=st.sampled_from([("listing",), ("need", "listing"), ("listing", "need")]),
    audience=st.sampled_from([("public",), ("public", "member"), ("org:1",)]),
    filters=st.dictionaries(st.sampled_from(["field", "trl"]), st.sampled_from([("a",), ("a", "b"), ()]), max_size=2),
    ranges=st.dictionaries(st.just("price"), st.sampled_from([(None, 2.0), (2.0, None), (1.0, 2.0), (None, None)])),
    sort=st.sampled_from(["relevance", "price", "-price", "-published_at"]),
    offset=st.integers(0, 3),
    limit=st.integers(0, 10),
    facets=st.just(("field", "trl")),
    without=st.dictionaries(st.sampled_from(["field", "trl"]), st.sampled_from([("a",), ("b", "x"), ()]), max_size=1),
    codes=st.sampled_from([(), (), ("cn2026000001",), ("may", "x"), ("",)]),
    exclude_ids=st.sampled_from([(), (1, 2, 3)]),
    only_ids=st.sampled_from([None, None, (), (2, 3, 4, 5, 6, 7, 8, 9)]),
    boosts=st.dictionaries(st.sampled_from(["lọc nước", "robot", "máy bơm nước"]), st.sampled_from([0.5, 2.0]), max_size=2),
)


batches = st.lists(documents, min_size=1, max_size=3)
some_queries = st.lists(queries, min_size=1, max_size=8)
some_ids = st.lists(st.integers(1, 30), max_size=3)


@settings(max_examples=often(60, 8), deadline=None)
@given(batches, some_queries, some_ids)
def test_the_engines_agree(batches, asked, gone):
    with tempfile.TemporaryDirectory() as folder:
        check_agreement(WhooshEngine(Store(Path(folder))), batches, asked, gone)


@settings(max_examples=often(150, 20), deadline=None)
@given(batches, some_queries, some_ids)
def test_the_engine_in_memory_agrees(batches, asked, gone):
    check_agreement(WhooshEngine(MemoryStore()), batches, asked, gone)


@opensearch_runs
def test_the_distributed_engine_agrees(opensearch_url):
    engine = opensearch(opensearch_url)

    @settings(max_examples=often(40, 6), deadline=None)
    @given(batches, some_queries, some_ids)
    def agree(batches, asked, gone):
        check_agreement(engine, batches, asked, gone)

    agree()


def check_agreement(fast, batches, asked, gone):
    plain = PlainRule()
    for engine in (fast, plain):
        engine.rebuild([])
        for batch in batches:
            engine.put(batch)
        engine.remove("listing", gone)
    for query in asked:
        mine, expected = fast.query(query), plain.query(query)
        assert mine.total == expected.total
        assert mine.facets == expected.facets
        assert [(h.kind, h.id) for h in mine.hits] == [(h.kind, h.id) for h in expected.hits]
        assert [h.score for h in mine.hits] == pytest.approx([h.score for h in expected.hits])
        assert mine.terms == expected.terms


@pytest.mark.parametrize("bare_engine", ENGINES if ALL else ("memory",), indirect=True)  # many texts for the double
def test_the_first_hundred_stand_in_one_order(engine):
    """More documents than a page shows, many of the same score: whoever turns pages misses none and sees none twice."""
    chance, plain = random.Random(3), PlainRule()
    some = [
        Document("listing", number, " ".join(chance.choices(WORDS, k=3)), " ".join(chance.choices(WORDS, k=12)),
                 numbers={"price": float(number % 7)})
        for number in range(1, 701)
    ]
    for one in (engine, plain):
        one.rebuild(some)
    for asked, sort in itertools.product(("máy bơm", "nuoc thai", "AI", "may -robot"), ("relevance", "price")):
        query = Query(asked, sort=sort, limit=100)
        mine, expected = engine.query(query), plain.query(query)
        assert mine.total == expected.total > 100
        assert [hit.id for hit in mine.hits] == [hit.id for hit in expected.hits], (asked, sort)
