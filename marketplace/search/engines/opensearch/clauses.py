"""The rule of relevance in the query language of OpenSearch. Pure: plain objects to plain dictionaries.

Every clause is a constant or a feature whose weight we compute, so nothing in a score depends on documents that the
reader may not see (the cluster's own idf would). What matches is said exactly: coverage is a sum of constants with a
least score. The order is nearly the scorer's: `weights` assumes a mean length and keeps nine bits, and of diacritics only
counts whether they occur.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Any

from marketplace.search import Query
from marketplace.search.engines.opensearch.schema import key_of, marked
from marketplace.search.query.parser import Marks, Unit
from marketplace.search.ranking.rule import Counts, Node, Phrase, Rule, Said, Term, Weight
from marketplace.search.ranking.weights import K1, MARKS_SHARE, TIER, TIER_CODE, required_coverage
from marketplace.search.text.analysis import bigram, mark_code

Clause = dict[str, Any]
#: Terms that the end of a longer phrase may stand for.
EXPANSIONS = 1000
#: Leaf clauses of one query; a cluster allows 1,024.
MOST_LEAVES = 900
#: What a sum of 32-bit numbers may miss, as a share of the whole.
SLACK = 1e-5
NOTHING: Clause = {"match_none": {}}
#: What has no clause in it; all else holds others.
_LEAVES = "term terms prefix range exists match_phrase match_phrase_prefix rank_feature match_none".split()


def constant(clause: Clause, boost: float) -> Clause:
    """Return a clause that adds `boost` where it matches."""
    return {"constant_score": {"filter": clause, "boost": boost}}


def any_of(clauses: Sequence[Clause]) -> Clause:
    """Return a clause that matches where one of them does."""
    return clauses[0] if len(clauses) == 1 else {"bool": {"should": list(clauses)}} if clauses else NOTHING


def visible(kinds: Sequence[str], audience: Sequence[str]) -> list[Clause]:
    """Return the compulsory filter of every request: what this audience may see of these kinds."""
    return [{"terms": {"audience": list(audience)}}, {"terms": {"kind": list(kinds)}}]


def narrowed(query: Query) -> Clause:
    """Return ranges and exclusions of a query, which count for hits and facets alike."""
    must_not: list[Clause] = [{"terms": {f"facets.{name}": list(values)}} for name, values in query.without.items()]
    if query.exclude_ids:
        must_not.append({"terms": {"id": list(query.exclude_ids)}})
    wanted: list[Clause] = []
    for name, ends in query.ranges.items():
        limits = {key: value for key, value in zip(("gte", "lte"), ends, strict=True) if value is not None}
        field = f"numbers.{name}"
        wanted.append({"range": {field: limits}} if limits else {"exists": {"field": field}})
    if query.only_ids is not None:
        wanted.append({"terms": {"id": list(query.only_ids)}})
    if query.codes:
        wanted.append({"terms": {"code": [code for code in query.codes if code]}})
    return {"bool": {"filter": wanted, "must_not": must_not}}


def chosen(query: Query, but: str = "") -> list[Clause]:
    """Return the facet filters of a query, except that of the facet `but`."""
    return [
        {"terms": {f"facets.{name}": list(values)}} for name, values in query.filters.items() if values and name != but
    ]


def held(wanted: Term | Phrase) -> Clause:
    """Return the documents that hold a term, or in which a phrase occurs."""
    if isinstance(wanted, Phrase):
        return says([wanted])
    return {"prefix" if wanted.prefix else "term": {wanted.field: wanted.text}}


class Matching:
    """One rule with what is counted: what matches it, and in which order the cluster gives it."""

    def __init__(self, rule: Rule, counted: Counts) -> None:
        self.rule, self.counted = rule, counted
        self._whole = sum(counted.rarity(part.term) for part in rule.parts)

    def allowed(self) -> Clause:
        """Return the documents that hold the phrases asked for, and none of the excluded ones."""
        without = [clause for one in self.rule.excluded for clause in _phrase(one)]
        return {"bool": {"filter": [any_of(_phrase(one)) for one in self.rule.wanted], "must_not": without}}

    def coverage(self) -> Clause | None:
        """Return a query whose score is the coverage of a document times the whole; None when nothing need be covered."""
        parts = []
        for part in self.rule.parts:
            rarity = self.counted.rarity(part.term)
            fully = [held(pair) for pair in part.pairs] + ([says(part.sayings)] if part.sayings else [])
            own = constant(held(part.term), rarity * part.credit)
            parts.append({"dis_max": {"queries": [own, constant(any_of(fully), rarity)]}} if fully else own)
        return {"bool": {"should": parts}} if parts else None

    def matches(self, best: float) -> Clause:
        """Return the filter of what matches, given the score of the best document for `coverage`."""
        rule, coverage = self.rule, self.coverage()
        if coverage is None:
            if rule.boosts:
                return {"bool": {"filter": [self.allowed(), says([said.phrase for said in rule.boosts])]}}
            return self.allowed() if rule.everything else NOTHING
        required = required_coverage(len(rule.parts), best / self._whole, self._unknown_word())
        least = max(required - SLACK, SLACK) * self._whole
        return {"bool": {"filter": [self.allowed(), {"function_score": {"query": coverage, "min_score": least}}]}}

    def _unknown_word(self) -> bool:
        of = self.counted.of
        return any(not of[part.term] and not any(of[one] for one in part.sayings) for part in self.rule.parts)

    def order(self, room: int) -> Clause | None:
        """Return a query whose score is the cluster's own order: the rule's, or if that has more leaves, the coverage."""
        parts = [clause for node in self.rule.score for clause in self._node(node)]
        whole: Clause = {"bool": {"should": [*parts, *self._tiers()]}}
        return None if not parts else whole if leaves(whole) <= room else self.coverage()

    def _node(self, node: Node) -> list[Clause]:
        if isinstance(node, Weight):
            return self._weight(node)
        if isinstance(node, Said):
            if not self.counted.of.get(node.phrase, 1):
                return []
            parts = [clause for weight in node.weights for clause in self._weight(weight)]
            return [{"bool": {"filter": [says([node.phrase])], "should": parts, "boost": node.worth}}]
        own = [clause for one in node.own for clause in self._node(one)]
        queries = [{"bool": {"should": own}}] if own else []
        queries += [clause for one in node.others for clause in self._node(one)]
        return [{"dis_max": {"queries": queries}}] if queries else []

    def _weight(self, weight: Weight) -> list[Clause]:
        if not self.counted.of[weight.term]:
            return []
        boost = self.counted.rarity(weight.term) * (K1 + 1) * weight.worth
        if weight.code is None:
            return [_feature(weight.term, boost)]
        same = {"term": {weight.term.field: marked(weight.term.text, weight.code)}}
        return [
            _feature(weight.term, boost * (1 - MARKS_SHARE)),
            {"bool": {"filter": [same], "must": [_feature(weight.term, boost * MARKS_SHARE)]}},
        ]

    def _tiers(self) -> list[Clause]:
        rule = self.rule
        tiers = [constant({"term": {"code": rule.code}}, TIER * TIER_CODE)] if rule.code else []
        tiers += [constant(any_of(_phrase(phrase)), TIER * tier) for tier, phrase in rule.tiers]
        return [{"dis_max": {"queries": tiers}}] if tiers else []


def _feature(wanted: Term, boost: float) -> Clause:
    """Return a term's share of BM25; of a beginning only a constant."""
    if wanted.prefix:
        return constant(held(wanted), boost / 2)
    return {"rank_feature": {"field": f"weights.{key_of(wanted.text)}", "saturation": {"pivot": 1.0}, "boost": boost}}


