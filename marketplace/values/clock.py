"""Time: UTC in the database, Asia/Ho_Chi_Minh on the page, working days by the Vietnamese calendar.

`now()` is the one place that reads the clock. A moment is an aware datetime in UTC, a day is a `date` in Vietnam.
Public holidays come from the `holidays` package; what the State announces later is data on top (`WorkCalendar`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import Literal, NamedTuple
from zoneinfo import ZoneInfo

from holidays import country_holidays

from marketplace.core.errors import DomainError
from marketplace.values.text import N_
from marketplace.vocabulary import is_english

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")

_DAY = timedelta(days=1)
_VIETNAMESE = re.compile(r"([0-9]{1,2})[/.-]([0-9]{1,2})[/.-]([0-9]{4})")
_ISO = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_HOUR = re.compile(r"[T ] *([01]?[0-9]|2[0-4])[:hg][0-5][0-9](:[0-5][0-9])?$", re.IGNORECASE)
_YEARS = range(1900, 2200)


class DateError(DomainError):
    """A text is not a day; the message says how to write one."""

    code = "date"


_FIXED: ContextVar[datetime | None] = ContextVar("fixed_now", default=None)


_WATCHED: ContextVar[list[bool] | None] = ContextVar("watched", default=None)


def now() -> datetime:
    """Return the present moment in UTC, with its zone."""
    asked = _WATCHED.get()
    if asked is not None:
        asked.append(True)
    return _moment()


def _moment() -> datetime:
    return _FIXED.get() or datetime.now(UTC)


@contextmanager
def watched() -> Iterator[list[bool]]:
    """Give a list that is empty as long as nobody within the block has asked for more than the present day."""
    asked: list[bool] = []
    token = _WATCHED.set(asked)
    try:
        yield asked
    finally:
        _WATCHED.reset(token)


@contextmanager
def fixed(moment: datetime) -> Iterator[None]:
    """Let `now()` be `moment` within the block: demo data tell what happened before. Raises ValueError without zone."""
    token = _FIXED.set(local(moment).astimezone(UTC))
    try:
        yield
    finally:
        _FIXED.reset(token)


def today() -> date:
    """Return the present day in Vietnam."""
    return local(_moment()).date()


def local(moment: datetime) -> datetime:
    """Return `moment` on the wall clock of Vietnam. Raises ValueError for a moment without zone."""
    if moment.tzinfo is None:
        raise ValueError("a moment must carry its zone")
    return moment.astimezone(ZONE)


def from_local(day: date, at: time = time.min) -> datetime:
    """Return the UTC moment of `at` on `day` in Vietnam."""
    return datetime.combine(day, at, ZONE).astimezone(UTC)


def daily(at: time) -> Callable[[datetime], datetime]:
    """Return what gives the next moment after a given one at which it is `at` in Vietnam, which knows no summer time."""

    def after(moment: datetime) -> datetime:
        today = from_local(local(moment).date(), at)
        return today if today > moment else today + _DAY

    return after


def start_of_day(day: date) -> datetime:
    """Return the UTC moment at which `day` begins in Vietnam."""
    return from_local(day)


def end_of_day(day: date) -> datetime:
    """Return the last whole second of `day` in Vietnam, in UTC: a deadline that still reads as that day."""
    return from_local(day, time(23, 59, 59))


def format_date(day: date) -> str:
    """Return "dd/mm/yyyy"; of a moment, its day in Vietnam."""
    if isinstance(day, datetime):
        day = local(day).date()
    return f"{day.day:02d}/{day.month:02d}/{day.year:04d}"


def format_datetime(moment: datetime) -> str:
    """Return "dd/mm/yyyy HH:MM" on the wall clock of Vietnam."""
    return f"{format_date(moment)} {local(moment):%H:%M}"


def parse_date(text: str) -> date:
    """Return the day written as dd/mm/yyyy, with dots or hyphens too (or ISO yyyy-mm-dd, as browsers send).

    An hour behind it is not kept. Raises DateError for anything else, and for days that the calendar does not have.
    """
    text = _HOUR.sub("", text.strip())
    if match := _VIETNAMESE.fullmatch(text):
        day, month, year = (int(part) for part in match.groups())
    elif match := _ISO.fullmatch(text):
        year, month, day = (int(part) for part in match.groups())
    else:
        raise DateError(N_("Write the date as dd/mm/yyyy, for example 31/12/2026."))
    if year not in _YEARS:
        raise DateError(N_("The year must be between 1900 and 2199."))
    try:
        return date(year, month, day)
    except ValueError:
        raise DateError(N_("The calendar has no such day.")) from None


class Week(NamedTuple):
    """An ISO week, Monday to Sunday, by its year and number."""

    year: int
    number: int

    @property
    def monday(self) -> date:
        """The first day."""
        return date.fromisocalendar(self.year, self.number, 1)

    @property
    def sunday(self) -> date:
        """The last day."""
        return self.monday + 6 * _DAY

    @property
    def bounds(self) -> tuple[datetime, datetime]:
        """The UTC moments at which the week begins (included) and ends (excluded)."""
        return start_of_day(self.monday), start_of_day(self.monday + 7 * _DAY)


def week_of(day: date) -> Week:
    """Return the ISO week of `day`; its year may differ from the day's at the turn of the year."""
    year, number, _ = day.isocalendar()
    return Week(year, number)


