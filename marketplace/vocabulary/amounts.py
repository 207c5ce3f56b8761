"""Currencies with their exponents, and the price and budget bands of the filters (VND)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from types import MappingProxyType

from marketplace.vocabulary.terms import Term, Vocabulary

CURRENCIES = Vocabulary("currencies", (
    Term("VND", "Đồng Việt Nam", "Vietnamese dong"),
    Term("USD", "Đô la Mỹ", "US dollar"),
    Term("EUR", "Euro", "Euro"),
    Term("JPY", "Yên Nhật", "Japanese yen"),
    Term("KRW", "Won Hàn Quốc", "South Korean won"),
    Term("CNY", "Nhân dân tệ", "Chinese yuan"),
    Term("GBP", "Bảng Anh", "Pound sterling"),
    Term("SGD", "Đô la Singapore", "Singapore dollar"),
    Term("AUD", "Đô la Úc", "Australian dollar"),
    Term("CHF", "Franc Thụy Sĩ", "Swiss franc"),
), source="ISO 4217")

#: Digits of the minor unit. An amount is stored as an integer of minor units: 12.34 USD is 1234, 500 VND is 500.
EXPONENTS: Mapping[str, int] = MappingProxyType({
    "VND": 0, "USD": 2, "EUR": 2, "JPY": 0, "KRW": 0, "CNY": 2, "GBP": 2, "SGD": 2, "AUD": 2, "CHF": 2,
})


@dataclass(frozen=True)
class Band(Term):
    """A range of amounts in VND: from `low` inclusive to `high` exclusive; no `high` means without limit."""

    low: int = 0
    high: int | None = None

    def overlaps(self, low: int | None, high: int | None) -> bool:
        """Tell whether the inclusive range `low`–`high` (None: open) touches this band."""
        begins_below = self.high is None or low is None or low < self.high
        ends_above = high is None or high >= self.low
        return begins_below and ends_above


_MILLION, _BILLION = 10**6, 10**9

_BANDS = (
    Band("lt100m", "Dưới 100 triệu đồng", "Under VND 100 million", low=0, high=100 * _MILLION),
    Band("100m-500m", "100 – dưới 500 triệu đồng", "VND 100 to 500 million", low=100 * _MILLION, high=500 * _MILLION),
    Band("500m-1b", "500 triệu – dưới 1 tỷ đồng", "VND 500 million to 1 billion",
         low=500 * _MILLION, high=_BILLION),
    Band("1b-5b", "1 – dưới 5 tỷ đồng", "VND 1 to 5 billion", low=_BILLION, high=5 * _BILLION),
    Band("5b-20b", "5 – dưới 20 tỷ đồng", "VND 5 to 20 billion", low=5 * _BILLION, high=20 * _BILLION),
    Band("ge20b", "Từ 20 tỷ đồng", "VND 20 billion and more", low=20 * _BILLION),
)

#: The code of what states no amount: a term beside the bands, which is no band.
UNSTATED = "unstated"
PRICE_BANDS = Vocabulary("price_bands", (
    *_BANDS, Term(UNSTATED, "Thỏa thuận hoặc chưa nêu giá", "Negotiable or not stated"),
))
BUDGET_BANDS = Vocabulary("budget_bands", (*_BANDS, Term(UNSTATED, "Chưa nêu ngân sách", "Budget not stated")))


def number_bands(*bounds: int) -> Vocabulary:
    """Return bands of a plain number that `bounds` divide: 12, 24 give under 12, from 12 to under 24, 24 and more."""
    least, most = bounds[0], bounds[-1]
    between = [
        Band(f"{low}-{high}", f"{low} – dưới {high}", f"{low} to under {high}", low=low, high=high)
        for low, high in pairwise(bounds)
    ]
    first = Band(f"lt{least}", f"Dưới {least}", f"Under {least}", low=0, high=least)
    last = Band(f"ge{most}", f"Từ {most}", f"{most} and more", low=most)
    return Vocabulary(f"number_bands_{'_'.join(map(str, bounds))}", (first, *between, last))


def bands_of(low: int | None, high: int | None = None, bands: Vocabulary = PRICE_BANDS) -> tuple[str, ...]:
    """Return the codes of the `bands` that a number, or a range `low`–`high`, falls in; none when both are None.

    `bands_of(low)` is a single number; `bands_of(None, high)` is "at most high".
    """
    if low is None and high is None:
        return ()
    top = low if high is None else high
    return tuple(band.code for band in bands if isinstance(band, Band) and band.overlaps(low, top))
