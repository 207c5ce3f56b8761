"""Fields in what a person typed (trl:7, giá <= 2 tỷ, "nơi: Hà Nội"): where they stand and what is asked. Pure.

Which fields there are and what their values mean is the caller's; nothing here raises on any text. Offsets are those
of the text given, so that a clause can be shown, and removed, alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from marketplace.search.query.parser import OR_WORDS, plain_signs
from marketplace.values.text import fold

#: Words that a field's name, and an unquoted value, may have.
NAME_WORDS, VALUE_WORDS = 4, 6
#: Clauses of one text; further ones are words.
MOST_CLAUSES = 16

_SIGN = r">=|<=|=>|=<|≥|≤|⩾|⩽|>|<|="
_SCAN = re.compile(rf'"[^"]*(?:"|\Z)|(?P<sign>\s*(?::\s*(?:{_SIGN})?|{_SIGN})\s*)')
_SIGNS = {"": ":", "=": ":", "=>": ">=", "=<": "<=", "≥": ">=", "≤": "<=", "⩾": ">=", "⩽": "<="}
_WORD = re.compile(r'[^\s"|]+')
_AROUND = re.compile(r"^[\s,;(]+|(?:(?<!\.)\.|[,;)\s])+$")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Clause:
    """One field with what is asked of it, as it stands in the text from `start` up to `stop`."""

    key: str
    sign: str  # ":", ">=", "<=", ">" or "<"
    value: str
    negated: bool
    start: int
    stop: int


@dataclass(frozen=True, slots=True)
class Reading(Generic[T]):
    """The clauses with their meanings, those whose value means nothing, and the other words where they stood."""

    understood: tuple[tuple[Clause, T], ...]
    refused: tuple[Clause, ...]
    rest: str  # as long as the text: blanks stand for what was understood
    joined: tuple[int, ...] = ()  # where an OR stood beside a clause and joined nothing else


def read(text: str, names: Mapping[str, str], accept: Callable[[Clause], T | None]) -> Reading[T]:
    """Find the clauses of a cleaned text. `names` are folded names without spaces → keys of fields.

    `accept` returns the meaning of a clause, or None; of an unquoted value it is asked for the longest stretch first,
    so that "nơi: Hà Nội máy bơm" is the place and two words.
    """
    plain = plain_signs(text)
    understood: list[tuple[Clause, T]] = []
    refused: list[Clause] = []
    place = floor = 0
    while len(understood) + len(refused) < MOST_CLAUSES and (match := _SCAN.search(plain, place)):
        place = match.end()
        if match["sign"] is None:
            continue
        named = _name(plain, floor, match.start(), names)
        if named is None:
            continue
        sign = match["sign"].strip().removeprefix(":").strip()
        asked = [Clause(named[0], _SIGNS.get(sign, sign), value, named[1], named[2], stop)
                 for value, stop in _values(plain, match.end())]
        found = next(((one, meaning) for one in asked if (meaning := accept(one)) is not None), None)
        if found is not None:
            understood.append(found)
            place = floor = found[0].stop
        elif asked:
            refused.append(asked[-1])
    rest, joined = _without(plain, [clause for clause, _ in understood])
    return Reading(tuple(understood), tuple(refused), rest, joined)


def _name(text: str, floor: int, stop: int, names: Mapping[str, str]) -> tuple[str, bool, int] | None:
    """Return (key, negated, start) of the longest field name that ends at `stop`."""
    words = list(_WORD.finditer(text, floor, stop))[-NAME_WORDS:]
    if not words or words[-1].end() != stop:
        return None
    for word in words:
        name = text[word.start() : stop]
        key = names.get(fold(name).replace(" ", "")) if '"' not in name and "|" not in name else None
        if key is not None:
            return key, name.startswith("-"), word.start()
    return None


def _values(text: str, start: int) -> list[tuple[str, int]]:
    """Return the stretches that may be the value, with their ends: what is quoted, or the longest run of words first."""
    if text.startswith('"', start):
        stop = text.find('"', start + 1)
        stop = len(text) if stop < 0 else stop
        return [(text[start + 1 : stop].strip(), min(stop + 1, len(text)))]
    ends: list[int] = []
    place = start
    while len(ends) < VALUE_WORDS and (match := _WORD.match(text, place)):
        word = match.group()
        if word in OR_WORDS or (ends and len(word) > 1 and word.startswith("-")):
            break
        ends.append(match.end())
        place = match.end()
        while place < len(text) and text[place].isspace():
            place += 1
    return [(value, end) for end in reversed(ends) if (value := _AROUND.sub("", text[start:end]))]


def without(text: str, clauses: Iterable[Clause]) -> str:
    """Return the text, as long as it was, with blanks where clauses stand."""
    cut = list(text)
    for clause in clauses:
        cut[clause.start : clause.stop] = " " * (clause.stop - clause.start)
    return "".join(cut)


def _without(text: str, clauses: list[Clause]) -> tuple[str, tuple[int, ...]]:
    """Return the text with blanks for the clauses, and for each OR that has lost what it joined to one of them."""
    joined = []
    rest = without(text, clauses)
    spans = [(c.start, c.stop, False) for c in clauses]
    spans += [(m.start(), m.end(), True) for m in re.finditer(r'"[^"]*(?:"|\Z)|\||[^\s"|]+', rest)]
    spans.sort()
    is_or = [kept and rest[a:b] in {*OR_WORDS, "|"} for a, b, kept in spans]
    for index, (start, stop, _kept) in enumerate(spans):
        if not is_or[index]:
            continue
        beside = [spans[i] for i in (index - 1, index + 1) if 0 <= i < len(spans)]
        sides = range(index - 1, -1, -1), range(index + 1, len(spans))
        if any(not kept for _a, _b, kept in beside) and any(_wordless(spans, is_or, side) for side in sides):
            rest = rest[:start] + " " * (stop - start) + rest[stop:]
            spans[index] = (start, stop, False)
            joined.append(start)
    return rest, tuple(joined)


def _wordless(spans: list[tuple[int, int, bool]], is_or: list[bool], places: range) -> bool:
    """Whether no word stands on that side of an OR, before the next OR or the end."""
    for place in places:
        if is_or[place] and spans[place][2]:
            return True
        if spans[place][2]:
            return False
    return True
