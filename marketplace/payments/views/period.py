"""The days that a page or a download of the ledger is asked for, as its address says them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from flask import request
from flask_babel import gettext

from marketplace.core.errors import DomainError, Invalid
from marketplace.values import clock
from marketplace.values.text import N_

#: The first and last day that anybody may ask for.
_FIRST, _LAST = date(2000, 1, 1), date(2199, 12, 31)


@dataclass(frozen=True)
class Period:
    """Two days, both included, with what was typed and, when that was no period, what is wrong with it."""

    since: date
    until: date
    typed_since: str
    typed_until: str
    problem: str = ""

    @property
    def query(self) -> dict[str, str]:
        """What an address must say to ask for the same days."""
        return {"since": clock.format_date(self.since), "until": clock.format_date(self.until)}


def asked_period(within: int = 0, message: str = "") -> Period:
    """Return the days that the address asks for: this year until today when it names none, or nothing sensible.

    With `within`, more days than that are a problem, which `message` names.
    """
    typed = [request.args.get(name, "").strip()[:20] for name in ("since", "until")]
    try:
        since, until = demanded_period()
        if within and (until - since).days >= within:
            raise Invalid("until", message, days=within)
    except DomainError as error:
        today = clock.today()
        problem = gettext(error.message) % error.params if error.params else gettext(error.message)
        return Period(today.replace(month=1, day=1), today, typed[0], typed[1], problem)
    return Period(since, until, clock.format_date(since), clock.format_date(until))


def demanded_period() -> tuple[date, date]:
    """Return the same days. Raises a DomainError for what is no period."""
    until = asked_day("until", clock.today())
    since = asked_day("since", until.replace(month=1, day=1))
    if since > until:
        raise Invalid("until", N_("The last day is before the first."))
    return since, until


def asked_day(name: str, default: date) -> date:
    """Return the day that the address names. Raises a DomainError for what is no day."""
    text = request.args.get(name, "").strip()
    day = clock.parse_date(text) if text else default
    if not _FIRST <= day <= _LAST:
        raise Invalid(name, N_("Choose a day between 2000 and 2199."))
    return day
