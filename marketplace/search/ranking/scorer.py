"""The rule carried out on arrays: which documents match, and the score of those that are to be ordered."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from marketplace.search.query.parser import Marks, Unit
from marketplace.search.ranking import postings as arrays
from marketplace.search.ranking import weights
from marketplace.search.ranking.postings import EMPTY, Floats, Ints, Mask, PostingList
from marketplace.search.ranking.rule import Best, Counts, Node, Phrase, Rule, Said, Term, Weight, term_of
from marketplace.search.text.analysis import bigram, mark_code

if TYPE_CHECKING:  # a snapshot counts by terms, so it stands above this package
    from marketplace.search.engines.whoosh.snapshot import Snapshot

#: Terms a prefix may stand for.
PREFIX_LIMIT = 500


class Reader:
    """Posting lists of terms, and documents in which phrases occur, each looked for once."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot
        self._lists: dict[Term, PostingList] = {}
        self._phrases: dict[Phrase, Ints] = {}

    def list(self, term: Term) -> PostingList:
        """Return a posting list, hidden documents included; of a prefix, the union with the highest weights."""
        found = self._lists.get(term)
        if found is None:
            found = self._beginning(term) if term.prefix else self.snapshot.postings(term.field, term.text)
            self._lists[term] = found
        return found

    def _beginning(self, wanted: Term) -> PostingList:
        def make() -> tuple[PostingList, int]:
            weights = np.zeros(self.snapshot.count)
            for term in self.snapshot.terms(wanted.field, wanted.text, PREFIX_LIMIT):
                found = self.snapshot.postings(wanted.field, term)
                weights[found.docs] = np.maximum(weights[found.docs], found.weights)
            docs = np.flatnonzero(weights)
            return PostingList(docs, weights[docs], np.zeros(len(docs), np.intp), b""), 3 * docs.nbytes

        return self.snapshot.cached(("prefix", wanted), make)

    def phrase(self, phrase: Phrase) -> Ints:
        """Return the documents in which a phrase occurs, hidden ones included."""
        found = self._phrases.get(phrase)
        if found is None:
            units, marks = phrase
            found = self._word(units[0], marks) if len(units) == 1 else self._words(units, marks)
            self._phrases[phrase] = found
        return found

    def _word(self, unit: Unit, marks: Marks) -> Ints:
        found = self.list(term_of(unit))
        if marks is Marks.ANY or unit.prefix or not len(found.docs):
            return found.docs
        codes = np.frombuffer(found.values, np.uint8)
        same = arrays.fitting(codes, mark_code(unit.term, unit.exact), marks)
        return arrays.distinct(np.repeat(found.docs, found.sizes)[same])

    def _words(self, units: tuple[Unit, ...], marks: Marks) -> Ints:
        if len(units) == 2 and marks is Marks.ANY:
            return self.list(Term(bigram(units[0].term, units[1].term), True, units[1].prefix)).docs
        places: Ints | None = None
        for index, (left, right) in enumerate(pairwise(units)):
            here = self._places(left, right, marks) - index
            places = here if places is None else arrays.common(places, here)
            if not len(places):
                break
        return EMPTY.docs if places is None else arrays.distinct(places >> arrays.PLACE_BITS)

    def _places(self, left: Unit, right: Unit, marks: Marks) -> Ints:
        """Return document and place of each arrays.fitting occurrence of a pair, in order."""
        term = bigram(left.term, right.term)
        if right.prefix:
            terms = self.snapshot.terms("pair", term, PREFIX_LIMIT)
            places = [arrays.occurrences(self.list(Term(one, True)))[0] for one in terms]
            return np.sort(np.concatenate([EMPTY.docs, *places]))
        found, codes = arrays.occurrences(self.list(Term(term, True)))
        if marks is Marks.ANY:
            return found
        code = mark_code(left.term, left.exact) << 8 | mark_code(right.term, right.exact)
        return found[arrays.fitting(codes, code, marks)]


