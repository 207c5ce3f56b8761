"""Vietnamese text facts of the domain notes, and properties over any Unicode string."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.values.text import (
    MOST_MARKS,
    clean_line,
    fold,
    nfc,
    normal,
    slug,
    sort_key,
    strip_marks,
    tone_key,
    word_key,
)
from marketplace.values.word_list import joined_words, split_words

MARKS = "\u0300\u0301\u0302\u0303\u0306\u0309\u031b\u0323"
VIETNAMESE = st.text(alphabet="aăâbcdđeêghiklmnoôơpqrstuưvxyAĐÔƯấờữợ" + MARKS + " -&.1")


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Đổi mới", "doi moi"),
        ("đường Đống Đa", "duong dong da"),
        ("Ðiện tử", "dien tu"),  # U+00D0, the look-alike of Đ
        ("KH&CN", "kh cn"),
        ("Hoà Lạc", "hoa lac"),
        ("Hòa Lạc", "hoa lac"),
        ("12,5 kW", "12 5 kw"),
        ("", ""),
        ("—…—", ""),
        ("智能制造平台二", "智能制造平台二"),
        ("Умный датчик", "умныи датчик"),
    ],
)
def test_fold_gives_plain_lower_case_words(text, folded):
    assert fold(text) == folded


@given(st.text())
def test_fold_is_idempotent_on_any_string(text):
    assert fold(fold(text)) == fold(text)


@given(st.text())
def test_fold_does_not_care_about_composition(text):
    assert fold(unicodedata.normalize("NFD", text)) == fold(unicodedata.normalize("NFC", text)) == fold(text)


@given(VIETNAMESE)
def test_strip_marks_and_tone_key_do_not_care_about_composition(text):
    decomposed = unicodedata.normalize("NFD", text)
    assert strip_marks(decomposed) == strip_marks(text)
    assert tone_key(decomposed) == tone_key(text)


@given(st.text(alphabet="aeouy", min_size=1, max_size=3), st.permutations(["\u0302", "\u0323"]))
def test_the_order_of_marks_is_irrelevant(base, marks):
    assert fold(base + "".join(marks)) == fold(base)
    assert tone_key(base + "".join(marks)) == tone_key(base + "".join(reversed(marks)))


@given(st.text())
def test_nfc_is_idempotent_and_clean_line_is_one_line(text):
    assert nfc(nfc(text)) == nfc(text)
    line = clean_line(text)
    assert line == clean_line(line)
    assert "\n" not in line


@given(VIETNAMESE)
def test_nfc_composes_whatever_is_typed(text):
    assert nfc(unicodedata.normalize("NFD", text)) == unicodedata.normalize("NFC", text)


@pytest.mark.parametrize(("one", "other"), [("hoà", "hòa"), ("uỷ", "ủy"), ("thuý", "thúy"), ("Hoà Lạc", "HÒA LẠC")])
def test_tone_placement_does_not_matter_but_the_tone_does(one, other):
    assert tone_key(one) == tone_key(other)
    assert tone_key(one) != tone_key(strip_marks(one))


def test_different_tones_and_vowels_stay_different():
    keys = {tone_key(word) for word in ("ban", "bán", "bàn", "bản", "bãn", "bạn", "băn", "bân", "đan", "dan")}
    assert len(keys) == 10


def test_sorting_follows_the_vietnamese_alphabet():
    text = "an Án anh áo ăn ân ba cả cá cắt dao Dung Dũng đá Đà_Nẵng Đồng đường e Ế oan Ô_tô ôn Ông ơn u ư"
    expected = [word.replace("_", " ") for word in text.split()]
    backwards = expected[::-1]  # words of equal keys would stay in the wrong order
    assert sorted(backwards, key=sort_key) == expected


def test_slugs_are_ascii_and_cut_at_a_word():
    assert slug("Đổi mới sáng tạo") == "doi-moi-sang-tao"
    assert slug("công nghệ sinh học", limit=9) == "cong-nghe"


#: Letters that show nothing and are no emoji's or Persian's: they made twins of names and names that are empty to the eye.
UNSEEN = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b\u200c\u200d\u2060\u206a\u206f\u2800\u3164\uffa0\ufe0f\ufeff\U000e0001\U000e007f"
)


def test_invisible_letters_are_dropped() -> None:
    for letter in UNSEEN:
        assert nfc(f"Hồng{letter}Giang") == "HồngGiang", ascii(letter)
        assert clean_line(letter * 3) == "", ascii(letter)
    formats = [chr(point) for point in range(0x110000) if unicodedata.category(chr(point)) == "Cf"]
    assert [ascii(letter) for letter in formats if nfc(f"a{letter}b") != "ab"] == []
    assert fold(nfc("công\u00adnghệ")) == "congnghe"


def test_joiners_stay_inside_emoji_and_between_persian_letters() -> None:
    for written in ("👩‍🔬", "❤️", "👨‍👩‍👧", "🏳️‍🌈", "1️⃣", "می‌خواهم"):
        assert nfc(written) == written, ascii(written)
    assert nfc("👩\u200d") == "👩" and nfc("می\u200c") == "می"


def test_slugs_are_ascii_whatever_the_script():
    assert slug("智能 Robot 制造 2") == "robot-2" and slug("智能制造") == ""


@pytest.mark.parametrize(
    ("words", "line"),
    [(["a", "b, c", "d; e"], 'a, "b, c", "d; e"'), (['say "x", y', '"q"'], '"say ""x"", y", """q"""'), (["x|y"], '"x|y"')],
)
def test_words_that_hold_a_separator_come_back_whole(words, line):
    assert joined_words(words) == line
    assert split_words(line) == words == split_words(line, bars=True)


@given(st.lists(st.text(alphabet="ab ,;|\"").map(str.strip).filter(bool), unique=True))
def test_any_words_come_back(words):
    assert split_words(joined_words(words)) == words


@pytest.mark.parametrize("clean", [nfc, clean_line, fold, strip_marks, tone_key, word_key, sort_key, slug])
def test_marks_without_end_are_dropped_before_they_are_put_in_order(clean):
    # Their order is found in time by the square of their number: 40,000 took 22 s, a form holds 25 times as many.
    kept = clean("a" + "\u0301" * 2_000 + "\u0327" * 2_000 + "\uff9e" * 100)
    assert sum(unicodedata.combining(one) > 0 for one in kept) <= 2 * MOST_MARKS


@given(st.text(), st.sampled_from(["NFC", "NFD", "NFKC", "NFKD"]))
def test_texts_that_people_write_are_normalised_as_ever(text, form):
    assert normal(form, text) == unicodedata.normalize(form, text)
