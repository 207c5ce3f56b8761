"""The distributed engine: an OpenSearch cluster that holds our own terms and answers by our own rules.

A query of words is three requests: count its terms among what the reader may see, find the best coverage, get the
page. The cluster analyses, weighs and hides nothing by rules of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, TypeVar

import numpy as np

from marketplace.search import MOST_VALUES, Hit, Page, Query, Spread
from marketplace.search.engines.opensearch import clauses
from marketplace.search.engines.opensearch.clauses import NOTHING, Clause, Matching, held, leaves, visible
from marketplace.search.engines.opensearch.client import Connection
from marketplace.search.engines.opensearch.schema import SURFACE, WINDOW, key_of, snapshot_of_kept
from marketplace.search.engines.opensearch.store import Store
from marketplace.search.query.parser import parse
from marketplace.search.ranking.rule import Counts, Phrase, Rule, Term, rule_of, term_named
from marketplace.search.ranking.scorer import Reader, Scorer, best_scores
from marketplace.search.ranking.weights import typical_length
from marketplace.search.text.thesaurus import Thesaurus, default_thesaurus

T = TypeVar("T")
#: Things counted in one request.
COUNTED = 1000
#: Written forms of one word that are compared when a correction is shown, and words looked up in one request.
FORMS, FORMS_ASKED = 50, 50
#: Ids, and audience tokens, read in one request.
IDS, TOKENS = 10_000, 65_000
#: So many first hits are put into the scorer's order; later ones keep the cluster's.
RERANKED = 200


class OpenSearchEngine:
    """Search in a cluster. Every method raises Unreachable when it does not answer, NotBuilt when it has no index."""

    def __init__(self, connection: Connection, thesaurus: Thesaurus | None = None) -> None:
        """Take a connection; nothing is sent yet."""
        self._connection = connection
        self._store = store = Store(connection)
        self._thesaurus = thesaurus or default_thesaurus()
        self.put, self.remove, self.rebuild = store.put, store.remove, store.rebuild
        self.is_built, self.fingerprint = store.is_built, store.fingerprint

    def version(self) -> object:
        """Return None: many change a cluster, and it does not say when."""
        return None

    def ids(self, kind: str) -> set[int]:
        """Return all ids of a kind, as of now."""
        self._connection.write(lambda client: client.indices.refresh(index=self._store.alias))
        found: set[int] = set()
        body: dict[str, Any] = {"size": IDS, "_source": False, "sort": [{"id": "asc"}], "query": {"term": {"kind": kind}}}
        while hits := self._search(body)["hits"]["hits"]:
            found |= {_identity(hit)[1] for hit in hits}
            body["search_after"] = hits[-1]["sort"]
        return found

    def query(self, query: Query) -> Page:
        """Answer one query; hits beyond the first `RERANKED` are in the cluster's order, those beyond `WINDOW` left out."""
        plan = parse(query.text, self._thesaurus, query.boosts)
        view = visible(query.kinds, query.audience)
        matchings = self._matchings([rule_of(one) for one in plan.alternatives()], view)
        ranked = query.sort == "relevance" and not plan.browsing
        answer = self._search(_page_body(query, view, matchings, ranked))
        hits = self._hits(answer["hits"]["hits"], matchings)
        if ranked and query.offset < RERANKED:
            hits = sorted(hits[:RERANKED], key=lambda hit: (-hit.score, -hit.id, hit.kind)) + hits[RERANKED:]
            hits = hits[query.offset :]
        return Page(
            hits=hits[: query.limit] if query.offset < WINDOW else [],
            total=answer["hits"]["total"]["value"],
            facets=_facets_of(query, answer.get("aggregations", {})),
            terms=plan.terms(),
        )

    def spread(self, terms: Iterable[str], kinds: Sequence[str], audience: Sequence[str]) -> Spread:
        """Count the visible documents that hold each word, pair or beginning."""
        wanted = {name: term_named(name) for name in terms}
        counted = self._count(visible(kinds, audience), wanted.values())
        return Spread(counted.total, {name: counted.of[term] for name, term in wanted.items()})

    def tokens(self, kind: str) -> set[str]:
        """Return the audience tokens that documents carry, the commonest if there are too many."""
        group = {"terms": {"field": "audience", "size": TOKENS}}
        answer = self._search({"size": 0, "query": {"term": {"kind": kind}}, "aggs": {"tokens": group}})
        return {bucket["key"] for bucket in answer.get("aggregations", {}).get("tokens", {}).get("buckets", ())}

    def _matchings(self, rules: Sequence[Rule], view: list[Clause]) -> list[tuple[Matching, Clause]]:
        """Return what OR joins, each with the filter of what it matches."""
        wanted = {one for rule in rules for one in rule.counted()}
        counted = self._count(view, wanted) if wanted else Counts(0, 0.0, {})
        matchings = [Matching(rule, counted) for rule in rules]
        return [(matching, matching.matches(self._best(matching, view))) for matching in matchings]

    def _best(self, matching: Matching, view: list[Clause]) -> float:
        """Return the coverage of the best document, as the cluster sums it."""
        coverage = matching.coverage()
        if coverage is None:
            return 0.0
        query = {"bool": {"filter": [*view, matching.allowed()], "must": [coverage]}}
        answer = self._search({"size": 1, "_source": False, "track_total_hits": False, "query": query})
        return answer["hits"]["max_score"] or 0.0

    def _hits(self, raw: Sequence[dict[str, Any]], matchings: Sequence[tuple[Matching, Clause]]) -> list[Hit]:
        """Return hits with the scorer's scores; the rest of a long list keeps its order, whatever its scores."""
        reader = Reader(snapshot_of_kept([one.get("_source") or {} for one in raw]))
        everything = np.ones(len(raw), bool)
        matched = []
        for number, (matching, _) in enumerate(matchings):
            holding = [len(matchings) == 1 or str(number) in one.get("matched_queries", ()) for one in raw]
            matched.append((Scorer(matching.rule, reader, matching.counted, everything), np.array(holding, bool)))
        scores = best_scores(matched, np.arange(len(raw)))
        return [Hit(*_identity(one), score) for one, score in zip(raw, scores.tolist(), strict=True)]

    def _count(self, view: list[Clause], things: Iterable[Term | Phrase]) -> Counts:
        """Count among what a view shows."""
        counts: dict[Any, int] = {}
        total, mean = 0, 0.0
        for some in _chunks([*things] or [None], COUNTED):
            filters = {str(number): held(one) if one else NOTHING for number, one in enumerate(some)}
            wanted = {"length": {"avg": {"field": "length"}}, "each": {"filters": {"filters": filters}}}
            body = {"size": 0, "track_total_hits": True, "query": {"bool": {"filter": view}}}
            answer = self._search(body | {"aggs": wanted})
            groups = answer.get("aggregations", {})
            buckets = groups.get("each", {}).get("buckets", {})
            total = answer["hits"]["total"]["value"]
            mean = groups.get("length", {}).get("value") or 0.0
            counts |= {one: buckets.get(str(number), {}).get("doc_count", 0) for number, one in enumerate(some)}
        return Counts(total, typical_length(mean), counts)

    def written(self, forms: Iterable[str], kinds: Sequence[str], audience: Sequence[str]) -> dict[str, dict[str, int]]:
        """Return how folded words and pairs are written in visible short texts, and in how many."""
        found: dict[str, dict[str, int]] = {}
        view = visible(kinds, audience)
        for some in _chunks(sorted(forms), FORMS_ASKED):
            pattern = f"({'|'.join(map(_literal, some))}){_literal(SURFACE)}.*"
            group = {"terms": {"field": "surface", "include": pattern, "size": FORMS * len(some)}}
            answer = self._search({"size": 0, "query": {"bool": {"filter": view}}, "aggs": {"forms": group}})
            for bucket in answer.get("aggregations", {}).get("forms", {}).get("buckets", ()):
                form, _, written = bucket["key"].partition(SURFACE)
                found.setdefault(form, {})[written] = bucket["doc_count"]
        return found

    def _search(self, body: dict[str, Any]) -> Any:
        """Ask the index in use, raising NotBuilt when there is none. A part of an answer is none."""
        params = {"allow_partial_search_results": "false"}
        return self._connection.read(lambda client: client.search(index=self._store.alias, body=body, params=params))


