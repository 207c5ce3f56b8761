"""One page of results: the request for it, and its facet counts read back. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from marketplace.search import MOST_VALUES, Query
from marketplace.search.engines.opensearch.clauses import (
    MOST_LEAVES,
    Clause,
    Matching,
    chosen,
    leaves,
    narrowed,
)
from marketplace.search.engines.opensearch.schema import WINDOW, key_of

#: So many first hits are put into the scorer's order; later ones keep the cluster's.
RERANKED = 200


def page_body(
    query: Query, view: list[Clause], matchings: Sequence[tuple[Matching, Clause]], ranked: bool
) -> dict[str, Any]:
    """Return the request for a page: the base of the query decides facets too, the facets' filters come after."""
    base = [*view, narrowed(query)]
    room = (MOST_LEAVES - leaves([*base, *(matches for _, matches in matchings)])) // len(matchings)
    parts: list[Clause] = []
    for number, (matching, matches) in enumerate(matchings):
        order = matching.order(room) if ranked else None
        should = [] if order is None else [order]
        parts.append({"bool": {"filter": [matches], "should": should, "_name": str(number)}})
    first, size = _window(query, ranked)
    return {
        "from": first,
        "size": size,
        "track_total_hits": True,
        "track_scores": True,
        "query": {"bool": {"filter": base, "must": [{"dis_max": {"queries": parts}}]}},
        "post_filter": {"bool": {"filter": chosen(query)}},
        "sort": _sort(query, ranked),
        "_source": _kept(matchings),
        "aggs": _counts(query),
    }


def _kept(matchings: Sequence[tuple[Matching, Clause]]) -> Any:
    """Return which properties the scorer reads of a document."""
    terms = {term for matching, _ in matchings for term in matching.rule.terms()}
    names = sorted(f"postings.{term.field}.{key_of(term.text)}{'*' if term.prefix else ''}" for term in terms)
    return {"includes": ["length", "code", *names]} if names else False


def facets_of(query: Query, groups: dict[str, Any]) -> dict[str, dict[str, int]]:
    """Return the facet counts of an answer."""
    found = {}
    for number, name in enumerate(query.facets):
        group = groups.get(str(number) if query.filters.get(name) else "all", {})
        buckets = group.get(str(number), {}).get("buckets", ())
        found[name] = {bucket["key"]: bucket["doc_count"] for bucket in buckets}
    return found


def identity(hit: dict[str, Any]) -> tuple[str, int]:
    """Return kind and id of a hit."""
    kind, _, id_ = hit["_id"].rpartition("-")
    return kind, int(id_)


def _window(query: Query, ranked: bool) -> tuple[int, int]:
    """Return (from, size): all that must be put in order, and what the page shows."""
    if not query.limit or query.offset >= WINDOW:
        return 0, 0
    if ranked and query.offset < RERANKED:
        return 0, min(WINDOW, max(RERANKED, query.offset + query.limit))
    return query.offset, min(query.limit, WINDOW - query.offset)


def _sort(query: Query, ranked: bool) -> list[dict[str, Any]]:
    ties = [{"id": "desc"}, {"kind": "asc"}]
    if ranked:
        return [{"_score": "desc"}, *ties]
    sort = "-published_at" if query.sort == "relevance" else query.sort
    order = {"order": "desc" if sort.startswith("-") else "asc", "missing": "_last", "unmapped_type": "double"}
    return [{f"numbers.{sort.lstrip('-')}": order}, *ties]


def _counts(query: Query) -> dict[str, Any]:
    """Return the aggregations: each facet is counted under all filters but its own."""
    free: dict[str, Any] = {}
    groups: dict[str, Any] = {}
    for number, name in enumerate(query.facets):
        terms = {"terms": {"field": f"facets.{name}", "size": MOST_VALUES}}
        if query.filters.get(name):
            narrow = {"bool": {"filter": chosen(query, but=name)}}
            groups[str(number)] = {"filter": narrow, "aggs": {str(number): terms}}
        else:
            free[str(number)] = terms
    if free:
        groups["all"] = {"filter": {"bool": {"filter": chosen(query)}}, "aggs": free}
    return groups
