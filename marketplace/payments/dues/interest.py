"""Interest on what is paid late, by law where the parties agreed on nothing: computed to be shown.

It is owed only where the payee claims it and the payer agrees (`interest_claims`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from marketplace.payments.dues.lifecycle import OWED, PAID
from marketplace.payments.dues.models import Due

#: What dues of interest are made of: `of_id` is the payment that was late.
KIND = "late_interest"


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


def accrued(due: Due, on: date) -> int:
    """Return the interest of a payment up to a day: of each part from the due day until it was received, and of the rest.

    Nothing while a reported payment waits for its answer, nor on interest itself.
    """
    if due.of_kind == KIND or due.state not in (*OWED, *PAID):
        return 0
    parts = [(one.amount, one.received_on) for one in due.confirms if one.reopened_at is None]
    if due.rest:
        parts.append((due.rest, on))
    return sum(late_interest(amount, (day - due.due_on).days, day) for amount, day in parts)
