"""VietQR: the text of a QR code with which any Vietnamese banking app fills in a transfer, and references of payments.

The text is a sequence of EMVCo fields (two digits of a tag, two of a length, the value) that ends with a CRC-16. Which
tags a transfer to an account has is NAPAS's profile of it. A reference is a code and two check digits of ISO 7064
MOD 97-10, so that no single wrong digit leads to another payment.
"""

from __future__ import annotations

import re

from marketplace.core.errors import Invalid
from marketplace.values.money import MAX_AMOUNT
from marketplace.values.text import N_, strip_marks

#: The longest purpose that every bank shows whole.
MOST_PURPOSE = 19
_NAPAS, _TRANSFER_TO_ACCOUNT = "A000000727", "QRIBFTTA"
_DONG, _VIETNAM = "704", "VN"
_BIN, _ACCOUNT = re.compile(r"[0-9]{6}"), re.compile(r"[0-9A-Za-z]{1,19}")
_CODE = re.compile(r"DN-[0-9]{2}([0-9]{2})-([0-9]{6})")
_REFERENCE = re.compile(r"DN([0-9]{2})([0-9]{6})([0-9]{2})(?![0-9])")


def encode(bank_bin: str, account: str, amount: int, purpose: str) -> str:
    """Return the text of the QR code for a transfer of `amount` đồng; `purpose` is written as `folded_purpose` does.

    `bank_bin` is the six-digit number of the bank. An amount of 0 leaves the amount to the payer. Raises Invalid for a
    bank, account or amount that no code can carry.
    """
    if not _BIN.fullmatch(bank_bin):
        raise Invalid("bank", N_("The number of a bank has six digits."))
    if not _ACCOUNT.fullmatch(account):
        raise Invalid("account", N_("An account number has up to 19 digits or letters."))
    if not 0 <= amount <= MAX_AMOUNT:
        raise Invalid("amount", N_("This amount cannot be transferred at once."))
    to = _field("00", bank_bin) + _field("01", account)
    said = folded_purpose(purpose)
    text = "".join([
        _field("00", "01"), _field("01", "12" if amount else "11"),  # 12: for one payment; 11: for many
        _field("38", _field("00", _NAPAS) + _field("01", to) + _field("02", _TRANSFER_TO_ACCOUNT)),
        _field("53", _DONG), _field("54", str(amount)) if amount else "", _field("58", _VIETNAM),
        _field("62", _field("08", said)) if said else "", "6304",
    ])
    return f"{text}{crc(text):04X}"


def folded_purpose(purpose: str) -> str:
    """Return a purpose as banks take it: letters without marks, digits and single spaces, at most MOST_PURPOSE of them."""
    plain = re.sub(r"[^0-9A-Za-z]+", " ", strip_marks(purpose)).strip()
    return plain[:MOST_PURPOSE].rstrip()


def crc(text: str) -> int:
    """Return the CRC-16/CCITT-FALSE of a text: polynomial 0x1021, begun with 0xFFFF."""
    value = 0xFFFF
    for byte in text.encode("ascii"):
        value ^= byte << 8
        for _bit in range(8):
            value = (value << 1) ^ 0x1021 if value & 0x8000 else value << 1
            value &= 0xFFFF
    return value


def reference_of(code: str) -> str:
    """Return what a payer writes for a request for payment: DN-2026-000012 → DN26000012 and two check digits.

    Raises ValueError for what is no code of a request for payment.
    """
    match = _CODE.fullmatch(code)
    if match is None:
        raise ValueError(f"{code} is no code of a request for payment")
    digits = match[1] + match[2]
    return f"DN{digits}{_check_digits(digits)}"


def codes_in(text: str) -> list[str]:
    """Return the codes whose references stand in the description of a transfer, in order, each once.

    Banks write letters small, put words together and add their own; so a reference may touch letters and signs, but no
    other digits. What does not fit its check digits is no reference.
    """
    found: dict[str, None] = {}
    for match in _REFERENCE.finditer(text.upper()):
        if _check_digits(match[1] + match[2]) == match[3]:
            found.setdefault(f"DN-20{match[1]}-{match[2]}")
    return list(found)


def _check_digits(digits: str) -> str:
    return f"{98 - int(digits) * 100 % 97:02d}"


def _field(tag: str, value: str) -> str:
    return f"{tag}{len(value):02d}{value}"
