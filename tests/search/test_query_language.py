"""Fields are found wherever they stand in a text; nothing a person types is an error or gets lost."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.search.query.parser import pieces
from marketplace.search.query.query_language import read
from marketplace.values.text import clean_line

NAMES = {"trl": "trl", "linhvuc": "field", "gia": "price", "noi": "place"}


def any_value(clause):
    return clause.value


def read_all(text, accept=any_value):
    reading = read(text, NAMES, accept)
    return [(c.key, c.sign, c.value, c.negated) for c, _ in reading.understood], " ".join(reading.rest.split())


@pytest.mark.parametrize(
    ("text", "clauses", "rest"),
    [
        ("trl:7", [("trl", ":", "7", False)], ""),
        ("-trl:7", [("trl", ":", "7", True)], ""),
        ("bơm TRL : 7", [("trl", ":", "7", False)], "bơm"),
        ("lĩnh vực:“y tế” máy", [("field", ":", "y tế", False)], "máy"),
        ("máy Linh_Vuc=2", [("field", ":", "2", False)], "máy"),
        ("giá: >= 5", [("price", ">=", "5", False)], ""),
        ("giá ≥ 5 OR bơm", [("price", ">=", "5", False)], "bơm"),
        ("trl:<=8", [("trl", "<=", "8", False)], ""),
        ("giá:5tr..", [("price", ":", "5tr..", False)], ""),
        ("(trl:7), bơm", [("trl", ":", "7", False)], "bơm"),
        ('"trl:7" bơm', [], '"trl:7" bơm'),
        ("x:7 y=8 http://a", [], "x:7 y=8 http://a"),
        ("trl:", [], "trl:"),
        ("strl:7", [], "strl:7"),
        ("trl:7 | trl:8", [("trl", ":", "7", False), ("trl", ":", "8", False)], ""),
        ("bơm OR lọc trl:7", [("trl", ":", "7", False)], "bơm OR lọc"),
        ("bơm OR trl:7 OR lọc", [("trl", ":", "7", False)], "bơm OR lọc"),
    ],
)
def test_clauses(text, clauses, rest):
    def one_word(clause):
        return clause.value if " " not in clause.value or "“" in text else None

    assert read_all(text, one_word) == (clauses, rest)


def test_the_longest_value_that_means_something_is_taken():
    clauses, rest = read_all("nơi: Hà Nội máy bơm", lambda c: c.value if c.value in {"Hà", "Hà Nội"} else None)
    assert clauses == [("place", ":", "Hà Nội", False)] and rest == "máy bơm"


def test_what_means_nothing_stays_words_and_is_told():
    reading = read("trl:nhiều bơm", NAMES, lambda clause: None)
    assert reading.understood == () and reading.rest == "trl:nhiều bơm"
    assert [(c.key, c.value) for c in reading.refused] == [("trl", "nhiều")]


signs = st.sampled_from(
    ["trl", "giá", "lĩnh vực", ":", ">=", "<", "=", "..", '"', "“", "-", "|", " OR ", " ", "7", "bơm", "(", ","]
)


@given(st.one_of(st.text(), st.lists(signs, max_size=14).map("".join)), st.integers(0, 3))
def test_any_text_is_read_and_every_letter_is_kept_or_understood(text, wanted):
    text = clean_line(text)
    reading = read(text, NAMES, lambda clause: True if len(clause.value) % 4 >= wanted else None)
    assert len(reading.rest) == len(text)
    at = 0
    for clause, _meaning in reading.understood:
        assert at <= clause.start < clause.stop <= len(text)
        at = clause.stop
        assert not reading.rest[clause.start : clause.stop].strip()
    covered = {i for c, _ in reading.understood for i in range(c.start, c.stop)}
    lost = "".join(text[i] for i in range(len(text)) if i not in covered and reading.rest[i] == " " != text[i])
    assert lost.strip(" |") in {"", *("OR" * n for n in range(1, 8))}
    for piece in pieces(reading.rest):
        assert 0 <= piece.start < piece.stop <= len(text)
