"""Segments of the index, snapshots of all segments at one moment, and what one audience sees in a snapshot.

All are immutable and shared by threads. A segment never changes, so what is derived from it (columns of numbers, facets)
is kept and serves later snapshots too.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from threading import Lock
from typing import Any, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from marketplace.search.engines.whoosh.inverter import LENGTH, SEPARATOR, kind_number, list_key
from marketplace.search.engines.whoosh.lists import Lists
from marketplace.search.engines.whoosh.segment_file import ListReader, packed
from marketplace.search.ranking.postings import EMPTY, Floats, Ints, Mask, PostingList
from marketplace.search.ranking.rule import Counts, Phrase, Term
from marketplace.search.ranking.weights import typical_length

Codes = NDArray[np.unsignedinteger[Any]]
T = TypeVar("T")

#: Bytes of derived arrays kept per segment and per snapshot.
CACHE_BYTES = 64 * 1024 * 1024
#: Terms whose frequency is remembered for an audience.
REMEMBERED = 20_000


class _Cache:
    """Values up to a number of bytes, the ones used longest ago leave first."""

    def __init__(self, budget: int) -> None:
        self._budget, self._used = budget, 0
        self._items: OrderedDict[Any, tuple[Any, int]] = OrderedDict()
        self._lock = Lock()

    def get(self, key: Any, make: Callable[[], tuple[T, int]]) -> T:
        with self._lock:
            if key in self._items:
                self._items.move_to_end(key)
                return self._items[key][0]
        value, size = make()
        with self._lock:
            self._used += size - self._items.pop(key, (None, 0))[1]
            self._items[key] = value, size
            while self._used > self._budget and len(self._items) > 1:
                self._used -= self._items.popitem(last=False)[1][1]
        return value


class Facet(NamedTuple):
    """The values of a facet, and columns of their numbers (from 1; 0 is none): as many as a document has values."""

    values: Sequence[str]
    columns: Sequence[Codes]

    @property
    def size(self) -> int:
        """About how many bytes there are."""
        return sum(column.nbytes for column in self.columns) + 100 * len(self.values)


def _wide_enough(values: int) -> type[np.unsignedinteger[Any]]:
    """Return the narrowest type that numbers so many values from 1: most facets have few, keywords have no end."""
    return np.uint16 if values <= np.iinfo(np.uint16).max else np.uint32


class Segment:
    """One segment; deletions are kept with the snapshot."""

    def __init__(self, data: Any, count: int) -> None:
        """Take the bytes, or the map, of a segment's file and the number of its documents."""
        self.lists, self.count = ListReader(data), count
        self._cache = _Cache(CACHE_BYTES)

    def terms(self, field: str, prefix: str, limit: int) -> list[str]:
        """Return at most `limit` terms that begin with `prefix`, in order."""
        keys = islice(self.lists.beginning(list_key(field, prefix)), limit)
        return [key[1:].decode("utf-8", "surrogatepass") for key in keys]

    def numbers(self, name: str) -> Floats:
        """Return a number of all documents, NaN where it is missing."""

        def make() -> tuple[Floats, int]:
            found = self.lists.find(list_key("number", name))
            column = np.full(self.count, np.nan)
            column[found.docs] = np.frombuffer(found.values, "<f8")
            return column, column.nbytes

        return self._cache.get(("number", name), make)

    def facet(self, name: str) -> Facet:
        """Return the values of a facet, and which document has which."""

        def make() -> tuple[Facet, int]:
            prefix = list_key("facet", name + SEPARATOR)
            lists = self.lists.lists(prefix)
            values = [key[len(prefix) :].decode("utf-8", "surrogatepass") for key in lists.keys]
            return (facet := Facet(values, _columns(lists, self.count))), facet.size

        return self._cache.get(("facet", name), make)


def _columns(lists: Lists, count: int) -> list[Codes]:
    """Return which of `count` documents is in which list, all lists at once: there may be a hundred thousand."""
    order = np.argsort(lists.postings["doc"], kind="stable")
    docs = lists.postings["doc"][order].astype(np.intp)
    codes = np.repeat(np.arange(1, len(lists.keys) + 1), lists.counts)[order]
    first = np.flatnonzero(np.diff(docs, prepend=-1))
    place = np.arange(len(docs)) - np.repeat(first, np.diff(np.append(first, len(docs))))
    columns: list[Codes] = []
    for number in range(int(place.max(initial=0)) + 1):
        here = place == number
        columns.append(np.zeros(count, _wide_enough(len(lists.keys))))
        columns[number][docs[here]] = codes[here]
    return columns


