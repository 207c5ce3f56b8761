"""Which of a few documents a text finds, by the engines' rule (`ranking`), from what the whole catalogue holds.

How far a document covers a text is a sum over its units. Whether little is enough depends on the document of the
catalogue that covers most. It is looked for among sets, not among documents: whoever holds the weightiest unit, of these
who hold the next one, and so on, only as far as it decides.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from itertools import accumulate
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from marketplace.search.analysis import bigram
from marketplace.search.parser import Marks, Plan, Unit, parse, units_of
from marketplace.search.ranking import single_credit
from marketplace.search.thesaurus import Alternative, default_thesaurus

#: Sets that are looked at for one text, at most.
STEPS = 5_000
Covered = NDArray[np.float64]


class Sayings:
    """Ways to say a part of a text; one object for each, so that what holds it is remembered cheaply."""

    def __init__(self, alternatives: Sequence[Alternative]) -> None:
        self.forms = [
            (units_of(one.form), Marks.ANY if one.any_marks else Marks.SAME_OR_NONE) for one in alternatives
        ]


_sayings = lru_cache(maxsize=16384)(Sayings)


class Holder(Protocol):
    """What is asked of holdings."""

    def word(self, term: str) -> int:
        """Return the documents that hold a word."""

    def pair(self, term: str) -> int:
        """Return the documents that hold two neighbours."""

    def phrase(self, units: tuple[Unit, ...], marks: Marks) -> int:
        """Return the documents in which the units follow each other."""

    def saying(self, sayings: Sayings) -> int:
        """Return the documents that say any of some forms."""


class Text:
    """A plan, with what is asked of it again and again."""

    def __init__(self, plan: Plan) -> None:
        units = self.units = plan.units
        self.plan = plan
        self.prefix = any(unit.prefix for unit in units)
        self.terms = [unit.term for unit in units]
        #: The pair of each unit with the one before it, and at the end none.
        self.pairs = [
            bigram(units[i - 1].term, unit.term) if i and unit.joined and not unit.prefix else ""
            for i, unit in enumerate(units)
        ] + [""]
        joined = [*(unit.joined for unit in units), False]
        self.credits = [single_credit(u.term, not joined[i] and not joined[i + 1]) for i, u in enumerate(units)]
        self.spans = [(span.start, span.stop, _sayings(tuple(span.alternatives))) for span in plan.spans]

    def whole(self, index: int, holder: Holder) -> int:
        """Return who covers a unit wholly."""
        found = holder.word(self.terms[index]) if self.credits[index] == 1.0 else 0
        for pair in self.pairs[index : index + 2]:
            if pair:
                found |= holder.pair(pair)
        for start, stop, sayings in self.spans:
            if start <= index < stop:
                found |= holder.saying(sayings)
        return found

    def part(self, index: int, holder: Holder) -> int:
        """Return who covers a unit by the credit of its word, or more."""
        return holder.word(self.terms[index])

    def allowed(self, holder: Holder, among: int) -> int:
        """Return those documents that hold all phrases, and nothing that is left out."""
        for phrase in self.plan.phrases:
            if among:
                among &= holder.phrase(phrase, Marks.ANY)
        for phrase in self.plan.excluded:
            if among:
                marked = any(unit.exact != unit.term for unit in phrase)
                among &= ~holder.phrase(phrase, Marks.SAME if marked else Marks.ANY)
        return among


@lru_cache(maxsize=32768)
def texts_of(text: str) -> tuple[Text, ...]:
    """Return the alternatives of a typed text."""
    return tuple(Text(plan) for plan in parse(text, default_thesaurus()).alternatives())


class Levels(NamedTuple):
    """Of each unit that any of some documents covers: its number, who does so wholly, and who by its word alone."""

    numbers: list[int]
    wholes: list[int]
    parts: list[int]


def levels(text: Text, holder: Holder, among: int) -> Levels:
    """Return how some documents cover each unit."""
    found = Levels([], [], [])
    for index in range(len(text.units)):
        whole = text.whole(index, holder) & among
        part = text.part(index, holder) & among & ~whole
        if whole or part:
            found.numbers.append(index)
            found.wholes.append(whole)
            found.parts.append(part)
    return found


def covered(text: Text, found: Levels, weights: Sequence[float], count: int) -> Covered:
    """Return how far each of `count` documents covers a text."""
    size = (count + 7) // 8
    rows = b"".join([one.to_bytes(size, "little") for some in (found.wholes, found.parts) for one in some])
    table = np.unpackbits(np.frombuffer(rows, np.uint8).reshape(-1, size), axis=1, count=count, bitorder="little")
    worth = [weights[index] for index in found.numbers]
    worth += [weights[index] * text.credits[index] for index in found.numbers]
    shares: Covered = np.dot(np.array(worth), table)
    return shares


def most_covered(
    text: Text, holder: Holder, weights: Sequence[float], among: int, known: float, enough: float
) -> float | None:
    """Return how far the document covers a text that covers most, `known` when none covers more.

    Stops at `enough`, with anything from there on. None when that would take too long.
    """
    order = sorted(range(len(weights)), key=lambda index: -weights[index])
    known = max(known, _easily(text, holder, weights, among, order))
    if known < enough:
        known = max(known, _by_pair(text, holder, weights, among, known))
    if known >= enough:
        return known
    left = [*accumulate((weights[index] for index in reversed(order)), initial=0.0)][::-1]
    whole, part = _remembered(text.whole, holder), _remembered(text.part, holder)
    best, waiting, count = known, [(0, among, 0.0)], 0
    while waiting and best < enough:
        place, documents, share = waiting.pop()
        best = max(best, share)
        if share + left[place] <= best:
            continue
        count += 1
        if count > STEPS:
            return None
        index = order[place]
        full = documents & whole(index)
        if rest := documents ^ full:
            some = rest & part(index)
            if rest ^ some:
                waiting.append((place + 1, rest ^ some, share))
            if some:
                waiting.append((place + 1, some, share + weights[index] * text.credits[index]))
        if full:
            waiting.append((place + 1, full, share + weights[index]))
    return best


def _easily(text: Text, holder: Holder, weights: Sequence[float], among: int, order: Sequence[int]) -> float:
    """Return how far somebody who holds the weightiest words covers a text by these alone."""
    share = 0.0
    for index in order:
        if some := among & holder.word(text.terms[index]):
            among, share = some, share + weights[index] * text.credits[index]
    return share


def _by_pair(text: Text, holder: Holder, weights: Sequence[float], among: int, known: float) -> float:
    """Return the share of the weightiest pair that somebody holds, if it is more than is known."""
    pairs = [(weights[index - 1] + weights[index], pair) for index, pair in enumerate(text.pairs) if pair]
    for share, pair in sorted(pairs, reverse=True):
        if share <= known:
            break
        if holder.pair(pair) & among:
            return share
    return known


def _remembered(ask: Callable[[int, Holder], int], holder: Holder) -> Callable[[int], int]:
    known: dict[int, int] = {}

    def answer(index: int) -> int:
        if index not in known:
            known[index] = ask(index, holder)
        return known[index]

    return answer
