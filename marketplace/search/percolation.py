"""The other way round: which of many searches find a few new documents, without searching for each of them.

The new documents are turned into a small inverted index, one mask of documents per word, pair, facet value and token.
A search is looked up there: first its audience, filters, ranges and codes, which put most searches away; then its words,
once per text and audience. What counts as a match is the engine's own rule (`ranking`): coverage weighed by rarity among
what the person may see, relaxed to a share of the best document's. The rarities come from the engine. The best document
is not known here; so each pair of text and document is decided *yes* or *no* where the rule is certain either way, and
the engine is asked, for these documents only, where it is not.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import TypeVar

import numpy as np

from marketplace.search import PUBLIC, Document, Query, SearchEngine, Spread
from marketplace.search.analysis import bigram, code_key
from marketplace.search.memory_scoring import holds, says
from marketplace.search.parser import Marks, Plan, Unit, parse
from marketplace.search.ranking import (
    LONG_COVERAGE,
    RELATIVE_COVERAGE,
    SHORT_COVERAGE,
    SHORT_QUERY,
    idf,
    single_credit,
    weigh,
)
from marketplace.search.thesaurus import Alternative, default_thesaurus

K = TypeVar("K")
Mask = np.ndarray[tuple[int], np.dtype[np.bool_]]
Shares = np.ndarray[tuple[int], np.dtype[np.float64]]
#: Engines add up in different orders; whatever is nearer than this to a bound is asked of the engine.
NEAR = 1e-6


def percolate(engine: SearchEngine, documents: Iterable[Document], queries: Mapping[K, Query]) -> dict[K, list[int]]:
    """Return, for each query that finds any of the documents, their ids.

    The documents must be in the engine already, and each query ask for one kind. Order, offset, limit and meaning of
    the queries play no part: searches by meaning rank what is near, which says nothing of one document. Raises
    Unreachable when the engine does not answer.
    """
    found: dict[K, list[int]] = {}
    by_kind: dict[str, list[Document]] = {}
    for document in documents:
        by_kind.setdefault(document.kind, []).append(document)
    for kind, some in by_kind.items():
        wanted = {key: query for key, query in queries.items() if query.kinds == (kind,)}
        if not wanted:
            continue
        batch = Batch(some)
        passing = {key: batch.passing(query) for key, query in wanted.items()}
        left = {key: mask for key, mask in passing.items() if mask.any()}
        texts = _Texts(engine, kind, batch, [queries[key] for key in left])
        for key, mask in left.items():
            ids = batch.ids(mask & texts.finding(queries[key]))
            if ids:
                found[key] = ids
    return found


@lru_cache(maxsize=32768)
def _plan(text: str) -> Plan:
    return parse(text, default_thesaurus())


class Batch:
    """New documents of one kind, inverted."""

    def __init__(self, documents: Sequence[Document]) -> None:
        self._documents, self._weighed = documents, [weigh(document) for document in documents]
        self._none: Mask = np.zeros(len(documents), bool)
        self._masks: dict[tuple[str, ...], Mask] = {}
        self._phrases: dict[tuple[tuple[Unit, ...], Marks] | Alternative, Mask] = {}
        for place, (document, weighed) in enumerate(zip(documents, self._weighed, strict=True)):
            self._note(place, "word", weighed.singles)
            self._note(place, "pair", weighed.pairs)
            self._note(place, "token", document.audience)
            self._note(place, "code", [code_key(document.code)] if document.code else [])
            for name, values in document.facets.items():
                self._note(place, name, values, "facet")
        names = {name for document in documents for name in document.numbers}
        self._numbers = {name: np.array([one.numbers.get(name, np.nan) for one in documents]) for name in names}

    def _note(self, place: int, name: str, values: Iterable[str], *before: str) -> None:
        for value in values:
            key = (*before, name, value)
            mask = self._masks.get(key)
            if mask is None:
                mask = self._masks[key] = self._none.copy()
            mask[place] = True

    def _any(self, *before: str, values: Iterable[str]) -> Mask:
        masks = [mask for value in values if (mask := self._masks.get((*before, value))) is not None]
        if len(masks) < 2:
            return masks[0] if masks else self._none
        united: Mask = np.logical_or.reduce(masks)
        return united

    def passing(self, query: Query) -> Mask:
        """Return which documents pass everything but the text."""
        mask = self._any("token", values=query.audience)
        for name, values in query.filters.items():
            if values:
                mask = mask & self._any("facet", name, values=values)
        if query.codes:
            mask = mask & self._any("code", values=query.codes)
        for name, values in query.without.items():
            mask = mask & ~self._any("facet", name, values=values)
        for name, (low, high) in query.ranges.items():
            numbers = self._numbers.get(name)
            if numbers is None:
                return self._none
            inside = ~np.isnan(numbers)
            inside &= numbers >= (-np.inf if low is None else low)
            mask = mask & inside & (numbers <= (np.inf if high is None else high))
        return mask

    def ids(self, mask: Mask) -> list[int]:
        """Return the ids of the documents of a mask."""
        return [self._documents[place].id for place in np.flatnonzero(mask).tolist()]

    def among(self, ids: Iterable[int]) -> Mask:
        """Return the mask of some ids."""
        wanted = set(ids)
        return np.array([document.id in wanted for document in self._documents], bool)

    def seen_by(self, audience: Sequence[str]) -> Mask:
        """Return which documents an audience may see."""
        return self._any("token", values=audience)

    def allowed(self, plan: Plan) -> Mask:
        """Return which documents hold all phrases of a plan, and nothing that it leaves out."""
        mask = ~self._none
        for phrase in plan.phrases:
            mask &= self._holding(phrase, Marks.ANY)
        for phrase in plan.excluded:
            marked = any(unit.exact != unit.term for unit in phrase)
            mask &= ~self._holding(phrase, Marks.SAME if marked else Marks.ANY)
        return mask

    def _holding(self, units: tuple[Unit, ...], marks: Marks) -> Mask:
        if (units, marks) not in self._phrases:
            self._phrases[units, marks] = np.array([holds(one, units, marks) for one in self._weighed], bool)
        return self._phrases[units, marks]

    def _saying(self, alternative: Alternative) -> Mask:
        known = self._phrases.get(alternative)
        if known is None:
            near = self._any("word", values=alternative.form.terms[:1])
            known = self._phrases[alternative] = self._none.copy()
            known[[place for place in np.flatnonzero(near) if says(self._weighed[place], alternative)]] = True
        return known

    def credits(self, plan: Plan) -> list[Shares]:
        """Return how far each document covers each unit of a plan without prefixes (`memory_scoring._coverage`)."""
        units = plan.units
        shares: list[Shares] = []
        for index, unit in enumerate(units):
            alone = not unit.joined and not (index + 1 < len(units) and units[index + 1].joined)
            shares.append(np.where(self._any("word", values=[unit.term]), single_credit(unit.term, alone), 0.0))
        for index in range(1, len(units)):
            if units[index].joined:
                pair = self._any("pair", values=[bigram(units[index - 1].term, units[index].term)])
                shares[index - 1], shares[index] = np.maximum(shares[index - 1], pair), np.maximum(shares[index], pair)
        for span in plan.spans:
            said = np.logical_or.reduce([self._saying(one) for one in span.alternatives])
            for index in range(span.start, span.stop):
                shares[index] = np.maximum(shares[index], said)
        return shares


class _Texts:
    """Which documents of a batch each text finds, for each audience."""

    def __init__(self, engine: SearchEngine, kind: str, batch: Batch, queries: Sequence[Query]) -> None:
        self._engine, self._kind, self._batch = engine, kind, batch
        tokens = sorted({token for query in queries for token in query.audience} - {PUBLIC})
        self._telling = {PUBLIC, *self._which_tell(tokens)}
        self._known: dict[tuple[str, tuple[str, ...]], Mask] = {}
        self._spreads: dict[tuple[str, ...], Spread] = {}
        terms: dict[tuple[str, ...], set[str]] = {}
        for query in queries:
            terms.setdefault(self._audience(query), set()).update(_terms(_plan(query.text)))
        for audience, some in terms.items():
            if some:
                self._spreads[audience] = engine.spread(some, (kind,), audience)

    def _which_tell(self, tokens: Sequence[str]) -> list[str]:
        """Return the tokens that any document carries: the others change nothing of what a person sees.

        Most people's organisations have nothing that is not public, so a few views serve all; found by halving.
        """
        if not tokens or not self._engine.spread((), (self._kind,), tokens).total:
            return []
        if len(tokens) == 1:
            return [*tokens]
        half = len(tokens) // 2
        return self._which_tell(tokens[:half]) + self._which_tell(tokens[half:])

    def _audience(self, query: Query) -> tuple[str, ...]:
        return tuple(sorted(self._telling & {*query.audience}))

    def finding(self, query: Query) -> Mask:
        """Return the documents that the text of a query finds."""
        audience = self._audience(query)
        key = (query.text, audience)
        if key not in self._known:
            self._known[key] = self._find(query.text, audience)
        return self._known[key]

    def _find(self, text: str, audience: tuple[str, ...]) -> Mask:
        plan, batch = _plan(text), self._batch
        if plan.others or any(unit.prefix for unit in plan.units):
            return self._asked(text, audience, batch.seen_by(audience))
        allowed = batch.allowed(plan)
        if not plan.units:
            return allowed if plan.blank or plan.excluded else allowed & False
        yes, unsure = decide(plan, batch.credits(plan), allowed & batch.seen_by(audience), self._spreads[audience])
        return yes | self._asked(text, audience, unsure)

    def _asked(self, text: str, audience: tuple[str, ...], mask: Mask) -> Mask:
        """Let the engine say which of these documents it finds."""
        ids = self._batch.ids(mask)
        if not ids:
            return mask
        page = self._engine.query(Query(text, (self._kind,), audience, only_ids=tuple(ids), limit=len(ids)))
        return self._batch.among(hit.id for hit in page.hits)


def _terms(plan: Plan) -> set[str]:
    """Return the words and pairs whose rarity decides; plans that the engine is asked about need none."""
    if plan.others or any(unit.prefix for unit in plan.units):
        return set()
    units = plan.units
    pairs = {bigram(units[i - 1].term, units[i].term) for i in range(1, len(units)) if units[i].joined}
    return pairs | {unit.term for unit in units}


def decide(plan: Plan, shares: Sequence[Shares], open_to: Mask, spread: Spread) -> tuple[Mask, Mask]:
    """Return which documents match for certain, and of which only the engine knows."""
    units, having = plan.units, spread.having
    weights = [idf(spread.total, having[unit.term]) for unit in units]
    whole = sum(weights)
    covered: Shares = np.where(open_to, np.dot(np.array(weights) / whole, np.array(shares)), 0.0)
    wanted = SHORT_COVERAGE if len(units) <= SHORT_QUERY else LONG_COVERAGE
    unknown = len(units) <= SHORT_QUERY and not all(having[unit.term] for unit in units)  # then it may not be relaxed
    certain = covered >= (wanted if unknown else min(wanted, RELATIVE_COVERAGE)) + NEAR
    best = float(covered.max(initial=0.0))
    if not plan.phrases and not plan.excluded:  # some document that may be seen holds the pair, or the word
        best = max([best, *(
            (weights[i - 1] + weights[i]) / whole
            for i in range(1, len(units))
            if units[i].joined and having[bigram(units[i - 1].term, units[i].term)]
        )])
    lowest = min(wanted, RELATIVE_COVERAGE * best)
    return certain, (covered > 0) & ~certain & (covered >= lowest - NEAR)
