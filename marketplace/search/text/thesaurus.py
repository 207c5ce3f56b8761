"""Abbreviations, synonyms and Vietnamese–English term pairs: editable data, applied to queries only.

The index holds no synonyms, so editing `data/*.csv` needs no reindexing. Each row of a file lists forms that mean
the same, separated by "|". With the flag `weak` the first form is ambiguous: it searches the others too, for less,
and they do not search it.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from marketplace.search.text.analysis import CAPITALS, bigram, tokens

DATA = Path(__file__).parent.parent / "data"
#: What a match through a synonym is worth beside the words as typed.
STRONG, WEAK = 0.8, 0.35
#: Terms from which a known form may hold a shorter one worth searching.
DIVISIBLE = 3


class Form(NamedTuple):
    """A way to say something: folded terms, and the same with their diacritics."""

    terms: tuple[str, ...]
    exacts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Alternative:
    """Another way to say a part of the query, and its worth (0–1).

    A text says it with the same diacritics or with none; "thứ ý" does not say "thú y". With `any_marks` (a boost that was
    given without diacritics) whatever the text's diacritics are.
    """

    form: Form
    weight: float
    any_marks: bool = False


@dataclass(frozen=True, slots=True)
class Span:
    """A part of the query, units `start` up to `stop`, with what may stand in its place."""

    start: int
    stop: int
    alternatives: tuple[Alternative, ...]


Others = dict[Form, Alternative]
#: Second readings by the units they stand for.
Together = dict[tuple[int, int], list[str]]


class Thesaurus:
    """Groups of equivalent forms, looked up by folded terms."""

    def __init__(self, rows: Iterable[tuple[Sequence[str], bool]]) -> None:
        """Take rows of (forms, weak)."""
        self._known: dict[tuple[str, ...], dict[tuple[str, ...], Others]] = {}
        for forms, weak in rows:
            found = dict.fromkeys(form for text in forms for form in _forms(text))
            self._add(_forms(forms[0]) if weak else found, found, WEAK if weak else STRONG)
        self._longest = max(map(len, self._known), default=0)

    def _add(self, forms: Iterable[Form], others: Iterable[Form], weight: float) -> None:
        for form in forms:
            known = self._known.setdefault(form.terms, {}).setdefault(form.exacts, {})
            for other in others:
                if other.terms != form.terms and (other not in known or known[other].weight < weight):
                    known[other] = Alternative(other, weight)

    def __len__(self) -> int:
        return len(self._known)

    def lookup(self, form: Form) -> Others:
        """Return what may stand for a form as typed; typed without diacritics it may mean any of its readings."""
        readings = self._known.get(form.terms, {})
        if form.exacts in readings or form.exacts != form.terms:
            return readings.get(form.exacts, {})
        merged: Others = {}
        for others in readings.values():
            merged |= others
        return merged

    def spans(self, run: Form, compounds: Iterable[tuple[int, int, str]] = ()) -> list[Span]:
        """Cover one run of neighbouring terms with known forms, longest first.

        Shorter forms within a long one are given too: "xử lý nước thải" also looks for "wastewater". `compounds` are
        (start, stop, term): second readings such as khcn for KH&CN, ^ai for AI and c++ for C++.
        """
        together: Together = {}
        for start, stop, term in compounds:
            together.setdefault((start, stop), []).append(term)
        spans: list[Span] = []
        start = 0
        while start < len(run.terms):
            span = self._longest_at(run, together, start, len(run.terms))
            if span is None:
                start += 1
            else:
                spans += [span, *self._inside(run, together, span)]
                start = span.stop
        return spans

    def _inside(self, run: Form, together: Together, whole: Span) -> list[Span]:
        """Return the longest shorter form at each place within a span; these may overlap."""
        if whole.stop - whole.start < DIVISIBLE or (whole.start, whole.stop) in together:
            return []
        ends = [whole.stop - 1] + [whole.stop] * (whole.stop - whole.start - 1)
        found = [self._longest_at(run, together, whole.start + i, end) for i, end in enumerate(ends)]
        return [span for span in found if span is not None]

    def _longest_at(self, run: Form, together: Together, start: int, end: int) -> Span | None:
        reach = max([self._longest, *(stop - begin for begin, stop in together)])
        for stop in range(min(end, start + reach), start, -1):
            found = dict(self.lookup(Form(run.terms[start:stop], run.exacts[start:stop])))
            for compound in together.get((start, stop), ()):
                whole = Form((compound,), (compound,))
                found |= self.lookup(whole)
                found[whole] = Alternative(whole, 1.0)
            others = tuple(a for form, a in found.items() if form.terms != run.terms[start:stop])
            if others:
                return Span(start, stop, others)
        return None


def form_of(text: str) -> Form:
    """Return the plain form of a text, without second readings."""
    plain = [token for token in tokens(text) if not token.compound]
    return Form(tuple(token.term for token in plain), tuple(token.exact for token in plain))


def needed_for(text: str) -> tuple[str, ...]:
    """Return the words, or the pairs of neighbours, that a document must hold to say a text."""
    terms = form_of(text).terms
    return tuple(bigram(left, right) for left, right in pairwise(terms)) or terms


def _forms(text: str) -> list[Form]:
    """Return the form of an entry, and its second reading if it has one; of an entry like AI only the second."""
    whole = [t.term for t in tokens(text) if t.compound and t.end - t.start == len(text)]
    second = [Form((term,), (term,)) for term in whole]
    if any(term.startswith(CAPITALS) for term in whole):
        return second
    return [form for form in (form_of(text), *second) if form.terms]


def read_rows(path: Path) -> list[tuple[list[str], bool]]:
    """Read one data file: columns `forms` (separated by "|") and `flag` ("" or "weak")."""
    with path.open(encoding="utf-8", newline="") as lines:
        rows = csv.DictReader(line for line in lines if not line.startswith("#"))
        return [(row["forms"].split("|"), row["flag"] == "weak") for row in rows]


@cache
def shipped_rows() -> tuple[tuple[list[str], bool], ...]:
    """Return the rows of the shipped data files, read once per process."""
    return tuple(row for path in sorted(DATA.glob("*.csv")) for row in read_rows(path))


@cache
def default_thesaurus() -> Thesaurus:
    """Return the thesaurus of the shipped data files."""
    return Thesaurus(shipped_rows())
