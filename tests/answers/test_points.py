"""Weighted sums against a table made by hand."""

from __future__ import annotations

from decimal import Decimal

import pytest

from marketplace.answers.asked import Asked, Weighed
from marketplace.answers.points import scores

ASKED = Asked(criteria=(Weighed("Hiệu quả", 50), Weighed("Chi phí", 30), Weighed("Bảo hành", 20)))
#: Points by criterion, from one or more colleagues; the means, and the sum.
TABLE = (
    ({"Hiệu quả": (8,), "Chi phí": (6,), "Bảo hành": (10,)}, ("8.00", "6.00", "10.00"), "7.80"),
    ({"Hiệu quả": (8, 7), "Chi phí": (6, 5, 5), "Bảo hành": (0,)}, ("7.50", "5.33", "0.00"), "5.35"),
    ({"Hiệu quả": (10, 10), "Chi phí": (10,), "Bảo hành": (10,)}, ("10.00", "10.00", "10.00"), "10.00"),
    ({"Hiệu quả": (0,), "Chi phí": (0,), "Bảo hành": (0,)}, ("0.00", "0.00", "0.00"), "0.00"),
    ({"Hiệu quả": (1, 2, 2), "Chi phí": (1,), "Bảo hành": (1,)}, ("1.67", "1.00", "1.00"), "1.33"),
    ({"Hiệu quả": (8,), "Chi phí": (6,)}, ("8.00", "6.00", None), None),
    ({"Đã bỏ": (9,)}, (None, None, None), None),
    ({}, (None, None, None), None),
)


@pytest.mark.parametrize(("given", "means", "total"), TABLE)
def test_means_and_sum(given: dict[str, tuple[int, ...]], means: tuple[str | None, ...], total: str | None) -> None:
    made = scores(ASKED, [(name, one) for name, points in given.items() for one in points])
    assert [made.means.get(one.name) for one in ASKED.criteria] == [Decimal(mean) if mean else None for mean in means]
    assert made.total == (Decimal(total) if total else None)


def test_weights_that_make_no_hundred_and_criteria_without_weight() -> None:
    asked = Asked(criteria=(Weighed("A", 1), Weighed("B", 3), Weighed("C", 0)))
    assert scores(asked, [("A", 10), ("B", 6)]).total == Decimal("7.00")
    assert scores(Asked(criteria=(Weighed("A", 0),)), [("A", 10)]).total is None
