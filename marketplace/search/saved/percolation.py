"""The other way round: which of many searches find a few new documents, without asking the engine for each of them.

The new documents become a small index in memory, and the searches are put to it by the same rule as everywhere. Only how
rare a word is comes from the engine: it is that of the whole catalogue, among what the person may see. The threshold is
the plain one: a subscriber is told what covers the search, not what covers it best for want of anything better.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache, lru_cache, partial
from typing import Any, TypeVar

import numpy as np

from marketplace.search import PUBLIC, Document, Query, SearchEngine
from marketplace.search.engines.whoosh.inverter import lists_of
from marketplace.search.engines.whoosh.page import chosen, narrowed
from marketplace.search.engines.whoosh.snapshot import snapshot_of
from marketplace.search.query.parser import parse
from marketplace.search.ranking.postings import Mask
from marketplace.search.ranking.rule import Counts, Rule, Term, rule_of
from marketplace.search.ranking.scorer import Reader, Scorer
from marketplace.search.text.thesaurus import default_thesaurus

K = TypeVar("K")
Audience = frozenset[str]


def percolate(engine: SearchEngine, documents: Iterable[Document], queries: Mapping[K, Query]) -> dict[K, list[int]]:
    """Return, for each query that finds any of the documents, their ids.

    The documents must be in the engine already, and each query ask for one kind. Order, offset, limit, boosts and
    `semantic` of the queries play no part. Raises Unreachable when the engine does not answer.
    """
    found: dict[K, list[int]] = {}
    new = list(documents)
    for kind in {document.kind for document in new}:
        some = [document for document in new if document.kind == kind]
        wanted = {key: query for key, query in queries.items() if query.kinds == (kind,)}
        if wanted:
            found |= _New(some).found_by(engine, kind, wanted)
    return found


@lru_cache(maxsize=32768)
def _rules(text: str) -> tuple[Rule, ...]:
    """Return the rules of the alternatives of a typed text."""
    return tuple(rule_of(plan) for plan in parse(text, default_thesaurus()).alternatives())


class _New:
    """New documents of one kind. Sets of them are the bits of integers, which are crossed in no time."""

    def __init__(self, documents: Sequence[Document]) -> None:
        self._ids = [document.id for document in documents]
        self._snapshot = snapshot_of([*lists_of(documents)], len(documents))
        self._reader = Reader(self._snapshot)
        self._passing: dict[Any, int] = {}
        self._visible: Callable[[Audience], Mask] = cache(partial(self._snapshot.mask, "audience"))
        self._texts: dict[tuple[str, Audience], int] = {}

    def found_by(self, engine: SearchEngine, kind: str, queries: Mapping[K, Query]) -> dict[K, list[int]]:
        """Return which queries find which ids."""
        tokens = {PUBLIC, *engine.tokens(kind)}
        left = []
        for key, query in queries.items():
            audience = frozenset(tokens.intersection(query.audience))
            if passing := self._pass(query) & _bits(self._visible(audience)):
                left.append((key, query.text, audience, passing))
        terms: dict[Audience, set[Term]] = {}
        for _, text, audience, _passing in left:
            terms.setdefault(audience, set()).update(part.term for rule in _rules(text) for part in rule.parts)
        counted = {}
        for audience, some in terms.items():
            spread = engine.spread([term.name for term in some], (kind,), sorted(audience))
            counted[audience] = Counts(spread.total, 1.0, {term: spread.having[term.name] for term in some})
        found = {}
        for key, text, audience, passing in left:
            if hits := passing & self._matching(text, audience, counted[audience]):
                found[key] = [id_ for place, id_ in enumerate(self._ids) if hits >> place & 1]
        return found

    def _pass(self, query: Query) -> int:
        """Return the documents that pass everything of a query but its text and audience."""
        key = (query.codes, *(tuple(sorted(part.items())) for part in (query.filters, query.ranges, query.without)))
        if key not in self._passing:
            masks = [narrowed(self._snapshot, query), *chosen(self._snapshot, query).values()]
            self._passing[key] = _bits(np.logical_and.reduce(masks))
        return self._passing[key]

    def _matching(self, text: str, audience: Audience, counted: Counts) -> int:
        """Return the documents that match a text for an audience."""
        known = self._texts.get((text, audience))
        if known is None:
            known = 0
            for rule in _rules(text):
                if not rule.parts or self._touches(rule):
                    scorer = Scorer(rule, self._reader, counted, self._visible(audience))
                    known |= _bits(scorer.matching(relaxed=False))
            self._texts[text, audience] = known
        return known

    def _touches(self, rule: Rule) -> bool:
        """Whether any document holds anything of a rule: most hold nothing of most."""
        return any(len(self._reader.list(part.term).docs) for part in rule.parts) or any(
            len(self._reader.phrase(phrase)) for part in rule.parts for phrase in part.sayings
        )


def _bits(mask: Mask) -> int:
    """Return a mask as bits, the first document the lowest."""
    return int.from_bytes(np.packbits(mask, bitorder="little").tobytes(), "little")
