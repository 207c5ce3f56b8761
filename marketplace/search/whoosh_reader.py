"""Segments of the index, and snapshots of all segments at one moment. Both are immutable and shared by threads.

A segment never changes on disk, so what is derived from it (columns of numbers, facets) is kept and serves later
snapshots too.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence
from itertools import islice
from threading import Lock
from typing import Any, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from marketplace.search.whoosh_codec import EMPTY, Floats, ListReader, PostingList
from marketplace.search.whoosh_lists import Lists
from marketplace.search.whoosh_schema import LENGTH, SEPARATOR, list_key

Mask = NDArray[np.bool_]
Codes = NDArray[np.unsignedinteger[Any]]
T = TypeVar("T")

#: Bytes of derived arrays kept per segment and per snapshot.
CACHE_BYTES = 64 * 1024 * 1024


class _Cache:
    """Least recently used values up to a number of bytes."""

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
            if key not in self._items:
                self._items[key] = value, size
                self._used += size
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


def wide_enough(values: int) -> type[np.unsignedinteger[Any]]:
    """Return the narrowest type that numbers so many values from 1: most facets have few, keywords have no end."""
    return np.uint16 if values <= np.iinfo(np.uint16).max else np.uint32


class Segment:
    """One segment; deletions are kept with the snapshot."""

    def __init__(self, storage: Any, segment: Any) -> None:
        """Open a Whoosh segment; raises OSError when a writer has just deleted it."""
        self.lists = ListReader(storage.folder, segment)
        self.count: int = segment.doc_count_all()
        self._cache = _Cache(CACHE_BYTES)

    def terms(self, field: str, prefix: str, limit: int) -> list[str]:
        """Return at most `limit` terms that begin with `prefix`, in order."""
        keys = islice(self.lists.keys(list_key(field, prefix)), limit)
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
            lists = self.lists.beginning(prefix)
            values = [key[len(prefix) :].decode("utf-8", "surrogatepass") for key in lists.keys]
            facet = Facet(values, _columns(lists, self.count))
            return facet, facet.size

        return self._cache.get(("facet", name), make)


def _columns(lists: Lists, count: int) -> list[Codes]:
    """Return which of `count` documents is in which list, all lists at once: there may be a hundred thousand."""
    order = np.argsort(lists.docs, kind="stable")
    docs = lists.docs[order].astype(np.intp)
    codes = np.repeat(np.arange(1, len(lists) + 1), lists.counts)[order]
    first = np.flatnonzero(np.diff(docs, prepend=-1))
    place = np.arange(len(docs)) - np.repeat(first, np.diff(np.append(first, len(docs))))
    columns: list[Codes] = []
    for number in range(int(place.max(initial=0)) + 1):
        here = place == number
        columns.append(np.zeros(count, wide_enough(len(lists))))
        columns[number][docs[here]] = codes[here]
    return columns


class Snapshot:
    """All segments at one moment, documents numbered through. Immutable and shared by threads."""

    def __init__(self, segments: Sequence[Segment], deleted: Sequence[set[int]]) -> None:
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
        parts = [(offset, s.lists.find(key)) for offset, s in zip(self.offsets, self.segments, strict=True)]
        filled = [(offset, part) for offset, part in parts if len(part.docs)]
        if not filled:
            return EMPTY
        if len(filled) == 1 and filled[0][0] == 0:
            return filled[0][1]
        return PostingList(
            np.concatenate([part.docs + offset for offset, part in filled]),
            np.concatenate([part.weights for _, part in filled]),
            b"".join(part.values for _, part in filled),
            np.concatenate([part.sizes for _, part in filled]),
        )

    def terms(self, field: str, prefix: str, limit: int) -> Sequence[str]:
        """Return terms that begin with `prefix`, in order, at most `limit` from each segment."""
        return sorted({term for segment in self.segments for term in segment.terms(field, prefix, limit)})

    def numbers(self, name: str) -> Floats:
        """Return a number of all documents, NaN where missing."""
        return np.concatenate([segment.numbers(name) for segment in self.segments]) if self.segments else EMPTY.weights

    def facet(self, name: str) -> Facet:
        """Return the values of a facet in all segments, and which document has which."""

        def make() -> tuple[Facet, int]:
            facets = [segment.facet(name) for segment in self.segments]
            values = sorted({value for facet in facets for value in facet.values})
            numbers = {value: number for number, value in enumerate(values, start=1)}
            kind = wide_enough(len(values))
            columns = [np.zeros(self.count, kind) for _ in range(max((len(f.columns) for f in facets), default=0))]
            for offset, facet in zip(self.offsets, facets, strict=True):
                table = np.array([0, *(numbers[value] for value in facet.values)], kind)
                for column, part in zip(columns, facet.columns, strict=False):
                    column[offset : offset + len(part)] = table[part]
            whole = Facet(values, columns)
            return whole, whole.size

        return self.cached(("facet", name), make)

    def mask(self, field: str, terms: Sequence[str]) -> Mask:
        """Return which documents have any of the terms."""
        found = np.zeros(self.count, bool)
        for term in terms:
            found[self.postings(field, term).docs] = True
        return found
