"""Money: whole đồng in and out of text, other currencies by their exponent, amounts in Vietnamese words.

An amount is an integer of minor units; the đồng has none, so 1.500.000 ₫ is 1_500_000. Nothing here converts
between currencies, and nothing uses floating point.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from marketplace.core.errors import DomainError
from marketplace.values.text import N_, normal, strip_marks
from marketplace.vocabulary import EXPONENTS, is_english

#: The largest amount: a million tỷ đồng, half of what the State spends in a year. Columns hold more; the sums of reports,
#: which SQLite refuses to compute beyond 64 bits, have room for thousands of these.
MAX_AMOUNT = 10**15

_NBSP = "\u00a0"
_LONGEST_INPUT = 80
_UNITS = {
    "nghin": 10**3, "ngan": 10**3, "k": 10**3, "thousand": 10**3,
    "trieu": 10**6, "tr": 10**6, "million": 10**6,
    "ty": 10**9, "ti": 10**9, "billion": 10**9,
    "nghin ty": 10**12, "nghin ti": 10**12, "ngan ty": 10**12, "ngan ti": 10**12, "trillion": 10**12,
}
_CURRENCY = re.compile(r"(₫|(?<![a-z])(dong|vnd|d)(?![a-z]))\.?\s*$")
_PART = re.compile(r"(?P<number>[0-9][0-9.,]*(?: [0-9]{3}(?![0-9]))*)\s*(?P<unit>[a-z]+(?: t[yi](?![a-z]))?)?\s*")
_GROUPED = re.compile(r"[0-9]{1,3}(?:([. ,])[0-9]{3})(?:\1[0-9]{3})*")
_SHORT = ((10**9, "tỷ", "billion"), (10**6, "triệu", "million"))


class MoneyError(DomainError):
    """A text is not an amount of money; the message says how to write one."""

    code = "money"

    def __init__(self, message: str, **params: Any) -> None:
        """Keep the message id and what was typed."""
        super().__init__(message, **params)


_HOW = N_("Write an amount such as 1.500.000, 500 triệu or 1,5 tỷ.")
_AMBIGUOUS = N_("“%(text)s” can be read in more than one way. Write for example 1.500.000 or 1,5 tỷ.")
_FRACTION = N_("An amount in đồng has no fractions.")
_NEGATIVE = N_("An amount may not be negative.")
_TOO_LARGE = N_("This amount is too large.")


def format_plain(amount: int) -> str:
    """Return digits in dot groups, without a currency: 1500000 → "1.500.000". What a form field shows."""
    return f"{amount:,}".replace(",", ".")


def format_vnd(amount: int) -> str:
    """Return an amount of đồng as "12.345.678 ₫", the sign kept on its line by U+00A0."""
    return f"{format_plain(amount)}{_NBSP}₫"


def format_amount(amount: int, currency: str = "VND", locale: object = "vi") -> str:
    """Return `amount` minor units of `currency`: "12,34 USD" in Vietnamese, "USD 12.34" in English.

    Raises KeyError for a currency without a known exponent.
    """
    exponent = EXPONENTS[currency]
    sign = "-" if amount < 0 else ""
    digits = str(abs(amount)).rjust(exponent + 1, "0")
    whole, minor = (digits[:-exponent], digits[-exponent:]) if exponent else (digits, "")
    english = is_english(locale)
    text = f"{int(whole):,}" if english else format_plain(int(whole))
    text = sign + text + (("." if english else ",") + minor if minor else "")
    if english:
        return f"{currency}{_NBSP}{text}"
    return f"{text}{_NBSP}{'₫' if currency == 'VND' else currency}"


def format_short(amount: int, locale: object = "vi") -> str:
    """Return a rounded short form with at most two decimals: "1,5 tỷ", "12,35 triệu"; below a million, in full."""
    english = is_english(locale)
    size = abs(amount)
    for index, (unit, vi, en) in enumerate(_SHORT):
        # 999.999.999 rounds to 1.000 triệu, which is written 1 tỷ.
        rounds_up = index + 1 < len(_SHORT) and size >= unit - unit // 200_000
        if size >= unit or rounds_up:
            value = (Decimal(amount) / unit).quantize(Decimal("0.01"))
            text = f"{value:,.2f}".rstrip("0").rstrip(".")
            return f"{text}{_NBSP}{en}" if english else f"{text.translate(_SWAP)}{_NBSP}{vi}"
    return format_amount(amount, "VND", locale)


_SWAP = str.maketrans(",.", ".,")


def parse_vnd(text: str) -> int:
    """Return the whole number of đồng that a person typed: "1.500.000", "1,5 tỷ", "500tr", "2 tỷ 300 triệu".

    Dots group thousands and a comma begins decimals, as is usual in Vietnam. Raises MoneyError when the text is no
    amount, can be read in two ways ("1.5", "2 tỷ 3"), is negative, too large, or leaves a fraction of a đồng.
    """
    shown = " ".join(normal("NFKC", text).split())
    plain = strip_marks(shown).casefold()
    if not plain or len(plain) > _LONGEST_INPUT:
        raise MoneyError(_HOW)
    if plain[0] in "-−–":
        raise MoneyError(_NEGATIVE)
    bare = _CURRENCY.sub("", plain).rstrip()
    parts = _split(bare)
    if not parts:
        raise MoneyError(_HOW)
    amount = _sum(parts, shown, closed=bare != plain)
    if amount != int(amount):
        raise MoneyError(_FRACTION)
    if amount > MAX_AMOUNT:
        raise MoneyError(_TOO_LARGE)
    return int(amount)


def _split(bare: str) -> list[tuple[str, int]]:
    """Return (number, unit) pairs of a normalised text; empty when it is not made of such pairs."""
    parts, position = [], 0
    while position < len(bare):
        match = _PART.match(bare, position)
        if not match:
            return []
        unit = match["unit"]
        if unit is not None and unit not in _UNITS:
            return []
        parts.append((match["number"], _UNITS[unit] if unit else 1))
        position = match.end()
    return parts


def _sum(parts: list[tuple[str, int]], shown: str, *, closed: bool) -> Decimal:
    """Add up the parts. `closed` tells that a currency sign ends the text, so that a last bare number is đồng."""
    total, limit = Decimal(0), None
    for number, unit in parts:
        if unit == 1 and limit is not None and not closed:
            raise MoneyError(_AMBIGUOUS, text=shown)  # "2 tỷ 3" is said for 2,3 tỷ
        value = _decimal(number, shown, has_unit=unit > 1) * unit
        if limit is not None and value >= limit:
            raise MoneyError(_AMBIGUOUS, text=shown)
        total += value
        limit = unit
    return total


def _decimal(number: str, shown: str, *, has_unit: bool) -> Decimal:
    """Return the value of digits with separators, refusing what a Vietnamese and an English reader read differently."""
    number = number.rstrip() if number[-1].isdigit() else ""
    if not number:
        raise MoneyError(_HOW)
    if number.isdigit():
        return Decimal(number)
    whole, comma, decimals = number.partition(",")
    grouped = _GROUPED.fullmatch(number)
    if grouped and (grouped[1] != "," or number.count(",") > 1):
        return Decimal(re.sub(r"[., ]", "", number))
    if comma and decimals.isdigit() and (whole.isdigit() or _GROUPED.fullmatch(whole)):
        if grouped and not has_unit:
            raise MoneyError(_AMBIGUOUS, text=shown)  # "1,500": one and a half, or English thousands
        return Decimal(f"{re.sub('[. ]', '', whole)}.{decimals}")
    if has_unit and re.fullmatch(r"[0-9]+\.[0-9]{1,2}", number):
        return Decimal(number)  # "1.5 tỷ": with a unit and no group of three there is one reading
    raise MoneyError(_AMBIGUOUS, text=shown)
