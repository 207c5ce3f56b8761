"""One query over one snapshot: the rules of `ranking`, computed on arrays."""

from __future__ import annotations

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
    required_coverage,
    single_credit,
    single_weight,
)
from marketplace.search.thesaurus import Alternative, Span
from marketplace.search.whoosh_arrays import common, distinct, fitting, pair_codes, places_of, share_of
from marketplace.search.whoosh_codec import EMPTY, Floats, PostingList
from marketplace.search.whoosh_lists import Ints
from marketplace.search.whoosh_reader import Mask, Snapshot
from marketplace.search.whoosh_view import Name, View

#: Terms a prefix may stand for.
PREFIX_LIMIT = 500


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
        self._lists: dict[Name, PostingList] = {}
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
        mask: Mask = (covered > 0) & (covered >= required - 1e-9)
        self._add_scores(mask)
        self._add_tiers()
        return mask

    # Posting lists

    def postings(self, name: Name) -> PostingList:
        """Return a posting list, hidden documents included; of a prefix, the union with the highest weights."""
        if name not in self._lists:
            field, term, prefix = name
            self._lists[name] = self._prefix(field, term) if prefix else self.snapshot.postings(field, term)
        return self._lists[name]

    def _prefix(self, field: str, prefix: str) -> PostingList:
        snapshot = self.snapshot

        def make() -> tuple[PostingList, int]:
            weights = np.zeros(snapshot.count)
            for term in snapshot.terms(field, prefix, PREFIX_LIMIT):
                found = snapshot.postings(field, term)
                weights[found.docs] = np.maximum(weights[found.docs], found.weights)
            docs = np.flatnonzero(weights)
            return PostingList(docs, weights[docs], b"", np.zeros(len(docs), np.intp)), 3 * docs.nbytes

        return snapshot.cached(("prefix", field, prefix), make)

    def _having(self, name: Name) -> int:
        return self.view.having(name, self.postings(name))

    def _visible(self, docs: Ints) -> Ints:
        return docs[self.view.mask[docs]]

    def _as_mask(self, docs: Ints) -> Mask:
        mask = np.zeros(self.snapshot.count, bool)
        mask[docs] = True
        return mask

    def _pair(self, index: int) -> Name:
        left, right = self.plan.units[index - 1 : index + 1]
        return "pair", bigram(left.term, right.term), right.prefix

    # Coverage

    def _coverage(self) -> Floats:
        units = self.plan.units
        pairs = [self.postings(self._pair(i)) if i and units[i].joined else EMPTY for i in range(len(units))] + [EMPTY]
        spans = [(s, np.concatenate([self._alternative(a) for a in s.alternatives])) for s in self.plan.spans]
        covered = np.zeros(self.snapshot.count)
        weights = 0.0
        for index, unit in enumerate(units):
            name = _single(unit)
            single = self.postings(name)
            alone = not unit.joined and not (index + 1 < len(units) and units[index + 1].joined)
            share = np.zeros(self.snapshot.count)
            share[single.docs] = single_credit(unit.term, alone or unit.prefix)
            share[pairs[index].docs] = 1.0
            share[pairs[index + 1].docs] = 1.0
            for span, docs in spans:
                if span.start <= index < span.stop:
                    share[docs] = 1.0
            rarity = self.view.rarity(name, single)
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
            index not in helped and not self._having(_single(unit))
            for index, unit in enumerate(self.plan.units)
        )

    # Scores

    def _add_scores(self, wanted: Mask) -> None:
        """Sum the terms of the wanted documents; within a span the better of what was typed and what may replace it."""
        plan = self.plan
        scores: dict[Span | None, Floats] = {span: np.zeros(self.snapshot.count) for span in plan.spans}
        scores[None] = self.scores
        for index, unit in enumerate(plan.units):
            code = mark_code(unit.term, unit.exact) if plan.marked and not unit.prefix else None
            self._add(scores[plan.holder(index, index + 1)], wanted, _single(unit), single_weight(unit.term), code)
            if index and unit.joined:
                self._add(scores[plan.holder(index - 1, index + 1)], wanted, self._pair(index), 1.0, self._pair_code(index))
        for span in plan.spans_inside_out():
            own = scores[span]
            for alternative in span.alternatives:
                docs, worth = self._phrase_score(alternative, wanted)
                own[docs] = np.maximum(own[docs], alternative.weight * worth)
            scores[plan.holder(span.start, span.stop, span)] += own

    def _pair_code(self, index: int) -> int | None:
        left, right = self.plan.units[index - 1 : index + 1]
        if not self.plan.marked or right.prefix:
            return None
        return mark_code(left.term, left.exact) << 8 | mark_code(right.term, right.exact)

    def _add(self, scores: Floats, wanted: Mask, name: Name, weight: float, code: int | None) -> None:
        """Add a term's BM25, less where its diacritics differ from those typed."""
        found = self.postings(name)
        chosen = np.flatnonzero(wanted[found.docs])
        if not len(chosen):
            return
        worth = self._bm25(name, found, chosen) * weight
        if code is not None:
            worth *= 1 - MARKS_SHARE * (1 - share_of(found, chosen, code, name[0] == "pair"))
        scores[found.docs[chosen]] += worth

    def _bm25(self, name: Name, found: PostingList, chosen: Ints) -> Floats:
        rarity = self.view.rarity(name, found) * (K1 + 1)
        weights = found.weights[chosen]
        return rarity * weights / (weights + self.view.norms[found.docs[chosen]])

    def _phrase_score(self, alternative: Alternative, wanted: Mask) -> tuple[Ints, Floats]:
        docs, terms = self._alternative(alternative), alternative.form.terms
        docs = docs[wanted[docs]]
        scores = np.zeros(len(docs))
        if not len(docs):
            return docs, scores
        names: list[tuple[Name, float]] = [(("single", term, False), single_weight(term)) for term in terms]
        names += [(("pair", bigram(left, right), False), 1.0) for left, right in pairwise(terms)]
        for name, weight in names:
            found = self.postings(name)
            scores += weight * self._bm25(name, found, np.searchsorted(found.docs, docs))
        return docs, scores

    def _add_boosts(self) -> None:
        for boost in self.plan.boosts:
            docs, worth = self._phrase_score(boost, self.view.mask)
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
        found = self.postings(_single(unit))
        if marks is Marks.ANY or unit.prefix or not len(found.docs):
            return found.docs
        codes = np.frombuffer(found.values, np.uint8)
        same = fitting(codes, mark_code(unit.term, unit.exact), marks)
        return distinct(np.repeat(found.docs, found.sizes)[same])

    def _find(self, units: tuple[Unit, ...], marks: Marks) -> Ints:
        if len(units) == 2 and marks is Marks.ANY:
            return self.postings(("pair", bigram(units[0].term, units[1].term), units[1].prefix)).docs
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
            return np.sort(np.concatenate([EMPTY.docs, *(places_of(self.postings(("pair", t, False))) for t in terms)]))
        found = self.postings(("pair", term, False))
        places = places_of(found)
        if marks is Marks.ANY:
            return places
        code = mark_code(left.term, left.exact) << 8 | mark_code(right.term, right.exact)
        return places[fitting(pair_codes(found), code, marks)]


def _single(unit: Unit) -> Name:
    return "single", unit.term, unit.prefix
