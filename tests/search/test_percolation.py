"""Searches turned around find what the rule says at its plain threshold: the same documents, seen by the same people."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from marketplace.search import Document, Query
from marketplace.search.engines.whoosh.engine import WhooshEngine
from marketplace.search.engines.whoosh.store import MemoryStore
from marketplace.search.saved.percolation import percolate
from tests.search.conftest import opensearch, opensearch_runs
from tests.search.plain_rule import PlainRule
from tests.search.test_engines_agree import documents, queries
from tests.thorough import often

searches = st.lists(queries, min_size=1, max_size=12)


def check(engine, before, fresh, asked):
    before, fresh = (list({(one.kind, one.id): one for one in some}.values()) for some in (before, fresh))
    rule = PlainRule()
    for one in (engine, rule):
        one.rebuild(before)
        one.put(fresh)
    plain = {
        number: replace(
            query, kinds=query.kinds[:1], boosts={}, exclude_ids=(), only_ids=None, facets=(), offset=0, limit=99
        )
        for number, query in enumerate(asked)
    }
    new = {(one.kind, one.id) for one in fresh}
    expected = {
        number: sorted(hit.id for hit in rule.query(query, relaxed=False).hits if (hit.kind, hit.id) in new)
        for number, query in plain.items()
    }
    found = percolate(engine, fresh, plain)
    assert {number: sorted(ids) for number, ids in found.items()} == {n: ids for n, ids in expected.items() if ids}
    relaxed = {number: {hit.id for hit in engine.query(query).hits} for number, query in plain.items()}
    assert all({*ids} <= relaxed[number] for number, ids in found.items())  # who opens the search sees them too


@settings(max_examples=often(300, 30), deadline=None)
@given(documents, documents, searches)
def test_what_is_found_is_what_the_rule_says(before, fresh, asked):
    check(WhooshEngine(MemoryStore()), before, fresh, asked)


@opensearch_runs
def test_also_with_the_distributed_engine(opensearch_url):
    engine = opensearch(opensearch_url)

    @settings(max_examples=often(15), deadline=None)
    @given(documents, documents, searches)
    def found(before, fresh, asked):
        check(engine, before, fresh, asked)

    found()


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


@settings(max_examples=often(60, 8), deadline=None)
@given(many, many, asked_lines)
def test_also_near_the_bounds(before, fresh, asked):
    check(WhooshEngine(MemoryStore()), before, fresh, asked)


class Counting(WhooshEngine):
    """Counts how often it is asked."""

    asked = 0

    def query(self, query):
        self.asked += 1
        return super().query(query)


def test_the_engine_is_asked_for_rarities_only():
    engine = Counting(MemoryStore())
    new = Document("listing", 1, "Máy bơm nước thải công nghiệp", facets={"trl": ("7",)})
    engine.rebuild([Document("listing", 2, "Màng lọc nước"), new])
    asked = [Query(text) for text in ("máy bơm", "bơm nước thải", "đèn giao thông", "màng lọc", "")]
    asked += [Query("máy bơm", filters={"trl": (level,)}) for level in "12345678"]
    found = percolate(engine, [new], dict(enumerate(asked)))
    assert found == {0: [1], 1: [1], 4: [1], 5 + 6: [1]}
    asked = {0: Query("bơm*"), 1: Query("đèn OR bơm"), 2: Query("đèn*")}
    assert percolate(engine, [new], asked) == {0: [1], 1: [1]}
    assert engine.asked == 0


def test_a_subscriber_is_told_what_covers_the_search_not_what_comes_nearest():
    """The search page shows the nearest where nothing covers enough; a saved search waits for what does."""
    engine = WhooshEngine(MemoryStore())
    new = Document("listing", 1, "Máy bơm", "dùng cho tưới tiêu")
    engine.rebuild([new, Document("listing", 2, "Màng lọc nước"), Document("listing", 3, "Cảm biến độ mặn")])
    asked = Query("máy bơm cảm biến độ mặn nước thải công nghiệp")
    assert 1 in [hit.id for hit in engine.query(asked).hits]
    assert percolate(engine, [new], {0: asked}) == {}
