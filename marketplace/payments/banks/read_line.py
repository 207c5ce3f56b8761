"""One line as a file says it, and how a file is refused."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, NoReturn

from marketplace.core.errors import Invalid
from marketplace.values.text import N_

NO_LINES = N_("The file has no lines of a statement; nothing was taken.")


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


def refuse(message: str, **params: Any) -> NoReturn:
    """Refuse the file, with the reason beside its field."""
    raise Invalid("file", message, **params)
