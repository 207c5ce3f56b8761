"""Terms: the same for index and query, whatever the form of the text."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.search.text.analysis import code_key, is_syllable, mark_code, singular, terms, tokens
from marketplace.values.text import nfc


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Đổi mới sáng tạo", ["doi", "moi", "sang", "tao"]),
        ("Ðiện tử", ["dien", "tu"]),
        ("KH&CN và Wi-Fi", ["kh", "cn", "va", "wi", "fi"]),
        ("máy 12,5 kW; 12.5kW", ["may", "12.5", "kw", "12.5", "kw"]),
        ("1.500.000 = 1,500,000", ["1500000", "1500000"]),
        ("3.901,7 tỷ", ["3901.7", "ty"]),
        ("học.Công nghệ,mới", ["hoc", "cong", "nghe", "moi"]),
        ("pumps batteries glass analysis", ["pump", "battery", "glass", "analysis"]),
        ("500m³, 500 m3, 500㎥/ngày, 500m3/h", ["500", "m3"] * 2 + ["500", "m3", "ngay", "500", "m3", "h"]),
        ("1.500m2; 25°C 25ºC 25℃ 25oC", ["1500", "m2"] + ["25", "c"] * 4),
        ("5kW-12,5kWh 220V 50Hz 5µm", ["5", "kw", "12.5", "kwh", "220", "v", "50", "hz", "5", "um"]),
        ("3D 5G 4K H2O 1.2.3kw 3.901,7/năm", ["3d", "5g", "4k", "h2o", "1", "2", "3", "kw", "3901.7", "nam"]),
        ("Tromsø Łódź ½ m²", ["tromso", "lodz", "12", "m2"]),
        ("中文 한국어", ["中", "文", "한국어"]),
        ("5G智能制造 カナ", ["5g", "智", "能", "制", "造", "カ", "ナ"]),
        ("xử lí kĩ thuật, qui trình 5 tỉ", ["xu", "ly", "ky", "thuat", "quy", "trinh", "5", "ty"]),
        ("ôtô ximăng độngcơ café Tromsø", ["o", "to", "xi", "mang", "dong", "co", "cafe", "tromso"]),
        ("—…&-", []),
    ],
)
def test_terms(text, expected):
    assert terms(text) == expected


def test_a_word_is_whole_without_what_shows_nothing():
    for unseen in ("\u00ad", "\u200b", "\u2060", "\ufeff"):
        assert terms(f"công ng{unseen}hệ") == ["cong", "nghe"]
        assert tokens(f"công ng{unseen}hệ") == tokens("công nghệ")


def test_joined_parts_have_a_second_reading():
    assert [t.term for t in tokens("KH-CN") if t.compound] == ["khcn"]
    assert [t.term for t in tokens("CN-2026-000123") if t.compound] == ["cn2026000123"]
    assert [t.term for t in tokens("dùng AI") if t.compound] == ["^ai"]
    assert [t.term for t in tokens("AI CŨNG HỌC") if t.compound] == []


@pytest.mark.parametrize(
    ("text", "signed"),
    [("C, C++/C# và .NET", ["c++", "c#", ".net"]), ("C/C++17", ["c++"]), ("a+b, mục 5# và A#1. Xong...net", [])],
)
def test_names_with_signs_have_a_reading_with_them(text, signed):
    assert [t.term for t in tokens(text) if t.signed] == signed
    assert not any(set(t.term) & set("+#") for t in tokens(text) if not t.compound)


def test_y_and_i_have_the_same_diacritics():
    first, second = tokens("lí lý")
    assert first[:2] == second[:2] and first.exact != first.term


@given(st.text())
def test_terms_do_not_care_about_composition(text):
    assert terms(unicodedata.normalize("NFD", text)) == terms(unicodedata.normalize("NFC", text)) == terms(text)


@given(st.text())
def test_terms_of_terms_are_themselves(text):
    once = [term for term in terms(text) if "." not in term]
    assert terms(" ".join(once)) == once


@given(st.text())
def test_offsets_point_into_the_composed_text(text):
    composed = nfc(text)
    for token in tokens(text):
        assert 0 <= token.start < token.end <= len(composed)
        assert token.term


@given(st.text(alphabet="abcdexhisuyz", min_size=1))
def test_singular_is_idempotent(word):
    assert singular(singular(word)) == singular(word)


@pytest.mark.parametrize("word", ["cong", "nghe", "nghieng", "khuya", "quyet", "uong", "ay", "giuong", "oai", "xoong"])
def test_vietnamese_syllables_are_recognised(word):
    assert is_syllable(word)
    assert singular(word) == word


@pytest.mark.parametrize("word", ["robot", "water", "pump", "sensor", "solar", "12", "khcn", "blockchain", "drone"])
def test_other_words_are_not(word):
    assert not is_syllable(word)


def test_mark_codes_tell_variants_apart():
    variants = {t.exact: mark_code(t.term, t.exact) for t in tokens("ban bán bàn bản bãn bạn bân bấn bẩn băn bận")}
    assert len(variants) == len(set(variants.values())) == 11
    assert variants["ban"] == 0
    hoa = [mark_code(t.term, t.exact) for t in tokens("hoà hòa")]
    assert hoa[0] == hoa[1] > 0


def test_codes_are_compared_without_punctuation():
    assert code_key("CN-2026-000123") == code_key("cn 2026 000123") == "cn2026000123"
    assert code_key("459/NQ-HĐND") == "459nqhdnd"