def _literal(text: str) -> str:
    """Return a text as a regular expression of Lucene."""
    return "".join(ch if ch.isalnum() or ch == " " else f"\\{ch}" for ch in text)


def _chunks(things: Iterable[T], size: int) -> Iterator[list[T]]:
    iterator = iter(things)
    while some := list(islice(iterator, size)):
        yield some


def _page_body(
    query: Query, view: list[Clause], matchings: Sequence[tuple[Matching, Clause]], ranked: bool
) -> dict[str, Any]:
    """Return the request for a page: the base of the query decides facets too, the facets' filters come after."""
    base = [*view, clauses.narrowed(query)]
    room = (clauses.MOST_LEAVES - leaves([*base, *(matches for _, matches in matchings)])) // len(matchings)
    parts: list[Clause] = []
    for number, (matching, matches) in enumerate(matchings):
        order = matching.order(room) if ranked else None
        should = [] if order is None else [order]
        parts.append({"bool": {"filter": [matches], "should": should, "_name": str(number)}})
    return {
        **_window(query, ranked),
        "track_total_hits": True,
        "track_scores": True,
        "query": {"bool": {"filter": base, "must": [{"dis_max": {"queries": parts}}]}},
        "post_filter": {"bool": {"filter": clauses.chosen(query)}},
        "sort": _sort(query, ranked),
        "_source": _kept(matchings),
        "aggs": _counts(query),
    }


