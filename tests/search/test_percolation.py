"""Searches turned around find what the engine finds: the same documents for the same queries, seen by the same people."""

import tempfile
from dataclasses import replace
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from marketplace.search import Document, Query
from marketplace.search.memory_engine import MemoryEngine
from marketplace.search.percolation import percolate
from marketplace.search.whoosh_engine import WhooshEngine
from tests.search.test_engines_agree import documents, queries

searches = st.lists(queries, min_size=1, max_size=12)


def check(engine, before, fresh, asked):
    engine.rebuild(before)
    fresh = list({(one.kind, one.id): one for one in fresh}.values())
    engine.put(fresh)
    plain = {
        number: replace(
            query, kinds=query.kinds[:1], boosts={}, exclude_ids=(), only_ids=None, facets=(), offset=0, limit=99
        )
        for number, query in enumerate(asked)
    }
    new = {(one.kind, one.id) for one in fresh}
    expected = {
        number: sorted(hit.id for hit in engine.query(query).hits if (hit.kind, hit.id) in new)
        for number, query in plain.items()
    }
    found = percolate(engine, fresh, plain)
    assert {number: sorted(ids) for number, ids in found.items()} == {n: ids for n, ids in expected.items() if ids}


@settings(max_examples=400, deadline=None)
@given(documents, documents, searches)
def test_what_is_found_is_what_the_engine_finds(before, fresh, asked):
    check(MemoryEngine(), before, fresh, asked)


@settings(max_examples=30, deadline=None)
@given(documents, documents, searches)
def test_also_with_the_engine_of_the_site(before, fresh, asked):
    with tempfile.TemporaryDirectory() as folder:
        check(WhooshEngine(Path(folder)), before, fresh, asked)


class Silent:
    """An engine that says nothing of its holdings, as a distributed one."""

    def __init__(self):
        self._engine = MemoryEngine()
        self.put, self.query, self.spread = self._engine.put, self._engine.query, self._engine.spread
        self.rebuild = self._engine.rebuild


@settings(max_examples=200, deadline=None)
@given(documents, documents, searches)
def test_also_with_an_engine_that_can_only_be_asked(before, fresh, asked):
    check(Silent(), before, fresh, asked)


#: Longer texts of few words, whose coverage is often near a bound, over more documents.
words = st.sampled_from(["bơm", "nước", "lọc", "thải", "máy", "pumps", "solar", "xử lý"])
lines = st.lists(words, max_size=9).map(" ".join)
many = st.lists(
    st.builds(
        Document, kind=st.just("listing"), id=st.integers(1, 300), title=lines, body=lines,
        audience=st.sampled_from([("public",), ("member",), ("org:1",), ("public", "member")]),
    ),
    min_size=5, max_size=60,
)
readers = st.sampled_from([("public",), ("public", "member", "org:2"), ("member", "org:1")])
asked_lines = st.lists(st.builds(Query, text=lines, audience=readers), min_size=5, max_size=20)


@settings(max_examples=60, deadline=None)
@given(many, many, asked_lines)
def test_also_near_the_bounds(before, fresh, asked):
    check(MemoryEngine(), before, fresh, asked)
    check(Silent(), before, fresh, asked)


class Counting(MemoryEngine):
    """Counts how often it is asked."""

    asked = 0

    def query(self, query):
        self.asked += 1
        return super().query(query)


def test_the_engine_is_asked_only_where_the_rule_needs_the_whole_catalogue():
    engine = Counting()
    new = Document("listing", 1, "Máy bơm nước thải công nghiệp", facets={"trl": ("7",)})
    engine.rebuild([Document("listing", 2, "Màng lọc nước"), new])
    asked = [Query(text) for text in ("máy bơm", "bơm nước thải", "đèn giao thông", "màng lọc", "")]
    asked += [Query("máy bơm", filters={"trl": (level,)}) for level in "12345678"]
    found = percolate(engine, [new], dict(enumerate(asked)))
    assert found == {0: [1], 1: [1], 4: [1], 5 + 6: [1]}
    assert engine.asked == 0
    assert percolate(engine, [new], {0: Query("bơm*"), 1: Query("đèn OR bơm"), 2: Query("đèn*")}) == {0: [1], 1: [1]}
    assert engine.asked == 1
