"""Search by meaning helps across languages, changes nothing else, and shows nothing hidden."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from marketplace.search import Document
from marketplace.search import Query as PlainQuery
from marketplace.search.engines.whoosh.engine import WhooshEngine
from marketplace.search.engines.whoosh.store import MemoryStore
from marketplace.search.semantic.engine import SemanticEngine
from marketplace.search.semantic.similarity import fingerprint, fused, language_of, standing_out, text_of
from marketplace.search.semantic.vectors import DocumentVector, VectorSet
from marketplace.search.text.analysis import terms
from tests.thorough import often

#: What the toy model knows: words of both languages on one axis each.
CONCEPTS = [
    ("nước", "water"), ("thải", "waste"), ("xe", "vehicle"), ("điện", "electric"), ("lúa", "rice"), ("gốm", "ceramics"),
    ("bệnh", "disease"), ("tôm", "shrimp"), ("gỗ", "timber"), ("lụa", "silk"), ("muối", "salt"), ("chè", "tea"),
]  # fmt: skip


def Query(text="", **more):
    """A query as a person's: meaning may help."""
    return PlainQuery(text, semantic=True, **more)


class Toy:
    """A model in which translations mean the same and other words nothing."""

    name = "toy"

    def __init__(self):
        self.asked = []

    def query(self, text):
        self.asked.append(text)
        return self.passage(text)

    def passage(self, text):
        words = Counter(terms(text))
        vector = np.array([sum(words[terms(one)[0]] for one in both) for both in CONCEPTS] + [0.01], np.float32)
        return vector / np.linalg.norm(vector)


def listing(id_, title, audience=("public",), **more):
    return Document("listing", id_, title, audience=audience, **more)


def catalogue():
    titles = [" ".join(CONCEPTS[(i + step) % len(CONCEPTS)][0] for step in (0, 1)) for i in range(len(CONCEPTS))]
    facets = {"field": ("a",)}, {"field": ("b",)}
    return [listing(i, f"Công nghệ {title} số {i}", facets=facets[i % 2]) for i, title in enumerate(titles, start=1)]


def around(documents, embedder=None):
    inner, embedder = WhooshEngine(MemoryStore()), embedder or Toy()
    inner.rebuild(documents)
    meanings = [
        DocumentVector(d.kind, d.id, d.audience, language_of(text_of(d)) == "vi", embedder.passage(text_of(d)))
        for d in documents
    ]
    return SemanticEngine(inner, embedder, VectorSet(meanings))


def found(engine, text, **more):
    return [hit.id for hit in engine.query(Query(text, **more)).hits]


def test_an_english_question_finds_vietnamese_texts():
    engine = around(catalogue())
    assert engine.inner.query(Query("shrimp disease")).total == 0
    assert found(engine, "shrimp disease")[0] == 7  # bệnh tôm
    page = engine.query(Query("shrimp disease", facets=("field",)))
    assert page.total == len(page.hits) == sum(page.facets["field"].values()) > 0
    narrowed = engine.query(Query("shrimp disease", facets=("field",), filters={"field": ("a",)}))
    assert page.facets == narrowed.facets  # a facet is counted without its own filter
    assert narrowed.total == page.facets["field"]["a"] and 7 not in [hit.id for hit in narrowed.hits]


def test_pages_join_to_the_whole_and_name_each_document_once():
    english = [listing(100 + i, f"Water shrimp {i}") for i in range(5)]
    engine = around([*catalogue(), *english, *(listing(200 + i, f"Nước nuôi tôm {i}") for i in range(5))])
    whole = found(engine, "shrimp water", limit=50)
    assert len(set(whole)) == len(whole) > 6
    assert [id_ for start in range(0, 60, 3) for id_ in found(engine, "shrimp water", offset=start, limit=3)] == whole


def test_the_very_phrase_and_the_code_stay_first():
    documents = [*catalogue(), listing(50, "Shrimp disease in brackish ponds"), listing(51, "Other", code="CN-2026-000051")]
    engine = around(documents)
    assert found(engine, "shrimp disease")[:2] == [50, 7]
    assert found(engine, "CN-2026-000051")[0] == 51


@pytest.mark.parametrize(
    "text",
    ["số", "cong nghe", "công nghệ số", "công nghệ", "", '"shrimp disease"', "shrimp -disease", "shrimp OR disease",
     "shri*", "CN-2026", "12,5", "???"],
)  # fmt: skip
def test_everything_else_is_answered_by_words_alone_and_the_model_is_not_asked(text):
    engine = around(catalogue())
    query = Query(text, facets=("field",), limit=50)
    assert engine.query(query) == engine.inner.query(query)
    assert engine._embedder.asked == []


def test_known_terms_are_as_good_as_translated(monkeypatch):
    """Where the bilingual terms know the words, what holds them is not pushed down by what is merely near."""
    engine = around([*catalogue(), listing(60, "Máy xử lý nước thải"), listing(61, "Gốm sứ")])
    monkeypatch.setattr(engine._neighbours, "near", lambda *_: (61,))
    assert found(engine, "wastewater treatment")[:2] == [60, 61]
    assert found(engine, "wastewater treatment by unheard of methods")[:2] == [61, 60]


def test_only_the_searches_of_people_are_helped():
    engine = around(catalogue())
    assert engine.query(PlainQuery("shrimp disease")) == engine.inner.query(PlainQuery("shrimp disease"))
    assert engine._embedder.asked == []


