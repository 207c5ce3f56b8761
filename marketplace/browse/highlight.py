"""Mark the words of a query in the original text, and cut a snippet around them. The text keeps its diacritics.

Texts and queries meet through the same analysis as in the index, so "dien tu" marks "Điện tử" and a composed query
marks decomposed text. A lone syllable of a longer query is marked only in texts that hold nothing better, because
single syllables are too common to tell anything.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from markupsafe import Markup, escape

from marketplace.search.text.analysis import Token, is_syllable, tokens
from marketplace.values.text import nfc

#: Length of a snippet in characters, and how much of it stands before the first mark.
SNIPPET, LEAD = 240, 60
_ELLIPSIS = "…"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to mark: `Page.terms`, prepared once for all texts of a page."""

    singles: frozenset[str]
    beginnings: tuple[str, ...]
    phrases: frozenset[tuple[str, ...]]
    longest: int
    neighbours: frozenset[tuple[str, str]]  # the query's own words in their order


def wanted(terms: Iterable[str]) -> Wanted:
    """Prepare the terms of a page; a term with spaces is a phrase, one that ends in * a prefix."""
    given = list(terms)
    words = [term for term in given if " " not in term]
    phrases = frozenset(tuple(term.split(" ")) for term in given if " " in term)
    plain = [word for word in words if not word.endswith("*")]
    return Wanted(
        singles=frozenset(plain),
        beginnings=tuple(word[:-1] for word in words if word.endswith("*")),
        phrases=phrases,
        longest=max((len(phrase) for phrase in phrases), default=0),
        neighbours=frozenset(pairwise(plain)),
    )


def highlight(text: str, terms: Iterable[str] | Wanted) -> Markup:
    """Return the whole text, escaped, with the query's words in <mark>."""
    clean = nfc(text)
    return _render(clean, _spans(clean, _prepared(terms)), 0, len(clean))


def snippet(text: str, terms: Iterable[str] | Wanted, size: int = SNIPPET) -> Markup:
    """Return the part of the text with most marks, about `size` characters cut at words, or its beginning."""
    clean = " ".join(nfc(text).split())
    spans = _spans(clean, _prepared(terms))
    start, stop = _window(clean, spans, size)
    marked = _render(clean, spans, start, stop)
    return Markup("{}{}{}").format(_ELLIPSIS if start else "", marked, _ELLIPSIS if stop < len(clean) else "")


def _prepared(terms: Iterable[str] | Wanted) -> Wanted:
    return terms if isinstance(terms, Wanted) else wanted(terms)


def _spans(text: str, want: Wanted) -> list[tuple[int, int]]:
    """Return the stretches to mark, in order and without overlap."""
    if not (want.singles or want.beginnings or want.phrases):
        return []
    found = tokens(text)
    plain = [token for token in found if not token.compound]
    strong = [(token.start, token.end) for token in found if token.compound and token.term in want.singles]
    strong += _phrase_spans(plain, want)
    weak: list[tuple[int, int]] = []
    for token in plain:
        if token.term in want.singles:
            alone = is_syllable(token.term) and len(want.singles) > 1
            (weak if alone else strong).append((token.start, token.end))
        elif want.beginnings and token.term.startswith(want.beginnings):
            strong.append((token.start, token.end))
    return _merged(strong or weak)


def _phrase_spans(plain: Sequence[Token], want: Wanted) -> list[tuple[int, int]]:
    spans = [(left.start, right.end) for left, right in pairwise(plain) if (left.term, right.term) in want.neighbours]
    terms = [token.term for token in plain]
    heads = {phrase[0] for phrase in want.phrases}
    for start in (place for place, term in enumerate(terms) if term in heads):
        for length in range(min(want.longest, len(plain) - start), 1, -1):
            if tuple(terms[start : start + length]) in want.phrases:
                spans.append((plain[start].start, plain[start + length - 1].end))
                break
    return spans


def _merged(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Join stretches that overlap."""
    merged: list[tuple[int, int]] = []
    for start, stop in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = merged[-1][0], max(stop, merged[-1][1])
        else:
            merged.append((start, stop))
    return merged


def _render(text: str, spans: Sequence[tuple[int, int]], start: int, stop: int) -> Markup:
    pieces: list[Markup] = []
    place = start
    for begin, end in spans:
        if begin < start or end > stop:
            continue
        pieces += [escape(text[place:begin]), Markup("<mark>"), escape(text[begin:end]), Markup("</mark>")]
        place = end
    pieces.append(escape(text[place:stop]))
    return Markup("").join(pieces)


def _window(text: str, spans: Sequence[tuple[int, int]], size: int) -> tuple[int, int]:
    """Return the stretch of about `size` characters that marks most, beginning and ending between words."""
    if len(text) <= size:
        return 0, len(text)
    best = best_marks = 0
    for begin, _ in spans:
        start = max(0, begin - LEAD)
        marks = sum(stop - first for first, stop in spans if first >= start and stop <= start + size)
        if marks > best_marks:
            best, best_marks = start, marks
    if best:
        best = text.find(" ", best) + 1 or best
    stop = min(len(text), best + size)
    if stop < len(text):
        stop = max(text.rfind(" ", best, stop), best + 1)
    return best, stop
