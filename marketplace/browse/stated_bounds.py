"""Bounds that people state in words: "dưới 2 tỷ", "từ 1 đến 3 tỷ", "TRL 7 trở lên", "ở Hà Nội", "under 2 billion".

Pure. Each is found where it stands, folded (so that it may be typed without diacritics), and given as what the query
language would say; whatever is not understood stays words. Texts between quotation marks are never read.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from marketplace.values.text import strip_marks

#: "About" means up to a fifth less or more.
ABOUT = Decimal("0.2")
#: A bare number is taken for an amount from here on: "dưới 2000" may be millimetres.
LEAST_BARE = 100_000
#: No amount of money has more digits, and no number of a longer run is worth reading.
_MOST_DIGITS = 16


@dataclass(frozen=True, slots=True)
class StatedBound:
    """A stretch of a text, the shape of the field it is about (money, level, place) and what it asks of it."""

    shape: str
    sign: str  # as in the query language: ":", ">=", "<=", ">" or "<"
    value: str
    start: int
    stop: int


_SIGNS = {
    "<": "duoi|nho hon|it hon|thap hon|re hon|chua den|chua toi|under|below|less than|cheaper than|lower than",
    "<=": "toi da|khong qua|khong vuot qua|khong hon|cao nhat|up to|at most|max|maximum|not more than|no more than|within",
    ">=": "it nhat|toi thieu|khong duoi|khong it hon|thap nhat|at least|min|minimum|not less than|no less than|starting at",
    ">": "tren|hon|lon hon|cao hon|over|above|more than|greater than",
    "~": "khoang|trong khoang|tam|co|xap xi|gan|around|about|approximately|approx|roughly|circa|~",
}
_BEFORE = {word: sign for sign, words in _SIGNS.items() for word in words.split("|")} | {
    "den": "<=", "toi": "<=", "tu": ">=", "from": ">=", "to": "<=",
}
_AFTER = {
    ">=": "tro len|tro di|or more|or higher|or above|and above|and more|and up|and higher|\\+",
    "<=": "tro xuong|do lai|tro lai|or less|or lower|or below|and below|or under|and under",
}
_MULTIPLES = {
    "nghin": 10**3, "ngan": 10**3, "k": 10**3, "thousand": 10**3,
    "trieu": 10**6, "tr": 10**6, "trd": 10**6, "million": 10**6, "milion": 10**6, "mil": 10**6, "mio": 10**6, "mn": 10**6,
    "ty": 10**9, "ti": 10**9, "tyd": 10**9, "billion": 10**9, "bilion": 10**9, "bn": 10**9,
    "nghin ty": 10**12, "nghin ti": 10**12, "ngan ty": 10**12, "ngan ti": 10**12, "trillion": 10**12,
}
_WORDS = {
    "nua": "0.5", "half a": "0.5", "mot": "1", "hai": "2", "ba": "3", "bon": "4", "nam": "5", "sau": "6", "bay": "7",
    "tam": "8", "chin": "9", "muoi": "10", "a": "1", "one": "1", "two": "2", "three": "3", "four": "4", "five": "5",
    "six": "6", "seven": "7", "eight": "8", "nine": "9", "ten": "10",
}


def _any(words: Mapping[str, object] | str) -> str:
    """Return a pattern of alternatives, the longest first."""
    found = words.split("|") if isinstance(words, str) else [re.escape(word) for word in words]
    return "|".join(sorted(found, key=len, reverse=True)).replace(r"\ ", " ")


_B, _E = r"(?<![a-z0-9])", r"(?![a-z0-9])"
_NUMBER = rf"(?:\d+(?:[.,]\d+)*|{_B}(?:{_any(_WORDS)}) )"
_UNIT = rf"(?:{_any(_MULTIPLES)})s?{_E}"
_CURRENCY = rf"(?:\s*(?:₫|(?:dong|vnd|d){_E}))?"
_AMOUNT = rf"{_NUMBER}\s*{_UNIT}(?:\s*(?:ruoi{_E}|\d+\s*{_UNIT}))?{_CURRENCY}"
_LONG = rf"\d+(?:[., ]\d{{3}})*{_E}{_CURRENCY}"
_ABOUT_PRICE = (
    rf"(?:{_B}(?:co |voi |muc |with a |with |at a )?(?:gia ban|gia tien|gia ca|gia|chi phi|ngan sach|kinh phi|von|"
    r"priced|price|costing|costs|cost|budget)(?: la| of| is| range)?\s*:?\s+)"
)
_PREPOSITION = rf"(?:(?:{_B}(?:{_any(_BEFORE)})|~)(?: than| la)?\s*)"
_SUFFIX = rf"(?:\s*(?:{'|'.join(_any(words) for words in _AFTER.values())}){_E})"
_MONEY = re.compile(
    rf"(?P<lead>{_ABOUT_PRICE})?(?P<before>{_PREPOSITION})?(?P<amount>{_AMOUNT}|{_LONG})(?P<after>{_SUFFIX})?"
)
_MONEY_RANGE = re.compile(
    rf"{_ABOUT_PRICE}?(?P<open>{_B}(?:trong khoang tu|khoang tu|trong khoang|khoang|tu|giua|from|between) )?"
    rf"(?P<low>{_AMOUNT}|{_NUMBER}|{_LONG})\s*(?P<joint>-|–|—|\.\.\.?|den|toi|to|va|and)\s*(?P<high>{_AMOUNT}|{_LONG})"
)
_READINESS = rf"{_B}(?:trl|muc san sang(?: cong nghe)?|muc do san sang(?: cong nghe)?|technology readiness(?: level)?)"
_LEVEL = re.compile(
    rf"(?P<before>{_PREPOSITION})?{_READINESS}\s*(?P<inside>{_PREPOSITION})?(?P<n>[1-9]){_E}(?P<after>{_SUFFIX})?"
)
_LEVEL_RANGE = re.compile(
    rf"(?:{_B}(?:tu|from|between) )?{_READINESS}\s*(?:{_B}(?:tu|from|between) )?(?P<low>[1-9])\s*"
    rf"(?:-|–|—|den|toi|to|and|va)\s*(?:trl\s*)?(?P<high>[1-9]){_E}"
)
_PLACE = re.compile(rf"{_B}(?P<word>o|tai|thuoc|in|at|from) (?P<kind>(?:thanh pho |tp\.? ?|tinh )?)")
_QUOTED = re.compile(r'"[^"]*(?:"|\Z)')
_TOKEN = re.compile(r"[^\s\",;|]+")
#: What is counted in thousands and millions besides đồng.
_THINGS = (
    "nguoi|ho|ho gia dinh|tan|met|m|m2|m3|km|lit|khach|luot|con|cay|thiet bi|san pham|ban|cong|kwh|kw|mw|ha|hecta|dan|"
    "sinh vien|hoc sinh|diem|anh|tin|ban ghi|users|people|tons|tonnes|metres|meters|litres|liters|hectares|records|"
    "customers|devices|households|usd|eur|do la|dollars|euros"
)
_COUNTED = re.compile(rf"\s*(?:{_any(_THINGS)}){_E}|\s*[$€]")
_ONE_AMOUNT = re.compile(
    rf"(?P<number>{_NUMBER})\s*(?P<unit>{_UNIT})(?:\s*(?P<half>ruoi)|\s*(?P<rest>\d+)\s*(?P<small>{_UNIT}))?"
)


def stated(text: str, place: Callable[[str], str]) -> Iterator[StatedBound]:
    """Yield what a cleaned text states in words, from left to right.

    `place` gives for a folded name what to write for it, or nothing when no place is called so.
    """
    flat = _flat(text)
    found: list[StatedBound] = []
    for read in (_money_ranges(flat), _level_ranges(flat), _amounts(flat), _levels(flat), _places(flat, text, place)):
        for one in read:
            if all(one.stop <= other.start or other.stop <= one.start for other in found):
                found.append(one)
    yield from sorted(found, key=lambda one: one.start)


def _flat(text: str) -> str:
    """Return the text folded letter by letter, as long as it was; what is quoted or left out by a minus is blanked."""
    folded = (strip_marks(letter).casefold() for letter in text)
    flat = "".join(new if len(new) == 1 else " " for new in folded)
    return _QUOTED.sub(lambda quoted: '"' * len(quoted.group()), flat)


def _amounts(flat: str) -> Iterator[StatedBound]:
    for match in _MONEY.finditer(flat):
        if _COUNTED.match(flat, match.end()):
            continue
        amount = _amount(match["amount"])
        sign = _sign(match["before"], match["after"]) or _bare_sign(match["lead"])
        if amount is None or _negated(flat, match.start()) or not sign:
            continue
        if sign == "~":
            low, high = (int(amount * (1 + part)) for part in (-ABOUT, ABOUT))
            yield StatedBound("money", ":", f"{low}..{high}", match.start(), match.end())
        else:
            yield StatedBound("money", sign, str(amount), match.start(), match.end())


def _bare_sign(lead: str | None) -> str:
    """Return what an amount without a bound means: a budget is the most that is paid, a price is about that much."""
    return "" if not lead else "<=" if re.search("ngan sach|kinh phi|von|budget", lead) else "~"


def _money_ranges(flat: str) -> Iterator[StatedBound]:
    for match in _MONEY_RANGE.finditer(flat):
        high = _amount(match["high"])
        unit = re.search(rf"(?P<unit>{_UNIT})(?:\s*ruoi)?{_CURRENCY}$", match["high"].rstrip())
        low = _amount(match["low"]) if re.search("[a-z₫]", match["low"].strip(" ")) and not _is_word(match["low"]) else None
        if low is None and unit:
            low = _amount(f"{match['low'].strip()} {unit['unit']}")
        low = low if low is not None else _amount(match["low"])
        if low is None or high is None or _negated(flat, match.start()) or _COUNTED.match(flat, match.end()):
            continue
        if match["joint"] in {"va", "and"} and (match["open"] or "").strip() not in {"giua", "between", "from", "tu"}:
            continue
        yield StatedBound("money", ":", f"{min(low, high)}..{max(low, high)}", match.start(), match.end())


def _is_word(number: str) -> bool:
    return number.strip() in _WORDS


def _levels(flat: str) -> Iterator[StatedBound]:
    for match in _LEVEL.finditer(flat):
        sign = _sign(match["inside"] or match["before"], match["after"])
        if not _negated(flat, match.start()):
            yield StatedBound("level", ":" if sign in {"", "~"} else sign, match["n"], match.start(), match.end())


def _level_ranges(flat: str) -> Iterator[StatedBound]:
    for match in _LEVEL_RANGE.finditer(flat):
        if not _negated(flat, match.start()):
            yield StatedBound("level", ":", f"{match['low']}..{match['high']}", match.start(), match.end())


def _places(flat: str, text: str, place: Callable[[str], str]) -> Iterator[StatedBound]:
    """Find the names of provinces behind "ở", "tại", "in"; the longest name that fits."""
    for match in _PLACE.finditer(flat):
        word = text[match.start("word") : match.end("word")].casefold()
        if word not in _PLACE_WORDS or _negated(flat, match.start()):
            continue
        ends = [token.end() for token in _TOKEN.finditer(flat, match.end())][:_MOST_NAME]
        for stop in reversed(ends):
            name = " ".join(flat[match.end() : stop].replace("-", " ").split()).rstrip(".")
            if name and (found := place(name)):
                yield StatedBound("place", ":", found, match.start(), stop)
                break


_PLACE_WORDS = frozenset({"ở", "o", "tại", "tai", "thuộc", "thuoc", "in", "at"})
_MOST_NAME = 4  # words of the name of a province


def _negated(flat: str, start: int) -> bool:
    """Whether a minus stands right before, so that the words are to be left out."""
    return start > 0 and flat[start - 1] == "-" and (start == 1 or flat[start - 2].isspace())


def _sign(before: str | None, after: str | None) -> str:
    """Return what stands before or behind a number means; empty when nothing does."""
    if after:
        said = after.strip()
        return next(sign for sign, words in _AFTER.items() if re.fullmatch(_any(words), said))
    said = (before or "").strip().removesuffix(" la").strip()
    return _BEFORE.get(said) or _BEFORE.get(said.removesuffix(" than"), "")


def _amount(said: str) -> int | None:
    """Return the đồng that are said, or None: a bare number must be large, and say no decimals."""
    bare = re.sub(rf"{_CURRENCY}$", "", said.strip()).strip()
    match = _ONE_AMOUNT.fullmatch(bare)
    if match is None:
        digits = re.sub("[., ]", "", bare)
        grouped = re.fullmatch(r"\d+(?:([., ])\d{3}(?:\1\d{3})*)?", bare)
        return int(digits) if grouped and len(digits) <= _MOST_DIGITS and int(digits) >= LEAST_BARE else None
    size = _MULTIPLES[_unit(match["unit"])]
    number = _decimal(match["number"].strip())
    if number is None:
        return None
    total = number * size + (Decimal(size) / 2 if match["half"] else 0)
    if match["rest"]:
        smaller = _MULTIPLES[_unit(match["small"])]
        if smaller >= size or len(match["rest"]) > 3:
            return None
        total += int(match["rest"]) * smaller
    return int(total) if total <= 10**15 else None


def _unit(said: str) -> str:
    return said if said in _MULTIPLES else said.removesuffix("s")


def _decimal(said: str) -> Decimal | None:
    """Read a number before a unit: one mark and one or two digits are decimals, groups of three are thousands."""
    if said in _WORDS:
        return Decimal(_WORDS[said])
    if len(said) > _MOST_DIGITS:
        return None
    if re.fullmatch(r"\d+(?:[.,]\d{1,2})?", said):
        return Decimal(said.replace(",", "."))
    if re.fullmatch(r"\d{1,3}(?:[.,]\d{3})+", said):
        return Decimal(re.sub("[.,]", "", said))
    return None

