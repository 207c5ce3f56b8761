"""Marks stand on the original text, whatever its form, and nothing of it can become markup."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from marketplace.browse.highlight import highlight, snippet
from marketplace.search.query.parser import parse
from marketplace.search.text.thesaurus import default_thesaurus


def marked(text, query):
    return str(highlight(text, parse(query, default_thesaurus()).terms()))


@pytest.mark.parametrize(
    ("text", "query", "expected"),
    [
        ("Thiết bị Điện tử số", "dien tu", "Thiết bị <mark>Điện tử</mark> số"),
        ("Đổi mới sáng tạo", "doi moi", "<mark>Đổi mới</mark> sáng tạo"),
        ("Khu Hoà Lạc", "Hòa Lạc", "Khu <mark>Hoà Lạc</mark>"),
        ("Solar pumps", "pump", "Solar <mark>pumps</mark>"),
        ("Công suất 12,5 kW", "12.5", "Công suất <mark>12,5</mark> kW"),
        ("a <b> & máy", "máy", "a &lt;b&gt; &amp; <mark>máy</mark>"),
        ("Máy lọc nước", "lọ*", "Máy <mark>lọc</mark> nước"),
        ("Không có gì", "robot", "Không có gì"),
        ("", "robot", ""),
    ],
)
def test_words_are_marked_on_the_original(text, query, expected):
    assert marked(text, query) == expected


def test_abbreviations_are_marked_through_their_long_form():
    assert "<mark>Khoa học và Công nghệ</mark>" in marked("Sở Khoa học và Công nghệ", "KHCN")
    assert "<mark>KH&amp;CN</mark>" in marked("Sàn KH&CN", "KHCN")


def test_lone_syllables_are_marked_only_when_there_is_nothing_better():
    assert marked("Máy ép mía, ép tay, mía", "ép mía") == "Máy <mark>ép mía</mark>, ép tay, mía"
    assert marked("Ép tay cho nhà", "ép mía") == "<mark>Ép</mark> tay cho nhà"


def test_decomposed_text_is_marked_whole():
    text = unicodedata.normalize("NFD", "Thiết bị điện tử số")
    assert marked(text, "điện tử") == "Thiết bị <mark>điện tử</mark> số"


def test_a_snippet_shows_the_best_part_and_cuts_between_words():
    text = "Phần mở đầu dài. " * 40 + "Ở đây có xử lý nước thải bằng vi sinh. " + "Phần kết cũng dài. " * 40
    cut = str(snippet(text, parse("xu ly nuoc thai", default_thesaurus()).terms(), 120))
    assert "<mark>xử lý nước thải</mark>" in cut
    assert cut.startswith("…") and cut.endswith("…")
    assert len(cut) < 160


def test_a_snippet_of_a_short_or_unmarked_text_is_its_beginning():
    assert str(snippet("Ngắn thôi", ["robot"])) == "Ngắn thôi"


@given(st.text(), st.text(max_size=20))
def test_without_its_marks_the_result_is_the_escaped_text(text, query):
    result = highlight(text, parse(query, default_thesaurus()).terms())
    assert isinstance(result, Markup)
    plain = str(result).replace("<mark>", "").replace("</mark>", "")
    assert "<" not in plain and ">" not in plain
    assert str(result).count("<mark>") == str(result).count("</mark>")


@given(st.text(max_size=300), st.integers(10, 60))
def test_a_snippet_is_never_much_longer_than_asked(text, size):
    assert len(Markup(snippet(text, [], size)).unescape()) <= size + 2
