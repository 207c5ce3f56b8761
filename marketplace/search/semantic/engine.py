"""An engine that also searches by meaning where words find little. It stands around another engine.

Whatever meaning finds is asked of the inner engine again, under the same audience and filters, so hits, totals and
facet counts obey one rule; ranks are taken among what the reader may see.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from marketplace.search import Hit, Page, Query, SearchEngine
from marketplace.search.query.parser import parse, pieces
from marketplace.search.ranking.weights import TIER
from marketplace.search.semantic import similarity
from marketplace.search.semantic.similarity import Embedder, Neighbours, fused, language_of
from marketplace.search.text.thesaurus import Thesaurus, default_thesaurus

#: Hits of the words that take part in the fusion; later ones follow in their order.
FUSED = 100


class SemanticEngine:
    """The protocol of `SearchEngine`; everything but `query` is the inner engine's."""

    def __init__(
        self, inner: SearchEngine, embedder: Embedder, neighbours: Neighbours, thesaurus: Thesaurus | None = None
    ) -> None:
        self.inner, self._embedder, self._neighbours = inner, embedder, neighbours
        self._thesaurus = thesaurus or default_thesaurus()
        self.put, self.remove, self.rebuild, self.ids = inner.put, inner.remove, inner.rebuild, inner.ids
        self.spread, self.written, self.tokens = inner.spread, inner.written, inner.tokens
        self.is_built, self.fingerprint = inner.is_built, inner.fingerprint

    def version(self) -> object:
        """Return the inner engine's version with that of the vectors."""
        inner = self.inner.version()
        return None if inner is None else (inner, self._neighbours.version())

    def query(self, query: Query) -> Page:
        """Answer one query; by words alone unless its language differs or words find hardly anything."""
        language = _language(query)
        if not language:
            return self.inner.query(query)
        across = (language == "vi") != self._neighbours.vietnamese(query.kinds[0], query.audience)
        wide = replace(query, offset=0, limit=max(FUSED, query.offset + query.limit))
        found = self.inner.query(wide if across else query)
        if not across:
            if found.total >= similarity.ENOUGH:
                return found
            found = self.inner.query(wide)
        near = self._neighbours.near(self._embedder.query(query.text), query.kinds[0], query.audience)
        strange = across and self._known(query.text) < similarity.KNOWN_SHARE
        weight = similarity.WORDS_ACROSS if strange else similarity.WORDS
        return self._joined(query, found, near, weight)

    def _known(self, text: str) -> float:
        """Return the share of a question's words that stand in a known term."""
        plan = parse(text, self._thesaurus)
        known = {index for span in plan.spans for index in range(span.start, span.stop)}
        return len(known) / max(1, len(plan.units))

    def _joined(self, query: Query, found: Page, near: Sequence[int], weight: float) -> Page:
        """Return the page of a query with what is near in meaning, all of which the inner engine must show itself."""
        everywhere = Query(query.text, query.kinds, query.audience, only_ids=tuple(near), limit=len(near))
        known = {hit.id for hit in self.inner.query(everywhere).hits} if near else set()
        fresh = tuple(id_ for id_ in near if id_ not in known)
        added = self.inner.query(replace(query, text="", only_ids=fresh, offset=0, limit=len(fresh)))
        kept = self.inner.query(replace(query, only_ids=tuple(known), offset=0, limit=len(known), facets=()))
        shown = {hit.id for hit in (*added.hits, *kept.hits)}
        first = [hit.id for hit in found.hits if hit.score >= TIER]  # the code or the very phrase that was asked for
        rest = [hit.id for hit in found.hits if hit.score < TIER]
        order = [*first, *fused(rest, [id_ for id_ in near if id_ in shown and id_ not in first], weight)]
        hits = [Hit(query.kinds[0], id_, 1.0 / place) for place, id_ in enumerate(order, start=1)]
        return Page(
            hits=hits[query.offset : query.offset + query.limit],
            total=found.total + added.total,
            facets={name: Counter(counts) + Counter(added.facets[name]) for name, counts in found.facets.items()},
            terms=found.terms,
            semantic=added.total,
        )


def _language(query: Query) -> str:
    """Return the language of plain words that are to be ranked, empty for anything else."""
    if not query.semantic or query.sort != "relevance" or len(query.kinds) != 1 or query.boosts or not query.text.strip():
        return ""
    return language_of(query.text) if next(pieces(query.text), None) is None else ""
