"""Whether an offer fits a target: a table by hand, of figures as people write them."""

from __future__ import annotations

from datetime import date

import pytest
from flask import Flask

from marketplace.answers.asked import Asked, Measure
from marketplace.answers.content import Content, PlanRow, Target
from marketplace.answers.fit import FAILS, FITS, UNKNOWN, fit_of, price_fit, time_fit

#: Value of today, target, its unit; offered, its unit; what comes of it.
TABLE = (
    ("120", "80", "mg/l", "60", "mg/l", FITS), ("120", "80", "mg/l", "80", "mg/l", FITS),
    ("120", "80", "mg/l", "81", "mg/l", FAILS), ("70", "95", "%", "96,5", "%", FITS),
    ("70", "95", "%", "94,9 %", "", FAILS), ("", "95", "%", "96", "%", UNKNOWN),
    ("", "95", "%", "95", "%", FITS), ("", "≤ 80", "mg/l", "80", "", FITS),
    ("", "< 80", "mg/l", "80", "", FAILS), ("", "dưới 80", "mg/l", "79,9 mg/l", "mg/L", FITS),
    ("", "không quá 80", "mg/l", "≤ 60", "", FITS), ("", "không quá 80", "mg/l", "≥ 60", "", UNKNOWN),
    ("", "ít nhất 95", "%", "tối thiểu 97", "%", FITS), ("", "ít nhất 95", "%", "≤ 90", "%", FAILS),
    ("", "6–9", "", "7", "", FITS), ("", "6–9", "", "5,5 - 8", "", UNKNOWN),
    ("", "6–9", "", "10", "", FAILS), ("", "từ 6 đến 9", "", "6,5–8,5", "", FITS),
    ("120", "80", "mg/l", "0,06", "g/l", UNKNOWN), ("120", "80", "mg/l", "60 sau 30 ngày", "mg/l", UNKNOWN),
    ("120", "80", "mg/l", "", "", UNKNOWN), ("5000", "1.200", "kWh", "1.100", "kWh", FITS),
    ("5000", "1200", "kWh", "1,100", "kWh", UNKNOWN), ("", "QCVN 13 cột A", "", "qcvn 13 cột a", "", FITS),
    ("", "QCVN 13 cột A", "", "cột B", "", UNKNOWN), ("", "at least 95", "%", "above 95", "%", FITS),
    ("", "above 95", "%", "at least 95", "%", UNKNOWN), ("80", "80", "", "70", "", UNKNOWN),
)


@pytest.mark.parametrize(("baseline", "target", "unit", "value", "said_unit", "expected"), TABLE)
def test_a_value_against_a_target(baseline: str, target: str, unit: str, value: str, said_unit: str, expected: str) -> None:
    assert fit_of(Measure("Chỉ số", baseline, target, unit), Target("Chỉ số", value, said_unit)) == expected


def test_nobody_asks_for_more_costs() -> None:
    measure = Measure("Chi phí tăng thêm", "0", "600", "đồng/kg")
    assert [fit_of(measure, Target("x", value)) for value in ("350", "600", "601")] == [FITS, FITS, FAILS]


def test_price_and_time_against_budget_and_dates(ctx: Flask) -> None:
    asked = Asked(budget_max=100, start_on=date(2026, 3, 2), end_on=date(2026, 3, 13))
    assert [price_fit(asked, Content(price_total=total)) for total in (None, 100, 101)] == [UNKNOWN, FITS, FAILS]
    assert price_fit(Asked(budget_min=5), Content(price_total=1)) == UNKNOWN
    sent = date(2026, 2, 2)

    def plan(days: int) -> Content:
        return Content(plan=(PlanRow("Lắp", days),))

    assert [time_fit(asked, plan(days), sent) for days in (9, 12)] == [FITS, FAILS]
    assert time_fit(asked, plan(9), date(2026, 3, 12)) == FAILS  # begun after it was sent
    assert (time_fit(asked, Content(), sent), time_fit(Asked(), plan(1), sent)) == (UNKNOWN, UNKNOWN)