class Scorer:
    """One rule over the documents of one reader."""

    def __init__(self, rule: Rule, reader: Reader, counts: Counts, visible: Mask) -> None:
        self.rule, self._reader, self._counts, self._visible = rule, reader, counts, visible

    def matching(self, relaxed: bool = True) -> Mask:
        """Return what matches. `relaxed`: where nothing covers enough, a share of what the best one covers will do."""
        rule, allowed = self.rule, self._visible.copy()
        for phrase in rule.wanted:
            allowed &= self._mask([phrase])
        for phrase in rule.excluded:
            allowed[self._reader.phrase(phrase)] = False
        if not rule.parts:
            if rule.boosts:
                return allowed & self._mask([said.phrase for said in rule.boosts])
            return allowed if rule.everything else np.zeros_like(allowed)
        covered = np.where(allowed, self._coverage(), 0.0)
        best = float(covered.max(initial=0.0)) if relaxed else np.inf
        strict = len(rule.parts) <= weights.SHORT_QUERY and self._unknown_word()
        mask: Mask = (covered > 0) & (covered >= weights.required_coverage(len(rule.parts), best, strict) - 1e-9)
        return mask

    def _mask(self, phrases: Sequence[Phrase]) -> Mask:
        mask = np.zeros(len(self._visible), bool)
        for phrase in phrases:
            mask[self._reader.phrase(phrase)] = True
        return mask

    def _coverage(self) -> Floats:
        """Return which share of the query each document covers, by rarity."""
        covered, share, whole = np.zeros(len(self._visible)), np.empty(len(self._visible)), 0.0
        for part in self.rule.parts:
            found = self._reader.list(part.term)
            share.fill(0.0)
            share[found.docs] = part.credit
            for pair in part.pairs:
                share[self._reader.list(pair).docs] = 1.0
            for phrase in part.sayings:
                share[self._reader.phrase(phrase)] = 1.0
            rarity = self._counts.rarity(part.term, found)
            share *= rarity
            covered += share
            whole += rarity
        covered /= whole
        return covered

    def _unknown_word(self) -> bool:
        """Whether a word stands in no document that the reader may see, and none says it in another way."""
        return any(
            not self._counts.having(part.term, self._reader.list(part.term))
            and not any(self._visible[self._reader.phrase(phrase)].any() for phrase in part.sayings)
            for part in self.rule.parts
        )

    def scores(self, docs: Ints) -> Floats:
        """Return the scores of some documents that match."""
        rule, scores = self.rule, np.zeros(len(docs))
        if not rule.score or not len(docs):
            return scores
        sums = _Sums(self._reader, self._counts, docs)
        sums.add(rule.score, scores)
        tiers = np.zeros(len(docs))
        for tier, phrase in rule.tiers:
            tiers[sums.wanted(self._reader.phrase(phrase))[1]] = tier
        if rule.code:
            tiers[sums.wanted(self._reader.snapshot.postings("code", rule.code).docs)[1]] = weights.TIER_CODE
        return scores + weights.TIER * tiers


class _Sums:
    """Adds up the nodes of a score for the wanted documents, each at its place."""

    def __init__(self, reader: Reader, counts: Counts, docs: Ints) -> None:
        self._reader, self._counts = reader, counts
        self._norms = weights.length_norm(reader.snapshot.lengths[docs], counts.typical)
        self._places = np.full(reader.snapshot.count, -1)
        self._places[docs] = np.arange(len(docs))

    def wanted(self, docs: Ints) -> tuple[Ints, Ints]:
        """Return which of some documents are wanted, and their places."""
        places = self._places[docs]
        which = np.flatnonzero(places >= 0)
        return which, places[which]

    def add(self, nodes: Sequence[Node], total: Floats) -> None:
        """Add the nodes to a total."""
        for node in nodes:
            if isinstance(node, Weight):
                found = self._reader.list(node.term)
                which, places = self.wanted(found.docs)
                total[places] += self._bm25(node, found, which, places)
            elif isinstance(node, Said):
                places, worth = self._said(node)
                total[places] += worth
            else:
                total += self._best(node)

    def _best(self, node: Best) -> Floats:
        best = np.zeros(len(self._norms))
        self.add(node.own, best)
        for other in node.others:
            places, worth = self._said(other)
            best[places] = np.maximum(best[places], worth)
        return best

    def _said(self, node: Said) -> tuple[Ints, Floats]:
        docs = self._reader.phrase(node.phrase)
        which, places = self.wanted(docs)
        total = np.zeros(len(places))
        for weight in node.weights if len(places) else ():
            found = self._reader.list(weight.term)
            total += self._bm25(weight, found, np.searchsorted(found.docs, docs[which]), places)
        return places, node.worth * total

    def _bm25(self, weight: Weight, found: PostingList, which: Ints, places: Ints) -> Floats:
        """Return the BM25 of a term for some of its postings: less where the diacritics differ from those typed."""
        frequency = found.weights[which].astype(np.float64)
        rarity = self._counts.rarity(weight.term, found) * (weights.K1 + 1) * weight.worth
        worth: Floats = rarity * frequency / (frequency + self._norms[places])
        if weight.code is not None and len(which):
            worth *= 1 - weights.MARKS_SHARE * (1 - arrays.share_of(found, which, weight.code, weight.term.pair))
        return worth


def best_scores(matched: Sequence[tuple[Scorer, Mask]], docs: Ints) -> Floats:
    """Return the best score of each document among the alternatives that it matches."""
    if len(matched) == 1:
        return matched[0][0].scores(docs)
    best = np.full(len(docs), -np.inf)
    for scorer, mask in matched:
        which = np.flatnonzero(mask[docs])
        best[which] = np.maximum(best[which], scorer.scores(docs[which]))
    return best
