"""The contract in plain Python: for tests of other features, and the oracle of the fast engines. Not for size."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from threading import RLock

from marketplace.core.errors import NotBuilt
from marketplace.search import MOST_VALUES, Changes, Document, Hit, Page, Query, Spread
from marketplace.search.analysis import code_key
from marketplace.search.holdings import Few
from marketplace.search.memory_scoring import Entry, Key, Scoring
from marketplace.search.parser import Plan, parse
from marketplace.search.ranking import weigh
from marketplace.search.spelling import CountedVocabulary, correct
from marketplace.search.thesaurus import Thesaurus, default_thesaurus


class MemoryEngine:
    """A search engine in a dictionary."""

    def __init__(self, thesaurus: Thesaurus | None = None) -> None:
        self._index: dict[Key, Entry] | None = None  # None before the first rebuild
        self._fingerprint = ""
        self._thesaurus = thesaurus or default_thesaurus()
        self._lock = RLock()

    def put(self, documents: Iterable[Document]) -> None:
        """Add or replace documents."""
        index = self._entries
        for document in documents:
            entry = Entry(document, weigh(document))
            with self._lock:
                index[document.kind, document.id] = entry

    def remove(self, kind: str, ids: Iterable[int]) -> None:
        """Take documents out."""
        with self._lock:
            for id_ in ids:
                self._entries.pop((kind, id_), None)

    def rebuild(
        self, documents: Iterable[Document], replay: Callable[[], Changes] | None = None, fingerprint: str = ""
    ) -> None:
        """Replace everything at once, with what changed meanwhile."""
        fresh = MemoryEngine(self._thesaurus)
        fresh._index = {}
        fresh.put(documents)
        with self._lock:
            if replay is not None:
                changed, gone = replay()
                fresh.put(changed)
                for kind, id_ in gone:
                    fresh.remove(kind, [id_])
            self._index, self._fingerprint = fresh._index, fingerprint

    def is_built(self) -> bool:
        """Whether there was a rebuild."""
        return self._index is not None

    def fingerprint(self) -> str:
        """Return from which declared fields the documents were made."""
        return self._fingerprint

    @property
    def _entries(self) -> dict[Key, Entry]:
        if self._index is None:
            raise NotBuilt
        return self._index

    def ids(self, kind: str) -> set[int]:
        """Return all ids of a kind."""
        with self._lock:
            return {id_ for known, id_ in self._entries if known == kind}

    def query(self, query: Query) -> Page:
        """Answer one query."""
        plan = parse(query.text, self._thesaurus, query.boosts)
        visible = self._visible(query.kinds, query.audience)
        scores: dict[Key, float] = {}
        for alternative in plan.alternatives():
            for key, score in Scoring(alternative, visible).scores().items():
                scores[key] = max(score, scores.get(key, score))
        for id_ in query.exclude_ids:
            for kind in query.kinds:
                scores.pop((kind, id_), None)
        documents = {key: self._entries[key].document for key in scores}
        passed = {key for key in scores if _passes(documents[key], query)}
        ordered = sorted(passed, key=_order(query, plan, scores, documents))
        page = ordered[query.offset : query.offset + query.limit]
        return Page(
            hits=[Hit(kind, id_, scores[kind, id_]) for kind, id_ in page],
            total=len(passed),
            facets={name: _count(name, query, documents) for name in query.facets},
            terms=plan.terms(),
        )

    def spread(self, terms: Iterable[str], kinds: Sequence[str], audience: Sequence[str]) -> Spread:
        """Count the visible documents that hold each word or pair."""
        seen = [entry.weighed for entry in self._visible(kinds, audience).values()]
        held = ((term, (weighed.pairs if " " in term else weighed.singles for weighed in seen)) for term in set(terms))
        return Spread(len(seen), {term: sum(term in postings for postings in lists) for term, lists in held})

    def holdings(self, kind: str) -> Few:
        """Return which documents of a kind hold what (`percolation`)."""
        with self._lock:
            some = [entry for (known, _id), entry in self._entries.items() if known == kind]
        return Few([one.document for one in some], [one.weighed for one in some])

    def suggest_spelling(self, text: str, audience: Sequence[str], kinds: Sequence[str]) -> str | None:
        """Return a corrected text that finds something for this audience, None when the text itself does."""
        if self._finds(text, audience, kinds):
            return None
        visible = self._visible(kinds, audience)
        vocabulary = CountedVocabulary(
            [entry.document for entry in visible.values()],
            [(set(entry.weighed.singles), set(entry.weighed.pairs)) for entry in visible.values()],
        )
        corrected = correct(text, vocabulary)
        if corrected is None:
            return None
        return corrected if self._finds(corrected, audience, kinds) else None

    def _finds(self, text: str, audience: Sequence[str], kinds: Sequence[str]) -> bool:
        return self.query(Query(text, tuple(kinds), tuple(audience), limit=1)).total > 0

    def _visible(self, kinds: Sequence[str], audience: Sequence[str]) -> dict[Key, Entry]:
        with self._lock:
            return {
                key: entry
                for key, entry in self._entries.items()
                if key[0] in kinds and set(audience) & set(entry.document.audience)
            }


def _passes(document: Document, query: Query, but: str = "") -> bool:
    """Whether a document passes the ranges, what is left out, and all filters except the facet `but`."""
    for name, wanted in query.filters.items():
        if name != but and wanted and not set(wanted) & set(document.facets.get(name, ())):
            return False
    if any(set(values) & set(document.facets.get(name, ())) for name, values in query.without.items()):
        return False
    if query.only_ids is not None and document.id not in query.only_ids:
        return False
    if query.codes and code_key(document.code) not in {*query.codes} - {""}:
        return False
    for name, (low, high) in query.ranges.items():
        value = document.numbers.get(name)
        if value is None or math.isnan(value):
            return False
        if (low is not None and value < low) or (high is not None and value > high):
            return False
    return True


def _count(name: str, query: Query, documents: Mapping[Key, Document]) -> dict[str, int]:
    counts: Counter[str] = Counter()
    for document in documents.values():
        if _passes(document, query, but=name):
            counts.update(set(document.facets.get(name, ())))
    return dict(sorted(counts.items(), key=lambda one: (-one[1], one[0]))[:MOST_VALUES])


def _order(
    query: Query, plan: Plan, scores: Mapping[Key, float], documents: Mapping[Key, Document]
) -> Callable[[Key], tuple[object, ...]]:
    """Return the sort key: the wanted number (missing ones last) or the score; then the newer id first."""
    sort = query.sort
    if sort == "relevance":
        if plan.blank and not plan.boosts:
            sort = "-published_at"
        else:
            return lambda key: (-scores[key], -key[1], key[0])
    name, sign = sort.lstrip("-"), -1.0 if sort.startswith("-") else 1.0

    def by_number(key: Key) -> tuple[object, ...]:
        value = documents[key].numbers.get(name, math.nan)
        return (math.isnan(value), 0.0 if math.isnan(value) else sign * value, -key[1], key[0])

    return by_number