class Snapshot:
    """All segments at one moment, documents numbered through. Immutable and shared by threads."""

    def __init__(self, segments: Sequence[Segment], deleted: Sequence[Iterable[int]]) -> None:
        self.segments = segments
        self.offsets = list(np.cumsum([0, *(segment.count for segment in segments)]))
        self.count = int(self.offsets.pop())
        self.alive: Mask = np.ones(self.count, bool)
        for offset, gone in zip(self.offsets, deleted, strict=True):
            self.alive[[offset + number for number in gone]] = False
        self.lengths = np.nan_to_num(self.numbers(LENGTH), nan=1.0)
        self._cache = _Cache(CACHE_BYTES)

    def cached(self, key: Any, make: Callable[[], tuple[T, int]]) -> T:
        """Return what `make` (value, size in bytes) gave for `key` in this snapshot."""
        return self._cache.get(key, make)

    def postings(self, field: str, term: str) -> PostingList:
        """Return the posting list of a term over all segments, deleted documents included."""
        key = list_key(field, term)
        parts = [segment.lists.find(key) for segment in self.segments]
        filled = [(offset, part) for offset, part in zip(self.offsets, parts, strict=True) if len(part.docs)]
        if not filled:
            return EMPTY
        if filled[0][0] == 0 and len(filled) == 1:
            return filled[0][1]
        docs = np.concatenate([part.docs + offset for offset, part in filled])
        weights, sizes = (np.concatenate([part[number] for _, part in filled]) for number in (1, 2))
        return PostingList(docs, weights, sizes, b"".join(part.values for _, part in filled))

    def terms(self, field: str, prefix: str, limit: int) -> Sequence[str]:
        """Return terms that begin with `prefix`, in order, at most `limit` from each segment."""
        return sorted({term for segment in self.segments for term in segment.terms(field, prefix, limit)})

    def numbers(self, name: str) -> Floats:
        """Return a number of all documents, NaN where missing."""
        return np.concatenate([segment.numbers(name) for segment in self.segments]) if self.segments else np.empty(0)

    def facet(self, name: str) -> Facet:
        """Return the values of a facet in all segments, and which document has which."""

        def make() -> tuple[Facet, int]:
            facets = [segment.facet(name) for segment in self.segments]
            values = sorted({value for facet in facets for value in facet.values})
            numbers = {value: number for number, value in enumerate(values, start=1)}
            kind = _wide_enough(len(values))
            columns = [np.zeros(self.count, kind) for _ in range(max((len(f.columns) for f in facets), default=0))]
            for offset, facet in zip(self.offsets, facets, strict=True):
                table = np.array([0, *(numbers[value] for value in facet.values)], kind)
                for column, part in zip(columns, facet.columns, strict=False):
                    column[offset : offset + len(part)] = table[part]
            return (whole := Facet(values, columns)), whole.size

        return self.cached(("facet", name), make)

    def mask(self, field: str, terms: Iterable[str]) -> Mask:
        """Return which documents have any of the terms."""
        found = np.zeros(self.count, bool)
        for term in terms:
            found[self.postings(field, term).docs] = True
        return found

    def view(self, kinds: Sequence[str], audience: Sequence[str]) -> View:
        """Return what an audience may see of some kinds; audiences that see the same share it."""

        def make() -> tuple[View, int]:
            mask = self.mask("audience", audience) & self.mask("number", [kind_number(kind) for kind in kinds])
            mask &= self.alive
            return self.cached(("seen", mask.tobytes()), lambda: (self._view(mask), 2 * mask.nbytes)), 100

        return self.cached(("view", tuple(sorted(set(kinds))), tuple(sorted(set(audience)))), make)

    def _view(self, mask: Mask) -> View:
        total = int(np.count_nonzero(mask))
        return View(total, typical_length(float(self.lengths[mask].mean()) if total else 0.0), {}, mask)

    def ids(self, kinds: Sequence[str]) -> tuple[Ints, Floats]:
        """Return of every document the position of its kind in `kinds` (-1: another) and its id (NaN likewise)."""

        def make() -> tuple[tuple[Ints, Floats], int]:
            which, ids = np.full(self.count, -1, np.intp), np.full(self.count, np.nan)
            for position, kind in enumerate(kinds):
                column = self.numbers(kind_number(kind))
                here = ~np.isnan(column)
                which[here], ids[here] = position, column[here]
            return (which, ids), which.nbytes * 2

        return self.cached(("ids", tuple(kinds)), make)


def snapshot_of(lists: Sequence[Lists], count: int) -> Snapshot:
    """Return a snapshot of the lists of some documents, in memory."""
    segments = [Segment(packed(lists), count)] if count else []
    return Snapshot(segments, [()] * len(segments))


@dataclass(frozen=True, slots=True)
class View(Counts):
    """The documents that an audience sees; what is counted among them is remembered."""

    of: dict[Term | Phrase, int]
    mask: Mask

    def having(self, term: Term, found: PostingList = EMPTY) -> int:
        """Return how many visible documents hold a term, whose postings are given."""
        known = self.of.get(term)
        if known is None:
            if len(self.of) >= REMEMBERED:
                self.of.clear()
            known = self.of[term] = int(np.count_nonzero(self.mask[found.docs]))
        return known
