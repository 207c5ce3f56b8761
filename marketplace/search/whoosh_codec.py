"""A Whoosh codec whose posting lists are arrays: one file per segment, read through the page cache without decoding.

Whoosh keeps segments, commits, locks and merging; its own format stores each posting as a pickled Python object, which
costs a hundred times more to read. Layout, little-endian:

    list*      count u4, size of every value u4 (VARIED: sizes follow), flags u4, documents u4[count],
               weights f4[count] (unless all are 1), sizes u4[count] (if VARIED), values; padded to 4 bytes
    keys       the keys end to end, sorted; a key is a field byte and a term
    tables     end of each key u8[n], start of each list u8[n], in the machine's byte order
    footer     start of keys u8, start of tables u8, n u8, magic
"""

from __future__ import annotations

import mmap
import struct
from array import array
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from whoosh.codec.base import FieldWriter
from whoosh.codec.whoosh3 import W3Codec

Ints = NDArray[np.intp]
Floats = NDArray[np.float64]

EXTENSION = ".lists"
#: Keys of a segment whose place is remembered between queries.
REMEMBERED = 50_000
_HEADER, _FOOTER = struct.Struct("<III"), struct.Struct("<QQQ8s")
_MAGIC = b"lists001"
_VARIED, _ALL_ONE = 0xFFFFFFFF, 1


@dataclass(frozen=True, slots=True)
class PostingList:
    """Document numbers in order, weights, and the values end to end with the size of each."""

    docs: Ints
    weights: Floats
    values: bytes | memoryview
    sizes: Ints


EMPTY = PostingList(np.empty(0, np.intp), np.empty(0), b"", np.empty(0, np.intp))


@dataclass(slots=True)
class _Growing:
    docs: array[int] = field(default_factory=lambda: array("I"))
    weights: array[float] = field(default_factory=lambda: array("f"))
    values: bytearray = field(default_factory=bytearray)
    sizes: array[int] = field(default_factory=lambda: array("I"))

    def encoded(self) -> bytes:
        count, size = len(self.docs), self.sizes[0]
        varied = self.sizes.count(size) != count
        plain = self.weights.count(1.0) == count
        parts: list[bytes | bytearray] = [
            _HEADER.pack(count, _VARIED if varied else size, _ALL_ONE if plain else 0),
            self.docs.tobytes(),
            b"" if plain else self.weights.tobytes(),
            self.sizes.tobytes() if varied else b"",
            self.values,
        ]
        return b"".join(parts) + bytes(-len(self.values) % 4)


class ListWriter(FieldWriter):
    """Collects the postings of a new segment and writes them when Whoosh finishes it."""

    def __init__(self, storage: Any, segment: Any) -> None:
        self._storage, self._segment = storage, segment
        self._lists: dict[bytes, _Growing] = {}
        self._finished = self.is_closed = False

    def add_document(self, number: int, items: Iterable[tuple[bytes, float, bytes]]) -> None:
        """Add a document's postings (key, weight, value); numbers must not decrease."""
        lists = self._lists
        for key, weight, value in items:
            growing = lists.get(key)
            if growing is None:
                growing = lists[key] = _Growing()
            growing.docs.append(number)
            growing.weights.append(weight)
            growing.values += value
            growing.sizes.append(len(value))

    def add_list(self, key: bytes, postings: PostingList) -> None:
        """Append a whole list; its documents must come after those already there."""
        growing = self._lists.setdefault(key, _Growing())
        growing.docs.frombytes(postings.docs.astype("<u4").tobytes())
        growing.weights.frombytes(postings.weights.astype("<f4").tobytes())
        growing.values += postings.values
        growing.sizes.frombytes(postings.sizes.astype("<u4").tobytes())

    def add_postings(self, _schema: Any, _lengths: Any, _items: Any) -> None:
        """Mark the segment as finished: Whoosh calls this before `close`, but not when it gives up."""
        self._finished = True

    def close(self) -> None:
        """Write the file of a finished segment."""
        if self._finished:
            with Path(self._storage.folder, self._segment.make_filename(EXTENSION)).open("wb") as file:
                self._write(file)
        self._lists = {}
        self.is_closed = True

    def _write(self, file: Any) -> None:
        keys = sorted(self._lists)
        starts, ends, place, end = array("Q"), array("Q"), 0, 0
        for key in keys:
            data = self._lists[key].encoded()
            starts.append(place)
            end += len(key)
            ends.append(end)
            place += file.write(data)
        file.write(b"".join(keys))
        file.write(bytes(-end % 8))
        tables = place + end + (-end % 8)
        file.write(ends.tobytes())
        file.write(starts.tobytes())
        file.write(_FOOTER.pack(place, tables, len(keys), _MAGIC))

    def start_field(self, fieldname: str, fieldobj: Any) -> None:
        """Not used: whole lists are written."""
        raise NotImplementedError

    start_term = add = finish_term = start_field


