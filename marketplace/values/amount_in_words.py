"""Amounts in Vietnamese words, as contracts ask: 15000 → "mười lăm nghìn đồng"."""

from __future__ import annotations

_DIGITS = ("không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín")
_BLOCK = 10**9


def in_words(amount: int, unit: str = "đồng") -> str:
    """Return `amount` in Vietnamese words followed by `unit`, in lower case.

    After tens, 1, 4 and 5 become mốt, tư and lăm; an empty ten is read "linh"; inner groups are read in full
    ("một nghìn không trăm linh năm"). Negative amounts begin with "âm".
    """
    words = ["âm"] if amount < 0 else []
    words += _number(abs(amount)) or ["không"]
    return " ".join([*words, unit] if unit else words)


def _number(value: int, *, inner: bool = False) -> list[str]:
    """Return the words of `value`, nothing for zero; `inner` reads the leading group in full too."""
    high, low = divmod(value, _BLOCK)
    words = [*_number(high, inner=inner), "tỷ"] if high else []
    for size, name in ((10**6, "triệu"), (10**3, "nghìn"), (1, "")):
        group = low // size % 1000
        if group:
            words += _group(group, inner=inner or bool(words))
            words += [name] if name else []
    return words


def _group(group: int, *, inner: bool) -> list[str]:
    """Return the words of a number below 1000; an inner group always names its hundreds."""
    hundreds, tens, ones = group // 100, group // 10 % 10, group % 10
    words = [_DIGITS[hundreds], "trăm"] if hundreds or inner else []
    if tens == 1:
        words.append("mười")
    elif tens:
        words += [_DIGITS[tens], "mươi"]
    elif ones and words:
        words.append("linh")
    if ones:
        words.append(_ones(tens, ones))
    return words


def _ones(tens: int, ones: int) -> str:
    if ones == 5 and tens:
        return "lăm"
    if tens > 1 and ones in (1, 4):
        return "mốt" if ones == 1 else "tư"
    return _DIGITS[ones]
