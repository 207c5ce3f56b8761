"""From the matching documents of a snapshot to one page: filters, facet counts, order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from marketplace.search import MOST_VALUES, Hit, Page, Query
from marketplace.search.parser import Plan
from marketplace.search.whoosh_codec import Floats
from marketplace.search.whoosh_lists import Ints
from marketplace.search.whoosh_query import Matched
from marketplace.search.whoosh_reader import Mask, Snapshot
from marketplace.search.whoosh_schema import SEPARATOR, kind_number


def page_of(snapshot: Snapshot, plan: Plan, query: Query, matched: Matched) -> Page:
    """Return the page that `query` asks for."""
    base = matched.mask
    if query.exclude_ids:
        base = base & ~np.isin(_ids(snapshot, query.kinds)[1], query.exclude_ids)
    if query.only_ids is not None:
        base = base & np.isin(_ids(snapshot, query.kinds)[1], query.only_ids)
    for name, limits in query.ranges.items():
        base = base & _range_mask(snapshot, name, limits)
    for name, values in query.without.items():
        base = base & ~_facet_mask(snapshot, name, values)
    if query.codes:
        base = base & snapshot.mask("code", query.codes)
    filters = {name: _facet_mask(snapshot, name, values) for name, values in query.filters.items() if values}
    passed = _all(base, filters)
    found = np.flatnonzero(passed)
    ordered = _ordered(snapshot, plan, query, matched.scores, found)
    return Page(
        hits=_hits(snapshot, query, matched.scores, ordered[query.offset : query.offset + query.limit]),
        total=len(found),
        facets={
            name: _count(snapshot, name, np.flatnonzero(_all(base, filters, but=name)) if name in filters else found)
            for name in query.facets
        },
        terms=plan.terms(),
    )


def _all(base: Mask, filters: Mapping[str, Mask], but: str = "") -> Mask:
    for name, mask in filters.items():
        if name != but:
            base = base & mask
    return base


def _facet_mask(snapshot: Snapshot, name: str, values: Sequence[str]) -> Mask:
    def make() -> tuple[Mask, int]:
        mask = snapshot.mask("facet", [f"{name}{SEPARATOR}{value}" for value in values])
        return mask, mask.nbytes

    return snapshot.cached(("chosen", name, tuple(sorted(values))), make)


def _range_mask(snapshot: Snapshot, name: str, limits: tuple[float | None, float | None]) -> Mask:
    low, high = limits
    numbers = snapshot.numbers(name)
    inside = ~np.isnan(numbers)
    if low is not None:
        inside &= numbers >= low
    if high is not None:
        inside &= numbers <= high
    return inside


def _count(snapshot: Snapshot, name: str, found: Ints) -> dict[str, int]:
    """Count the facet's values among the documents `found`."""
    values, columns = snapshot.facet(name)
    counts = np.zeros(len(values) + 1, np.intp)
    for column in columns:
        counts += np.bincount(column[found], minlength=len(counts))
    held = np.flatnonzero(counts[1:])
    if len(held) > MOST_VALUES:  # values are in order: a stable sort leaves the first of equals in front
        held = held[np.argsort(-counts[1:][held], kind="stable")[:MOST_VALUES]]
    return {values[place]: number for place, number in zip(held.tolist(), counts[1:][held].tolist(), strict=True)}


def _ids(snapshot: Snapshot, kinds: Sequence[str]) -> tuple[Ints, Floats]:
    """Return of every document the position of its kind in `kinds` (−1: another) and its id (NaN likewise)."""

    def make() -> tuple[tuple[Ints, Floats], int]:
        which = np.full(snapshot.count, -1, np.intp)
        ids = np.full(snapshot.count, np.nan)
        for position, kind in enumerate(kinds):
            column = snapshot.numbers(kind_number(kind))
            here = ~np.isnan(column)
            which[here], ids[here] = position, column[here]
        return (which, ids), which.nbytes * 2

    return snapshot.cached(("ids", tuple(kinds)), make)


def _ordered(snapshot: Snapshot, plan: Plan, query: Query, scores: Floats, found: Ints) -> Ints:
    """Return the first offset + limit documents in order: the wanted number or the score, then the newer id."""
    if not query.limit:
        return found[:0]
    kinds, ids = _ids(snapshot, query.kinds)
    sort = query.sort
    if sort == "relevance" and plan.blank and not plan.boosts:
        sort = "-published_at"
    if sort == "relevance":
        keys = -scores[found]
    else:
        numbers = snapshot.numbers(sort.lstrip("-"))[found]
        keys = np.nan_to_num(-numbers if sort.startswith("-") else numbers, nan=np.inf)
    wanted = query.offset + query.limit
    if 0 < wanted < len(found):
        near = keys <= np.partition(keys, wanted - 1)[wanted - 1]
        found, keys = found[near], keys[near]
    order = np.lexsort((_alphabetical(query.kinds)[kinds[found]], -ids[found], keys))
    return found[order][:wanted]


def _alphabetical(kinds: Sequence[str]) -> Ints:
    return np.argsort(np.argsort(np.array(kinds)))


def _hits(snapshot: Snapshot, query: Query, scores: Floats, docs: Ints) -> list[Hit]:
    kinds, ids = _ids(snapshot, query.kinds)
    return [Hit(query.kinds[kinds[doc]], int(ids[doc]), float(scores[doc])) for doc in docs]