class ListReader:
    """Reads the lists of a segment; safe for any number of threads, since a mapping has no position."""

    def __init__(self, folder: str, segment: Any) -> None:
        """Map the file; raises OSError when a writer has just deleted it."""
        with Path(folder, segment.make_filename(EXTENSION)).open("rb") as file:
            self._map = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        keys, tables, count, magic = _FOOTER.unpack(self._map[-_FOOTER.size :])
        if magic != _MAGIC:
            raise OSError(f"{folder}: a segment in another format")
        self._keys, self._count = keys, count
        whole = memoryview(self._map)
        self._ends = whole[tables : tables + 8 * count].cast("Q")
        self._starts = whole[tables + 8 * count : tables + 16 * count].cast("Q")
        self._places: dict[bytes, int] = {}

    def find(self, key: bytes) -> PostingList:
        """Return the list of a key, empty when there is none."""
        place = self._places.get(key)
        if place is None:
            place = self._bisect(key)
            if place >= self._count or self._key(place) != key:
                return EMPTY
            if len(self._places) >= REMEMBERED:
                self._places.clear()
            self._places[key] = place
        return self._decode(place)

    def keys(self, prefix: bytes) -> Iterator[bytes]:
        """Yield the keys that begin with `prefix`, in order."""
        for place in range(self._bisect(prefix), self._count):
            key = self._key(place)
            if not key.startswith(prefix):
                return
            yield key

    def items(self) -> Iterator[tuple[bytes, PostingList]]:
        """Yield all keys with their lists, in order."""
        return ((self._key(place), self._decode(place)) for place in range(self._count))

    def _key(self, place: int) -> bytes:
        begin = self._ends[place - 1] if place else 0
        return self._map[self._keys + begin : self._keys + self._ends[place]]

    def _bisect(self, key: bytes) -> int:
        low, high = 0, self._count
        while low < high:
            middle = (low + high) // 2
            if self._key(middle) < key:
                low = middle + 1
            else:
                high = middle
        return low

    def _decode(self, place: int) -> PostingList:
        start = self._starts[place]
        count, size, flags = _HEADER.unpack_from(self._map, start)
        at = start + _HEADER.size
        docs = np.frombuffer(self._map, "<u4", count, at).astype(np.intp)
        at += 4 * count
        if flags & _ALL_ONE:
            weights = np.ones(count)
        else:
            weights = np.frombuffer(self._map, "<f4", count, at).astype(np.float64)
            at += 4 * count
        if size == _VARIED:
            sizes = np.frombuffer(self._map, "<u4", count, at).astype(np.intp)
            at += 4 * count
        else:
            sizes = np.full(count, size, np.intp)
        return PostingList(docs, weights, memoryview(self._map)[at : at + int(sizes.sum())], sizes)


class ListCodec(W3Codec):
    """Whoosh's third codec with the lists in a file of ours."""

    length_stats = False

    def field_writer(self, storage: Any, segment: Any) -> ListWriter:
        """Return the writer of a new segment's lists."""
        return ListWriter(storage, segment)