def _kept(matchings: Sequence[tuple[Matching, Clause]]) -> Any:
    """Return which properties the scorer reads of a document."""
    terms = {term for matching, _ in matchings for term in matching.rule.terms()}
    names = sorted(f"postings.{term.field}.{key_of(term.text)}{'*' if term.prefix else ''}" for term in terms)
    return {"includes": ["length", "code", *names]} if names else False


def _facets_of(query: Query, groups: dict[str, Any]) -> dict[str, dict[str, int]]:
    """Return the facet counts of an answer."""
    found = {}
    for number, name in enumerate(query.facets):
        group = groups.get(str(number) if query.filters.get(name) else "all", {})
        buckets = group.get(str(number), {}).get("buckets", ())
        found[name] = {bucket["key"]: bucket["doc_count"] for bucket in buckets}
    return found


def _identity(hit: dict[str, Any]) -> tuple[str, int]:
    """Return kind and id of a hit."""
    kind, _, id_ = hit["_id"].rpartition("-")
    return kind, int(id_)


def _window(query: Query, ranked: bool) -> dict[str, int]:
    """Return which hits are asked for: all that must be put in order, and what the page shows."""
    if not query.limit or query.offset >= WINDOW:
        return {"size": 0}
    if ranked and query.offset < RERANKED:
        return {"size": min(WINDOW, max(RERANKED, query.offset + query.limit))}
    return {"from": query.offset, "size": min(query.limit, WINDOW - query.offset)}


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
            narrow = {"bool": {"filter": clauses.chosen(query, but=name)}}
            groups[str(number)] = {"filter": narrow, "aggs": {str(number): terms}}
        else:
            free[str(number)] = terms
    if free:
        groups["all"] = {"filter": {"bool": {"filter": clauses.chosen(query)}}, "aggs": free}
    return groups
