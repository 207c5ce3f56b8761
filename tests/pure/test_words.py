"""Amounts in Vietnamese words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.values.amount_in_words import in_words

VALUES = {"không": 0, "một": 1, "mốt": 1, "hai": 2, "ba": 3, "bốn": 4, "tư": 4, "năm": 5, "lăm": 5, "sáu": 6, "bảy": 7,
          "tám": 8, "chín": 9}


def read(words: str) -> int:
    """Read the words back, by another way than they were written."""
    total = block = group = digit = 0
    for word in words.removesuffix(" đồng").split():
        if word in VALUES:
            digit = VALUES[word]
        elif word == "trăm":
            group, digit = digit * 100, 0
        elif word == "mươi":
            group, digit = group + digit * 10, 0
        elif word == "mười":
            group, digit = group + 10, 0
        elif word in ("nghìn", "triệu"):
            block += (group + digit) * (1_000 if word == "nghìn" else 1_000_000)
            group = digit = 0
        elif word == "tỷ":
            total = (total + block + group + digit) * 10**9
            block = group = digit = 0
        else:
            assert word == "linh"
    return total + block + group + digit


@pytest.mark.parametrize(("amount", "words"), [
    (0, "không"), (1, "một"), (5, "năm"), (10, "mười"), (11, "mười một"), (14, "mười bốn"), (15, "mười lăm"),
    (20, "hai mươi"), (21, "hai mươi mốt"), (24, "hai mươi tư"), (25, "hai mươi lăm"), (91, "chín mươi mốt"),
    (100, "một trăm"), (101, "một trăm linh một"), (104, "một trăm linh bốn"), (105, "một trăm linh năm"),
    (110, "một trăm mười"), (111, "một trăm mười một"), (115, "một trăm mười lăm"), (555, "năm trăm năm mươi lăm"),
    (1_000, "một nghìn"), (1_005, "một nghìn không trăm linh năm"), (1_015, "một nghìn không trăm mười lăm"),
    (15_000, "mười lăm nghìn"), (1_500_000, "một triệu năm trăm nghìn"),
    (1_000_005, "một triệu không trăm linh năm"), (1_000_000_000, "một tỷ"),
    (1_500_000_000_000, "một nghìn năm trăm tỷ"),
    (2_300_000_000, "hai tỷ ba trăm triệu"), (1_000_000_001, "một tỷ không trăm linh một"),
    (10**18, "một tỷ tỷ"),
    (1_021_004_055, "một tỷ không trăm hai mươi mốt triệu không trăm linh bốn nghìn không trăm năm mươi lăm"),
])
def test_numbers_are_read_as_on_contracts(amount, words):
    assert in_words(amount, "") == words
    assert in_words(amount) == words + " đồng"


def test_a_negative_amount_says_so():
    assert in_words(-15_000) == "âm mười lăm nghìn đồng"


@given(st.integers(0, 2**63 - 1) | st.integers(0, 9).map(lambda power: 10 ** (2 * power)) | st.integers(0, 10_000))
def test_the_words_read_back_to_the_amount(amount):
    assert read(in_words(amount)) == amount