@dataclass(frozen=True)
class WorkCalendar:
    """What the State or an operator changed on top of weekends and public holidays.

    `off` are days without work (an extra holiday, a storm), `work` are days with work (a made-up Saturday); a day in
    both is a working day.
    """

    off: frozenset[date] = frozenset()
    work: frozenset[date] = frozenset()

    def is_working(self, day: date) -> bool:
        """Tell whether offices work on `day`."""
        if day in self.work:
            return True
        year = _public(day.year)
        if day in self.off or day in year.names_vi:
            return False
        return day.weekday() < 5 or day in year.made_up


#: Weekends and public holidays as published, nothing added.
PUBLIC = WorkCalendar()


class _Year(NamedTuple):
    names_vi: Mapping[date, str]
    names_en: Mapping[date, str]
    made_up: frozenset[date]  # Saturdays worked in exchange for a bridge day


@cache
def _public(year: int) -> _Year:
    if year not in _YEARS:
        return _Year({}, {}, frozenset())
    vi = country_holidays("VN", years=year, language="vi")
    en = country_holidays("VN", years=year, language="en_US")
    made_up = frozenset(day for day in vi.weekend_workdays if day.year == year)
    return _Year(dict(vi.items()), dict(en.items()), made_up)


def holidays_of(year: int, locale: object = "vi") -> list[tuple[date, str]]:
    """Return the public holidays of `year` with their names, in order."""
    published = _public(year)
    return sorted((published.names_en if is_english(locale) else published.names_vi).items())


def add_working_days(start: date, count: int, calendar: WorkCalendar) -> date:
    """Return the `count`-th working day after `start`, which itself is not counted; negative counts go back.

    A count of 0 gives `start`, or the next working day when nobody works on it.
    """
    step = -_DAY if count < 0 else _DAY
    day = start
    if count == 0:
        while not calendar.is_working(day):
            day += step
    for _ in range(abs(count)):
        day += step
        while not calendar.is_working(day):
            day += step
    return day


def working_days_between(start: date, end: date, calendar: WorkCalendar) -> int:
    """Return how many working days lie after `start` up to and including `end`; negative when `end` is earlier."""
    if end < start:
        return -working_days_between(end, start, calendar)
    return sum(calendar.is_working(day) for day in _days(start + _DAY, end))


def due_at(moment: datetime, count: int, calendar: WorkCalendar) -> datetime:
    """Return the deadline `count` working days after `moment`: the end of that day in Vietnam, in UTC."""
    return end_of_day(add_working_days(local(moment).date(), count, calendar))


@dataclass(frozen=True)
class Due:
    """How a deadline stands: `kind` picks the sentence, `count` is in working days, at least 1 unless today."""

    kind: Literal["overdue", "today", "ahead"]
    count: int


def due_text(deadline: datetime, at: datetime | None = None, *, calendar: WorkCalendar) -> Due:
    """Return the pieces of "due in 2 working days"; the words are the page's. `at` defaults to now."""
    at = at or now()
    due_day, this_day = local(deadline).date(), local(at).date()
    days = working_days_between(this_day, due_day, calendar)
    if at > deadline:
        return Due("overdue", max(1, -days))
    if due_day == this_day:
        return Due("today", 0)
    return Due("ahead", max(1, days))


def _days(first: date, last: date) -> Iterator[date]:
    while first <= last:
        yield first
        first += _DAY
