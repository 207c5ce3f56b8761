"""The Merkle tree over the ends of chains: one digest for all, and a short proof that one end is among them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence


def leaf(kind: str, subject_id: int, seq: int, hash_: str) -> bytes:
    """Return the digest of the end of one chain."""
    return hashlib.sha256(f"\x00{kind}\n{subject_id}\n{seq}\n{hash_}".encode()).digest()


def _node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def _above(level: Sequence[bytes]) -> list[bytes]:
    """Return the next level: pairs joined, and the odd one as it is."""
    pairs = [_node(level[at], level[at + 1]) for at in range(0, len(level) - 1, 2)]
    return [*pairs, level[-1]] if len(level) % 2 else pairs


def root(leaves: Iterable[bytes]) -> str:
    """Return the root over leaves in the order of their bytes; over none it is the digest of nothing."""
    level = sorted(leaves)
    if not level:
        return hashlib.sha256(b"").hexdigest()
    while len(level) > 1:
        level = _above(level)
    return level[0].hex()


def digest(leaves: Iterable[bytes]) -> str:
    """Return one digest of a set of leaves, whatever order they come in."""
    return hashlib.sha256(b"".join(sorted(leaves))).hexdigest()


def proof(leaves: Iterable[bytes], one: bytes) -> list[tuple[str, str]]:
    """Return the way from one leaf to the root: each neighbour with its side, "left" or "right".

    Raises ValueError when the leaf is not among them.
    """
    level, way = sorted(leaves), []
    at = level.index(one)
    while len(level) > 1:
        neighbour = at ^ 1
        if neighbour < len(level):
            way.append(("left" if neighbour < at else "right", level[neighbour].hex()))
        level, at = _above(level), at // 2
    return way


def proven(one: bytes, way: Iterable[tuple[str, str]]) -> str:
    """Return the root to which a proof leads from one leaf."""
    for side, neighbour in way:
        other = bytes.fromhex(neighbour)
        one = _node(other, one) if side == "left" else _node(one, other)
    return one.hex()
