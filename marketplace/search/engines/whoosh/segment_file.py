"""The lists of one segment as a file that is read where it lies, in a map of the file or in memory.

    portion*   postings of some lists, then their values; padded to 4
    keys       the keys end to end, in order; a key is a field byte and a term; padded to 8
    table      u8 each: where every key ends; where the postings, and the bytes of values, of every list begin, and the
               end of both; first posting, first byte of values and place in the file of every portion, and their end
    footer     place of the keys, place of the table, number of lists, magic

Whoosh's own format stores each posting as a pickled object, which costs a hundred times more to read.
"""

from __future__ import annotations

import struct
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from io import BytesIO
from typing import Any, overload

import numpy as np

from marketplace.search.engines.whoosh.lists import POSTING, Lists, Source, joined, merged
from marketplace.search.ranking.postings import EMPTY, Ints, PostingList, firsts

#: Keys of a segment whose place is remembered between queries.
REMEMBERED = 50_000
_FOOTER = struct.Struct("<QQQ8s")
_MAGIC = b"lists002"


def write_lists(file: Any, sources: Sequence[Source]) -> None:
    """Write the lists of all sources; their documents must be numbered through."""
    keys: list[bytes] = []
    starts, begins, portions = [np.zeros(1, np.int64)], [np.zeros(1, np.int64)], []
    place = postings = values = 0
    for lists in merged(sources):
        portions.append((postings, values, place))
        keys.extend(lists.keys)
        starts.append(np.cumsum(lists.counts) + postings)
        begins.append(np.cumsum(np.add.reduceat(lists.postings["size"], firsts(lists.counts), dtype=np.int64)) + values)
        postings, values = postings + len(lists.postings), values + len(lists.values)
        for column in (lists.postings.tobytes(), lists.values.tobytes(), bytes(-len(lists.values) % 4)):
            place += file.write(column)
    portions.append((postings, values, place))
    blob = b"".join(keys)
    blob += bytes(-(place + len(blob)) % 8)
    ends = np.cumsum(np.fromiter(map(len, keys), np.int64, len(keys)))
    table = np.concatenate([ends, *starts, *begins, np.array(portions, np.int64).ravel()]).astype("<u8")
    file.write(blob)
    file.write(table.tobytes())
    file.write(_FOOTER.pack(place, place + len(blob), len(keys), _MAGIC))


def packed(sources: Sequence[Source]) -> bytes:
    """Return the lists as such a file in memory."""
    file = BytesIO()
    write_lists(file, sources)
    return file.getvalue()


class _Keys(Sequence[bytes]):
    """The keys of a file, read one by one."""

    def __init__(self, data: memoryview, ends: memoryview) -> None:
        self._data, self._ends = data, ends

    def __len__(self) -> int:
        return len(self._ends)

    @overload
    def __getitem__(self, place: int) -> bytes: ...

    @overload
    def __getitem__(self, place: slice) -> list[bytes]: ...

    def __getitem__(self, place: int | slice) -> bytes | list[bytes]:
        if isinstance(place, slice):
            return [self[one] for one in range(*place.indices(len(self)))]
        return bytes(self._data[self._ends[place - 1] if place else 0 : self._ends[place]])


class ListReader:
    """Reads the lists of a segment; safe for any number of threads, since nothing in it has a position."""

    def __init__(self, data: Any) -> None:
        """Take the bytes of a file, or a map of it; raises OSError when they are not whole."""
        self._data = whole = memoryview(data)
        if len(whole) < _FOOTER.size:
            raise OSError("a segment that is cut short")
        keys, table, count, magic = _FOOTER.unpack(whole[-_FOOTER.size :])
        if magic != _MAGIC:
            raise OSError("a segment in another format")
        numbers = whole[table : -_FOOTER.size].cast("Q")
        self.keys = _Keys(whole[keys:table], numbers[:count])
        self._starts, self._begins = numbers[count : 2 * count + 1], numbers[2 * count + 1 : 3 * count + 2]
        rest = numbers[3 * count + 2 :].tolist()
        self._portions = list(zip(rest[::3], rest[1::3], rest[2::3], strict=True))
        self._firsts = rest[::3]
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
        postings, values = self._columns(place, place + 1)
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
        pieces = [Lists([], np.empty(0, np.intp), np.empty(0, POSTING), np.empty(0, np.uint8))]
        while low < high:
            end = self._portions[bisect_right(self._firsts, self._starts[low])][0]
            stop = bisect_left(self._starts, end, low, high)
            postings, values = self._columns(low, stop)
            counts = np.diff(np.frombuffer(self._starts[low : stop + 1], np.uint64)).astype(np.intp)
            pieces.append(Lists(self.keys[low:stop], counts, postings, np.frombuffer(values, np.uint8)))
            low = stop
        return joined(pieces) if len(pieces) != 2 else pieces[1]

    def _columns(self, low: int, high: int) -> tuple[Any, memoryview]:
        """Return postings and values of some lists, which one portion holds."""
        begin, end = self._starts[low], self._starts[high]
        number = bisect_right(self._firsts, begin)
        first, first_value, place = self._portions[number - 1]
        values = place + POSTING.itemsize * (self._firsts[number] - first) - first_value
        postings = np.frombuffer(self._data, POSTING, end - begin, place + POSTING.itemsize * (begin - first))
        return postings, self._data[values + self._begins[low] : values + self._begins[high]]
