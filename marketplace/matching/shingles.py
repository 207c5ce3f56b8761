"""How alike two texts are, from short fingerprints (MinHash over triples of folded words). Pure.

Two texts share a place of their fingerprints with the probability of their likeness (Jaccard). Cut into bands of four
places, those that are at least half alike share one band with a probability of .87, at .7 of .9998.
"""

from __future__ import annotations

from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

from marketplace.values.text import fold

Signature = NDArray[np.uint32]

PLACES, ROWS = 128, 4
BANDS = PLACES // ROWS
#: Words that make a shingle.
WIDTH = 3
#: From this share of equal places two texts are called alike.
ALIKE = 0.5
#: Number of the band that holds the title as a whole.
TITLE_BAND = BANDS
_BITS = 48
_random = np.random.default_rng(20260319)  # fixed: fingerprints are stored
_FACTORS = _random.integers(1, 2**63, PLACES, dtype=np.uint64) | np.uint64(1)
_SUMMANDS = _random.integers(0, 2**63, PLACES, dtype=np.uint64)


def shingles(text: str) -> set[str]:
    """Return the triples of neighbouring folded words; of a shorter text itself."""
    words = fold(text).split()
    if len(words) <= WIDTH:
        return {" ".join(words)} if words else set()
    return {" ".join(words[start : start + WIDTH]) for start in range(len(words) - WIDTH + 1)}


def signature(text: str) -> Signature | None:
    """Return the fingerprint of a text, None of one without words."""
    found = shingles(text)
    if not found:
        return None
    hashes = np.fromiter((_hash(one) for one in found), np.uint64, len(found))
    mixed = hashes[:, None] * _FACTORS + _SUMMANDS  # overflow is the arithmetic wanted
    least: Signature = (mixed.min(axis=0) >> np.uint64(32)).astype(np.uint32)
    return least


def bands(marks: Signature, title: str) -> list[int]:
    """Return the numbers under which a text is filed: one per band, and one for its title; each below 2^54."""
    found = [_band(number, marks[number * ROWS : (number + 1) * ROWS].tobytes()) for number in range(BANDS)]
    folded = fold(title)
    return [*found, _band(TITLE_BAND, folded.encode())] if folded else found


def likeness(one: Signature, other: Signature) -> float:
    """Return the share of equal places: the likeness of the texts, give or take .04."""
    return float(np.mean(one == other))


def packed(marks: Signature) -> bytes:
    """Return a fingerprint as stored."""
    return marks.astype("<u4").tobytes()


def unpacked(stored: bytes) -> Signature:
    """Return a stored fingerprint."""
    return np.frombuffer(stored, "<u4").astype(np.uint32)


def _hash(text: str) -> int:
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "little")


def _band(number: int, content: bytes) -> int:
    low = int.from_bytes(blake2b(content, digest_size=6).digest(), "little")
    return (number << _BITS) | low
