"""Tax codes: checksum, branches, personal numbers, and what people paste."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.values.tax_code import TaxCode, TaxCodeError, is_valid, masked, normalise, parse

WEIGHTS = (31, 29, 23, 19, 17, 13, 7, 5, 3)


@pytest.mark.parametrize("code", ["0100109106", "0300588569", "0100112437", "0100047516", "0101243150", "0101248141",
                                  "0104093672", "0100686209"])
def test_known_codes_are_valid(code):
    assert parse(code) == TaxCode(code, "organisation")


@pytest.mark.parametrize("text", ["0100109106-001", "0100109106001", "0100109106 - 001", " 0100109106–001 ",
                                  "01.00.109.106-001", "0100109106\u00a0001", "０１００１０９１０６－００１"])
def test_a_branch_is_written_with_a_dash_however_it_was_typed(text):
    assert parse(text) == TaxCode("0100109106-001", "branch")


def test_a_personal_number_has_no_checksum():
    assert parse("001 085 012 345") == TaxCode("001085012345", "personal")


@pytest.mark.parametrize(("text", "fault"), [
    ("", "empty"), ("  - ", "empty"),
    ("01001O9106", "characters"), ("0100109106-00A", "characters"), ("٠١٠٠١٠٩١٠٦", "characters"),
    ("<b>0100109106", "characters"),
    ("010010910", "length"), ("01001091061", "length"), ("0" * 14, "length"), ("1" * 500, "length"),
    ("0100109107", "checksum"), ("0100109107-001", "checksum"),
    ("0000000000", "component"), ("0100000008", "component"), ("0100109106-000", "component"),
    ("000000000000", "component"),
])
def test_a_wrong_code_says_what_is_wrong(text, fault):
    with pytest.raises(TaxCodeError) as caught:
        parse(text)
    assert caught.value.fault == fault
    assert str(caught.value)
    assert not is_valid(text)


@given(st.integers(1, 99), st.integers(1, 9_999_999))
def test_a_prefix_has_one_check_digit_or_none(province, sequence):
    prefix = f"{province:02d}{sequence:07d}"
    rest = sum(int(digit) * weight for digit, weight in zip(prefix, WEIGHTS, strict=True)) % 11
    valid = [digit for digit in "0123456789" if is_valid(prefix + digit)]
    assert valid == ([] if rest == 0 else [str(10 - rest)])


@given(st.text(max_size=30))
def test_any_text_is_a_code_or_a_tax_code_error(text):
    try:
        code = parse(text)
    except TaxCodeError:
        return
    assert parse(code.value) == code
    assert normalise(code.value) == normalise(text)


def test_a_personal_number_is_masked_and_a_company_code_is_not():
    assert masked("001085012345") == "•••••••••345"
    assert masked("0100109106-001") == "0100109106-001"
