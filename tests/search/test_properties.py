"""What must hold for every text there is: the index and a query read it alike, however its marks were typed."""

import unicodedata
from itertools import permutations, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.search import Document, Query
from marketplace.search.engines.whoosh.engine import WhooshEngine
from marketplace.search.engines.whoosh.store import MemoryStore
from marketplace.search.query.parser import OR_WORDS, parse
from marketplace.search.text.analysis import terms, tokens
from marketplace.search.text.thesaurus import Thesaurus
from marketplace.values.text import fold, nfc, strip_marks
from tests.search.plain_rule import weigh

NONE = Thesaurus([])
#: Vietnamese letters with their marks in every form, numbers, units, joiners, and what is rare.
MARKS = "\u0302\u0306\u031b\u0301\u0300\u0309\u0303\u0323"
LETTERS = st.one_of(st.text(), st.text(alphabet="aăâeêioôơuưyđĐÐàảãáạấậầớợựữ 012.,³²°º℃½kWmCh&/" + MARKS))
#: Signs of the query language; without them a text is only words.
SIGNS = str.maketrans(dict.fromkeys('"“”„‟«»＂″-−－*＊|｜:<>=≤≥', " "))


def plain(text):
    return " ".join(word for word in text.translate(SIGNS).split() if word not in OR_WORDS)


@given(LETTERS)
def test_the_query_asks_for_what_the_index_holds(text):
    words = plain(text)
    held = weigh(Document("listing", 1, words))
    asked = parse(words, NONE)
    assert [unit.term for unit in asked.units] == terms(words)[:64]
    assert all(unit.term in held.singles for unit in asked.units)
    pairs = [f"{a.term} {b.term}" for a, b in zip(asked.units, asked.units[1:], strict=False) if b.joined]
    assert all(pair in held.pairs for pair in pairs)


@given(LETTERS)
def test_every_text_with_a_word_in_it_is_found_by_itself_in_every_form(text):
    words = plain(text)
    if not terms(words):
        return
    engine = WhooshEngine(MemoryStore(), NONE)
    engine.rebuild([Document("listing", 1, words)])
    for form in ("NFC", "NFD"):
        assert engine.query(Query(plain(unicodedata.normalize(form, words)))).total == 1


@given(LETTERS)
def test_analysing_twice_changes_nothing(text):
    assert fold(fold(text)) == fold(text)
    assert terms(" ".join(terms(text))) == terms(text)


@given(st.text(alphabet="abcdeiouyđ"), st.lists(st.sampled_from(MARKS), max_size=4), st.data())
def test_the_order_of_marks_does_not_matter(start, marks, data):
    shuffled = data.draw(st.permutations(marks))
    assert terms(start + "a" + "".join(marks)) == terms(start + "a" + "".join(shuffled))
    assert fold("a" + "".join(marks)) == fold("a" + "".join(shuffled)) == "a"


def test_a_word_written_together_is_parted_however_its_marks_were_typed():
    for words in ("ôtô", "aấ", "ximăng", "bàấ"):
        base = [unicodedata.normalize("NFD", letter) for letter in words]
        letters = [{first + "".join(order) for order in permutations(marks)} for first, *marks in base]
        typed = {"".join(form) for form in product(*letters)}
        assert len({tuple((t.term, t.exact, t.compound) for t in tokens(text)) for text in typed}) == 1, words
        assert all(nfc(text)[t.start : t.end] for text in typed for t in tokens(text))


@pytest.mark.parametrize("syllable", ["ấ", "ậ", "ặ", "ế", "ộ", "ợ", "ự", "ữ", "hoà", "thuỷ"])
def test_every_order_of_typing_a_vietnamese_letter_is_the_same_word(syllable):
    letter = next(ch for ch in syllable if ch != strip_marks(ch))
    base, *marks = unicodedata.normalize("NFD", letter)
    typed = {syllable.replace(letter, base + "".join(order)) for order in permutations(marks)}
    assert len({(t.term, t.exact) for text in typed for t in tokens(text)}) == 1


STOPS = ["và", "của", "là", "có", "cho", "ở", "the", "of", "a"]


@given(st.lists(st.sampled_from(["khoa", "học", "đời", "sống", *STOPS]), min_size=2, max_size=8), st.data())
def test_a_phrase_keeps_every_stop_syllable(words, data):
    dropped = data.draw(st.integers(0, len(words) - 1))
    engine = WhooshEngine(MemoryStore(), NONE)
    engine.rebuild([
        Document("listing", 1, "xin " + " ".join(words) + " nay"),
        Document("listing", 2, " ".join(words[:dropped] + words[dropped + 1 :])),
    ])
    for phrase in (" ".join(words), strip_marks(" ".join(words))):
        assert [hit.id for hit in engine.query(Query(f'"{phrase}"')).hits] == [1]
