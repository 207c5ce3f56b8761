"""Days as people write them, and the evidence a whole column gives about their order."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from marketplace.importing.rows import Cell, shown
from marketplace.values import clock
from marketplace.values.text import fold

_ISO = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})")
#: An hour behind a day, and how far its clock is from that of Greenwich, in Vietnamese and English words.
_TIME = re.compile(
    r"(?P<day>.*?\d{4}|\d{4}[-/.]\d{1,2}[-/.]\d{1,2})(?:[T,]| +lúc| +at)? *"
    r"(?P<hour>\d{1,2})(?::|h|g|giờ)(?P<minute>\d{2})?(?::\d{2}(?:[.,]\d+)?)? *(?P<half>am|pm|sa|ch)?"
    r" *(?P<zone>z|utc|gmt)? *(?P<offset>[+-]\d{1,2}(?::?\d{2})?)?(?: *\[[\w/+-]+\])?",
    re.I,
)
_FIGURES = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})")
_WORDS = re.compile(r"(\d{1,2})(?:st|nd|rd|th)? ?([a-z]+)\.?,? (\d{4})")
_WORDS_FIRST = re.compile(r"([a-z]+)\.? (\d{1,2})(?:st|nd|rd|th)?,? (\d{4})")
_VIETNAMESE = re.compile(r"(?:ngay )?(\d{1,2}) thang (\d{1,2}) nam (\d{4})")
_MONTHS = {
    name: number
    for number, names in enumerate(
        ("january jan", "february feb", "march mar", "april apr", "may", "june jun", "july jul", "august aug",
         "september sep sept", "october oct", "november nov", "december dec"), 1)
    for name in names.split()
}
#: Names that only Vietnamese headings have: there a date in figures begins with the day.
_VIETNAMESE_HEADING = re.compile(r"\b(ngay|han|thoi han)\b")

_TIME_FIRST = re.compile(
    r"(?:trước |before |lúc |at )?(?P<hour>\d{1,2}) ?(?:giờ|:|h|g) ?(?P<minute>\d{2})?(?::\d{2})?"
    r" *(?P<half>am|pm|sa|ch)?(?P<zone>)(?P<offset>)[, ]+(?:ngày |on )?(?P<day>.*\d{4}|\d{4}[-/.]\d{1,2}[-/.]\d{1,2})",
    re.I,
)

DAY_FIRST = "day_first"
MONTH_FIRST = "month_first"


@dataclass(frozen=True)
class Read:
    """What became of one date: the day, or why there is none ("" with day None means an empty cell)."""

    day: date | None
    problem: str = ""  # a code of rows.REASONS


@dataclass
class Evidence:
    """What the dates of one column say about each other; `order` is empty while nothing decides it."""

    heading: str = ""
    first_above_12: int = 0
    second_above_12: int = 0
    figures: int = 0
    words: int = 0
    words_above_12: int = 0
    day_first: bool = False  # known from elsewhere

    def see(self, text: str) -> None:
        """Take one date into account; an hour behind it says nothing."""
        if with_time := _with_time(text):
            text = with_time["day"]
        if match := _FIGURES.fullmatch(text):
            self.figures += 1
            self.first_above_12 += int(match[1]) > 12
            self.second_above_12 += int(match[2]) > 12
            return
        plain = fold(text)
        match = _WORDS.fullmatch(plain) or _WORDS_FIRST.fullmatch(plain)
        if match:
            self.words += 1
            self.words_above_12 += max(int(part) for part in match.groups()[:2] if part.isdigit()) > 12

    @property
    def order(self) -> str:
        """Return DAY_FIRST, MONTH_FIRST or nothing when the column contradicts itself or never tells."""
        if self.first_above_12 and not self.second_above_12:
            return DAY_FIRST
        if self.second_above_12 and not self.first_above_12:
            return MONTH_FIRST
        if not self.first_above_12 and (self.day_first or _VIETNAMESE_HEADING.search(fold(self.heading))):
            return DAY_FIRST
        return ""

    @property
    def swapped(self) -> bool:
        """True when a spreadsheet probably exchanged day and month of the dates in words.

        It reads what it can as its own order (days up to 12) and leaves the rest as figures (days above 12); with ten
        of each, chance alone makes this once in a million columns.
        """
        figures_above = max(self.first_above_12, self.second_above_12)
        return self.words >= 10 and not self.words_above_12 and figures_above >= 10 and figures_above == self.figures


def weigh(
    columns: Iterable[str], rows: Iterable[Mapping[str, Cell]], *, day_first: bool = False
) -> dict[str, Evidence]:
    """Return the evidence of each date column over all rows; `day_first` holds where the rows do not tell."""
    found = {column: Evidence(column, day_first=day_first) for column in columns}
    for values in rows:
        for column, evidence in found.items():
            cell = values.get(column, "")
            if isinstance(cell, str) and cell:
                evidence.see(cell)
    return found


def read(cell: Cell, evidence: Evidence, pattern: str = "") -> Read:
    """Return the day of a cell, read by `pattern` (strptime) or by what the column tells."""
    if isinstance(cell, date):
        return Read(cell)
    text = shown(cell).strip()
    if not text:
        return Read(None)
    if pattern:
        return _by_pattern(text, pattern)
    if match := _with_time(text):
        return _in_vietnam(_read_day(match["day"], evidence), match)
    return _read_day(text, evidence)


def _with_time(text: str) -> re.Match[str] | None:
    return _TIME.fullmatch(text) or _TIME_FIRST.fullmatch(text)


def _in_vietnam(read_: Read, match: re.Match[str]) -> Read:
    """Return the day on which a moment falls in Vietnam; without a zone the hour says nothing about the day."""
    hour, minute = int(match["hour"]), int(match["minute"] or 0)
    if (match["half"] or "").lower() in {"pm", "ch"} and hour < 12:
        hour += 12
    elif (match["half"] or "").lower() in {"am", "sa"} and hour == 12:
        hour = 0
    if hour > 24 or minute > 59:
        return Read(None, "date_unreadable")
    if read_.day is None or not (match["zone"] or match["offset"]):
        return read_
    digits = (match["offset"] or "+0").replace(":", "")
    behind, places = digits[1:], 2 if len(digits) > 3 else 0
    hours, minutes = int(behind[:-places] if places else behind), int(behind[-places:] if places else 0)
    if hours > 14 or minutes > 59:
        return Read(None, "date_unreadable")
    offset = timedelta(hours=hours, minutes=minutes) * (-1 if digits[0] == "-" else 1)
    try:
        moment = datetime.combine(read_.day, time(), UTC) + timedelta(hours=hour, minutes=minute) - offset
        return Read(clock.local(moment).date())
    except OverflowError:
        return Read(None, "date_unreadable")


def _read_day(text: str, evidence: Evidence) -> Read:
    if match := _ISO.fullmatch(text):
        return _day(match[1], match[2], match[3])
    if match := _FIGURES.fullmatch(text):
        return _figures(match, evidence)
    plain = fold(text)
    if match := _VIETNAMESE.fullmatch(plain):
        return _day(match[3], match[2], match[1])
    if match := _WORDS.fullmatch(plain):
        return _word(match[1], match[2], match[3], evidence)
    if match := _WORDS_FIRST.fullmatch(plain):
        return _word(match[2], match[1], match[3], evidence)
    return Read(None, "date_unreadable")


def _by_pattern(text: str, pattern: str) -> Read:
    try:
        moment = datetime.strptime(text, pattern)
        return Read((clock.local(moment) if moment.tzinfo else moment).date())
    except ValueError:
        return Read(None, "date_unreadable")


def _figures(match: re.Match[str], evidence: Evidence) -> Read:
    first, second = int(match[1]), int(match[2])
    if first > 12 or (evidence.order == DAY_FIRST and second <= 12):
        return _day(match[3], match[2], match[1])
    if second > 12 or evidence.order == MONTH_FIRST or first == second:
        return _day(match[3], match[1], match[2])
    return Read(None, "date_ambiguous")


def _word(day: str, month: str, year: str, evidence: Evidence) -> Read:
    number = _MONTHS.get(month)
    if number is None:
        return Read(None, "date_unreadable")
    if evidence.swapped and int(day) != number:
        return Read(None, "date_swapped")
    return _day(year, str(number), day)


def _day(year: str, month: str, day: str) -> Read:
    try:
        return Read(date(int(year), int(month), int(day)))
    except ValueError:
        return Read(None, "date_unreadable")