@settings(max_examples=often(150), deadline=None)
@given(
    st.lists(st.sampled_from(["công nghệ", "nước", "số", "may", "water", "shrimp disease", "-xe", '"gỗ lụa"']), max_size=4),
    st.sampled_from(["relevance", "price"]),
    st.sampled_from([{}, {"field": ("a",)}]),
)
def test_results_change_only_across_languages_or_when_words_find_little(words, sort, filters):
    engine = around(catalogue())
    query = Query(" ".join(words), sort=sort, filters=filters, facets=("field",))
    mine, plain = engine.query(query), engine.inner.query(query)
    if language_of(query.text) == "en" or (language_of(query.text) == "vi" and plain.total < 3):
        assert mine.total >= plain.total
    else:
        assert mine == plain


def test_what_is_hidden_changes_nothing_at_all():
    """Hidden documents as near as can be, and so many that they would fill every place."""
    open_ones = catalogue()
    secrets = [
        listing(900 + i, "tôm bệnh tôm bệnh", audience=("org:1",), facets={"field": ("secret",)}) for i in range(200)
    ]
    full, clean = around([*open_ones, *secrets]), around(open_ones)
    for text in ("shrimp disease", "rice and tea cultivation", "electric vehicle", "bệnh của tôm", "nothing known here"):
        for audience in (("public",), ("public", "member"), ()):
            query = Query(text, audience=audience, facets=("field",), limit=500)
            assert full.query(query) == clean.query(query), (text, audience)
    assert full.query(Query("tôm bệnh", audience=("org:1",))).total == 200


def test_a_vector_that_is_older_than_the_rule_shows_nothing():
    """The vectors still say public, the index knows better: the index has the last word."""
    engine = around(catalogue())
    engine.inner.put([listing(7, "Bệnh tôm", audience=("org:1",))])
    assert 7 not in found(engine, "shrimp disease", limit=50)
    engine.inner.remove("listing", [8])
    assert 8 not in found(engine, "shrimp disease", limit=50)


def test_a_page_says_how_many_only_meaning_has_found():
    engine = around([*catalogue(), listing(90, "Rice paddy")])
    for text, words, meaning in (("shrimp disease", 0, 1), ("rice electric", 0, 1), ("tôm bệnh", 2, 0)):
        page, plain = engine.query(Query(text)), engine.inner.query(Query(text))
        assert plain.total == page.total - page.semantic and plain.semantic == 0
        assert min(page.semantic, 1) == meaning and plain.total >= words, text
    assert engine.inner.query(Query("shrimp disease")).total == 0


def test_a_mostly_english_catalogue_is_found_by_vietnamese_questions():
    titles = [" ".join(CONCEPTS[(i + step) % len(CONCEPTS)][1] for step in (0, 1)) for i in range(len(CONCEPTS))]
    engine = around([listing(i, f"Technology of {title}") for i, title in enumerate(titles, start=1)])
    assert found(engine, "bệnh tôm")[0] == 7
    assert engine.query(Query("shrimp disease")) == engine.inner.query(Query("shrimp disease"))


@pytest.mark.parametrize(
    ("text", "language"),
    [("máy lọc nước", "vi"), ("may loc nuoc", ""), ("water treatment plant", "en"), ("How is waste water cleaned?", "en"),
     ("AI", ""), ("2026", ""), ("", ""), ("Máy CNC laser fiber", "vi")],
)  # fmt: skip
def test_the_language_of_a_text(text, language):
    assert language_of(text) == language


def test_what_is_like_all_the_rest_does_not_stand_out():
    rng = np.random.default_rng(7)
    noise = rng.normal(0.7, 0.02, 5000).astype(np.float32)
    assert sum(len(standing_out(rng.permutation(noise)[:200])) for _ in range(20)) <= 20 * 50
    assert len(standing_out(np.full(10, 0.7, np.float32))) == 0 and len(standing_out(noise[:1])) == 0
    noise[[17, 4]] = 0.95, 0.93
    assert standing_out(noise).tolist() == [17, 4]


def test_two_orders_become_one():
    assert fused([1, 2, 3], [], 0.3) == [1, 2, 3]
    assert fused([1, 2], [3, 1], 0.3) == [1, 3, 2]
    assert fused([1, 2], [3, 4], 0.3)[0] == 3


def test_vectors_are_replaced_and_taken_out():
    def meaning(id_, axis):
        return DocumentVector("listing", id_, ("public",), True, np.eye(40, dtype=np.float32)[axis])

    kept = VectorSet(meaning(i, i) for i in range(30))
    changed = kept.changed([meaning(3, 35)], [("listing", 4), ("need", 5)])
    assert len(kept) == 30 and len(changed) == 29
    assert changed.near(np.eye(40, dtype=np.float32)[35], "listing", ("public",)) == (3,)
    assert changed.near(np.eye(40, dtype=np.float32)[4], "listing", ("public",)) == ()
    assert changed.near(np.eye(40, dtype=np.float32)[35], "need", ("public",)) == ()
    assert len(changed.changed([], [("listing", i) for i in range(30)])) == 0


def test_a_text_of_the_questions_own_language_is_left_to_words():
    axis = np.eye(40, dtype=np.float32)
    texts = [DocumentVector("listing", i, ("public",), True, axis[i]) for i in range(30)]
    both = VectorSet([*texts, DocumentVector("listing", 99, ("public",), False, axis[3])])
    assert both.near(axis[3], "listing", ("public",)) == (3,)


def test_a_text_is_embedded_anew_when_it_or_the_model_changes():
    assert fingerprint("a", "x") != fingerprint("a", "y") != fingerprint("b", "y")
    assert fingerprint("a", "\ud800") == fingerprint("a", "\ud800")
