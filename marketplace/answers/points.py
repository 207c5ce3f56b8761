"""Colleagues' points for an answer, their means, and the sum by the need's own weights. Figures only, no database."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from marketplace.answers.asked import Asked

MOST_POINTS = 10


@dataclass(frozen=True)
class Scores:
    """Of one answer: the mean of the points for each criterion that has some, and the weighted sum, both from 0 to 10.

    The sum is None until each criterion that has a weight has points: part of a sum would rank wrongly.
    """

    means: Mapping[str, Decimal] = field(default_factory=dict)
    total: Decimal | None = None


def scores(asked: Asked, points: Iterable[tuple[str, int]]) -> Scores:
    """Return means and sum of (criterion, points); points for what the need asks no more are left out."""
    given: dict[str, list[int]] = {}
    for criterion, number in points:
        given.setdefault(criterion, []).append(number)
    exact = {one.name: Fraction(sum(given[one.name]), len(given[one.name])) for one in asked.criteria if one.name in given}
    weighed = [one for one in asked.criteria if one.weight > 0]
    total = None
    if weighed and all(one.name in exact for one in weighed):
        whole = sum(one.weight for one in weighed)
        total = _rounded(sum((one.weight * exact[one.name] for one in weighed), Fraction()) / whole)
    return Scores({name: _rounded(mean) for name, mean in exact.items()}, total)


def _rounded(value: Fraction) -> Decimal:
    """Return a value with two decimals, halves away from zero."""
    return (Decimal(value.numerator) / Decimal(value.denominator)).quantize(Decimal("0.01"), ROUND_HALF_UP)
