"""From the matching documents of a snapshot to one page: filters, facet counts, order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from marketplace.search import MOST_VALUES, Hit, Page, Query
from marketplace.search.engines.whoosh.inverter import SEPARATOR
from marketplace.search.engines.whoosh.snapshot import Snapshot, View
from marketplace.search.query.parser import Plan
from marketplace.search.ranking.postings import Floats, Ints, Mask
from marketplace.search.ranking.rule import rule_of
from marketplace.search.ranking.scorer import Reader, Scorer, best_scores


def page_of(snapshot: Snapshot, plan: Plan, query: Query, view: View) -> Page:
    """Return the page that `query` asks for."""
    reader = Reader(snapshot)
    scorers = [Scorer(rule_of(one), reader, view, view.mask) for one in plan.alternatives()]
    matched = [(scorer, scorer.matching()) for scorer in scorers]
    base = np.logical_or.reduce([mask for _, mask in matched]) & narrowed(snapshot, query)
    filters = chosen(snapshot, query)
    found = np.flatnonzero(_all(base, filters))
    by = query.sort
    if by == "relevance" and plan.browsing:
        by = "-published_at"
    scores = best_scores(matched, found) if by == "relevance" else np.zeros(len(found))
    first = _first(snapshot, query, by, found, scores)[query.offset :]
    kinds, ids = snapshot.ids(query.kinds)
    if by != "relevance":
        scores[first] = best_scores(matched, found[first])
    return Page(
        hits=[Hit(query.kinds[kinds[found[one]]], int(ids[found[one]]), float(scores[one])) for one in first],
        total=len(found),
        facets={
            name: _count(snapshot, name, np.flatnonzero(_all(base, filters, but=name)) if name in filters else found)
            for name in query.facets
        },
        terms=plan.terms(),
    )


def narrowed(snapshot: Snapshot, query: Query) -> Mask:
    """Return what passes the ranges and exclusions of a query, which count for hits and facets alike."""
    base = np.ones(snapshot.count, bool)
    if query.exclude_ids:
        base &= ~np.isin(snapshot.ids(query.kinds)[1], query.exclude_ids)
    if query.only_ids is not None:
        base &= np.isin(snapshot.ids(query.kinds)[1], query.only_ids)
    for name, (low, high) in query.ranges.items():
        numbers = snapshot.numbers(name)
        base &= ~np.isnan(numbers)
        base &= numbers >= (-np.inf if low is None else low)
        base &= numbers <= (np.inf if high is None else high)
    for name, values in query.without.items():
        base &= ~_facet_mask(snapshot, name, values)
    if query.codes:
        base &= snapshot.mask("code", query.codes)
    return base


def chosen(snapshot: Snapshot, query: Query) -> dict[str, Mask]:
    """Return for each filter of a query what passes it."""
    return {name: _facet_mask(snapshot, name, values) for name, values in query.filters.items() if values}


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


def _first(snapshot: Snapshot, query: Query, by: str, found: Ints, scores: Floats) -> Ints:
    """Return the places of the first offset + limit of `found`, by a number or by the score, then the newer id."""
    if not query.limit:
        return found[:0]
    keys = -scores
    if by != "relevance":
        numbers = snapshot.numbers(by.lstrip("-"))[found]
        keys = np.nan_to_num(-numbers if by.startswith("-") else numbers, nan=np.inf)
    wanted, places = query.offset + query.limit, np.arange(len(found))
    if 0 < wanted < len(found):
        places = np.flatnonzero(keys <= np.partition(keys, wanted - 1)[wanted - 1])
    kinds, ids = (column[found[places]] for column in snapshot.ids(query.kinds))
    alphabetical = np.argsort(np.argsort(np.array(query.kinds)))
    return places[np.lexsort((alphabetical[kinds], -ids, keys[places]))][:wanted]
