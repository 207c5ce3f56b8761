"""The other way round: which of many searches find a few new documents, without searching for each of them.

The new documents are turned into sets (`holdings`), one per word, pair, facet value and token. A search is looked up
there: first its audience, filters, ranges and codes, which put most searches away; then its words, once per text and
audience (`coverage`). What counts as a match is the engine's own rule (`ranking`): coverage weighed by rarity among
what the person may see, relaxed to a share of the best document's. An engine that gives its holdings is asked nothing
else. One that cannot is asked for the rarities, which decide most pairs of text and document, and, for these documents
only, where they do not.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from marketplace.search import PUBLIC, Document, Query, SearchEngine, Spread
from marketplace.search.coverage import Covered, Text, covered, levels, most_covered, texts_of
from marketplace.search.holdings import Few, Holding, Holdings, bits
from marketplace.search.ranking import LONG_COVERAGE, RELATIVE_COVERAGE, SHORT_COVERAGE, SHORT_QUERY, idf

K = TypeVar("K")
Audience = frozenset[str]
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
        few = Few(some)
        passing = {key: few.passing(query) for key, query in wanted.items()}
        left = {key: among for key, among in passing.items() if among}
        texts = _Texts(engine, kind, few, [queries[key] for key in left])
        for key, among in left.items():
            if hits := texts.finding(queries[key], among):
                found[key] = few.ids(hits)
    return found


class _Known:
    """What is known of the whole catalogue: everything, from an engine's holdings."""

    def __init__(self, held: Holdings) -> None:
        self._held = held
        self.tokens: Iterable[str] = held.tokens()
        self._seen: dict[Audience, int] = {}
        self._first: dict[int, Audience] = {}
        self._rarities: dict[tuple[Audience, str], float] = {}

    def same_as(self, audience: Audience) -> Audience:
        """Return the first audience that sees the same: members of most organisations do."""
        return self._first.setdefault(self._visible(audience), audience)

    def _visible(self, audience: Audience) -> int:
        known = self._seen.get(audience)
        if known is None:
            known = self._seen[audience] = self._held.seen_by(audience)
        return known

    def rarity(self, audience: Audience, term: str) -> float:
        """Return the idf of a word among what an audience sees."""
        known = self._rarities.get((audience, term))
        if known is None:
            seen = self._visible(audience)
            known = idf(seen.bit_count(), (self._held.word(term) & seen).bit_count())
            self._rarities[audience, term] = known
        return known

    def unknown(self, audience: Audience, text: Text) -> bool | None:
        """Whether a text has a word that nothing holds, nor says in another way."""
        seen = self._visible(audience)
        missing = {index for index, term in enumerate(text.terms) if not self._held.word(term) & seen}
        for start, stop, sayings in text.spans if missing else ():
            if self._held.saying(sayings) & seen:
                missing -= {*range(start, stop)}
        return bool(missing)

    def best(
        self, audience: Audience, text: Text, weights: Sequence[float], known: float, enough: float
    ) -> tuple[float, bool]:
        """Return how far the best document covers a text (any number from `enough` on will do), and whether that is so."""
        among = text.allowed(self._held, self._visible(audience))
        best = most_covered(text, self._held, weights, among, known, enough)
        return (known, False) if best is None else (best, True)


class _Guessed:
    """What is known of the whole catalogue: the rarities, from an engine that says no more."""

    def __init__(self, engine: SearchEngine, kind: str, queries: Sequence[Query]) -> None:
        self._engine, self._kind = engine, kind
        wanted = {token for query in queries for token in query.audience} - {PUBLIC}
        self.tokens: Iterable[str] = self._telling(sorted(wanted))
        terms: dict[Audience, set[str]] = {}
        for query in queries:
            of = terms.setdefault(frozenset({PUBLIC, *self.tokens} & {*query.audience}), set())
            for text in texts_of(query.text):
                of.update(unit.term for unit in text.units if not unit.prefix)
                of.update(pair for pair in text.pairs if pair)
        self._spreads: dict[Audience, Spread] = {
            audience: engine.spread(some, (kind,), sorted(audience)) for audience, some in terms.items()
        }

    def _telling(self, tokens: Sequence[str]) -> list[str]:
        """Return the tokens that any document carries, found by halving: most people's organisations have none."""
        if not tokens or not self._engine.spread((), (self._kind,), tokens).total:
            return []
        if len(tokens) == 1:
            return [*tokens]
        half = len(tokens) // 2
        return self._telling(tokens[:half]) + self._telling(tokens[half:])

    def same_as(self, audience: Audience) -> Audience:
        """Return the audience itself: nobody knows."""
        return audience

    def rarity(self, audience: Audience, term: str) -> float:
        """Return the idf of a word among what an audience sees."""
        return idf(self._spreads[audience].total, self._spreads[audience].having[term])

    def unknown(self, audience: Audience, text: Text) -> bool | None:
        """Whether a text has a word that nothing holds; None when something may say it in another way."""
        having = self._spreads[audience].having
        if all(having[term] for term in text.terms):
            return False
        return None if text.spans else True

    def best(
        self, audience: Audience, text: Text, weights: Sequence[float], known: float, enough: float
    ) -> tuple[float, bool]:
        """Return how far some document covers a text at least, and whether more of it plays no part."""
        having = self._spreads[audience].having
        for index, pair in enumerate(text.pairs):
            if pair and having[pair] and not text.plan.phrases and not text.plan.excluded:
                known = max(known, weights[index - 1] + weights[index])
        return known, known >= enough


