"""Which documents hold what, as bits of integers: sets that are joined and crossed in a microsecond.

A few documents are turned into holdings here; an engine that can gives those of its whole catalogue.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol, runtime_checkable

import numpy as np

from marketplace.search import Document, Query
from marketplace.search.analysis import code_key
from marketplace.search.coverage import Sayings
from marketplace.search.memory_scoring import holds
from marketplace.search.parser import Marks, Unit
from marketplace.search.ranking import Weighed, weigh


class Holdings(Protocol):
    """The documents of one kind at one moment."""

    def tokens(self) -> set[str]:
        """Return all audience tokens that any document carries."""

    def seen_by(self, audience: Iterable[str]) -> int:
        """Return the documents that an audience may see."""

    def word(self, term: str) -> int:
        """Return the documents that hold a word, whoever may see them."""

    def pair(self, term: str) -> int:
        """Return the documents that hold two neighbours ("nuoc thai")."""

    def phrase(self, units: tuple[Unit, ...], marks: Marks) -> int:
        """Return the documents in which the units follow each other with such diacritics."""

    def saying(self, sayings: Sayings) -> int:
        """Return the documents that say any of some forms."""


@runtime_checkable
class Holding(Protocol):
    """An engine that can give the holdings of its catalogue."""

    def holdings(self, kind: str) -> Holdings | None:
        """Return the holdings of a kind as of now; None when that would be no help."""


class Few:
    """The holdings of some documents of one kind, numbered as they come; and which of them a query lets pass."""

    def __init__(self, documents: Sequence[Document], weighed: Sequence[Weighed] | None = None) -> None:
        self._documents, self.count = documents, len(documents)
        self._weighed = [weigh(document) for document in documents] if weighed is None else weighed
        self._sets: dict[tuple[str, str], int] = {}
        self._phrases: dict[tuple[tuple[Unit, ...], Marks], int] = {}
        self._said: dict[Sayings, int] = {}
        self._ranges: dict[tuple[str, float | None, float | None], int] = {}
        for place, (document, one) in enumerate(zip(documents, self._weighed, strict=True)):
            self._note(place, "word", one.singles)
            self._note(place, "pair", one.pairs)
            self._note(place, "token", document.audience)
            self._note(place, "code", [code_key(document.code)] if document.code else [])
            for name, values in document.facets.items():
                self._note(place, f"facet {name}", values)
        names = {name for document in documents for name in document.numbers}
        self._numbers = {name: np.array([one.numbers.get(name, np.nan) for one in documents]) for name in names}

    def _note(self, place: int, name: str, values: Iterable[str]) -> None:
        for value in values:
            self._sets[name, value] = self._sets.get((name, value), 0) | 1 << place

    def _any(self, name: str, values: Iterable[str]) -> int:
        found = 0
        for value in values:
            found |= self._sets.get((name, value), 0)
        return found

    def tokens(self) -> set[str]:
        """Return all audience tokens that any document carries."""
        return {value for name, value in self._sets if name == "token"}

    def seen_by(self, audience: Iterable[str]) -> int:
        """Return the documents that an audience may see."""
        return self._any("token", audience)

    def word(self, term: str) -> int:
        """Return the documents that hold a word."""
        return self._sets.get(("word", term), 0)

    def pair(self, term: str) -> int:
        """Return the documents that hold two neighbours."""
        return self._sets.get(("pair", term), 0)

    def phrase(self, units: tuple[Unit, ...], marks: Marks) -> int:
        """Return the documents in which the units follow each other with such diacritics."""
        known = self._phrases.get((units, marks))
        if known is None:
            near = range(len(self._documents)) if units[0].prefix else places(self.word(units[0].term))
            known = sum(1 << place for place in near if holds(self._weighed[place], units, marks))
            self._phrases[units, marks] = known
        return known

    def saying(self, sayings: Sayings) -> int:
        """Return the documents that say any of some forms."""
        known = self._said.get(sayings)
        if known is None:
            known = 0
            for units, marks in sayings.forms:
                known |= self.phrase(units, marks)
            self._said[sayings] = known
        return known

    def begun(self, prefix: str) -> int:
        """Return the documents that hold a word which begins so."""
        return sum(1 << place for place, one in enumerate(self._weighed) if any(t.startswith(prefix) for t in one.singles))

    def passing(self, query: Query) -> int:
        """Return which documents pass everything of a query but its text."""
        found = self._any("token", query.audience)
        for name, values in query.filters.items():
            if values and found:
                found &= self._any(f"facet {name}", values)
        if query.codes:
            found &= self._any("code", query.codes)
        for name, values in query.without.items():
            found &= ~self._any(f"facet {name}", values)
        for name, limits in query.ranges.items():
            found &= self._within(name, limits)
        return found

    def _within(self, name: str, limits: tuple[float | None, float | None]) -> int:
        known = self._ranges.get((name, *limits))
        if known is None:
            low, high = limits
            numbers = self._numbers.get(name, np.full(len(self._documents), np.nan))
            inside = ~np.isnan(numbers)
            inside &= (numbers >= (-np.inf if low is None else low)) & (numbers <= (np.inf if high is None else high))
            known = self._ranges[name, low, high] = bits(inside)
        return known

    def ids(self, found: int) -> list[int]:
        """Return the ids of documents."""
        return [self._documents[place].id for place in places(found)]

    def among(self, ids: Iterable[int]) -> int:
        """Return the documents of some ids."""
        wanted = set(ids)
        return sum(1 << place for place, document in enumerate(self._documents) if document.id in wanted)


def bits(mask: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> int:
    """Return a mask as bits, the first document the lowest."""
    return int.from_bytes(np.packbits(mask, bitorder="little").tobytes(), "little")


def places(found: int) -> list[int]:
    """Return the numbers of the documents."""
    numbers = []
    while found:
        lowest = found & -found
        numbers.append(lowest.bit_length() - 1)
        found ^= lowest
    return numbers
