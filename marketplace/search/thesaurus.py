"""Abbreviations, synonyms and Vietnamese–English term pairs: editable data, applied to queries only.

The index holds no synonyms, so editing `data/*.csv` needs no reindexing. Each row of a file lists forms that mean
the same, separated by "|"; the flag `weak` marks ambiguous rows, which only widen a search.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from marketplace.search.analysis import CAPITALS, tokens

DATA = Path(__file__).parent / "data"
#: What a match through a synonym is worth beside the words as typed.
STRONG, WEAK = 0.8, 0.35


@dataclass(frozen=True, slots=True)
class Alternative:
    """Another way to say a part of the query: a phrase of folded terms and its worth (0–1)."""

    terms: tuple[str, ...]
    weight: float


@dataclass(frozen=True, slots=True)
class Span:
    """A part of the query, units `start` up to `stop`, with what may stand in its place."""

    start: int
    stop: int
    alternatives: tuple[Alternative, ...]


class Thesaurus:
    """Groups of equivalent forms, looked up by folded terms."""

    def __init__(self, rows: Iterable[tuple[Sequence[str], bool]]) -> None:
        """Take rows of (forms, weak)."""
        self._others: dict[tuple[str, ...], dict[tuple[str, ...], Alternative]] = {}
        for forms, weak in rows:
            self._add(list(dict.fromkeys(key for form in forms for key in _keys(form))), WEAK if weak else STRONG)
        self._longest = max(map(len, self._others), default=0)

    def _add(self, keys: Sequence[tuple[str, ...]], weight: float) -> None:
        for key in keys:
            known = self._others.setdefault(key, {})
            for other in keys:
                if other != key and (other not in known or known[other].weight < weight):
                    known[other] = Alternative(other, weight)

    def __len__(self) -> int:
        return len(self._others)

    def spans(self, terms: Sequence[str], compounds: Iterable[tuple[int, int, str]] = ()) -> list[Span]:
        """Cover one run of neighbouring terms with known forms, longest first, without overlap.

        `compounds` are (start, stop, term): second readings such as khcn for KH&CN and ^ai for AI.
        """
        together = {(start, stop): term for start, stop, term in compounds}
        spans: list[Span] = []
        start = 0
        while start < len(terms):
            span = self._longest_at(terms, together, start)
            if span is None:
                start += 1
            else:
                spans.append(span)
                start = span.stop
        return spans

    def _longest_at(
        self, terms: Sequence[str], together: dict[tuple[int, int], str], start: int
    ) -> Span | None:
        reach = max([self._longest, *(stop - begin for begin, stop in together)])
        for stop in range(min(len(terms), start + reach), start, -1):
            own = tuple(terms[start:stop])
            found = dict(self._others.get(own, {}))
            compound = together.get((start, stop))
            if compound is not None:
                found |= self._others.get((compound,), {})
                found[(compound,)] = Alternative((compound,), 1.0)
            found.pop(own, None)
            if found:
                return Span(start, stop, tuple(found.values()))
        return None


def _keys(form: str) -> list[tuple[str, ...]]:
    """Return the terms of a form, and its second reading if it has one; of a form like AI only the second."""
    found = tokens(form)
    plain = tuple(token.term for token in found if not token.compound)
    whole = [token.term for token in found if token.compound and token.end - token.start == len(form)]
    if any(term.startswith(CAPITALS) for term in whole):
        return [(whole[0],)]
    return [key for key in (plain, *((term,) for term in whole)) if key]


def read_rows(path: Path) -> list[tuple[list[str], bool]]:
    """Read one data file: columns `forms` (separated by "|") and `flag` ("" or "weak")."""
    with path.open(encoding="utf-8", newline="") as lines:
        rows = csv.DictReader(line for line in lines if not line.startswith("#"))
        return [(row["forms"].split("|"), row["flag"] == "weak") for row in rows]


@cache
def default_thesaurus() -> Thesaurus:
    """Return the thesaurus of the shipped data files, read once per process."""
    return Thesaurus(row for path in sorted(DATA.glob("*.csv")) for row in read_rows(path))
