"""One query over one snapshot: the rules of `ranking`, computed on arrays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from marketplace.search.analysis import bigram, mark_code
from marketplace.search.parser import Marks, Plan, Unit, units_of
from marketplace.search.ranking import (
    K1,
    MARKS_SHARE,
    TIER,
    TIER_CODE,
    TIER_EXACT_PHRASE,
    TIER_PHRASE,
    idf,
    length_norm,
    required_coverage,
    single_credit,
    single_weight,
    typical_length,
)
from marketplace.search.thesaurus import Alternative, Span
from marketplace.search.whoosh_arrays import common, distinct, fitting, pair_codes, places_of
from marketplace.search.whoosh_codec import EMPTY, Floats, PostingList
from marketplace.search.whoosh_lists import Ints
from marketplace.search.whoosh_reader import Mask, Snapshot
from marketplace.search.whoosh_schema import kind_number

#: Terms a prefix may stand for.
PREFIX_LIMIT = 500


@dataclass(frozen=True, slots=True)
class View:
    """What one audience may see of some kinds in a snapshot, and its statistics."""

    mask: Mask
    total: int
    norms: Floats  # the length norm of each document


def view_of(snapshot: Snapshot, kinds: Sequence[str], audience: Sequence[str]) -> View:
    """Return the view of an audience, kept with the snapshot."""

    def make() -> tuple[View, int]:
        mask = snapshot.mask("audience", audience) & snapshot.mask("number", [kind_number(kind) for kind in kinds])
        mask &= snapshot.alive
        total = int(np.count_nonzero(mask))
        mean = float(snapshot.lengths[mask].mean()) if total else 0.0
        norms = _norms(snapshot, mean)
        return View(mask, total, norms), mask.nbytes + norms.nbytes

    return snapshot.cached(("view", tuple(sorted(set(kinds))), tuple(sorted(set(audience)))), make)


def _norms(snapshot: Snapshot, mean: float) -> Floats:
    flat = length_norm(0.0, 1.0)
    return flat + (length_norm(1.0, typical_length(mean)) - flat) * snapshot.lengths


class Matched(NamedTuple):
    """What a query found: which documents, and the scores of those."""

    mask: Mask
    scores: Floats


def matched(snapshot: Snapshot, plan: Plan, view: View) -> Matched:
    """Return what any of the plan's alternatives finds, with the best of its scores."""
    first, *others = (Matching(snapshot, one, view) for one in plan.alternatives())
    mask, scores = first.mask, first.scores
    for other in others:
        scores = np.maximum(np.where(mask, scores, -np.inf), np.where(other.mask, other.scores, -np.inf))
        mask = mask | other.mask
    return Matched(mask, scores)