@dataclass
class _Answer:
    """What is decided of a text for an audience: documents it finds, and those that depend on the best one."""

    text: Text
    found: int
    unsure: int = 0
    shares: Covered | None = None  # how far each document covers it; None: only the engine can say
    weights: Sequence[float] = ()


class _Texts:
    """Which of the documents each text finds, for each audience."""

    def __init__(self, engine: SearchEngine, kind: str, few: Few, queries: Sequence[Query]) -> None:
        self._engine, self._kind, self._few = engine, kind, few
        held = engine.holdings(kind) if isinstance(engine, Holding) else None
        self._catalogue = _Guessed(engine, kind, queries) if held is None else _Known(held)
        self._tokens = {PUBLIC, *self._catalogue.tokens}
        self._answers: dict[tuple[str, Audience], list[_Answer]] = {}

    def finding(self, query: Query, among: int) -> int:
        """Return those of the documents that the text of a query finds; the others play no part."""
        audience = self._catalogue.same_as(frozenset(self._tokens.intersection(query.audience)))
        answers = self._answers.get((query.text, audience))
        if answers is None:
            answers = [self._first(text, audience) for text in texts_of(query.text)]
            self._answers[query.text, audience] = answers
        found = 0
        for answer in answers:
            if answer.unsure & among:
                self._decide(query.text, audience, answer)
            found |= answer.found
        return found & among

    def _first(self, text: Text, audience: Audience) -> _Answer:
        """Decide what is certain without the best document."""
        seen, plan = self._few.seen_by(audience), text.plan
        if text.prefix:
            return _Answer(text, 0, seen & self._near(text))
        among = text.allowed(self._few, seen)
        if not text.units:
            return _Answer(text, among if plan.blank or plan.excluded else 0)
        found = levels(text, self._few, among)
        if not found.numbers:
            return _Answer(text, 0)
        rarities = [self._catalogue.rarity(audience, term) for term in text.terms]
        whole = sum(rarities)
        weights = [one / whole for one in rarities]
        shares = covered(text, found, weights, self._few.count)
        certain = bits(shares >= _wanted(text) + NEAR)
        return _Answer(text, certain, bits(shares > 0) & ~certain, shares, weights)

    def _near(self, text: Text) -> int:
        """Return the documents that hold anything of a text with the beginning of a word."""
        near = 0
        for index, unit in enumerate(text.units):
            near |= self._few.begun(unit.term) if unit.prefix else text.part(index, self._few)
            near |= text.whole(index, self._few)
        return near

    def _decide(self, typed: str, audience: Audience, answer: _Answer) -> None:
        """Decide the rest."""
        unsure, answer.unsure = answer.unsure, 0
        if answer.shares is not None:
            unsure = self._by_best(audience, answer, answer.shares, unsure)
        if not unsure:
            return
        ids = tuple(self._few.ids(unsure))
        page = self._engine.query(Query(typed, (self._kind,), tuple(sorted(audience)), only_ids=ids, limit=len(ids)))
        answer.found |= self._few.among(hit.id for hit in page.hits)

    def _by_best(self, audience: Audience, answer: _Answer, shares: Covered, unsure: int) -> int:
        """Decide by the best document; return of which documents only the engine knows."""
        text, wanted = answer.text, _wanted(answer.text)
        strict = self._catalogue.unknown(audience, text) if len(text.units) <= SHORT_QUERY else False
        if strict:
            return unsure & bits(shares >= wanted - NEAR)
        if strict is False:  # whatever the best one is, half of everything is enough
            half = unsure & bits(shares >= RELATIVE_COVERAGE + NEAR)
            answer.found, unsure = answer.found | half, unsure & ~half
            if not unsure:
                return 0
        known, undecided = float(shares.max()), shares if strict is None else shares[shares < RELATIVE_COVERAGE + NEAR]
        most = float(undecided.max())
        enough = (most + 2 * NEAR) / RELATIVE_COVERAGE
        best, sure = self._catalogue.best(audience, text, answer.weights, known, enough)
        lowest = RELATIVE_COVERAGE * best
        if sure and strict is False:
            certain = unsure & bits(shares >= lowest + NEAR)
            answer.found, unsure = answer.found | certain, unsure & ~certain
        return unsure & bits(shares >= lowest - NEAR)


def _wanted(text: Text) -> float:
    return SHORT_COVERAGE if len(text.units) <= SHORT_QUERY else LONG_COVERAGE
