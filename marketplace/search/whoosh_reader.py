"""Whole posting lists of a Whoosh index as arrays: segments, and snapshots of all segments at one moment.

A segment never changes on disk, so what was decoded from it is kept (up to a budget) and shared by all threads and by
later snapshots. Decoding holds a lock because Whoosh's posting file has one read position; computing holds none.
Whoosh's own matchers go through postings one by one in Python; arrays make the same lists about fifty times faster.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from threading import Lock
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from marketplace.search.whoosh_schema import LENGTH, SEPARATOR, codec, schema

Ints = NDArray[np.intp]
Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]
T = TypeVar("T")

#: Bytes of decoded lists kept per segment.
CACHE_BYTES = 96 * 1024 * 1024
_FORMATS = {name: field.format for name, field in schema().items()}


@dataclass(frozen=True, slots=True)
class PostingList:
    """A posting list: document numbers, weights, and the values end to end with the length of each."""

    docs: Ints
    weights: Floats
    values: bytes
    lengths: Ints

    @property
    def size(self) -> int:
        """Memory in bytes, roughly."""
        return int(self.docs.nbytes + self.weights.nbytes + len(self.values) + self.lengths.nbytes) + 200


EMPTY = PostingList(np.empty(0, np.intp), np.empty(0), b"", np.empty(0, np.intp))


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


class Segment:
    """One immutable segment, decoded on demand."""

    def __init__(self, storage: Any, segment: Any) -> None:
        """Open a Whoosh segment; raises OSError when a writer has just deleted it."""
        files = segment.open_compound_file(storage) if segment.is_compound() else storage
        self._terms = codec().terms_reader(files, segment)
        self.count: int = segment.doc_count_all()
        self._lock = Lock()
        self._cache = _Cache(CACHE_BYTES)

    def postings(self, field: str, term: bytes) -> PostingList:
        """Return a posting list, empty when there is none."""

        def make() -> tuple[PostingList, int]:
            with self._lock:
                found = self._read(field, term)
            return found, found.size + len(term)

        return self._cache.get((field, term), make)

    def holds(self, field: str, term: bytes) -> bool:
        """Whether any document ever had the term."""
        with self._lock:
            return (field, term) in self._terms

    def terms(self, field: str, prefix: bytes, limit: int) -> Sequence[bytes]:
        """Return at most `limit` terms that begin with `prefix`, in order."""
        found: list[bytes] = []
        with self._lock:
            for name, term in self._terms.terms_from(field, prefix):
                if name != field or not term.startswith(prefix) or len(found) >= limit:
                    break
                found.append(term)
        return found

    def numbers(self, name: str) -> Floats:
        """Return a number of all documents, NaN where it is missing."""

        def make() -> tuple[Floats, int]:
            found = self.postings("number", name.encode())
            column = np.full(self.count, np.nan)
            column[found.docs] = np.frombuffer(found.values, "<f8")
            return column, column.nbytes

        return self._cache.get(("column", name), make)

    def facet(self, name: str) -> tuple[list[str], Ints, Ints]:
        """Return the values of a facet, and which document has which: two arrays of equal length."""

        def make() -> tuple[tuple[list[str], Ints, Ints], int]:
            prefix = f"{name}{SEPARATOR}".encode()
            terms = self.terms("facet", prefix, self.count * 64 + 1)
            docs = [self.postings("facet", term).docs for term in terms]
            if not docs:
                return ([], EMPTY.docs, EMPTY.docs), 100
            values = [term[len(prefix) :].decode() for term in terms]
            which = np.repeat(np.arange(len(docs)), [len(d) for d in docs])
            both = np.concatenate(docs)
            return (values, both, which), both.nbytes * 2

        return self._cache.get(("facet", name), make)

    def _read(self, field: str, term: bytes) -> PostingList:
        """Decode a list block by block, past Whoosh's one-at-a-time matcher (private parts of the pinned 2.7.4)."""
        if (field, term) not in self._terms:
            return EMPTY
        matcher = self._terms.matcher(field, term, _FORMATS[field])
        docs: list[Ints] = []
        weights: list[Floats] = []
        values: list[bytes] = []
        while True:
            matcher._read_data()
            deltas, block_weights, block_values = matcher._data
            docs.append(np.cumsum(np.array(deltas, np.intp)))
            plain = block_weights is None or isinstance(block_weights, float)
            weights.append(np.full(len(deltas), block_weights or 1.0) if plain else np.array(block_weights))
            values.extend(block_values or ())
            if matcher._lastblock:
                break
            matcher._next_block()
        lengths = np.fromiter(map(len, values), np.intp, len(values))
        return PostingList(np.concatenate(docs), np.concatenate(weights), b"".join(values), lengths)


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
        encoded = term.encode("utf-8", "surrogatepass")
        parts = [(offset, s.postings(field, encoded)) for offset, s in zip(self.offsets, self.segments, strict=True)]
        filled = [(offset, part) for offset, part in parts if len(part.docs)]
        if not filled:
            return EMPTY
        if len(filled) == 1 and filled[0][0] == 0:
            return filled[0][1]
        return PostingList(
            np.concatenate([part.docs + offset for offset, part in filled]),
            np.concatenate([part.weights for _, part in filled]),
            b"".join(part.values for _, part in filled),
            np.concatenate([part.lengths for _, part in filled]),
        )

    def terms(self, field: str, prefix: str, limit: int) -> Sequence[str]:
        """Return terms that begin with `prefix`, in order, at most `limit` from each segment."""
        encoded = prefix.encode("utf-8", "surrogatepass")
        found = {term for segment in self.segments for term in segment.terms(field, encoded, limit)}
        return [term.decode("utf-8", "surrogatepass") for term in sorted(found)]

    def numbers(self, name: str) -> Floats:
        """Return a number of all documents, NaN where missing."""
        return np.concatenate([segment.numbers(name) for segment in self.segments]) if self.segments else EMPTY.weights

    def mask(self, field: str, terms: Sequence[str]) -> Mask:
        """Return which documents have any of the terms."""
        found = np.zeros(self.count, bool)
        for term in terms:
            found[self.postings(field, term).docs] = True
        return found
