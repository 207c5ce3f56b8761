"""Many posting lists as flat arrays: joined, merged and renumbered without a step per posting."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import compress
from typing import Any

import numpy as np
from numpy.typing import NDArray

from marketplace.search.ranking.postings import Ints, firsts, spans

#: A posting: document, weight, and how many bytes its value has.
POSTING = np.dtype([("doc", "<u4"), ("weight", "<f4"), ("size", "<u4")])
#: Postings that are merged or written at a time, which bounds the memory of both.
PORTION = 250_000
#: Postings by the key of their list: document, weight, value.
Found = dict[bytes, list[tuple[int, float, bytes]]]


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


def lists_from(found: Mapping[bytes, Sequence[tuple[int, float, bytes]]]) -> Lists:
    """Return postings as lists; those of one key must come in the order of documents."""
    keys = sorted(found)
    flat = [posting for key in keys for posting in found[key]]
    counts = np.fromiter((len(found[key]) for key in keys), np.intp, len(keys))
    postings = np.empty(len(flat), POSTING)
    if flat:
        postings["doc"], postings["weight"], values = zip(*flat, strict=True)
        postings["size"] = np.fromiter(map(len, values), "<u4", len(flat))
    data = b"".join([value for _, _, value in flat])
    return Lists(keys, counts, postings, np.frombuffer(data, np.uint8))


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
    keys = sorted(set().union(*(part.keys for part in parts)))
    rank = {key: place for place, key in enumerate(keys)}
    owner = np.concatenate([np.repeat([rank[key] for key in part.keys], part.counts) for part in parts])
    order = np.argsort(owner, kind="stable")
    whole = _joined(parts)
    sizes = whole.postings["size"].astype(np.intp)
    values = whole.values[spans(firsts(sizes)[order], sizes[order])]
    return Lists(keys, np.bincount(owner, minlength=len(keys)), whole.postings[order], values)


def _joined(parts: Sequence[Lists]) -> Lists:
    """Return lists end to end."""
    counts, postings = (np.concatenate([getattr(part, name) for part in parts]) for name in ("counts", "postings"))
    values = np.concatenate([part.values for part in parts])
    return Lists([key for part in parts for key in part.keys], counts, postings, values)
