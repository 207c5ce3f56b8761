"""Many posting lists as flat arrays: joined, merged and renumbered without a step per posting."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import compress, count
from typing import Any

import numpy as np
from numpy.typing import NDArray

from marketplace.search.ranking.postings import Ints, firsts, spans

#: A posting: document, weight, and how many bytes its value has. Fields weigh whole numbers; see `MAX_DOCUMENT_TERMS`.
POSTING = np.dtype([("doc", "<u4"), ("weight", "<u2"), ("size", "<u2")])
LARGEST = 0xFFFF
#: Postings that are merged or written at a time, which bounds the memory of both.
PORTION = 250_000


@dataclass(frozen=True, slots=True)
class Lists:
    """Posting lists end to end, in the order of their keys; no list is empty."""

    keys: Sequence[bytes]
    counts: Ints  # postings of each list
    postings: NDArray[Any]
    values: NDArray[np.uint8]

    @property
    def starts(self) -> Ints:
        """Return where the postings of each list begin, and where the last one ends."""
        return np.append(firsts(self.counts), len(self.postings))

    def part(self, low: int, high: int) -> Lists:
        """Return the lists from number `low` up to `high`."""
        begin, end = self.starts[[low, high]]
        first, last = (int(self.postings["size"][:place].sum()) for place in (begin, end))
        return Lists(self.keys[low:high], self.counts[low:high], self.postings[begin:end], self.values[first:last])

    def renumbered(self, numbers: Ints) -> Lists:
        """Return the lists with other document numbers; documents with a negative one are left out."""
        docs = numbers[self.postings["doc"]]
        kept = docs >= 0
        counts = np.add.reduceat(kept, firsts(self.counts), dtype=np.intp)
        postings = self.postings[kept]
        postings["doc"] = docs[kept]
        keys = list(compress(self.keys, counts.tolist()))
        return Lists(keys, counts[counts > 0], postings, self.values[np.repeat(kept, self.postings["size"])])


class Collector:
    """Collects postings document by document."""

    def __init__(self) -> None:
        self._keys: defaultdict[bytes, int] = defaultdict(count().__next__)
        self._owners, self._docs, self._weights, self._sizes = array("I"), array("I"), array("I"), array("I")
        self._values = bytearray()

    def add(self, doc: int, keys: Sequence[bytes], weights: Iterable[int], values: Sequence[bytes]) -> None:
        """Add weight and value of a document under each of some keys."""
        self._owners.extend([self._keys[key] for key in keys])
        self._docs.extend([doc] * len(keys))
        self._weights.extend(weights)
        self._sizes.extend(map(len, values))
        self._values += b"".join(values)

    def lists(self) -> Lists:
        """Return everything as lists."""
        postings = np.empty(len(self._docs), POSTING)
        postings["doc"], postings["weight"], postings["size"] = map(np.array, (self._docs, self._weights, self._sizes))
        values = np.frombuffer(bytes(self._values), np.uint8)
        return _ordered([*self._keys], np.array(self._owners, np.intp), postings, values)


def _ordered(names: Sequence[bytes], owners: NDArray[Any], postings: NDArray[Any], values: NDArray[np.uint8]) -> Lists:
    """Return postings as lists; `owners` says for each which of the names, in any order, is its key."""
    order = sorted(range(len(names)), key=names.__getitem__)
    rank = np.empty(len(names), np.intp)
    rank[order] = np.arange(len(names))
    owners = rank[owners]
    by = np.argsort(owners, kind="stable")
    sizes = postings["size"].astype(np.intp)
    counts = np.bincount(owners, minlength=len(names))
    return Lists([names[one] for one in order], counts, postings[by], values[spans(firsts(sizes)[by], sizes[by])])


def joined(parts: Sequence[Lists]) -> Lists:
    """Return lists end to end; all keys of one must come before those of the next."""
    counts, postings, values = zip(*((part.counts, part.postings, part.values) for part in parts), strict=True)
    keys = [key for part in parts for key in part.keys]
    return Lists(keys, np.concatenate(counts), np.concatenate(postings), np.concatenate(values))


def merged(sources: Sequence[Any]) -> Iterator[Lists]:
    """Yield the lists of all sources (`Lists`, or what has the same `keys`, `starts` and `part`) in portions.

    A later source must have greater document numbers than an earlier one for every key that they share.
    """
    sources = [source for source in sources if len(source.keys)]
    if not sources:
        return
    largest = max(sources, key=lambda source: int(source.starts[-1]))
    starts, total = largest.starts, sum(int(source.starts[-1]) for source in sources)
    cuts = np.searchsorted(starts, np.arange(0, starts[-1], max(1, PORTION * int(starts[-1]) // total)))
    places = [0] * len(sources)
    for cut in [*np.unique(cuts[1:]).tolist(), len(largest.keys)]:
        key = largest.keys[cut] if cut < len(largest.keys) else None
        ends = [len(source.keys) if key is None else bisect_left(source.keys, key) for source in sources]
        parts = [s.part(low, high) for s, low, high in zip(sources, places, ends, strict=True) if low < high]
        parts = [part for part in parts if len(part.keys)]
        places = ends
        if parts:
            yield _together(parts)


def _together(parts: Sequence[Lists]) -> Lists:
    if len(parts) == 1:
        return parts[0]
    numbers: dict[bytes, int] = {}
    owners = [np.repeat([numbers.setdefault(key, len(numbers)) for key in one.keys], one.counts) for one in parts]
    postings, values = (np.concatenate([getattr(part, name) for part in parts]) for name in ("postings", "values"))
    return _ordered([*numbers], np.concatenate(owners), postings, values)