class Matching:
    """The documents that match a plan, and their scores."""

    def __init__(self, snapshot: Snapshot, plan: Plan, view: View) -> None:
        self.snapshot, self.plan, self.view = snapshot, plan, view
        self.scores: Floats = np.zeros(snapshot.count)
        self._lists: dict[tuple[str, str, bool], PostingList] = {}
        self._phrases: dict[tuple[tuple[Unit, ...], Marks], Ints] = {}
        self.mask: Mask = self._match()

    def _match(self) -> Mask:
        plan = self.plan
        allowed = self.view.mask.copy()
        if plan.blank and not plan.boosts:
            return allowed
        if not plan.units and not plan.boosts and not plan.excluded:
            return np.zeros_like(allowed)
        for phrase in plan.phrases:
            allowed &= self._as_mask(self.phrase(phrase, Marks.ANY))
        for phrase in plan.excluded:
            marked = any(unit.exact != unit.term for unit in phrase)
            allowed[self.phrase(phrase, Marks.SAME if marked else Marks.ANY)] = False
        self._add_boosts()
        if not plan.units:
            return allowed & (self.scores > 0) if plan.boosts else allowed
        covered = np.where(allowed, self._coverage(), 0.0)
        best = float(covered.max(initial=0.0))
        required = required_coverage(len(plan.units), best, self._unknown_word())
        self._add_scores()
        self._add_tiers()
        return (covered > 0) & (covered >= required - 1e-9)

    # Posting lists

    def postings(self, field: str, term: str, prefix: bool) -> PostingList:
        """Return a posting list, hidden documents included; of a prefix, the union with the highest weights."""
        key = (field, term, prefix)
        if key not in self._lists:
            self._lists[key] = self._prefix(field, term) if prefix else self.snapshot.postings(field, term)
        return self._lists[key]

    def _prefix(self, field: str, prefix: str) -> PostingList:
        weights = np.zeros(self.snapshot.count)
        for term in self.snapshot.terms(field, prefix, PREFIX_LIMIT):
            found = self.snapshot.postings(field, term)
            weights[found.docs] = np.maximum(weights[found.docs], found.weights)
        docs = np.flatnonzero(weights)
        return PostingList(docs, weights[docs], b"", np.zeros(len(docs), np.intp))

    def _having(self, found: PostingList) -> int:
        return int(np.count_nonzero(self.view.mask[found.docs]))

    def _idf(self, found: PostingList) -> float:
        return idf(self.view.total, self._having(found))

    def _visible(self, docs: Ints) -> Ints:
        return docs[self.view.mask[docs]]

    def _as_mask(self, docs: Ints) -> Mask:
        mask = np.zeros(self.snapshot.count, bool)
        mask[docs] = True
        return mask

    def _pair(self, index: int) -> PostingList:
        left, right = self.plan.units[index - 1 : index + 1]
        return self.postings("pair", bigram(left.term, right.term), right.prefix)

    # Coverage

    def _coverage(self) -> Floats:
        units = self.plan.units
        pairs = [self._pair(i) if i and units[i].joined else EMPTY for i in range(len(units))] + [EMPTY]
        spans = [(s, np.concatenate([self._alternative(a) for a in s.alternatives])) for s in self.plan.spans]
        covered = np.zeros(self.snapshot.count)
        weights = 0.0
        for index, unit in enumerate(units):
            single = self.postings("single", unit.term, unit.prefix)
            alone = not unit.joined and not (index + 1 < len(units) and units[index + 1].joined)
            share = np.zeros(self.snapshot.count)
            share[single.docs] = single_credit(unit.term, alone or unit.prefix)
            share[pairs[index].docs] = 1.0
            share[pairs[index + 1].docs] = 1.0
            for span, docs in spans:
                if span.start <= index < span.stop:
                    share[docs] = 1.0
            rarity = self._idf(single)
            weights += rarity
            covered += rarity * share
        return covered / weights

    def _alternative(self, alternative: Alternative) -> Ints:
        return self.phrase(units_of(alternative.form), Marks.ANY if alternative.any_marks else Marks.SAME_OR_NONE)

    def _unknown_word(self) -> bool:
        helped = {
            index
            for span in self.plan.spans
            if any(len(self._alternative(a)) for a in span.alternatives)
            for index in range(span.start, span.stop)
        }
        return any(
            index not in helped and not self._having(self.postings("single", unit.term, unit.prefix))
            for index, unit in enumerate(self.plan.units)
        )

    # Scores

    def _add_scores(self) -> None:
        """Sum the terms; within a span the better of what was typed and what may stand in its place."""
        plan = self.plan
        scores: dict[Span | None, Floats] = {span: np.zeros(self.snapshot.count) for span in plan.spans}
        scores[None] = self.scores
        for index, unit in enumerate(plan.units):
            found = self.postings("single", unit.term, unit.prefix)
            code = mark_code(unit.term, unit.exact) if plan.marked and not unit.prefix else None
            self._add(scores[plan.holder(index, index + 1)], found, single_weight(unit.term), True, code)
            if index and unit.joined:
                self._add_pair(scores[plan.holder(index - 1, index + 1)], index)
        for span in plan.spans_inside_out():
            own = scores[span]
            for alternative in span.alternatives:
                docs, worth = self._phrase_score(alternative)
                own[docs] = np.maximum(own[docs], alternative.weight * worth)
            scores[plan.holder(span.start, span.stop, span)] += own

    def _add_pair(self, scores: Floats, index: int) -> None:
        left, right = self.plan.units[index - 1 : index + 1]
        code = None
        if self.plan.marked and not right.prefix:
            code = mark_code(left.term, left.exact) << 8 | mark_code(right.term, right.exact)
        self._add(scores, self._pair(index), 1.0, False, code)

    def _add(self, scores: Floats, found: PostingList, weight: float, single: bool, code: int | None) -> None:
        """Add a term's BM25, less where its diacritics differ from those typed."""
        if not len(found.docs):
            return
        worth = self._bm25(found) * weight
        if code is not None:
            same = (np.frombuffer(found.values, np.uint8) if single else pair_codes(found)) == code
            counts = found.sizes if single else found.sizes // 4
            starts = np.cumsum(counts) - counts
            worth *= 1 - MARKS_SHARE * (1 - np.add.reduceat(same, starts, dtype=np.intp) / counts)
        scores[found.docs] += worth

    def _bm25(self, found: PostingList) -> Floats:
        rarity = self._idf(found) * (K1 + 1)
        return rarity * found.weights / (found.weights + self.view.norms[found.docs])

    def _phrase_score(self, alternative: Alternative) -> tuple[Ints, Floats]:
        docs, terms = self._alternative(alternative), alternative.form.terms
        if not len(docs):
            return docs, np.zeros(0)
        scores = np.zeros(self.snapshot.count)
        for term in terms:
            self._add(scores, self.postings("single", term, False), single_weight(term), True, None)
        for left, right in pairwise(terms):
            self._add(scores, self.postings("pair", bigram(left, right), False), 1.0, False, None)
        return docs, scores[docs]

    def _add_boosts(self) -> None:
        for boost in self.plan.boosts:
            docs, worth = self._phrase_score(boost)
            self.scores[docs] += boost.weight * worth

    def _add_tiers(self) -> None:
        tiers = np.zeros(self.snapshot.count)
        if self.plan.whole_phrase:
            tiers[self.phrase(self.plan.units, Marks.ANY)] = TIER_PHRASE
            if self.plan.marked:
                tiers[self.phrase(self.plan.units, Marks.SAME)] = TIER_EXACT_PHRASE
        if self.plan.code:
            tiers[self.snapshot.postings("code", self.plan.code).docs] = TIER_CODE
        self.scores += TIER * tiers

    # Phrases

    def phrase(self, units: tuple[Unit, ...], marks: Marks) -> Ints:
        """Return the visible documents in which the units follow each other with such diacritics."""
        key = (units, marks)
        if key not in self._phrases:
            found = self._find_word(units[0], marks) if len(units) == 1 else self._find(units, marks)
            self._phrases[key] = self._visible(found)
        return self._phrases[key]

    def _find_word(self, unit: Unit, marks: Marks) -> Ints:
        found = self.postings("single", unit.term, unit.prefix)
        if marks is Marks.ANY or unit.prefix or not len(found.docs):
            return found.docs
        codes = np.frombuffer(found.values, np.uint8)
        same = fitting(codes, mark_code(unit.term, unit.exact), marks)
        return distinct(np.repeat(found.docs, found.sizes)[same])

    def _find(self, units: tuple[Unit, ...], marks: Marks) -> Ints:
        if len(units) == 2 and marks is Marks.ANY:
            return self.postings("pair", bigram(units[0].term, units[1].term), units[1].prefix).docs
        places: Ints | None = None
        for index, (left, right) in enumerate(pairwise(units)):
            here = self._pair_places(left, right, marks) - index
            places = here if places is None else common(places, here)
            if not len(places):
                break
        return EMPTY.docs if places is None else distinct(places >> 20)

    def _pair_places(self, left: Unit, right: Unit, marks: Marks) -> Ints:
        """Return document << 20 | place of each fitting occurrence, in order."""
        term = bigram(left.term, right.term)
        if right.prefix:
            terms = self.snapshot.terms("pair", term, PREFIX_LIMIT)
            return np.sort(np.concatenate([EMPTY.docs, *(places_of(self.postings("pair", t, False)) for t in terms)]))
        found = self.postings("pair", term, False)
        places = places_of(found)
        if marks is Marks.ANY:
            return places
        code = mark_code(left.term, left.exact) << 8 | mark_code(right.term, right.exact)
        return places[fitting(pair_codes(found), code, marks)]
