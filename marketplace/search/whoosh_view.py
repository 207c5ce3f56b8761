"""What one audience may see of some kinds in a snapshot, with its statistics: kept while the snapshot lives."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from marketplace.search.ranking import idf, length_norm, typical_length
from marketplace.search.whoosh_codec import Floats, PostingList
from marketplace.search.whoosh_reader import Mask, Snapshot
from marketplace.search.whoosh_schema import kind_number

#: Names a list: field, term, whether the term is a prefix.
Name = tuple[str, str, bool]
#: Terms whose frequency is remembered.
REMEMBERED = 20_000


@dataclass(frozen=True, slots=True)
class View:
    """The visible documents."""

    mask: Mask
    total: int
    norms: Floats  # the length norm of each document
    _having: dict[Name, int] = field(default_factory=dict)

    def having(self, name: Name, found: PostingList) -> int:
        """Return how many visible documents the list of that name holds."""
        known = self._having.get(name)
        if known is None:
            if len(self._having) >= REMEMBERED:
                self._having.clear()
            known = self._having[name] = int(np.count_nonzero(self.mask[found.docs]))
        return known

    def rarity(self, name: Name, found: PostingList) -> float:
        """Return the idf of the list of that name."""
        return idf(self.total, self.having(name, found))


def view_of(snapshot: Snapshot, kinds: Sequence[str], audience: Sequence[str]) -> View:
    """Return the view of an audience, kept with the snapshot."""

    def make() -> tuple[View, int]:
        mask = snapshot.mask("audience", audience) & snapshot.mask("number", [kind_number(kind) for kind in kinds])
        mask &= snapshot.alive
        total = int(np.count_nonzero(mask))
        mean = float(snapshot.lengths[mask].mean()) if total else 0.0
        norms = _norms(snapshot, mean)
        return View(mask, total, norms), mask.nbytes + norms.nbytes

    return snapshot.cached(("view", tuple(sorted(set(kinds))), tuple(sorted(set(audience)))), make)


def _norms(snapshot: Snapshot, mean: float) -> Floats:
    flat = length_norm(0.0, 1.0)
    return flat + (length_norm(1.0, typical_length(mean)) - flat) * snapshot.lengths
