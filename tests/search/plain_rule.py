"""The rule of relevance in plain Python, one document at a time: what the arrays are compared with. Not for size."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from marketplace.search import MOST_VALUES, Document, Hit, Page, Query
from marketplace.search.query.parser import Marks, Plan, Unit, parse, units_of
from marketplace.search.ranking.weights import (
    FIELD_GAP,
    K1,
    MARKS_SHARE,
    MAX_DOCUMENT_TERMS,
    TIER,
    TIER_CODE,
    TIER_EXACT_PHRASE,
    TIER_PHRASE,
    TITLE,
    code_terms,
    fields_of,
    idf,
    length_norm,
    required_coverage,
    single_credit,
    single_weight,
    typical_length,
)
from marketplace.search.text.analysis import bigram, code_key, mark_code, tokens
from marketplace.search.text.thesaurus import Alternative, Span, default_thesaurus


@dataclass(slots=True)
class Posting:
    """How a document holds one term: weighted frequency and the diacritics (of pairs also the place) of each use."""

    weight: float = 0.0
    codes: list[int] = field(default_factory=list)  # for pairs left << 8 | right
    places: list[int] = field(default_factory=list)  # of pairs, parallel to the codes


@dataclass(slots=True)
class Weighed:
    """A document ready for the index."""

    singles: dict[str, Posting]
    pairs: dict[str, Posting]
    length: int
    code: str


def weigh(document: Document) -> Weighed:
    """Analyse a document once for the index."""
    singles: dict[str, Posting] = {}
    pairs: dict[str, Posting] = {}
    place = length = 0
    for text, weight in fields_of(document):
        before, before_code = "", 0
        for token in tokens(text):
            if length >= MAX_DOCUMENT_TERMS:
                break
            code = mark_code(token.term, token.exact)
            _note(singles, token.term, weight, code)
            if token.compound:
                continue
            if before:
                _note(pairs, bigram(before, token.term), weight, before_code << 8 | code).places.append(place)
            before, before_code = token.term, code
            place += 1
            length += 1
        place += FIELD_GAP
    for term in code_terms(document.code):
        _note(singles, term, TITLE, 0)
    return Weighed(singles, pairs, max(length, 1), code_key(document.code))


def _note(postings: dict[str, Posting], term: str, weight: float, code: int) -> Posting:
    posting = postings.get(term)
    if posting is None:
        posting = postings[term] = Posting()
    posting.weight += weight
    posting.codes.append(code)
    return posting


Key = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Entry:
    """A document with its weighed terms."""

    document: Document
    weighed: Weighed


class Scoring:
    """One query over the visible entries."""

    def __init__(self, plan: Plan, entries: Mapping[Key, Entry]) -> None:
        self.plan, self.entries = plan, entries
        self.total = len(entries)
        mean = sum(e.weighed.length for e in entries.values()) / self.total if entries else 0.0
        self.typical = typical_length(mean)
        self._rarity: dict[tuple[bool, str, bool], float] = {}

    def scores(self, relaxed: bool) -> dict[Key, float]:
        """Return the matching keys with their scores."""
        plan = self.plan
        if not plan.units and not plan.boosts and not plan.excluded and not plan.blank:
            return {}
        allowed = {key: entry.weighed for key, entry in self.entries.items() if self._allowed(entry.weighed)}
        if not plan.units:
            boosted = {key: self._boost(weighed) for key, weighed in allowed.items()}
            return {key: score for key, score in boosted.items() if score > 0 or not plan.boosts}
        covered = {key: self._coverage(weighed) for key, weighed in allowed.items()}
        best = max(covered.values(), default=0.0) if relaxed else math.inf
        required = required_coverage(len(plan.units), best, self._unknown_word())
        return {
            key: self.worth(allowed[key])
            for key, share in covered.items()
            if share > 0 and share >= required - 1e-9
        }

    def worth(self, weighed: Weighed) -> float:
        """Return the score of a document that matches."""
        return self._score(weighed) + self._boost(weighed) + TIER * self._tier(weighed)

    def _allowed(self, weighed: Weighed) -> bool:
        return all(holds(weighed, phrase, Marks.ANY) for phrase in self.plan.phrases) and not any(
            holds(weighed, phrase, Marks.SAME if any(u.exact != u.term for u in phrase) else Marks.ANY)
            for phrase in self.plan.excluded
        )

    def _having(self, pair: bool, term: str, prefix: bool) -> int:
        return sum(1 for e in self.entries.values() if _posting(e.weighed, pair, term, prefix) is not None)

    def _idf(self, pair: bool, term: str, prefix: bool) -> float:
        key = (pair, term, prefix)
        if key not in self._rarity:
            self._rarity[key] = idf(self.total, self._having(*key))
        return self._rarity[key]

    def _unknown_word(self) -> bool:
        helped = {
            index
            for span in self.plan.spans
            for index in range(span.start, span.stop)
            if any(says(e.weighed, a) for a in span.alternatives for e in self.entries.values())
        }
        return any(
            index not in helped and self._having(False, unit.term, unit.prefix) == 0
            for index, unit in enumerate(self.plan.units)
        )

    def _coverage(self, weighed: Weighed) -> float:
        credit = []
        for index, unit in enumerate(self.plan.units):
            alone = not unit.joined and not self._joined_after(index)
            single = _posting(weighed, False, unit.term, unit.prefix) is not None
            credit.append(single_credit(unit.term, alone or unit.prefix) if single else 0.0)
        for index in range(1, len(self.plan.units)):
            if self.plan.units[index].joined and self._pair(weighed, index) is not None:
                credit[index - 1] = credit[index] = 1.0
        for span in self.plan.spans:
            if any(says(weighed, a) for a in span.alternatives):
                credit[span.start : span.stop] = [1.0] * (span.stop - span.start)
        weights = [self._idf(False, unit.term, unit.prefix) for unit in self.plan.units]
        return sum(c * w for c, w in zip(credit, weights, strict=True)) / sum(weights)

    def _joined_after(self, index: int) -> bool:
        return index + 1 < len(self.plan.units) and self.plan.units[index + 1].joined

    def _pair(self, weighed: Weighed, index: int) -> Posting | None:
        left, right = self.plan.units[index - 1 : index + 1]
        return _posting(weighed, True, bigram(left.term, right.term), right.prefix)

    def _score(self, weighed: Weighed) -> float:
        """Sum the terms; within a span the better of what was typed and what may stand in its place."""
        plan = self.plan
        scores: dict[Span | None, float] = dict.fromkeys([None, *plan.spans], 0.0)
        for index in range(len(plan.units)):
            scores[plan.holder(index, index + 1)] += self._unit_score(weighed, index)
            if index:
                scores[plan.holder(index - 1, index + 1)] += self._pair_score(weighed, index)
        for span in plan.spans_inside_out():
            others = [a.weight * self._phrase_score(weighed, a) for a in span.alternatives]
            scores[plan.holder(span.start, span.stop, span)] += max(scores[span], *others)
        return scores[None]

    def _unit_score(self, weighed: Weighed, index: int) -> float:
        unit = self.plan.units[index]
        posting = _posting(weighed, False, unit.term, unit.prefix)
        code = mark_code(unit.term, unit.exact) if self.plan.marked and not unit.prefix else None
        return single_weight(unit.term) * self._bm25(posting, weighed, self._idf(False, unit.term, unit.prefix), code)

    def _pair_score(self, weighed: Weighed, index: int) -> float:
        right = self.plan.units[index]
        if index == 0 or not right.joined:
            return 0.0
        left = self.plan.units[index - 1]
        code = None
        if self.plan.marked and not right.prefix:
            code = mark_code(left.term, left.exact) << 8 | mark_code(right.term, right.exact)
        rarity = self._idf(True, bigram(left.term, right.term), right.prefix)
        return self._bm25(self._pair(weighed, index), weighed, rarity, code)

    def _bm25(self, posting: Posting | None, weighed: Weighed, rarity: float, code: int | None) -> float:
        if posting is None:
            return 0.0
        score = rarity * (K1 + 1) * posting.weight / (posting.weight + length_norm(weighed.length, self.typical))
        if code is not None:
            score *= 1 - MARKS_SHARE * (1 - posting.codes.count(code) / len(posting.codes))
        return score

    def _phrase_score(self, weighed: Weighed, alternative: Alternative) -> float:
        terms = alternative.form.terms
        if not says(weighed, alternative):
            return 0.0
        score = sum(
            single_weight(t) * self._bm25(weighed.singles[t], weighed, self._idf(False, t, False), None) for t in terms
        )
        for left, right in pairwise(terms):
            pair = bigram(left, right)
            score += self._bm25(weighed.pairs[pair], weighed, self._idf(True, pair, False), None)
        return score

    def _boost(self, weighed: Weighed) -> float:
        return sum(a.weight * self._phrase_score(weighed, a) for a in self.plan.boosts)

    def _tier(self, weighed: Weighed) -> int:
        if weighed.code and weighed.code == self.plan.code:
            return TIER_CODE
        if not self.plan.whole_phrase or not holds(weighed, self.plan.units, Marks.ANY):
            return 0
        exact = self.plan.marked and holds(weighed, self.plan.units, Marks.SAME)
        return TIER_EXACT_PHRASE if exact else TIER_PHRASE


def says(weighed: Weighed, alternative: Alternative) -> bool:
    """Whether a document says an alternative, with its diacritics or with none."""
    return holds(weighed, units_of(alternative.form), Marks.ANY if alternative.any_marks else Marks.SAME_OR_NONE)


def _posting(weighed: Weighed, pair: bool, term: str, prefix: bool) -> Posting | None:
    """Return the posting of a term; for a prefix the heaviest of those that begin so."""
    postings = weighed.pairs if pair else weighed.singles
    if not prefix:
        return postings.get(term)
    return max((p for t, p in postings.items() if t.startswith(term)), key=lambda p: p.weight, default=None)


def holds(weighed: Weighed, units: Sequence[Unit], marks: Marks) -> bool:
    """Whether the units follow each other in the document with such diacritics."""
    if len(units) == 1:
        unit = units[0]
        posting = _posting(weighed, False, unit.term, unit.prefix)
        if posting is None or unit.prefix:
            return posting is not None
        return any(_fits(mark_code(unit.term, unit.exact), code, marks) for code in posting.codes)
    starts: set[int] | None = None
    for index, (left, right) in enumerate(pairwise(units)):
        wanted = mark_code(left.term, left.exact) << 8 | mark_code(right.term, right.exact)
        places = {
            place - index
            for posting in _pairs(weighed, bigram(left.term, right.term), right.prefix)
            for place, code in zip(posting.places, posting.codes, strict=True)
            if right.prefix or _fits(wanted, code, marks)
        }
        starts = places if starts is None else starts & places
    return bool(starts)


def _fits(wanted: int, code: int, marks: Marks) -> bool:
    return marks is Marks.ANY or code == wanted or (marks is Marks.SAME_OR_NONE and code == 0)


def _pairs(weighed: Weighed, term: str, prefix: bool) -> list[Posting]:
    if prefix:
        return [posting for pair, posting in weighed.pairs.items() if pair.startswith(term)]
    return [weighed.pairs[term]] if term in weighed.pairs else []


class PlainRule:
    """Documents in a dictionary, and what a query finds among them."""

    def __init__(self) -> None:
        self.index: dict[Key, Entry] = {}

    def put(self, documents: Iterable[Document]) -> None:
        self.index |= {(one.kind, one.id): Entry(one, weigh(one)) for one in documents}

    def remove(self, kind: str, ids: Iterable[int]) -> None:
        for id_ in ids:
            self.index.pop((kind, id_), None)

    def rebuild(self, documents: Iterable[Document]) -> None:
        self.index = {}
        self.put(documents)

    def query(self, query: Query, relaxed: bool = True) -> Page:
        plan = parse(query.text, default_thesaurus(), query.boosts)
        visible = {
            key: entry for key, entry in self.index.items()
            if key[0] in query.kinds and set(query.audience) & set(entry.document.audience)
        }
        scores: dict[Key, float] = {}
        for alternative in plan.alternatives():
            for key, score in Scoring(alternative, visible).scores(relaxed).items():
                scores[key] = max(score, scores.get(key, score))
        for id_ in query.exclude_ids:
            for kind in query.kinds:
                scores.pop((kind, id_), None)
        documents = {key: self.index[key].document for key in scores}
        passed = {key for key in scores if _passes(documents[key], query)}
        ordered = sorted(passed, key=_order(query, plan, scores, documents))
        return Page(
            hits=[Hit(*key, scores[key]) for key in ordered[query.offset : query.offset + query.limit]],
            total=len(passed),
            facets={name: _count(name, query, documents) for name in query.facets},
            terms=plan.terms(),
        )


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
