"""Interest on what is paid late, by law where the parties agreed on nothing: computed to be shown, never booked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Rate:
    """A rate from a day on: basis points a year, and where it stands. `read` says whether the statute itself was read."""

    from_on: date
    bp: int
    source: str
    read: bool = False


#: Newest last. An agreed rate, or that of Art. 306 of the Commercial Law, may differ; a lawyer must check this row.
RATES = (Rate(date(2017, 1, 1), 1000, "Bộ luật Dân sự 2015, Điều 357 và khoản 2 Điều 468"),)
_YEAR = 3_650_000  # days of a year times basis points of the whole


def rate_on(day: date) -> Rate:
    """Return the rate of a day. Raises LookupError before the first."""
    for rate in reversed(RATES):
        if rate.from_on <= day:
            return rate
    raise LookupError(f"no rate is known for {day}")


def late_interest(rest: int, days: int, on: date) -> int:
    """Return the interest on `rest` (minor units) that is `days` late on a day, half up; nothing when it is not late."""
    if days <= 0:
        return 0
    return (2 * rest * rate_on(on).bp * days + _YEAR) // (2 * _YEAR)
