"""Posting lists as arrays, and the small operations on them."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from marketplace.search.query.parser import MAX_UNITS, Marks

Ints = NDArray[np.intp]
Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]

#: Bits of a place within its document.
PLACE_BITS = 20
#: Added to each place, so that it stays positive when the later words of a phrase are shifted back to its start.
PLACE_OFFSET = MAX_UNITS


class PostingList(NamedTuple):
    """Document numbers in order, weights, and the values end to end with the bytes of each."""

    docs: Ints
    weights: NDArray[np.floating[Any]]
    sizes: NDArray[np.integer[Any]]
    values: bytes | memoryview


EMPTY = PostingList(np.empty(0, np.intp), np.empty(0), np.empty(0, np.intp), b"")


def firsts(counts: NDArray[np.integer[Any]]) -> Ints:
    """Return where each of several runs begins when they stand end to end."""
    return np.cumsum(counts, dtype=np.intp) - counts


def spans(starts: Ints, counts: NDArray[np.integer[Any]]) -> Ints:
    """Return the numbers start, start + 1, … of each run, end to end."""
    return np.repeat(starts - firsts(counts), counts) + np.arange(int(counts.sum()))


def distinct(ordered: Ints) -> Ints:
    """Return an ordered array without repetitions (np.unique hashes, ten times slower)."""
    if len(ordered) < 2:
        return ordered
    return ordered[np.concatenate(([True], ordered[1:] != ordered[:-1]))]


def common(one: Ints, other: Ints) -> Ints:
    """Return the common values of two ordered arrays."""
    few, many = (one, other) if len(one) < len(other) else (other, one)
    if not len(few):
        return few
    spots = np.minimum(np.searchsorted(many, few), len(many) - 1)
    return few[many[spots] == few]


def occurrences(found: PostingList) -> tuple[Ints, NDArray[np.uint16]]:
    """Return document and place of each occurrence of a pair as one number, and its diacritics."""
    values = np.frombuffer(found.values, "<u2")
    places = values[1::2].astype(np.intp)
    places += (np.repeat(found.docs, found.sizes // 4) << PLACE_BITS) + PLACE_OFFSET
    return places, values[::2]


def share_of(found: PostingList, chosen: Ints, code: int, pairs: bool) -> Floats:
    """Return which share of the occurrences has the diacritics `code`, for the chosen postings."""
    codes: NDArray[Any] = np.frombuffer(found.values, "<u2")[::2] if pairs else np.frombuffer(found.values, np.uint8)
    if len(codes) == len(found.docs):  # one occurrence each
        return (codes[chosen] == code).astype(np.float64)
    counts = found.sizes // 4 if pairs else found.sizes
    starts, counts = firsts(counts)[chosen], counts[chosen]
    same = codes[spans(starts, counts)] == code
    share: Floats = np.add.reduceat(same, firsts(counts), dtype=np.intp) / counts
    return share


def fitting(codes: NDArray[Any], code: int, marks: Marks) -> Mask:
    """Return which occurrences have the diacritics `code`, or none at all if that is as good."""
    same: Mask = codes == code
    return same | (codes == 0) if marks is Marks.SAME_OR_NONE else same
