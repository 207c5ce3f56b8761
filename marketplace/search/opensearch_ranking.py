"""One plan as queries of OpenSearch, and the exact order of the first hits.

The cluster finds and counts exactly: coverage is a sum of constants with a least score. Its own order follows the
same rules but for small approximations (`weights` assumes a mean length and keeps nine bits; of diacritics only
whether they occur). The first hits are then ordered by the memory engine's own code, from what is kept of their terms.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from marketplace.search.memory_scoring import Scoring
from marketplace.search.opensearch_clauses import (
    NOTHING,
    Clause,
    Term,
    any_of,
    constant,
    feature,
    leaves,
    pair_of,
    phrase,
    says,
    term,
    term_of,
    terms_of,
    unit_code,
)
from marketplace.search.opensearch_schema import key_of, marked, weighed_of
from marketplace.search.parser import Marks, Plan
from marketplace.search.ranking import (
    K1,
    MARKS_SHARE,
    TIER,
    TIER_CODE,
    TIER_EXACT_PHRASE,
    TIER_PHRASE,
    idf,
    required_coverage,
    single_credit,
    single_weight,
    typical_length,
)
from marketplace.search.thesaurus import Alternative, Span

#: Leaf clauses of one query; a cluster allows 1,024.
MOST_LEAVES = 900
#: What a sum of 32-bit numbers may miss, as a share of the whole.
SLACK = 1e-5


@dataclass(frozen=True, slots=True)
class Statistics:
    """What is counted among the documents that the reader may see."""

    total: int
    mean_length: float
    having: Mapping[Term, int]
    saying: Mapping[Alternative, int]

    def rarity(self, wanted: Term) -> float:
        """Return the idf of a term."""
        return idf(self.total, self.having[wanted])


def counted_terms(plan: Plan) -> set[Term]:
    """Return every term whose rarity a plan needs."""
    found = {term_of(unit) for unit in plan.units}
    found |= {pair for index in range(len(plan.units)) if (pair := pair_of(plan, index))}
    return found | {one for alternative in _alternatives(plan) for one in terms_of(alternative)}


def counted_alternatives(plan: Plan) -> set[Alternative]:
    """Return the forms of which a plan must know whether anybody says them."""
    return {alternative for span in plan.spans for alternative in span.alternatives}


def _alternatives(plan: Plan) -> Iterator[Alternative]:
    yield from plan.boosts
    for span in plan.spans:
        yield from span.alternatives


class Matching:
    """What matches one plan, and in which order the cluster gives it."""

    def __init__(self, plan: Plan, statistics: Statistics) -> None:
        self.plan, self.statistics = plan, statistics
        self._whole = sum(statistics.rarity(term_of(unit)) for unit in plan.units)
        self._exact = _Exact(plan, statistics)

    def allowed(self) -> Clause:
        """Return the documents that hold the phrases asked for, and none of the excluded ones."""
        plan = self.plan
        without = [
            clause
            for units in plan.excluded
            for clause in phrase(units, Marks.SAME if any(u.exact != u.term for u in units) else Marks.ANY)
        ]
        wanted = [any_of(phrase(units, Marks.ANY)) for units in plan.phrases]
        return {"bool": {"filter": wanted, "must_not": without}}

    def coverage(self) -> Clause | None:
        """Return a query whose score is the coverage of each document times `whole`; None when nothing need be covered."""
        plan = self.plan
        if not plan.units:
            return None
        spans = [(span, says(span.alternatives)) for span in plan.spans]
        parts = []
        for index, unit in enumerate(plan.units):
            rarity = self.statistics.rarity(term_of(unit))
            alone = not unit.joined and pair_of(plan, index + 1) is None
            credit = single_credit(unit.term, alone or unit.prefix)
            fully = [term(pair) for pair in (pair_of(plan, index), pair_of(plan, index + 1)) if pair]
            fully += [clause for span, clause in spans if span.start <= index < span.stop]
            own = constant(term(term_of(unit)), rarity * credit)
            parts.append({"dis_max": {"queries": [own, constant(any_of(fully), rarity)]}} if fully else own)
        return {"bool": {"should": parts}}

    def matching(self, best: float) -> Clause:
        """Return the filter of what matches, given the coverage of the best document."""
        plan, coverage = self.plan, self.coverage()
        if coverage is None:
            if plan.boosts:
                return {"bool": {"filter": [self.allowed(), says(plan.boosts)]}}
            return self.allowed() if plan.blank or plan.excluded else NOTHING
        required = required_coverage(len(plan.units), best / self._whole, self._unknown_word())
        least = max(required - SLACK, SLACK) * self._whole
        return {"bool": {"filter": [self.allowed(), {"function_score": {"query": coverage, "min_score": least}}]}}

    def order(self, room: int) -> Clause | None:
        """Return a query of at most `room` leaves whose score is the cluster's own order; None without words."""
        for wanted in (self._ranked(), self._roughly(), None):
            if wanted is None or leaves(wanted) <= room:
                return wanted
        return None

    def kept(self) -> list[str]:
        """Return the properties that `exact` reads of a document."""
        return ["length", "code", *(f"postings.{'p' if pair else 's'}.{key_of(text)}{'*' if beginning else ''}"
                                    for pair, text, beginning in counted_terms(self.plan))]  # fmt: skip

    def exact(self, kept: Mapping[str, Any]) -> float:
        """Return the score of a document, exactly as the memory engine gives it."""
        return self._exact.worth(weighed_of(dict(kept)))

    def _unknown_word(self) -> bool:
        statistics = self.statistics
        helped = {
            index
            for span in self.plan.spans
            if any(statistics.saying[a] for a in span.alternatives)
            for index in range(span.start, span.stop)
        }
        return any(
            index not in helped and not statistics.having[term_of(unit)] for index, unit in enumerate(self.plan.units)
        )

    def _ranked(self) -> Clause | None:
        """Return BM25 with spans and diacritics, and the tiers."""
        plan = self.plan
        scores: dict[Span | None, list[Clause]] = {None: [], **{span: [] for span in plan.spans}}
        for index, unit in enumerate(plan.units):
            code = unit_code(unit) if plan.marked and not unit.prefix else None
            scores[plan.holder(index, index + 1)] += self._worth(term_of(unit), code)
            pair = pair_of(plan, index)
            if pair:
                left = plan.units[index - 1]
                code = unit_code(left) << 8 | unit_code(unit) if plan.marked and not unit.prefix else None
                scores[plan.holder(index - 1, index + 1)] += self._worth(pair, code)
        for span in plan.spans_inside_out():
            others = [self._said(alternative) for alternative in span.alternatives if self.statistics.saying[alternative]]
            own = [{"bool": {"should": scores[span]}}] if scores[span] else []
            if own or others:
                scores[plan.holder(span.start, span.stop, span)].append({"dis_max": {"queries": [*own, *others]}})
        return _sum([*scores[None], *map(self._said, plan.boosts), *self._tiers()])

    def _roughly(self) -> Clause | None:
        """Return what the order needs least: pairs and words as typed."""
        parts = [clause for unit in self.plan.units for clause in self._worth(term_of(unit), None)]
        for index in range(len(self.plan.units)):
            pair = pair_of(self.plan, index)
            parts += self._worth(pair, None) if pair else []
        return _sum([*parts, *self._tiers()])

    def _worth(self, wanted: Term, code: int | None) -> list[Clause]:
        if not self.statistics.having[wanted]:
            return []
        pair, text, _ = wanted
        boost = self.statistics.rarity(wanted) * (K1 + 1) * (1.0 if pair else single_weight(text))
        if code is None:
            return [feature(wanted, boost)]
        same = {"term": {"pair" if pair else "single": marked(text, code)}}
        return [
            feature(wanted, boost * (1 - MARKS_SHARE)),
            {"bool": {"filter": [same], "must": [feature(wanted, boost * MARKS_SHARE)]}},
        ]

    def _said(self, alternative: Alternative) -> Clause:
        parts = [clause for wanted in terms_of(alternative) for clause in self._worth(wanted, None)]
        return {"bool": {"filter": [says([alternative])], "should": parts, "boost": alternative.weight}}

    def _tiers(self) -> list[Clause]:
        plan = self.plan
        tiers = [constant({"term": {"code": plan.code}}, TIER * TIER_CODE)] if plan.code else []
        if plan.whole_phrase:
            tiers.append(constant(any_of(phrase(plan.units, Marks.ANY)), TIER * TIER_PHRASE))
            if plan.marked:
                tiers.append(constant(any_of(phrase(plan.units, Marks.SAME)), TIER * TIER_EXACT_PHRASE))
        return [{"dis_max": {"queries": tiers}}] if tiers else []


def _sum(parts: Iterable[Clause]) -> Clause | None:
    found = list(parts)
    return {"bool": {"should": found}} if found else None


class _Exact(Scoring):
    """The memory engine's scores with statistics from elsewhere."""

    def __init__(self, plan: Plan, statistics: Statistics) -> None:
        super().__init__(plan, {})
        self._statistics = statistics
        self.total, self.typical = statistics.total, typical_length(statistics.mean_length)

    def _having(self, pair: bool, term: str, prefix: bool) -> int:
        return self._statistics.having[pair, term, prefix]
