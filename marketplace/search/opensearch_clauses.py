"""The rules of `ranking` in the query language of OpenSearch. Pure: plain objects to plain dictionaries.

Every clause is a constant or a feature whose weight we compute, so nothing in a score depends on documents that the
reader may not see (the cluster's own idf would).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Any

from marketplace.search import Query
from marketplace.search.analysis import bigram, mark_code
from marketplace.search.opensearch_schema import key_of, marked
from marketplace.search.parser import Marks, Plan, Unit, units_of
from marketplace.search.thesaurus import Alternative

Clause = dict[str, Any]
#: (pair?, term, beginning?): what is counted and weighed, as in the memory engine.
Term = tuple[bool, str, bool]
#: Terms that the end of a longer phrase may stand for.
EXPANSIONS = 1000
NOTHING: Clause = {"match_none": {}}
_NESTED = {
    "bool": ("filter", "must", "should", "must_not"),
    "dis_max": ("queries",),
    "function_score": ("query",),
    "constant_score": ("filter",),
}


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
    wanted = [_range(name, low, high) for name, (low, high) in query.ranges.items()]
    if query.only_ids is not None:
        wanted.append({"terms": {"id": list(query.only_ids)}})
    if query.codes:
        wanted.append({"terms": {"code": [code for code in query.codes if code]}})
    return {"bool": {"filter": wanted, "must_not": must_not}}


def _range(name: str, low: float | None, high: float | None) -> Clause:
    limits = {key: value for key, value in (("gte", low), ("lte", high)) if value is not None}
    return {"range": {f"numbers.{name}": limits}} if limits else {"exists": {"field": f"numbers.{name}"}}


def chosen(query: Query, but: str = "") -> list[Clause]:
    """Return the facet filters of a query, except that of the facet `but`."""
    return [
        {"terms": {f"facets.{name}": list(values)}} for name, values in query.filters.items() if values and name != but
    ]


def term(wanted: Term) -> Clause:
    """Return the documents that hold a term."""
    pair, text, beginning = wanted
    return {"prefix" if beginning else "term": {"pair" if pair else "single": text}}


def term_of(unit: Unit) -> Term:
    """Return the single term of a unit."""
    return False, unit.term, unit.prefix


def pair_of(plan: Plan, index: int) -> Term | None:
    """Return the pair that ends at a unit; None when it was not typed right after the one before."""
    if not 0 < index < len(plan.units) or not plan.units[index].joined:
        return None
    left, right = plan.units[index - 1 : index + 1]
    return True, bigram(left.term, right.term), right.prefix


def terms_of(alternative: Alternative) -> list[Term]:
    """Return the single terms and pairs of another way to say something."""
    words = alternative.form.terms
    return [*((False, word, False) for word in words), *((True, bigram(*two), False) for two in pairwise(words))]


def feature(wanted: Term, boost: float) -> Clause:
    """Return a term's share of BM25; of a beginning only a constant."""
    _, text, beginning = wanted
    if beginning:
        return constant(term(wanted), boost / 2)
    return {"rank_feature": {"field": f"weights.{key_of(text)}", "saturation": {"pivot": 1.0}, "boost": boost}}


def unit_code(unit: Unit) -> int:
    """Return the diacritics of a unit."""
    return mark_code(unit.term, unit.exact)


def phrase(units: Sequence[Unit], marks: Marks) -> list[Clause]:
    """Return clauses one of which matches where the units follow each other with such diacritics."""
    last = units[-1]
    if len(units) == 1:
        codes = [unit_code(last)]
        return [_word("single", last.term, last.prefix, codes, marks)]
    if len(units) == 2:
        codes = [unit_code(units[0]) << 8 | unit_code(last)]
        return [_word("pair", bigram(units[0].term, last.term), last.prefix, codes, marks)]
    if marks is Marks.ANY:
        return [_stream("folded", [unit.term for unit in units], last.prefix)]
    readings = [tuple(unit_code(unit) for unit in units)] if marks is Marks.SAME else _readings(units)
    return [_stream("marked", _spelled(units, codes), last.prefix) for codes in readings]


def says(alternatives: Iterable[Alternative]) -> Clause:
    """Return the documents that say any of these, in as few clauses as possible: the cluster bounds their number."""
    words: dict[str, list[str]] = {"single": [], "pair": []}
    others: list[Clause] = []
    for one in alternatives:
        marks = Marks.ANY if one.any_marks else Marks.SAME_OR_NONE
        for clause in phrase(units_of(one.form), marks):
            held = clause.get("terms") or {field: [text] for field, text in clause.get("term", {}).items()}
            for field, values in held.items():
                words[field] += values
            if not held:
                others.append(clause)
    return any_of([*({"terms": {field: values}} for field, values in words.items() if values), *others])


def leaves(clause: Clause | Iterable[Clause]) -> int:
    """Return how many leaf clauses there are: a cluster refuses queries of more than 1,024."""
    if not isinstance(clause, dict):
        return sum(map(leaves, clause))
    for kind, inner in clause.items():
        if kind in _NESTED:
            return sum(leaves(inner[key]) for key in _NESTED[kind] if key in inner)
    return 1


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


def _spelled(units: Sequence[Unit], codes: Sequence[int]) -> Iterator[str]:
    """Yield the terms with diacritics; of a beginning they are not known."""
    for unit, code in zip(units, codes, strict=True):
        yield unit.term if unit.prefix else marked(unit.term, code)


def _readings(units: Sequence[Unit]) -> list[tuple[int, ...]]:
    """Return the diacritics under which neighbours are both as asked or both bare."""
    readings: set[tuple[int, ...]] = {(code,) for code in (unit_code(units[0]), 0)}
    for left, right in pairwise(units):
        pairs = {(unit_code(left), unit_code(right)), (0, 0)}
        readings = {(*before, code) for before in readings for own, code in pairs if before[-1] == own}
    return sorted(readings)
