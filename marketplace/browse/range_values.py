"""Amounts of money and days as people type them in a search: one, a range, or a bound. Pure."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date

from marketplace.core.errors import DomainError
from marketplace.values import clock, money
from marketplace.values.numbers import whole
from marketplace.values.text import fold

#: Inclusive; None is open.
Interval = tuple[float | None, float | None]
_DOTS = re.compile(r"\s*(?:\.\.\.?|…|–|—)\s*")
_DOTS_OR_DASH = re.compile(r"\s*(?:\.\.\.?|…|–|—|(?<!^)-)\s*")
_BARE = re.compile(r"\d{1,3}(?:[.,]\d{1,2})?")
_MONTH = re.compile(r"(\d{1,2})[/-](\d{4})|(\d{4})-(\d{1,2})")
_YEAR = re.compile(r"\d{4}")
_JUST = 0.001  # seconds


def amounts(sign: str, text: str) -> tuple[int | None, int | None] | None:
    """Return the inclusive bounds that are asked for in đồng, or None when the text is no amount."""
    ends = _DOTS_OR_DASH.split(text)
    if len(ends) > 2 or (sign != ":" and len(ends) != 1):
        return None
    if len(ends) == 2 and _BARE.fullmatch(ends[0]) and (unit := re.search(r"[^\d.,]+$", ends[1])):
        ends[0] += unit.group()  # 500..800 triệu
    try:
        found = [money.parse_vnd(end) if end else None for end in ends]
    except DomainError:
        return None
    return _bounds(sign, found)


def wholes(sign: str, text: str, units: tuple[str, ...]) -> tuple[int | None, int | None] | None:
    """Return the inclusive bounds of a whole number that are asked for, or None when the text is none."""
    ends = _DOTS_OR_DASH.split(text)
    found = [whole(end, units) if end else None for end in ends]
    unread = any(end and number is None for end, number in zip(ends, found, strict=True))
    if unread or len(ends) > 2 or (sign != ":" and len(ends) != 1):
        return None
    return _bounds(sign, found)


def _bounds(sign: str, found: list[int | None]) -> tuple[int | None, int | None] | None:
    """Return the inclusive bounds of one stated number, or of a range whose ends may be open."""
    first = found[0]
    if len(found) == 2:
        second = found[1]
        if first is not None and second is not None:
            return min(first, second), max(first, second)
        return None if first is second is None else (first, second)
    if first is None:
        return None
    bounds: dict[str, tuple[int | None, int | None]] = {
        ":": (first, first), ">=": (first, None), "<=": (None, first), ">": (first + 1, None), "<": (None, first - 1),
    }
    return bounds[sign]


def written(least: str | None, most: str | None) -> str:
    """Return how an interval is shown."""
    if least is None or most is None:
        return f"≥ {least}" if most is None else f"≤ {most}"
    return least if least == most else f"{least} – {most}"


def days(sign: str, text: str) -> tuple[Interval, str] | None:
    """Return the bounds as epoch seconds and how they are shown, or None when the text is no day, month or year."""
    ends = _DOTS.split(text)
    if len(ends) > 2 or (sign != ":" and len(ends) != 1):
        return None
    found = [_period(end) if end else None for end in ends]
    if any(end and not period for end, period in zip(ends, found, strict=True)) or not any(found):
        return None
    if len(found) == 2:
        if found[0] and found[1] and found[0] > found[1]:
            found.reverse()
        return _between(found[0][0] if found[0] else None, found[1][1] if found[1] else None)
    first, last = found[0] or (None, None)
    bounds: dict[str, tuple[date | None, date | None]] = {":": (first, last), ">=": (first, None), "<=": (None, last)}
    if sign in bounds:
        return _between(*bounds[sign])
    if first is None or last is None:
        return None
    if sign == ">":
        return (clock.end_of_day(last).timestamp() + 1, None), "> " + clock.format_date(last)
    return (None, clock.start_of_day(first).timestamp() - _JUST), "< " + clock.format_date(first)


def _between(first: date | None, last: date | None) -> tuple[Interval, str]:
    interval = (
        clock.start_of_day(first).timestamp() if first else None,
        clock.end_of_day(last).timestamp() + 1 - _JUST if last else None,
    )
    return interval, written(clock.format_date(first) if first else None, clock.format_date(last) if last else None)


def _period(text: str) -> tuple[date, date] | None:
    """Return the first and the last day of what is written: a day, 12/2026, 2026, today."""
    if fold(text) in {"hom nay", "today", "homnay"}:
        return clock.today(), clock.today()
    try:
        if match := _MONTH.fullmatch(text):
            month, year = int(match[1] or match[4]), int(match[2] or match[3])
            first = clock.parse_date(f"01/{month:02d}/{year:04d}")
            return first, first.replace(day=monthrange(year, month)[1])
        if _YEAR.fullmatch(text):
            return clock.parse_date(f"01/01/{text}"), clock.parse_date(f"31/12/{text}")
        day = clock.parse_date(text)
    except DomainError:
        return None
    return day, day
