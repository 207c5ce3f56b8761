"""What a plan asks of a document, as data: relevance is stated here and nowhere else.

`rule_of` turns a plan into conditions, parts to be covered, and a sum of weights. It is carried out on arrays
(`scorer`) or said in a cluster's own language (`engines.opensearch.clauses`); neither knows spans, fields or diacritics.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from marketplace.search.query.parser import Marks, Plan, Unit, units_of
from marketplace.search.ranking import weights
from marketplace.search.ranking.postings import EMPTY, PostingList
from marketplace.search.text.analysis import bigram, mark_code
from marketplace.search.text.thesaurus import Alternative, Span


class Term(NamedTuple):
    """A word, a pair of neighbours, or all that begin so: what is counted and weighed."""

    text: str
    pair: bool = False
    prefix: bool = False

    @property
    def field(self) -> str:
        """Return the field of the index that holds it."""
        return "pair" if self.pair else "single"

    @property
    def name(self) -> str:
        """Return it as in `SearchEngine.spread`: a pair has a space, a beginning ends in a star."""
        return f"{self.text}*" if self.prefix else self.text


class Phrase(NamedTuple):
    """Units that follow each other with such diacritics."""

    units: tuple[Unit, ...]
    marks: Marks = Marks.ANY


@dataclass(frozen=True, slots=True)
class Counts:
    """What is counted among the documents that the reader may see."""

    total: int
    typical: float  # their typical length
    of: Mapping[Term | Phrase, int]

    def having(self, term: Term, _found: PostingList = EMPTY) -> int:
        """Return how many hold a term, whose postings may be given."""
        return self.of[term]

    def rarity(self, term: Term, found: PostingList = EMPTY) -> float:
        """Return the idf of a term."""
        return weights.idf(self.total, self.having(term, found))


class QueryWord(NamedTuple):
    """A word of the query: who holds it covers it by `credit`, who holds a pair or says it in another way wholly.

    It counts as much as the word is rare.
    """

    term: Term
    credit: float
    pairs: tuple[Term, ...]
    sayings: tuple[Phrase, ...]


class Weight(NamedTuple):
    """The BM25 of a term, `worth` times; less where its diacritics are not `code`, if that is given."""

    term: Term
    worth: float
    code: int | None = None


class Said(NamedTuple):
    """The sum of some weights, `worth` times, where a phrase occurs."""

    phrase: Phrase
    worth: float
    weights: tuple[Weight, ...]


class Best(NamedTuple):
    """The best of a sum and of what may stand in its place."""

    own: tuple[Weight | Said | Best, ...]
    others: tuple[Said, ...]


Node = Weight | Said | Best


@dataclass(frozen=True, slots=True)
class Rule:
    """What matches (`wanted`, `excluded`, then enough of `parts`), and the score of what does."""

    wanted: tuple[Phrase, ...]
    excluded: tuple[Phrase, ...]
    parts: tuple[QueryWord, ...]
    boosts: tuple[Said, ...]  # without parts a document must say one of them, if there are any
    everything: bool  # with neither, whether all documents match or none
    score: tuple[Node, ...]  # a sum, the boosts included
    tiers: tuple[tuple[int, Phrase], ...]  # before any score, the highest last
    code: str  # who has this code comes before all

    def terms(self) -> set[Term]:
        """Return all terms whose rarity or postings are needed."""
        found = {one for part in self.parts for one in (part.term, *part.pairs)}
        return found | {weight.term for weight in _weights(self.score)}

    def counted(self) -> set[Term | Phrase]:
        """Return everything that is to be counted: the terms, and the other ways to say a part."""
        return {*self.terms(), *(phrase for part in self.parts for phrase in part.sayings)}


def _weights(nodes: Sequence[Node]) -> Iterator[Weight]:
    for node in nodes:
        if isinstance(node, Weight):
            yield node
        elif isinstance(node, Said):
            yield from node.weights
        else:
            yield from _weights((*node.own, *node.others))


def rule_of(plan: Plan) -> Rule:
    """Return the rule of one alternative of a plan."""
    boosts = tuple(_said(boost) for boost in plan.boosts)
    tiers = [(weights.TIER_PHRASE, Phrase(plan.units))] if plan.whole_phrase else []
    if tiers and plan.marked:
        tiers.append((weights.TIER_EXACT_PHRASE, Phrase(plan.units, Marks.SAME)))
    if plan.sign:
        tiers.append((weights.TIER_EXACT_PHRASE, Phrase((Unit(plan.sign, plan.sign),))))
    return Rule(
        wanted=tuple(Phrase(units) for units in plan.phrases),
        excluded=tuple(
            Phrase(units, Marks.SAME if any(unit.exact != unit.term for unit in units) else Marks.ANY)
            for units in plan.excluded
        ),
        parts=tuple(_part(plan, index) for index in range(len(plan.units))),
        boosts=boosts,
        everything=plan.blank or bool(plan.excluded),
        score=(*_score(plan), *boosts),
        tiers=tuple(tiers),
        code=plan.code,
    )


def term_named(name: str) -> Term:
    """Return the term of a name."""
    return Term(name.removesuffix("*"), " " in name, name.endswith("*"))


def term_of(unit: Unit) -> Term:
    """Return the term of a unit."""
    return Term(unit.term, prefix=unit.prefix)


def _pair(plan: Plan, index: int) -> Term | None:
    """Return the pair that ends at a unit; None when it was not typed right after the one before."""
    if not 0 < index < len(plan.units) or not plan.units[index].joined:
        return None
    left, right = plan.units[index - 1 : index + 1]
    return Term(bigram(left.term, right.term), True, right.prefix)


def _part(plan: Plan, index: int) -> QueryWord:
    unit, pairs = plan.units[index], (_pair(plan, index), _pair(plan, index + 1))
    sayings = [_phrase(one) for span in plan.spans if span.start <= index < span.stop for one in span.alternatives]
    credit = weights.single_credit(unit.term, alone=unit.prefix or not any(pairs))
    return QueryWord(term_of(unit), credit, tuple(pair for pair in pairs if pair), tuple(sayings))


def _phrase(alternative: Alternative) -> Phrase:
    return Phrase(units_of(alternative.form), Marks.ANY if alternative.any_marks else Marks.SAME_OR_NONE)


def _said(alternative: Alternative) -> Said:
    terms = alternative.form.terms
    sums = [Weight(Term(term), weights.single_weight(term)) for term in terms]
    sums += [Weight(Term(bigram(left, right), True), 1.0) for left, right in pairwise(terms)]
    return Said(_phrase(alternative), alternative.weight, tuple(sums))


def _score(plan: Plan) -> list[Node]:
    """Sum words and pairs; within a span the better of what was typed and what may stand in its place."""
    sums: dict[Span | None, list[Node]] = {None: [], **{span: [] for span in plan.spans}}
    for index, unit in enumerate(plan.units):
        coded = plan.marked and not unit.prefix
        code = mark_code(unit.term, unit.exact)
        weight = Weight(term_of(unit), weights.single_weight(unit.term), code if coded else None)
        sums[plan.holder(index, index + 1)].append(weight)
        if pair := _pair(plan, index):
            left = plan.units[index - 1]
            both = mark_code(left.term, left.exact) << 8 | code
            sums[plan.holder(index - 1, index + 1)].append(Weight(pair, 1.0, both if coded else None))
    for span in plan.spans_inside_out():
        best = Best(tuple(sums[span]), tuple(_said(one) for one in span.alternatives))
        sums[plan.holder(span.start, span.stop, span)].append(best)
    return sums[None]
