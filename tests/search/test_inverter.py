"""Lists that are built, merged, written and read as arrays hold what the plain rules say, posting by posting."""

import struct
from collections import defaultdict

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from marketplace.search import Document
from marketplace.search.engines.whoosh import inverter
from marketplace.search.engines.whoosh import lists as posting_lists
from marketplace.search.engines.whoosh.inverter import LENGTH, list_key, lists_of
from marketplace.search.engines.whoosh.lists import Collector, merged
from marketplace.search.engines.whoosh.segment_file import ListReader, packed
from tests.search import plain_rule
from tests.search.plain_rule import weigh
from tests.thorough import often

WORDS = ["máy", "may", "mây", "bơm", "nước", "AI", "ai", "KH&CN", "pumps", "12,5", "1.500.000", "CN-2026-000123", "Wi-Fi,"]
words = st.lists(st.sampled_from(WORDS), max_size=12).map(" ".join)
text = st.one_of(words, words.map(str.upper), st.text(max_size=20))
TEXT = {list_key(field, "")[0] for field in ("single", "pair")}
documents = st.lists(
    st.builds(
        Document, kind=st.just("listing"), id=st.integers(1, 9), title=text, body=text, keywords=text, party=text,
        code=st.sampled_from(["", "CN-2026-000123", "may", "???"]),
        facets=st.just({"field": ("a", "b", "a")}), numbers=st.sampled_from([{}, {"price": 2.5}, {"price": float("nan")}]),
    ),
    max_size=9,
)


def postings(portions):
    """Everything in some lists: key -> [(document, weight, value)]."""
    found = defaultdict(list)
    for lists in portions:
        at = values = 0
        for key, count in zip(lists.keys, lists.counts.tolist(), strict=True):
            for place in range(at, at + count):
                doc, weight, size = lists.postings[place].tolist()
                found[key].append((doc, weight, lists.values[values : values + size].tobytes()))
                values += size
            at += count
        assert values == len(lists.values) and at == len(lists.postings)
        assert list(lists.keys) == sorted(set(lists.keys))
    return found


def expected(made):
    """The same from the plain rules, for words and pairs."""
    found = defaultdict(list)
    for number, document in enumerate(made):
        weighed = weigh(document)
        for term, posting in weighed.singles.items():
            found[list_key("single", term)].append((number, posting.weight, bytes(posting.codes)))
        for term, posting in weighed.pairs.items():
            uses = zip(posting.codes, posting.places, strict=True)
            value = b"".join(struct.pack("<HH", code, place) for code, place in uses)
            found[list_key("pair", term)].append((number, posting.weight, value))
        found[list_key("number", LENGTH)].append((number, 1.0, struct.pack("<d", weighed.length)))
        found[list_key("facet", "field\x1fa")].append((number, 1.0, b""))
    return found


@settings(max_examples=often(150), deadline=None)
@given(documents, st.integers(1, 4), st.sampled_from([5, 20_000]))
def test_lists_of_many_documents_are_those_of_the_plain_rules(made, portion, longest):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(inverter, "DOCUMENTS", portion)
        for module in (plain_rule, inverter):
            patch.setattr(module, "MAX_DOCUMENT_TERMS", longest)
        found, plain = postings(lists_of(made)), expected(made)
    fields = {key[0] for key in plain}
    assert {key: value for key, value in found.items() if key in plain or key[0] in TEXT & fields} == plain


lists = st.dictionaries(
    st.binary(min_size=1, max_size=3),
    st.lists(st.tuples(st.sampled_from([1, 1, 25_000]), st.binary(max_size=5)), min_size=1, max_size=5),
    max_size=8,
)


def lists_from(found, first):
    collector = Collector()
    for key, postings_ in found.items():
        for place, (weight, value) in enumerate(postings_):
            collector.add(first + place, [key], [weight], [value])
    return collector.lists()


@settings(max_examples=often(150), deadline=None)
@given(st.lists(lists, max_size=4), st.sampled_from([1, 30, 10**6]), st.sets(st.integers(0, 40)))
def test_merging_and_writing_keep_every_living_posting(sources, portion, gone):
    parts = [lists_from(found, 10 * place) for place, found in enumerate(sources)]
    numbers = np.array([-1 if number in gone else 2 * number for number in range(50)])
    wanted = defaultdict(list)
    for part in parts:
        for key, found in postings([part]).items():
            wanted[key] += [(2 * doc, weight, value) for doc, weight, value in found if doc not in gone]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(posting_lists, "PORTION", portion)
        living = [part.renumbered(numbers) for part in parts if len(part.keys)]
        got = list(merged(living))
        reader = ListReader(packed(living))
    assert postings(got) == {key: found for key, found in wanted.items() if found}
    assert postings([reader.part(0, len(reader.keys))]) == postings(got)
    for key, found in postings(got).items():
        one = reader.find(key)
        ends = np.cumsum(one.sizes)
        values = [bytes(one.values[end - size : end]) for end, size in zip(ends, one.sizes, strict=True)]
        assert list(zip(one.docs.tolist(), one.weights.tolist(), values, strict=True)) == found
        assert list(reader.beginning(key[:1])) == [other for other in reader.keys if other[:1] == key[:1]]
    assert not len(reader.find(b"none of these").docs)
