"""The distributed engine: an OpenSearch cluster that holds our own terms and answers by our own rules.

A query of words is three requests: count its terms among what the reader may see, find the best coverage, get the
page. The cluster analyses, weighs and hides nothing by rules of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, TypeVar

from marketplace.search import Changes, Document, Hit, Page, Query, Spread
from marketplace.search.opensearch_clauses import Clause, Term, says, term, visible
from marketplace.search.opensearch_client import Connection
from marketplace.search.opensearch_page import RERANKED, facets_of, identity, page_body
from marketplace.search.opensearch_ranking import Matching, Statistics, counted_alternatives, counted_terms
from marketplace.search.opensearch_schema import SURFACE, WINDOW
from marketplace.search.opensearch_store import Store
from marketplace.search.opensearch_words import Words, corrected
from marketplace.search.parser import Plan, parse
from marketplace.search.thesaurus import Alternative, Thesaurus, default_thesaurus

T = TypeVar("T")
#: Things counted in one request.
COUNTED = 1000
#: Written forms of one word that are compared when a correction is shown, and words looked up in one request.
FORMS, FORMS_ASKED = 50, 50
#: Ids read in one request.
IDS = 10_000


class OpenSearchEngine:
    """Search in a cluster. Every method raises Unreachable when it does not answer, NotBuilt when it has no index."""

    def __init__(self, connection: Connection, thesaurus: Thesaurus | None = None) -> None:
        """Take a connection; nothing is sent yet."""
        self._connection = connection
        self._store = Store(connection)
        self._thesaurus = thesaurus or default_thesaurus()

    def put(self, documents: Iterable[Document]) -> None:
        """Add or replace documents."""
        self._store.put(documents)

    def remove(self, kind: str, ids: Iterable[int]) -> None:
        """Take documents out."""
        self._store.remove((kind, id_) for id_ in ids)

    def rebuild(
        self, documents: Iterable[Document], replay: Callable[[], Changes] | None = None, fingerprint: str = ""
    ) -> None:
        """Fill a new generation and let the alias point to it."""
        self._store.rebuild(documents, replay, fingerprint)

    def is_built(self) -> bool:
        """Whether a complete index of the present format exists."""
        return self._store.is_built()

    def fingerprint(self) -> str:
        """Return from which declared fields the generation in use was made."""
        return self._store.fingerprint()

    def ids(self, kind: str) -> set[int]:
        """Return all ids of a kind, as of now."""
        self._connection.write(lambda client: client.indices.refresh(index=self._store.alias))
        found: set[int] = set()
        body: dict[str, Any] = {"size": IDS, "_source": False, "sort": [{"id": "asc"}], "query": {"term": {"kind": kind}}}
        while hits := self._search(body)["hits"]["hits"]:
            found |= {identity(hit)[1] for hit in hits}
            body["search_after"] = hits[-1]["sort"]
        return found

    def query(self, query: Query) -> Page:
        """Answer one query; hits beyond the first `RERANKED` are in the cluster's order, those beyond `WINDOW` left out."""
        plan = parse(query.text, self._thesaurus, query.boosts)
        view = visible(query.kinds, query.audience)
        matchings = self._matchings(plan, view)
        ranked = query.sort == "relevance" and not (plan.blank and not plan.boosts)
        answer = self._search(page_body(query, view, matchings, ranked))
        hits = [self._hit(raw, matchings) for raw in answer["hits"]["hits"]]
        if ranked and query.offset < RERANKED:
            hits = sorted(hits[:RERANKED], key=lambda hit: (-hit.score, -hit.id, hit.kind)) + hits[RERANKED:]
            hits = hits[query.offset :]
        return Page(
            hits=hits[: query.limit] if query.offset < WINDOW else [],
            total=answer["hits"]["total"]["value"],
            facets=facets_of(query, answer.get("aggregations", {})),
            terms=plan.terms(),
        )

    def spread(self, terms: Iterable[str], kinds: Sequence[str], audience: Sequence[str]) -> Spread:
        """Count the visible documents that hold each word or pair."""
        wanted = {text: (" " in text, text, False) for text in terms}
        counted = self._statistics(visible(kinds, audience), wanted.values(), ())
        return Spread(counted.total, {text: counted.having[one] for text, one in wanted.items()})

    def suggest_spelling(self, text: str, audience: Sequence[str], kinds: Sequence[str]) -> str | None:
        """Return a corrected text that finds something for this audience, None when the text itself does."""
        if self._finds(text, audience, kinds):
            return None
        view = visible(kinds, audience)
        words = Words(lambda terms: self._statistics(view, terms, ()).having, lambda forms: self._written(view, forms))
        better = corrected(text, words)
        return better if better is not None and self._finds(better, audience, kinds) else None

    def _finds(self, text: str, audience: Sequence[str], kinds: Sequence[str]) -> bool:
        return self.query(Query(text, tuple(kinds), tuple(audience), limit=0)).total > 0

    def _matchings(self, plan: Plan, view: list[Clause]) -> list[tuple[Matching, Clause]]:
        """Return what OR joins, each with the filter of what it matches."""
        plans = plan.alternatives()
        terms = {one for plan in plans for one in counted_terms(plan)}
        spoken = {one for plan in plans for one in counted_alternatives(plan)}
        statistics = self._statistics(view, terms, spoken) if terms else Statistics(0, 0.0, {}, {})
        found = []
        for one in plans:
            matching = Matching(one, statistics)
            found.append((matching, matching.matching(self._best(matching, view))))
        return found

    def _best(self, matching: Matching, view: list[Clause]) -> float:
        """Return the coverage of the best document, as the cluster sums it."""
        coverage = matching.coverage()
        if coverage is None:
            return 0.0
        query = {"bool": {"filter": [*view, matching.allowed()], "must": [coverage]}}
        answer = self._search({"size": 1, "_source": False, "track_total_hits": False, "query": query})
        return answer["hits"]["max_score"] or 0.0

    def _hit(self, raw: dict[str, Any], matchings: list[tuple[Matching, Clause]]) -> Hit:
        kind, id_ = identity(raw)
        kept = raw.get("_source")
        if kept is None:
            return Hit(kind, id_, raw.get("_score") or 0.0)
        names = raw.get("matched_queries", ())
        matched = [m for number, (m, _) in enumerate(matchings) if len(matchings) == 1 or str(number) in names]
        return Hit(kind, id_, max(matching.exact(kept) for matching in matched))

    def _statistics(self, view: list[Clause], terms: Iterable[Term], spoken: Iterable[Alternative]) -> Statistics:
        """Count among what a view shows."""
        things: list[tuple[Any, Clause]] = [(one, term(one)) for one in terms]
        things += [(one, says([one])) for one in spoken]
        counts: dict[Any, int] = {}
        total, mean = 0, 0.0
        for some in _chunks(things or [(None, {"match_none": {}})], COUNTED):
            filters = {str(number): clause for number, (_, clause) in enumerate(some)}
            answer = self._search(
                {
                    "size": 0,
                    "track_total_hits": True,
                    "query": {"bool": {"filter": view}},
                    "aggs": {"length": {"avg": {"field": "length"}}, "each": {"filters": {"filters": filters}}},
                }
            )
            groups = answer.get("aggregations", {})
            buckets = groups.get("each", {}).get("buckets", {})
            total = answer["hits"]["total"]["value"]
            mean = groups.get("length", {}).get("value") or 0.0
            counts |= {one: buckets.get(str(number), {}).get("doc_count", 0) for number, (one, _) in enumerate(some)}
        return Statistics(total, mean, counts, counts)

    def _written(self, view: list[Clause], forms: Iterable[str]) -> dict[str, dict[str, int]]:
        """Return how folded words and pairs are written in short texts, and in how many."""
        found: dict[str, dict[str, int]] = {}
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
