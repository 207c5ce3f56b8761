"""One line as a file says it, and how a file is refused."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, NoReturn

from marketplace.core.errors import Invalid
from marketplace.values import clock
from marketplace.values.text import N_

_FIRST_DAY = date(2000, 1, 1)
#: That a bank's clock, or its idea of the day, may be ahead of ours.
_AHEAD = timedelta(days=1)
MOST_LINES = 20_000
TOO_MANY_LINES = N_("The statement has %(found)s lines; at most %(max)s are taken at once.")
NO_LINES = N_("The file has no lines of a statement; nothing was taken.")

NO_SUCH_DAY = N_("Row %(row)s: on %(text)s no money can have moved. The day has not come, or is misread.")


@dataclass(frozen=True)
class ReadLine:
    """One line: its place in the file, the day of the books, VND (out is negative), texts, the balance after it."""

    place: int
    booked_on: date
    amount: int
    description: str
    reference: str = ""
    counterparty: str = ""
    balance: int | None = None


def is_day_of_books(day: date) -> bool:
    """Tell whether money can have moved on a day: what has not come yet, or lies in another century, was misread."""
    return _FIRST_DAY <= day <= clock.today() + _AHEAD


def refuse(message: str, **params: Any) -> NoReturn:
    """Refuse the file, with the reason beside its field."""
    raise Invalid("file", message, **params)
