"""The holdings of a snapshot: posting lists as bits, each read once."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from marketplace.search.coverage import Sayings
from marketplace.search.holdings import bits
from marketplace.search.parser import Marks, Plan, Unit
from marketplace.search.whoosh_lists import Ints
from marketplace.search.whoosh_query import Matching
from marketplace.search.whoosh_reader import Snapshot
from marketplace.search.whoosh_schema import kind_number, list_key
from marketplace.search.whoosh_view import View

#: Pairs whose documents are remembered; words are far fewer and all kept.
PAIRS = 5_000
#: Documents that are noted one by one.
FEW = 12


class WhooshHoldings:
    """What the documents of a kind hold, whoever may see them."""

    def __init__(self, snapshot: Snapshot, kind: str) -> None:
        self._snapshot = snapshot
        self._alive = snapshot.alive & snapshot.mask("number", [kind_number(kind)])
        self._live = bits(self._alive)
        self._segments = [(int(at), one) for at, one in zip(snapshot.offsets, snapshot.segments, strict=True)]
        self._reading = Matching(snapshot, Plan(), View(self._alive, int(self._alive.sum()), snapshot.lengths))
        self._words: dict[str, int] = {}
        self._pairs: dict[str, int] = {}
        self._said: dict[Sayings, int] = {}

    def tokens(self) -> set[str]:
        """Return all audience tokens that any document carries."""
        return {*self._snapshot.terms("audience", "", self._snapshot.count * 8 + 1)}

    def seen_by(self, audience: Iterable[str]) -> int:
        """Return the documents that an audience may see."""
        return bits(self._snapshot.mask("audience", sorted(audience)) & self._alive)

    def word(self, term: str) -> int:
        """Return the documents that hold a word."""
        known = self._words.get(term)
        if known is None:
            known = self._words[term] = self._read(list_key("single", term))
        return known

    def pair(self, term: str) -> int:
        """Return the documents that hold two neighbours."""
        known = self._pairs.get(term)
        if known is None:
            if len(self._pairs) >= PAIRS:
                self._pairs.clear()
            known = self._pairs[term] = self._read(list_key("pair", term))
        return known

    def phrase(self, units: tuple[Unit, ...], marks: Marks) -> int:
        """Return the documents in which the units follow each other with such diacritics."""
        return self._bits(self._reading.phrase(units, marks))

    def saying(self, sayings: Sayings) -> int:
        """Return the documents that say any of some forms."""
        known = self._said.get(sayings)
        if known is None:
            known = 0
            for units, marks in sayings.forms:
                known |= self.phrase(units, marks)
            self._said[sayings] = known
        return known

    def _read(self, key: bytes) -> int:
        found = 0
        for offset, segment in self._segments:
            docs = segment.lists.documents(key)
            if len(docs) > FEW:
                mask = np.zeros(segment.count, bool)
                mask[docs] = True
                found |= bits(mask) << offset
            else:
                for doc in docs.tolist():
                    found |= 1 << (offset + doc)
        return found & self._live

    def _bits(self, docs: Ints) -> int:
        if not len(docs):
            return 0
        mask = np.zeros(self._snapshot.count, bool)
        mask[docs] = True
        return bits(mask)
