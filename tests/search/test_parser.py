"""Parsing never fails, and reads what people write."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.search.query.parser import MAX_UNITS, parse
from marketplace.search.text.analysis import terms
from marketplace.search.text.thesaurus import Thesaurus, default_thesaurus

NONE = Thesaurus([])


def words(units):
    return [unit.term + ("*" if unit.prefix else "") for unit in units]


@given(st.one_of(st.text(), st.text(alphabet='"-*“” aáb&.,0|OR')))
def test_any_string_is_read(text):
    plan = parse(text, default_thesaurus())
    assert sum(len(one.units) for one in plan.alternatives()) <= MAX_UNITS
    assert plan.terms() == parse(unicodedata.normalize("NFD", text), default_thesaurus()).terms()
    for span in plan.spans:
        assert 0 <= span.start < span.stop <= len(plan.units)


@given(st.lists(st.text(alphabet="aábcd01 -*.,&"), max_size=5))
def test_phrases_exclusions_and_words_do_not_mix(parts):
    text = " ".join(f'-"{part}"' for part in parts)
    assert parse(text, NONE).units == ()


@pytest.mark.parametrize(
    ("text", "units", "phrases", "excluded"),
    [
        ("máy bơm", ["may", "bom"], [], []),
        ('"máy bơm" nước', ["may", "bom", "nuoc"], [["may", "bom"]], []),
        ("“máy bơm” -nước", ["may", "bom"], [["may", "bom"]], [["nuoc"]]),
        ('máy -"bơm nước" tay', ["may", "tay"], [], [["bom", "nuoc"]]),
        ("xe-máy", ["xe", "may"], [], []),
        ("máy bơ*", ["may", "bo*"], [], []),
        ('"chưa đóng', ["chua", "dong"], [["chua", "dong"]], []),
        ("- máy", ["may"], [], []),
        ("*", [], [], []),
        ("-KH&CN", [], [], [["kh", "cn"]]),
        ("CN-2026*", ["cn2026*"], [], []),
        ("LỌC NA*", ["loc", "na*"], [], []),
    ],
)
def test_the_query_language(text, units, phrases, excluded):
    plan = parse(text, NONE)
    assert words(plan.units) == units
    assert [words(p) for p in plan.phrases] == phrases
    assert [words(p) for p in plan.excluded] == excluded


@pytest.mark.parametrize(
    ("text", "alternatives"),
    [
        ("máy bơm OR lọc nước", [["may", "bom"], ["loc", "nuoc"]]),
        ("máy bơm HOẶC lọc|sấy", [["may", "bom"], ["loc"], ["say"]]),
        ('"a | b OR c" | d', [["a", "b", "or", "c"], ["d"]]),
        ("OR gate", [["or", "gate"]]),
        ("cổng OR", [["cong", "or"]]),
        ("| máy | | bơm |", [["may"], ["bom"]]),
        ("a or b", [["a", "or", "b"]]),
        ("-x | y", [["y"]]),
        (" | ".join("abcdefghij"), [[ch] for ch in "abcdefg"] + [["h", "i", "j"]]),
    ],
)
def test_or_parts_the_whole_query(text, alternatives):
    assert [words(plan.units) for plan in parse(text, NONE).alternatives()] == alternatives


def test_what_is_excluded_is_excluded_from_every_alternative():
    plans = parse('máy -bơm | lọc -"nước thải"', NONE).alternatives()
    assert [[words(one) for one in plan.excluded] for plan in plans] == [[["bom"], ["nuoc", "thai"]]] * 2


def test_alternatives_share_one_limit():
    plan = parse("máy " * 60 + "| " + "bơm " * 60, NONE)
    assert sum(len(one.units) for one in plan.alternatives()) == MAX_UNITS


def test_words_are_joined_only_when_they_stand_together():
    plan = parse('máy bơm "nước sạch" lọc -tay khí', NONE)
    assert [unit.joined for unit in plan.units] == [False, True, False, True, False, False]


def test_long_input_is_cut():
    assert len(parse("máy " * 10_000, NONE).units) == MAX_UNITS
    assert parse("x" * 100_000, NONE).units[0].term == "x" * 40


def test_the_longest_known_form_wins():
    thesaurus = Thesaurus([(["công nghệ cao", "CNC"], False), (["công nghệ cao Hoà Lạc", "HHTP"], False)])
    plan = parse("khu công nghệ cao hòa lạc", thesaurus)
    assert [(span.start, span.stop) for span in plan.spans] == [(1, 6), (1, 4)]
    assert [a.form.terms for a in plan.spans[0].alternatives] == [("hhtp",)]


def test_forms_typed_with_other_diacritics_are_other_words():
    thesaurus = Thesaurus([(["thú y", "veterinary"], False)])
    assert parse("thú y", thesaurus).spans and parse("thu y", thesaurus).spans
    assert not parse("thứ ý", thesaurus).spans


def test_capitals_tell_an_abbreviation_from_a_word():
    thesaurus = Thesaurus([(["AI", "trí tuệ nhân tạo"], False)])
    others = {a.form.terms for span in parse("AI y tế", thesaurus).spans for a in span.alternatives}
    assert ("tri", "tue", "nhan", "tao") in others
    assert not parse("ai y tế", thesaurus).spans
    assert parse("ai", thesaurus).spans


def test_the_shipped_terms_are_sound():
    thesaurus = default_thesaurus()
    assert len(thesaurus) > 1500
    for text in ("KH&CN", "KHCN", "chuyển đổi số", "solar panels", "in 3D"):
        assert parse(text, thesaurus).spans, text
    assert terms("khoa học và công nghệ") == ["khoa", "hoc", "va", "cong", "nghe"]