def _code(unit: Unit) -> int:
    return mark_code(unit.term, unit.exact)


def _phrase(phrase: Phrase) -> list[Clause]:
    """Return clauses one of which matches where a phrase occurs."""
    units, marks = phrase
    last = units[-1]
    if len(units) == 1:
        codes = [_code(last)]
        return [_word("single", last.term, last.prefix, codes, marks)]
    if len(units) == 2:
        codes = [_code(units[0]) << 8 | _code(last)]
        return [_word("pair", bigram(units[0].term, last.term), last.prefix, codes, marks)]
    if marks is Marks.ANY:
        return [_stream("folded", [unit.term for unit in units], last.prefix)]
    readings = [tuple(_code(unit) for unit in units)] if marks is Marks.SAME else _readings(units)
    both = [zip(units, codes, strict=True) for codes in readings]  # of a beginning the diacritics are not known
    words = [[unit.term if unit.prefix else marked(unit.term, code) for unit, code in some] for some in both]
    return [_stream("marked", some, last.prefix) for some in words]


def says(phrases: Iterable[Phrase]) -> Clause:
    """Return the documents in which any of these occurs, in as few clauses as possible: the cluster bounds their number."""
    words: dict[str, list[str]] = {"single": [], "pair": []}
    others: list[Clause] = []
    for clause in (clause for phrase in phrases for clause in _phrase(phrase)):
        held_terms = clause.get("terms") or {field: [text] for field, text in clause.get("term", {}).items()}
        for field, values in held_terms.items():
            words[field] += values
        if not held_terms:
            others.append(clause)
    return any_of([*({"terms": {field: values}} for field, values in words.items() if values), *others])


def leaves(clauses: Any) -> int:
    """Return how many leaf clauses there are: a cluster refuses queries of more than 1,024."""
    if not isinstance(clauses, dict):
        return sum(map(leaves, clauses)) if isinstance(clauses, list) else 0
    return sum(1 if kind in _LEAVES else leaves(inner) for kind, inner in clauses.items())


def _word(field: str, text: str, beginning: bool, codes: Sequence[int], marks: Marks) -> Clause:
    if beginning:
        return {"prefix": {field: text}}
    if marks is Marks.ANY:
        return {"term": {field: text}}
    fitting = {*codes, 0} if marks is Marks.SAME_OR_NONE else {*codes}
    return {"terms": {field: [marked(text, code) for code in sorted(fitting)]}}


def _stream(field: str, words: Iterable[str], beginning: bool) -> Clause:
    text = " ".join(words)
    if beginning:
        return {"match_phrase_prefix": {field: {"query": text, "max_expansions": EXPANSIONS}}}
    return {"match_phrase": {field: text}}


def _readings(units: Sequence[Unit]) -> list[tuple[int, ...]]:
    """Return the diacritics under which neighbours are both as asked or both bare."""
    readings: set[tuple[int, ...]] = {(code,) for code in (_code(units[0]), 0)}
    for left, right in pairwise(units):
        pairs = {(_code(left), _code(right)), (0, 0)}
        readings = {(*before, code) for before in readings for own, code in pairs if before[-1] == own}
    return sorted(readings)
