"""The lists of one segment as a file that is read where it lies, in a map of the file or in memory.

    postings, values     of all lists, end to end
    keys                 end to end, in order; a key is a field byte and a term; padded to 8
    table                u8 each: where each key ends; where the postings and values of each list begin, and the last ends
    footer               place of the keys, place of the table, number of lists, magic

Whoosh's own format stores each posting as a pickled object, which costs a hundred times more to read.
"""

from __future__ import annotations

import struct
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from io import BytesIO
from shutil import copyfileobj
from tempfile import SpooledTemporaryFile
from typing import Any

import numpy as np

from marketplace.search.engines.whoosh.lists import POSTING, Lists, merged
from marketplace.search.ranking.postings import EMPTY, Ints, PostingList, firsts

#: Keys of a segment whose place is remembered between queries.
REMEMBERED = 50_000
#: Bytes of values that are kept in memory until all postings are written.
MOST_IN_MEMORY = 16_000_000
_FOOTER = struct.Struct("<QQQ8s")
_MAGIC = b"lists003"


def write_lists(file: Any, sources: Sequence[Any]) -> None:
    """Write the lists of all sources; their documents must be numbered through."""
    keys: list[bytes] = []
    starts, begins = [np.zeros(1, np.int64)], [np.zeros(1, np.int64)]
    with SpooledTemporaryFile(MOST_IN_MEMORY) as values:
        for lists in merged(sources):
            keys.extend(lists.keys)
            starts.append(np.cumsum(lists.counts) + starts[-1][-1])
            sizes = np.add.reduceat(lists.postings["size"], firsts(lists.counts), dtype=np.int64)
            begins.append(np.cumsum(sizes) + begins[-1][-1])
            file.write(lists.postings.tobytes())
            values.write(lists.values.tobytes())
        values.seek(0)
        copyfileobj(values, file)
    blob = b"".join(keys)
    place = POSTING.itemsize * int(starts[-1][-1]) + int(begins[-1][-1])
    blob += bytes(-(place + len(blob)) % 8)
    ends = np.cumsum(np.fromiter(map(len, keys), np.int64, len(keys)))
    file.write(blob)
    file.write(np.concatenate([ends, *starts, *begins]).astype("<u8").tobytes())
    file.write(_FOOTER.pack(place, place + len(blob), len(keys), _MAGIC))


def packed(sources: Sequence[Any]) -> bytes:
    """Return the lists as such a file in memory."""
    file = BytesIO()
    write_lists(file, sources)
    return file.getvalue()


class _Keys:
    """The keys of a file, read one by one."""

    def __init__(self, data: memoryview, ends: memoryview) -> None:
        self._data, self._ends = data, ends

    def __len__(self) -> int:
        return len(self._ends)

    def __getitem__(self, place: int) -> bytes:
        return bytes(self._data[self._ends[place - 1] if place else 0 : self._ends[place]])


class ListReader:
    """Reads the lists of a segment; safe for any number of threads, since nothing in it has a position."""

    def __init__(self, data: Any) -> None:
        """Take the bytes of a file, or a map of it; raises OSError when they are not whole."""
        whole = memoryview(data)
        if len(whole) < _FOOTER.size:
            raise OSError("a segment that is cut short")
        keys, table, count, magic = _FOOTER.unpack(whole[-_FOOTER.size :])
        if magic != _MAGIC:
            raise OSError("a segment in another format")
        numbers = whole[table : -_FOOTER.size].cast("Q")
        self.keys = _Keys(whole[keys:table], numbers[:count])
        self._starts, self._begins = numbers[count : 2 * count + 1], numbers[2 * count + 1 :]
        self._postings = np.frombuffer(whole, POSTING, self._starts[-1])
        self._values = whole[self._postings.nbytes : keys]
        self._places: dict[bytes, int] = {}

    @property
    def starts(self) -> Ints:
        """Return where the postings of each list begin, and where the last one ends."""
        return np.frombuffer(self._starts, np.uint64).astype(np.intp)

    def find(self, key: bytes) -> PostingList:
        """Return the list of a key, empty when there is none."""
        place = self._places.get(key)
        if place is None:
            place = bisect_left(self.keys, key)
            if place >= len(self.keys) or self.keys[place] != key:
                place = -1
            if len(self._places) >= REMEMBERED:
                self._places.clear()
            self._places[key] = place
        if place < 0:
            return EMPTY
        postings = self._postings[self._starts[place] : self._starts[place + 1]]
        values = self._values[self._begins[place] : self._begins[place + 1]]
        return PostingList(postings["doc"].astype(np.intp), postings["weight"], postings["size"], values)

    def beginning(self, prefix: bytes) -> Iterator[bytes]:
        """Yield the keys that begin with `prefix`, in order."""
        for place in range(bisect_left(self.keys, prefix), len(self.keys)):
            key = self.keys[place]
            if not key.startswith(prefix):
                return
            yield key

    def lists(self, prefix: bytes) -> Lists:
        """Return the lists whose keys begin with `prefix`."""
        low = bisect_left(self.keys, prefix)
        return self.part(low, low + sum(1 for _ in self.beginning(prefix)))

    def part(self, low: int, high: int) -> Lists:
        """Return the lists from number `low` up to `high`."""
        counts = np.diff(np.frombuffer(self._starts[low : high + 1], np.uint64)).astype(np.intp)
        postings = self._postings[self._starts[low] : self._starts[high]]
        values = np.frombuffer(self._values[self._begins[low] : self._begins[high]], np.uint8)
        return Lists([self.keys[place] for place in range(low, high)], counts, postings, values)
