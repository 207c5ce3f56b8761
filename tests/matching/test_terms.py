"""Telling words: pairs of syllables, whole foreign words, written as people wrote them."""

from __future__ import annotations

from marketplace.matching.terms import (
    BODY,
    KEYWORD,
    TITLE,
    coverage,
    key_terms,
    phrases,
    rarity,
    spread,
    told,
)

NEED = [
    ("Xử lý nước thải dệt nhuộm bằng màng lọc MBR", TITLE),
    ("nước thải, dệt nhuộm", KEYWORD),
    ("Doanh nghiệp cần xử lý màu và COD của nước thải.", BODY),
]


def test_single_vietnamese_syllables_tell_nothing() -> None:
    assert "nuoc" not in told("nước thải")
    assert told("nước thải nước thải")["nuoc thai"] == 2
    assert "membrane" in told("the membrane of the system")
    assert "the" not in told("the membrane")


def test_the_title_weighs_more_than_the_body() -> None:
    terms = key_terms(NEED)
    assert terms["nuoc thai"] > terms["mau va"]
    assert len(key_terms([("từ " * 3000 + "nước thải", BODY)], limit=5)) <= 5


def test_shared_words_are_shown_as_written_and_joined() -> None:
    offer = frozenset(told("Màng lọc MBR cho xử lý nước thải công nghiệp"))
    terms = key_terms(NEED)
    share, shared = coverage(terms, rarity(terms, spread([offer]), 1), offer)
    assert 0 < share < 1
    shown = phrases([text for text, _weight in NEED], shared)
    assert "Xử lý nước thải" in shown
    assert "màng lọc MBR" in shown


def test_what_the_whole_pool_shares_tells_less() -> None:
    pool = [frozenset({"a b", "c d"}), frozenset({"a b"}), frozenset({"a b"})]
    rare = rarity(["a b", "c d"], spread(pool), len(pool))
    assert rare["c d"] > rare["a b"]


def test_nothing_is_no_error() -> None:
    assert key_terms([("", TITLE)]) == {}
    assert coverage({}, {}, frozenset()) == (0.0, [])
    assert phrases([""], []) == []
