"""A Whoosh codec whose posting lists are arrays: one file per segment, read through the page cache without decoding.

Whoosh keeps segments, commits, locks and merging; its own format stores each posting as a pickled Python object, which
costs a hundred times more to read. Layout, little-endian:

    list*      as in `whoosh_lists`
    keys       the keys end to end, sorted; a key is a field byte and a term
    tables     end of each key u8[n], start of each list u8[n], in the machine's byte order
    footer     start of keys u8, start of tables u8, n u8, magic
"""

from __future__ import annotations

import mmap
import os
import struct
from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from whoosh.codec.base import FieldWriter
from whoosh.codec.whoosh3 import W3Codec

from marketplace.search.whoosh_lists import ALL_ONE, VARIED, Ints, Lists, Source, cuts, decode, encode, merged

Floats = NDArray[np.float64]

EXTENSION = ".lists"
#: Keys of a segment whose place is remembered between queries.
REMEMBERED = 50_000
_HEADER, _FOOTER = struct.Struct("<III"), struct.Struct("<QQQ8s")
_MAGIC = b"lists001"
_ABSENT = -1


@dataclass(frozen=True, slots=True)
class PostingList:
    """Document numbers in order, weights, and the values end to end with the size of each."""

    docs: Ints
    weights: Floats
    values: bytes | memoryview
    sizes: Ints


_NOBODY = np.empty(0, np.uint32)
EMPTY = PostingList(np.empty(0, np.intp), np.empty(0), b"", np.empty(0, np.intp))


class ListWriter(FieldWriter):
    """Collects the sources of a new segment and writes its file when Whoosh finishes it."""

    def __init__(self, storage: Any, segment: Any) -> None:
        self._storage, self._segment = storage, segment
        self._sources: list[Source] = []
        self._finished = self.is_closed = False

    def add_source(self, source: Source) -> None:
        """Add lists; their documents must come after those of the sources before."""
        self._sources.append(source)

    def add_postings(self, _schema: Any, _lengths: Any, _items: Any) -> None:
        """Mark the segment as finished: Whoosh calls this before `close`, but not when it gives up."""
        self._finished = True

    def close(self) -> None:
        """Write the file of a finished segment, to the disk: the table of contents will soon name it."""
        if self._finished:
            with Path(self._storage.folder, self._segment.make_filename(EXTENSION)).open("wb") as file:
                self._write(file)
                file.flush()
                os.fsync(file.fileno())
        self._sources = []
        self.is_closed = True

    def _write(self, file: Any) -> None:
        keys: list[bytes] = []
        lengths, starts, place = array("q"), array("Q"), 0
        for portion in merged(self._sources):
            data, begins = encode(portion)
            starts.frombytes((begins + place).tobytes())
            keys.append(b"".join(portion.keys))
            lengths.extend(map(len, portion.keys))
            place += file.write(data)
        ends = np.cumsum(np.frombuffer(lengths, np.int64))
        end = int(ends[-1]) if len(ends) else 0
        file.writelines(keys)
        file.write(bytes(-end % 8))
        file.write(ends.tobytes())
        file.write(starts.tobytes())
        file.write(_FOOTER.pack(place, place + end + (-end % 8), len(ends), _MAGIC))

    def start_field(self, fieldname: str, fieldobj: Any) -> None:
        """Not used: whole lists are written."""
        raise NotImplementedError

    start_term = add = finish_term = start_field


class ListReader:
    """Reads the lists of a segment; safe for any number of threads, since a mapping has no position."""

    def __init__(self, folder: str, segment: Any) -> None:
        """Map the file; raises OSError when a writer has just deleted it."""
        self._path = Path(folder, segment.make_filename(EXTENSION))
        with self._path.open("rb") as file:
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
        place = self._place(key)
        return EMPTY if place == _ABSENT else self._decode(place)

    def documents(self, key: bytes) -> NDArray[np.uint32]:
        """Return the document numbers alone of the list of a key."""
        place = self._place(key)
        if place == _ABSENT:
            return _NOBODY
        start = self._starts[place]
        count = _HEADER.unpack_from(self._map, start)[0]
        return np.frombuffer(self._map, "<u4", count, start + _HEADER.size)

    def _place(self, key: bytes) -> int:
        place = self._places.get(key)
        if place is None:
            place = self.bisect(key)
            if place >= self._count or self._key(place) != key:
                place = _ABSENT
            if len(self._places) >= REMEMBERED:
                self._places.clear()
            self._places[key] = place
        return place

    def keys(self, prefix: bytes) -> Iterator[bytes]:
        """Yield the keys that begin with `prefix`, in order."""
        for place in range(self.bisect(prefix), self._count):
            key = self._key(place)
            if not key.startswith(prefix):
                return
            yield key

    @property
    def size(self) -> int:
        """Bytes of all lists."""
        return self._keys

    def __len__(self) -> int:
        return self._count

    def splits(self, portion: int) -> list[bytes]:
        """Return keys that divide the lists into parts of about `portion` bytes."""
        ends = np.append(np.frombuffer(self._starts, np.uint64)[1:], np.uint64(self._keys))
        return [self._key(place) for place in cuts(ends, portion)]

    def part(self, low: int, high: int) -> Lists:
        """Return the lists from number `low` up to `high`; a mapping would keep every page that a merge reads."""
        begin, end = self._stretch(low, high)
        return self._decoded(low, high, np.fromfile(self._path, "<u4", (end - begin) // 4, offset=begin))

    def beginning(self, prefix: bytes) -> Lists:
        """Return the lists whose keys begin with `prefix`; through the mapping, since the file may be gone already."""
        low = self.bisect(prefix)
        high = low + sum(1 for _ in self.keys(prefix))
        begin, end = self._stretch(low, high)
        return self._decoded(low, high, np.frombuffer(self._map, "<u4", (end - begin) // 4, begin))

    def _stretch(self, low: int, high: int) -> tuple[int, int]:
        if low == high:
            return 0, 0
        return self._starts[low], self._starts[high] if high < self._count else self._keys

    def _decoded(self, low: int, high: int, words: NDArray[np.uint32]) -> Lists:
        starts = np.frombuffer(self._starts, np.uint64)[low:high].astype(np.intp)
        return decode([self._key(place) for place in range(low, high)], words, starts - self._stretch(low, high)[0])

    def _key(self, place: int) -> bytes:
        begin = self._ends[place - 1] if place else 0
        return self._map[self._keys + begin : self._keys + self._ends[place]]

    def bisect(self, key: bytes) -> int:
        """Return how many keys come before `key`."""
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
        if flags & ALL_ONE:
            weights = np.ones(count)
        else:
            weights = np.frombuffer(self._map, "<f4", count, at).astype(np.float64)
            at += 4 * count
        if size == VARIED:
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
