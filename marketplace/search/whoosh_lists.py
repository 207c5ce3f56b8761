"""Many posting lists as flat arrays: built, merged, written and read without a step per posting.

Layout of a list in a file, little-endian:

    count u4, size of every value u4 (VARIED: sizes follow), flags u4, documents u4[count],
    weights f4[count] (unless all are 1), sizes u4[count] (if VARIED), values; padded to 4 bytes
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import compress
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.intp]

HEADER = 3  # numbers before the documents
VARIED, ALL_ONE = 0xFFFFFFFF, 1
#: Bytes that are merged or written at a time, which bounds the memory of both.
PORTION = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Lists:
    """Posting lists end to end, in the order of their keys; no list is empty."""

    keys: Sequence[bytes]
    counts: Ints  # postings of each list
    docs: NDArray[np.uint32]
    weights: NDArray[np.float32]
    sizes: Ints  # bytes of each posting's value
    values: NDArray[np.uint8]

    @property
    def size(self) -> int:
        """About how many bytes there are."""
        return 12 * len(self.keys) + 8 * len(self.docs) + len(self.values)

    def __len__(self) -> int:
        return len(self.keys)

    def bisect(self, key: bytes) -> int:
        """Return how many keys come before `key`."""
        return bisect_left(self.keys, key)

    def splits(self, portion: int) -> list[bytes]:
        """Return keys that divide the lists into parts of about `portion` bytes."""
        ends = np.cumsum(self.counts) * (self.size / max(1, len(self.docs)))
        return [self.keys[place] for place in cuts(ends, portion)]

    def part(self, low: int, high: int) -> Lists:
        """Return the lists from number `low` up to `high`."""
        begin, end = int(self.counts[:low].sum()), int(self.counts[:high].sum())
        first, last = int(self.sizes[:begin].sum()), int(self.sizes[:end].sum())
        return Lists(
            self.keys[low:high], self.counts[low:high], self.docs[begin:end], self.weights[begin:end],
            self.sizes[begin:end], self.values[first:last],
        )

    def renumbered(self, numbers: Ints) -> Lists:
        """Return the lists with other document numbers; documents with a negative one are left out."""
        docs = numbers[self.docs]
        kept = docs >= 0
        if kept.all():
            return Lists(self.keys, self.counts, docs.astype("<u4"), self.weights, self.sizes, self.values)
        counts = np.add.reduceat(kept, firsts(self.counts), dtype=np.intp)
        return Lists(
            list(compress(self.keys, counts.tolist())), counts[counts > 0], docs[kept].astype("<u4"),
            self.weights[kept], self.sizes[kept], self.values[np.repeat(kept, self.sizes)],
        )


class Source(Protocol):
    """Sorted lists that can be read in parts."""

    @property
    def size(self) -> int:
        """About how many bytes there are."""

    def __len__(self) -> int: ...

    def bisect(self, key: bytes) -> int:
        """Return how many keys come before `key`."""

    def splits(self, portion: int) -> list[bytes]:
        """Return keys that divide the lists into parts of about `portion` bytes."""

    def part(self, low: int, high: int) -> Lists:
        """Return the lists from number `low` up to `high`."""


def firsts(counts: Ints) -> Ints:
    """Return where each of several runs begins when they stand end to end."""
    return np.cumsum(counts) - counts


def spans(starts: Ints, counts: Ints) -> Ints:
    """Return the numbers start, start + 1, … of each run, end to end."""
    return np.repeat(starts - firsts(counts), counts) + np.arange(int(counts.sum()))


def cuts(ends: NDArray[Any], portion: int) -> list[int]:
    """Return the numbers of the lists at which a new portion begins; `ends` says where each list ends."""
    if not len(ends):
        return []
    places = np.searchsorted(ends, np.arange(portion, float(ends[-1]), portion)) + 1
    return [int(place) for place in np.unique(places) if place < len(ends)]


def merged(sources: Sequence[Source]) -> Iterator[Lists]:
    """Yield the lists of all sources in the order of keys, in portions.

    A later source must have greater document numbers than an earlier one for every key that they share.
    """
    sources = [source for source in sources if len(source)]
    if not sources:
        return
    largest = max(sources, key=lambda source: source.size)
    portion = PORTION * largest.size // sum(source.size for source in sources)
    places = [0] * len(sources)
    for key in [*largest.splits(max(1, portion)), None]:
        ends = [len(source) if key is None else source.bisect(key) for source in sources]
        parts = [s.part(low, high) for s, low, high in zip(sources, places, ends, strict=True) if low < high]
        parts = [part for part in parts if len(part)]
        places = ends
        if parts:
            yield _together(parts)


def _together(parts: Sequence[Lists]) -> Lists:
    if len(parts) == 1:
        return parts[0]
    keys = sorted(set().union(*(part.keys for part in parts)))
    rank = {key: place for place, key in enumerate(keys)}
    owners = [np.repeat([rank[key] for key in part.keys], part.counts) for part in parts]
    owner = np.concatenate(owners)
    order = np.argsort(owner, kind="stable")
    sizes = np.concatenate([part.sizes for part in parts])
    return Lists(
        keys,
        np.bincount(owner, minlength=len(keys)),
        np.concatenate([part.docs for part in parts])[order],
        np.concatenate([part.weights for part in parts])[order],
        sizes[order],
        np.concatenate([part.values for part in parts])[spans(firsts(sizes)[order], sizes[order])],
    )


def joined(parts: Sequence[Lists]) -> Lists:
    """Return lists end to end; all keys of one must come before those of the next."""
    return Lists(
        [key for part in parts for key in part.keys],
        np.concatenate([part.counts for part in parts]),
        np.concatenate([part.docs for part in parts]),
        np.concatenate([part.weights for part in parts]),
        np.concatenate([part.sizes for part in parts]),
        np.concatenate([part.values for part in parts]),
    )


def encode(lists: Lists) -> tuple[NDArray[np.uint32], Ints]:
    """Return the lists as in a file, and the byte at which each begins."""
    counts, first = lists.counts, firsts(lists.counts)
    plain = np.logical_and.reduceat(lists.weights == 1, first)
    same = lists.sizes[first]
    varied = np.logical_or.reduceat(lists.sizes != np.repeat(same, counts), first)
    sizes = np.add.reduceat(lists.sizes, first)
    heads = HEADER + counts * (1 + ~plain + varied)
    lengths = heads + (sizes + 3) // 4
    starts = firsts(lengths)
    words = np.zeros(int(lengths.sum()), "<u4")
    words[starts], words[starts + 1] = counts, np.where(varied, VARIED, same)
    words[starts + 2] = np.where(plain, ALL_ONE, 0)
    places = spans(starts + HEADER, counts)
    words[places] = lists.docs
    weighty, sized = np.repeat(~plain, counts), np.repeat(varied, counts)
    words.view("<f4")[(places + np.repeat(counts, counts))[weighty]] = lists.weights[weighty]
    words[(places + np.repeat(counts * (1 + ~plain), counts))[sized]] = lists.sizes[sized]
    words.view(np.uint8)[spans(4 * (starts + heads), sizes)] = lists.values
    return words, 4 * starts


def decode(keys: Sequence[bytes], words: NDArray[np.uint32], starts: Ints) -> Lists:
    """Return the lists that begin at the bytes `starts` of a file's part."""
    at = starts // 4
    counts, size = words[at].astype(np.intp), words[at + 1]
    plain, varied = (words[at + 2] & ALL_ONE) != 0, size == VARIED
    places = spans(at + HEADER, counts)
    weights = np.ones(len(places), "<f4")
    weighty, sized = np.repeat(~plain, counts), np.repeat(varied, counts)
    weights[weighty] = words.view("<f4")[(places + np.repeat(counts, counts))[weighty]]
    sizes = np.repeat(np.where(varied, 0, size).astype(np.intp), counts)
    sizes[sized] = words[(places + np.repeat(counts * (1 + ~plain), counts))[sized]]
    begins = 4 * (at + HEADER + counts * (1 + ~plain + varied))
    values = words.view(np.uint8)[spans(begins, np.add.reduceat(sizes, firsts(counts)))]
    return Lists(keys, counts, words[places], weights, sizes, values)
