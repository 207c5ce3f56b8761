"""Whether what is offered fits what was asked: as far as figures in people's words can be read, else it is unknown.

A target is a bound ("≤ 80", "ít nhất 95"), a range ("6–9") or one figure; which way one figure is meant, the value of
today says: less is asked where today is more. Nothing is guessed: another unit, or words beside figures, are unknown.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from types import MappingProxyType

from marketplace.answers.asked import Asked, Measure
from marketplace.answers.content import Content, Target
from marketplace.core.calendar_days import working_calendar
from marketplace.values import clock
from marketplace.values.text import N_, strip_marks

FITS, FAILS, UNKNOWN = "fits", "fails", "unknown"
#: What is said of a cell, as message ids.
WORDS: Mapping[str, str] = MappingProxyType({FITS: N_("fits"), FAILS: N_("does not fit"), UNKNOWN: N_("unknown")})

_NUMBER = re.compile(r"(?<![\w.,])-?\d+(?:[.,]\d+)*")
_LESS = ("<", "nho hon", "thap hon", "it hon", "duoi", "less than", "below", "under")
_MORE = (">", "lon hon", "cao hon", "nhieu hon", "tren", "more than", "above", "over")
_MOST = (*_LESS, "<=", "=<", "≤", "khong qua", "toi da", "at most", "up to", "max")
_LEAST = (*_MORE, ">=", "=>", "≥", "khong duoi", "khong it hon", "toi thieu", "it nhat", "at least", "min", "tu")
_OPEN = frozenset({*_LESS, *_MORE})
_RANGE = frozenset({"-", "–", "—", "den", "to", "..."})


@dataclass(frozen=True)
class Span:
    """The figures that a text may mean, from `low` to `high`; None is without end, `open_…` leaves the end itself out."""

    low: Decimal | None
    high: Decimal | None
    open_low: bool = False
    open_high: bool = False

    @property
    def single(self) -> bool:
        """True for one figure."""
        return self.low is not None and self.low == self.high

    def within(self, other: Span) -> bool:
        """True when every figure of this one is in the other."""
        above = other.low is None or (self.low is not None and (
            self.low > other.low or (self.low == other.low and (self.open_low or not other.open_low))))
        below = other.high is None or (self.high is not None and (
            self.high < other.high or (self.high == other.high and (self.open_high or not other.open_high))))
        return above and below

    def apart(self, other: Span) -> bool:
        """True when no figure of this one is in the other."""
        return _before(self, other) or _before(other, self)


def _before(one: Span, two: Span) -> bool:
    if one.high is None or two.low is None:
        return False
    return one.high < two.low or (one.high == two.low and (one.open_high or two.open_low))


def figure(written: str) -> Decimal | None:
    """Return the number that digits with dots and commas mean as they are written here; None for what has two meanings.

    1.200 is one thousand two hundred, 1,5 one and a half; 1,200 could be either.
    """
    bare = written.lstrip("-")
    if re.fullmatch(r"[1-9]\d{0,2}(\.\d{3})+(,\d+)?", bare):
        plain = written.replace(".", "").replace(",", ".")
    elif re.fullmatch(r"[1-9]\d{0,2}(,\d{3}){2,}(\.\d+)?|[1-9]\d{0,2}(,\d{3})+\.\d+", bare):
        plain = written.replace(",", "")
    elif re.fullmatch(r"[1-9]\d{0,2},\d{3}", bare) or not re.fullmatch(r"\d+([.,]\d+)?", bare):
        return None
    else:
        plain = written.replace(",", ".")
    return Decimal(plain)


def span_of(text: str, unit: str = "") -> Span | None:
    """Return the figures that a text means, its unit left aside; None when that cannot be told."""
    words = _key(text) if text else ""
    numbers = [(found, figure(found.group())) for found in _NUMBER.finditer(words)]
    values = [value for _found, value in numbers if value is not None]
    if not values or len(values) != len(numbers):
        return None
    before = words[:numbers[0][0].start()].strip()
    after = _bare(words[numbers[-1][0].end():])
    if after and after not in {_bare(_key(unit)), "%"}:
        return None
    if len(values) == 1:
        return _bound(before, values[0])
    between = words[numbers[0][0].end():numbers[1][0].start()].strip()
    if len(values) == 2 and between in _RANGE and before in {"", "tu", "from"} and values[0] <= values[1]:
        return Span(values[0], values[1])
    return None


def _bound(before: str, value: Decimal) -> Span | None:
    before = before.rstrip(" :=") if before not in {"<=", "=<", ">=", "=>"} else before
    if before in {"", "dat", "la", "=", "~"}:
        return Span(value, value)
    if before in _MOST:
        return Span(None, value, open_high=before in _OPEN)
    return Span(value, None, open_low=before in _OPEN) if before in _LEAST else None


def _key(text: str) -> str:
    """Return a text without marks, in small letters and with single blanks; signs stay."""
    return " ".join(strip_marks(text).casefold().split())


def _bare(unit: str) -> str:
    return re.sub(r"[\s.()]+", "", unit).replace("²", "2").replace("³", "3")


def fit_of(measure: Measure, offered: Target) -> str:
    """Return whether a value offered fits the target of a measure."""
    if not offered.value or not measure.target:
        return UNKNOWN
    if offered.unit and _bare(_key(offered.unit)) != _bare(_key(measure.unit)):
        return UNKNOWN
    if _key(offered.value) == _key(measure.target):
        return FITS
    wanted, said = span_of(measure.target, measure.unit), span_of(offered.value, measure.unit)
    if wanted is None or said is None:
        return UNKNOWN
    if wanted.single:
        directed = _directed(wanted, span_of(measure.baseline, measure.unit), cost=_is_cost(measure))
        if directed is None:
            return UNKNOWN
        wanted = directed
    return FITS if said.within(wanted) else FAILS if said.apart(wanted) else UNKNOWN


def _is_cost(measure: Measure) -> bool:
    """True for money and the like, of which nobody asks for more although today it is less."""
    words = f" {_key(measure.name)} {_key(measure.unit)} "
    return any(word in words for word in ("chi phi", " gia ", " dong", "cost", "price", "vnd"))


def _directed(wanted: Span, today: Span | None, *, cost: bool) -> Span | None:
    """Return what one figure asks: at most it where today is more and for costs, at least it where today is less."""
    if cost:
        return Span(None, wanted.high)
    if today is None or not today.single or today.low == wanted.low:
        return None
    if today.low is not None and wanted.low is not None and today.low > wanted.low:
        return Span(None, wanted.high)
    return Span(wanted.low, None)


def price_fit(asked: Asked, content: Content) -> str:
    """Return whether the price is within the budget; unknown without a price or without an upper limit."""
    if content.price is None or asked.budget_max is None:
        return UNKNOWN
    return FITS if content.price <= asked.budget_max else FAILS


def time_fit(asked: Asked, content: Content, sent: date) -> str:
    """Return whether the working days end by the day wished, counted from the day wished for the beginning.

    Without that, and when it was before, they count from the day on which the answer was sent.
    """
    if content.working_days is None or asked.end_on is None:
        return UNKNOWN
    start = max(asked.start_on or sent, sent)
    end = clock.add_working_days(start, content.working_days, working_calendar())
    return FITS if end <= asked.end_on else FAILS
