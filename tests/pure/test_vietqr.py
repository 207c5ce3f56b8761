"""VietQR against a published vector and a decoder written apart; references against every wrong digit."""

from __future__ import annotations

import string

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from marketplace.core.errors import Invalid
from marketplace.values.vietqr import codes_in, crc, encode, folded_purpose, reference_of
from tests.thorough import often

#: Read from a published generator: BIN, account, amount, purpose and the text.
VECTOR = (
    ("970416", "257678859", 10_000, "Chuyen tien"),
    "00020101021238530010A0000007270123000697041601092576788590208QRIBFTTA53037045405100005802VN62150811Chuyen tien6304"
    "53E6",
)


def fields(text: str) -> dict[str, str]:
    """Read tags, lengths and values, as a banking app does; fail on what is left over."""
    found: dict[str, str] = {}
    while text:
        tag, size = text[:2], int(text[2:4])
        value, text = text[4 : 4 + size], text[4 + size :]
        assert len(value) == size, f"{tag} is cut off"
        assert tag not in found, f"{tag} is there twice"
        found[tag] = value
    return found


def table_crc(text: str) -> int:
    """Compute the CRC another way: as the remainder of a long division of polynomials."""
    number = int.from_bytes(text.encode(), "big") << 16
    bits = len(text) * 8 + 16
    number ^= 0xFFFF << (bits - 16)
    for shift in range(bits - 17, -1, -1):
        if number >> (shift + 16) & 1:
            number ^= 0x11021 << shift
    return number


def test_the_published_vector() -> None:
    assert encode(*VECTOR[0]) == VECTOR[1]
    assert crc("123456789") == table_crc("123456789") == 0x29B1  # the check value of CRC-16/CCITT-FALSE


@settings(max_examples=often(1_000, 60))
@given(
    st.text(string.digits, min_size=6, max_size=6), st.text(string.digits + string.ascii_letters, min_size=1, max_size=19),
    st.integers(0, 10**15), st.text(max_size=60),
)
def test_what_is_encoded_is_read_again(bank: str, account: str, amount: int, purpose: str) -> None:
    text = encode(bank, account, amount, purpose)
    assert text.isascii()
    assert int(text[-4:], 16) == table_crc(text[:-4])
    read = fields(text)
    to = fields(read["38"])
    assert (read["00"], read["01"], read["53"], read["58"]) == ("01", "12" if amount else "11", "704", "VN")
    assert (to["00"], to["02"], fields(to["01"])) == ("A000000727", "QRIBFTTA", {"00": bank, "01": account})
    assert read.get("54", "0") == str(amount)
    assert fields(read.get("62", "")).get("08", "") == folded_purpose(purpose)
    assert len(folded_purpose(purpose)) <= 19


def test_a_purpose_is_letters_without_marks() -> None:
    assert folded_purpose("Đề nghị DN26000012 – Phí «giao dịch»") == "De nghi DN26000012"
    assert folded_purpose("thanh toán") == folded_purpose("thanh toán") == "thanh toan"  # NFD and NFC
    assert folded_purpose("₫₫") == ""


@pytest.mark.parametrize(("field", "values"), [
    ("bank", ("97041", "123", 1, "")), ("bank", ("97041a", "123", 1, "")), ("account", ("970416", "", 1, "")),
    ("account", ("970416", "1" * 20, 1, "")), ("account", ("970416", "12 3", 1, "")),
    ("account", ("970416", "１２", 1, "")), ("amount", ("970416", "123", -1, "")),
    ("amount", ("970416", "123", 10**15 + 1, "")),
])
def test_what_no_code_can_carry_is_refused(field: str, values: tuple[str, str, int, str]) -> None:
    with pytest.raises(Invalid) as refused:
        encode(*values)
    assert refused.value.field == field


def test_a_reference_is_twelve_characters_and_leads_back() -> None:
    reference = reference_of("DN-2026-000012")
    assert reference.startswith("DN26000012")
    assert len(reference) == 12
    assert int(reference[2:]) % 97 == 1  # ISO 7064 MOD 97-10
    for said in (reference, f"MBVCB.123.{reference.lower()}.CT tu 0011", f"TT{reference}CHUYENTIEN", f"cho {reference}"):
        assert codes_in(said) == ["DN-2026-000012"], said
    assert codes_in(f"{reference} va {reference_of('DN-2026-000013')} {reference}") == ["DN-2026-000012", "DN-2026-000013"]
    for said in ("", "DN26000012", f"{reference}0", f"{reference[:-1]}O", "DN26T0001259"):
        assert codes_in(said) == [], said
    with pytest.raises(ValueError, match="no code"):
        reference_of("CN-2026-000012")


@given(st.integers(0, 10**8 - 1))
def test_no_wrong_digit_and_no_swap_of_two_is_another_reference(number: int) -> None:
    digits = f"{number:08d}"
    reference = reference_of(f"DN-20{digits[:2]}-{digits[2:]}")
    for place in range(2, 12):
        for other in set(string.digits) - {reference[place]}:
            assert codes_in(reference[:place] + other + reference[place + 1 :]) == []
    for place in range(2, 11):
        swapped = reference[:place] + reference[place + 1] + reference[place] + reference[place + 2 :]
        assert swapped == reference or codes_in(swapped) == []
