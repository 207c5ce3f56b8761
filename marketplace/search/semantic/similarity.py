"""Search by meaning, across languages: which queries need it, what stands out, and how two orders become one. Pure.

Words rank better within one language, so meaning is asked only when the query's language is not that of most
documents, or when words alone find hardly anything.
"""

from __future__ import annotations

import math
import re
from collections.abc import Hashable, Sequence
from hashlib import sha256
from typing import Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from marketplace.search import Document
from marketplace.search.text.analysis import is_syllable, tokens

Vector = NDArray[np.float32]
T = TypeVar("T", bound=Hashable)

#: Share of words with Vietnamese diacritics from which a text is Vietnamese.
VIETNAMESE_SHARE = 0.15
#: Share of words that cannot be Vietnamese syllables from which an undiacritical query is not Vietnamese.
FOREIGN_SHARE = 0.5
#: Characters of a document whose meaning is taken: longer texts cost time and say nothing new of what they are about.
MOST_TEXT = 2000
#: Documents that words must find, so that meaning is not asked when the languages are the same.
ENOUGH = 3
#: Documents that meaning may add to a page of results.
MOST_NEAR = 50
#: How far the best must stand out from all others, as a share of what chance gives, and how near to it the rest must be.
STANDING_OUT, NEAR_BEST = 0.85, 0.6
#: Reciprocal rank fusion: small, because the first places matter most.
RANK = 10
#: What a place among the words counts beside one by meaning: usually, and where languages differ; unless the bilingual
#: terms know this share of a question's words, which is as good as translated then.
WORDS, WORDS_ACROSS, KNOWN_SHARE = 1.0, 0.2, 0.5
#: What can be a word: "CN", "khcn" and "12kw" say nothing of a language.
_WORD = re.compile(r"^\D*[aeiouy]\D*$")


class Embedder(Protocol):
    """Turns texts into vectors of length 1 whose products say how near the meanings are."""

    name: str  # changes when vectors of before cannot be compared with those of now

    def query(self, text: str) -> Vector:
        """Return the vector of a question."""

    def passage(self, text: str) -> Vector:
        """Return the vector of a text."""


class Neighbours(Protocol):
    """Keeps the vectors of documents."""

    def version(self) -> object:
        """What changes whenever the vectors do, to be compared."""

    def vietnamese(self, kind: str, audience: Sequence[str]) -> bool:
        """Whether most of the documents that this audience may see are Vietnamese."""

    def near(self, question: Vector, kind: str, audience: Sequence[str]) -> tuple[int, ...]:
        """Return the ids of documents of this audience that stand out as near, best first.

        Only those in the language of most: a text of the question's own language seems near for that alone, and words
        find it.
        """


def language_of(text: str) -> str:
    """Return "vi", "en", or "" for a text that could be either (typed without diacritics)."""
    words = [token for token in tokens(text) if not token.compound and _WORD.search(token.term)]
    if not words:
        return ""
    if sum(word.exact != word.term for word in words) >= VIETNAMESE_SHARE * len(words):
        return "vi"
    foreign = sum(len(word.term) > 2 and not is_syllable(word.term) for word in words)
    return "en" if foreign and foreign >= FOREIGN_SHARE * len(words) else ""


def text_of(document: Document) -> str:
    """Return the text of a document whose meaning is taken."""
    text = "\n".join(filter(None, (document.title, document.title_other, document.body)))
    return text.replace("_", " ")[:MOST_TEXT]


def fingerprint(embedder_name: str, text: str) -> str:
    """Return what changes when a text must be embedded anew."""
    return sha256(f"{embedder_name}\n{text}".encode("utf-8", "replace")).hexdigest()


def standing_out(likeness: Vector) -> NDArray[np.intp]:
    """Return the positions that stand out from the others, best first; none when even the best is like the rest.

    Likenesses have no absolute scale: unrelated texts still reach 0.7. Of `n` values by chance the greatest is about
    √(2 ln n) deviations above the middle. The deviation is taken below the middle, where no answers are.
    """
    if len(likeness) < 2:
        return np.zeros(0, np.intp)
    low, middle = np.percentile(likeness, (16, 50))
    height = float(likeness.max() - middle)
    if height <= 1e-6 or height < STANDING_OUT * math.sqrt(2 * math.log(len(likeness))) * (middle - low):
        return np.zeros(0, np.intp)
    found = np.flatnonzero(likeness >= middle + NEAR_BEST * height)
    return found[np.argsort(-likeness[found], kind="stable")][:MOST_NEAR]


def fused(words: Sequence[T], near: Sequence[T], weight: float) -> list[T]:
    """Return both lists as one, by reciprocal ranks; `weight` is what a place in `words` counts."""
    scores: dict[T, float] = {}
    for share, ranked in ((weight, words), (1.0, near)):
        for place, one in enumerate(ranked):
            scores[one] = scores.get(one, 0.0) + share / (RANK + place)
    return sorted(scores, key=lambda one: -scores[one])
