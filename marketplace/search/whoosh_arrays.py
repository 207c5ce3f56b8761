"""Small operations on posting lists and ordered arrays."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from marketplace.search.parser import Marks
from marketplace.search.whoosh_codec import Floats, PostingList
from marketplace.search.whoosh_lists import Ints, firsts, spans
from marketplace.search.whoosh_reader import Mask


def places_of(found: PostingList) -> Ints:
    """Return document << 20 | place of each occurrence; 64 keeps places positive when a phrase is shifted back."""
    places = np.frombuffer(found.values, "<u2")[1::2].astype(np.intp)
    places += (np.repeat(found.docs, found.sizes // 4) << 20) + 64
    return places


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


def pair_codes(found: PostingList) -> NDArray[np.uint16]:
    """Return the diacritics of each occurrence: the lower half of each four-byte value."""
    return np.frombuffer(found.values, "<u2")[::2]


def share_of(found: PostingList, chosen: Ints, code: int, pairs: bool) -> Floats:
    """Return which share of the occurrences has the diacritics `code`, for the chosen postings."""
    codes = pair_codes(found) if pairs else np.frombuffer(found.values, np.uint8)
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
