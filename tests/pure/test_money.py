"""Amounts typed and shown the Vietnamese way."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.values.money import (
    MAX_AMOUNT,
    MoneyError,
    format_amount,
    format_plain,
    format_short,
    format_vnd,
    parse_vnd,
)

AMOUNTS = st.integers(0, MAX_AMOUNT)


@pytest.mark.parametrize(("text", "amount"), [
    ("0", 0),
    ("1500000", 1_500_000),
    ("1.500.000", 1_500_000),
    ("1 500 000", 1_500_000),
    ("1\u00a0500\u00a0000 ₫", 1_500_000),
    ("1,500,000", 1_500_000),
    ("1.500", 1_500),
    ("1.500.000 đ", 1_500_000),
    ("1.500.000đ", 1_500_000),
    ("1.500.000 VNĐ", 1_500_000),
    ("1.500.000,00 đồng", 1_500_000),
    ("1,5 tỷ", 1_500_000_000),
    ("1.5 tỷ", 1_500_000_000),
    ("1.500 tỷ", 1_500_000_000_000),
    ("1,500 tỷ", 1_500_000_000),
    ("2 tỉ", 2_000_000_000),
    ("2 ty", 2_000_000_000),
    ("500 triệu", 500_000_000),
    ("500 TRIỆU ĐỒNG", 500_000_000),
    ("500tr", 500_000_000),
    ("12,345 triệu", 12_345_000),
    ("200k", 200_000),
    ("200 nghìn", 200_000),
    ("200 ngàn", 200_000),
    ("2 tỷ 300 triệu", 2_300_000_000),
    ("2tỷ300tr", 2_300_000_000),
    ("2 tỷ 300 triệu 500 nghìn 200 đồng", 2_300_500_200),
    ("9 nghìn tỷ", 9_000_000_000_000),
    ("9.000 tỷ đồng", 9_000_000_000_000),
    ("1.5 billion", 1_500_000_000),
    ("  5\ttriệu ", 5_000_000),
    ("1,5 ty\u0309", 1_500_000_000),  # NFD
    ("1.000.000.000.000.000", MAX_AMOUNT),
])
def test_an_amount_is_read_as_a_person_means_it(text, amount):
    assert parse_vnd(text) == amount


@pytest.mark.parametrize("text", ["1.5", "1.50", "12.34.567", "1500000.00", "1,500", "2 tỷ 3", "2 tỷ 300", "1 tỷ 2 tỷ",
                                  "1 triệu 2 tỷ", "2 tỷ 3000 triệu", "1.5000 tỷ", "1,5,0 tỷ", "1.500,000.0"])
def test_what_can_be_read_in_two_ways_is_refused_and_shown_back(text):
    with pytest.raises(MoneyError) as caught:
        parse_vnd(text)
    assert caught.value.params["text"] == text
    assert text in str(caught.value)


@pytest.mark.parametrize("text", ["", "  ", "abc", "tỷ", "₫", "1 tỷ rưỡi", "1e9", "5 quả", "một tỷ", "5 triệu USD", "1..5",
                                  "1,", "5.", ",5", "\x00", "9" * 81, "٣", "½", "1,5 tỷ; DROP"])
def test_what_is_no_amount_is_refused(text):
    with pytest.raises(MoneyError):
        parse_vnd(text)


@pytest.mark.parametrize(("text", "words"), [
    ("1,5", "fractions"),
    ("1,0000000001 tỷ", "fractions"),
    ("-5 triệu", "negative"),
    ("−5", "negative"),
    ("9.223.372.036.854.775.808", "too large"),
    ("99999999999 tỷ", "too large"),
])
def test_the_message_says_what_is_wrong(text, words):
    with pytest.raises(MoneyError, match=words):
        parse_vnd(text)


@given(AMOUNTS)
def test_what_is_shown_can_be_typed_back(amount):
    assert parse_vnd(format_plain(amount)) == amount
    assert parse_vnd(format_vnd(amount)) == amount
    assert parse_vnd(format_amount(amount)) == amount
    assert parse_vnd(str(amount)) == amount


@given(st.text(alphabet="0123456789., tyỷtriệuk₫đ-", max_size=30) | st.text(max_size=30))
def test_any_text_gives_an_amount_or_a_money_error(text):
    try:
        amount = parse_vnd(text)
    except MoneyError as error:
        assert str(error)
    else:
        assert 0 <= amount <= MAX_AMOUNT


def test_the_sign_stays_on_the_line_of_its_amount():
    assert format_vnd(12_345_678) == "12.345.678\u00a0₫"
    assert format_vnd(-5_000) == "-5.000\u00a0₫"


@pytest.mark.parametrize(("amount", "vi", "en"), [
    (1_500_000_000, "1,5\u00a0tỷ", "1.5\u00a0billion"),
    (9_000_000_000_000, "9.000\u00a0tỷ", "9,000\u00a0billion"),
    (500_000_000, "500\u00a0triệu", "500\u00a0million"),
    (12_345_678, "12,35\u00a0triệu", "12.35\u00a0million"),
    (999_999_999, "1\u00a0tỷ", "1\u00a0billion"),
    (999_990_000, "999,99\u00a0triệu", "999.99\u00a0million"),
    (999_999, "999.999\u00a0₫", "VND\u00a0999,999"),
    (0, "0\u00a0₫", "VND\u00a00"),
    (-2_500_000, "-2,5\u00a0triệu", "-2.5\u00a0million"),
])
def test_the_short_form(amount, vi, en):
    assert format_short(amount) == vi
    assert format_short(amount, "en") == en


@given(AMOUNTS)
def test_the_short_form_is_off_by_less_than_a_hundredth_of_its_unit(amount):
    shown = format_short(amount)
    assert abs(parse_vnd(shown) - amount) <= max(10**9 if "tỷ" in shown else 10**6 if "triệu" in shown else 0, 0) // 200


@pytest.mark.parametrize(("amount", "currency", "vi", "en"), [
    (1234, "USD", "12,34\u00a0USD", "USD\u00a012.34"),
    (5, "EUR", "0,05\u00a0EUR", "EUR\u00a00.05"),
    (-123_456_789, "USD", "-1.234.567,89\u00a0USD", "USD\u00a0-1,234,567.89"),
    (500, "JPY", "500\u00a0JPY", "JPY\u00a0500"),
    (3_000_000, "VND", "3.000.000\u00a0₫", "VND\u00a03,000,000"),
])
def test_each_currency_keeps_its_own_minor_unit(amount, currency, vi, en):
    assert format_amount(amount, currency) == vi
    assert format_amount(amount, currency, "en") == en


def test_an_unknown_currency_is_never_guessed():
    with pytest.raises(KeyError):
        format_amount(1, "XXX")
