"""The numbers of relevance: what fields, terms, coverage and tiers weigh. Pure.

Fields are merged into one weighted term frequency before saturation (BM25F with a common length norm). A document
matches by *coverage*: the share of the query, weighed by rarity, that it contains. All statistics are those of the
documents that the reader may see, so hidden ones change neither order nor totals.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from marketplace.search import Document
from marketplace.search.text.analysis import is_syllable, tokens

N = TypeVar("N", float, NDArray[np.float64])

#: BM25, the customary values.
K1, B = 1.2, 0.75
#: Share of a term's score that depends on equal diacritics, when the query was typed with them.
MARKS_SHARE = 0.3
#: Worth of a single term with the shape of a Vietnamese syllable, beside bigrams and unmistakable words (1).
SYLLABLE_WEIGHT = 0.5
#: How far a lone Vietnamese syllable covers its part of the query: "dien … tu" is hardly "điện tử".
SYLLABLE_CREDIT = 0.4
#: Coverage asked for, by number of words; relaxed to a share of the best document's when nothing reaches it.
SHORT_QUERY, SHORT_COVERAGE, LONG_COVERAGE, RELATIVE_COVERAGE = 3, 0.6, 0.5, 0.5
#: One tier outweighs any sum of term scores.
TIER = 1000.0
TIER_CODE, TIER_EXACT_PHRASE, TIER_PHRASE = 3, 2, 1
#: Field weights; the body counts 1. Whole numbers, since postings keep their sums as such.
TITLE, KEYWORDS, PARTY, BODY = 3, 2, 2, 1
#: Terms of one document that are indexed; further text is not searchable.
MAX_DOCUMENT_TERMS = 20_000
#: Gap between fields, so that no phrase runs across two of them.
FIELD_GAP = 8


def fields_of(document: Document) -> Iterator[tuple[str, int]]:
    """Yield the searchable texts of a document with their weights."""
    yield document.title, TITLE
    yield document.title_other, TITLE
    yield document.keywords, KEYWORDS
    yield document.party, PARTY
    yield document.body, BODY


def code_terms(code: str) -> list[str]:
    """Return how a code may be asked for besides exactly: whole, for prefixes, and by its serial number.

    Its other parts (CN, the year) stand in every code and would make every listing match them.
    """
    found = tokens(code)
    return [token.term for token in found if len(found) == 1 or token.compound or len(token.term) > 4]


def idf(total: int, having: int) -> float:
    """Return the rarity of a term that `having` of `total` visible documents hold (natural log, never negative)."""
    return math.log(1 + (total - having + 0.5) / (having + 0.5))


def typical_length(mean: float) -> float:
    """Return the mean length rounded to a quarter octave, so that scores can be reused while a catalogue grows."""
    return 2 ** (round(4 * math.log2(mean)) / 4) if mean > 0 else 1.0


def length_norm(length: N, typical: float) -> N:
    """Return BM25's k1·(1 − b + b·length/typical), of one length or of an array."""
    return K1 * (1 - B + B * length / typical)


def single_weight(term: str) -> float:
    """Return the score weight of a single term."""
    return SYLLABLE_WEIGHT if is_syllable(term) else 1.0


def single_credit(term: str, alone: bool) -> float:
    """Return how far the term by itself covers its place in the query; `alone` means it has no neighbours."""
    return SYLLABLE_CREDIT if is_syllable(term) and not alone else 1.0


def wanted_coverage(words: int) -> float:
    """Return the coverage that a query of so many words asks for."""
    return SHORT_COVERAGE if words <= SHORT_QUERY else LONG_COVERAGE


def required_coverage(words: int, best: float, strict: bool) -> float:
    """Return the coverage that a document needs where the best one has `best`.

    `strict` (a short query with a word that nobody knows) refuses to relax, so that a mistyped query finds nothing and
    "did you mean" can help instead of showing what happens to contain its other word.
    """
    wanted = wanted_coverage(words)
    return wanted if strict and words <= SHORT_QUERY else min(wanted, RELATIVE_COVERAGE * best)
