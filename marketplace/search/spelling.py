""""Did you mean": corrections drawn only from words that the reader may see. Pure; engines supply the vocabulary.

Vietnamese words are short and folded syllables few, so a candidate is judged first by the pairs it forms with its
neighbours ("cong nge" → "công nghệ") and only then by its own frequency.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from typing import Protocol

from marketplace.search import Document
from marketplace.search.analysis import Token, bigram, tokens
from marketplace.text import nfc

#: Words beyond this many are left alone; a long text is not a typing slip.
MAX_WORDS = 8
_ALPHABET = "abcdefghiklmnopqrstuvxy"
_TELEX = ("aa", "a"), ("ee", "e"), ("oo", "o"), ("dd", "d"), ("uw", "u"), ("ow", "o"), ("aw", "a")
_SOUNDS = ("ngh", "ng"), ("gh", "g"), ("tr", "ch"), ("gi", "d"), ("gi", "r"), ("s", "x"), ("n", "l"), ("y", "i"), ("k", "c")


class Vocabulary(Protocol):
    """Frequencies among the documents that a reader may see, and how words are written there."""

    def word(self, term: str) -> int:
        """Return how many documents hold the folded term."""

    def pair(self, left: str, right: str) -> int:
        """Return how many documents hold the two folded terms side by side."""

    def surface(self, folded: str) -> str | None:
        """Return the commonest written form (with diacritics) of a folded word or pair."""


def surfaces(document: Document) -> Iterator[tuple[str, str]]:
    """Yield (folded, written) for the words and pairs of a document's short texts, lower case."""
    for text in map(nfc, (document.title, document.title_other, document.keywords, document.party)):
        before: Token | None = None
        for token in tokens(text):
            if token.compound:
                continue
            yield token.term, text[token.start : token.end].lower()
            if before is not None and token.start - before.end == 1:
                yield bigram(before.term, token.term), text[before.start : token.end].lower()
            before = token


class CountedVocabulary:
    """A vocabulary counted from documents; for small sets."""

    def __init__(self, documents: Iterable[Document], texts: Iterable[tuple[set[str], set[str]]]) -> None:
        """Take the documents and, for each, its single terms and its pairs."""
        self._words: Counter[str] = Counter()
        self._pairs: Counter[str] = Counter()
        self._written: defaultdict[str, Counter[str]] = defaultdict(Counter)
        for document, (singles, pairs) in zip(documents, texts, strict=True):
            self._words.update(singles)
            self._pairs.update(pairs)
            for folded, written in set(surfaces(document)):
                self._written[folded][written] += 1

    def word(self, term: str) -> int:
        """Return how many documents hold the term."""
        return self._words[term]

    def pair(self, left: str, right: str) -> int:
        """Return how many documents hold the pair."""
        return self._pairs[bigram(left, right)]

    def surface(self, folded: str) -> str | None:
        """Return the commonest written form, the first in order among equals."""
        forms = self._written.get(folded)
        return min(forms, key=lambda form: (-forms[form], form)) if forms else None


def correct(text: str, vocabulary: Vocabulary) -> str | None:
    """Return `text` with its unknown words replaced, or None when there is nothing better to offer."""
    text = nfc(text)
    typed = [token for token in tokens(text) if not token.compound]
    if not typed or len(typed) > MAX_WORDS:
        return None
    words = [token.term for token in typed]
    written = [text[token.start : token.end] for token in typed]
    fixed = [word if vocabulary.word(word) and not _misfit(words, i, vocabulary) else "" for i, word in enumerate(words)]
    if all(fixed):
        return None
    changed = False
    for index, word in enumerate(words):
        if fixed[index]:
            continue
        before = fixed[index - 1].split(" ")[-1] if index else ""
        after = words[index + 1] if index + 1 < len(words) else ""
        best = _best(word, before, after, vocabulary)
        fixed[index] = best or word
        if best and best != word:
            changed = True
            written[index] = _written(best, before, after, vocabulary)
    return " ".join(written) if changed else None


def _misfit(words: list[str], index: int, vocabulary: Vocabulary) -> bool:
    """Whether a known word of a longer text stands beside nothing it is ever seen with."""
    neighbours = []
    if index:
        neighbours.append(vocabulary.pair(words[index - 1], words[index]))
    if index + 1 < len(words):
        neighbours.append(vocabulary.pair(words[index], words[index + 1]))
    return bool(neighbours) and not any(neighbours) and len(words[index]) < 7


def _best(word: str, before: str, after: str, vocabulary: Vocabulary) -> str:
    """Return the likeliest replacement (perhaps two words), or ""."""

    def worth(candidate: str) -> tuple[int, int, str]:
        first, last = candidate.split(" ")[0], candidate.split(" ")[-1]
        beside = (vocabulary.pair(before, first) if before else 0) + (vocabulary.pair(last, after) if after else 0)
        own = vocabulary.pair(first, last) if " " in candidate else vocabulary.word(candidate)
        return (beside, own, candidate)

    known = {c for c in edits(word) if vocabulary.word(c)}
    known |= {c for c in _splits(word) if vocabulary.pair(*c.split(" "))}
    if not known:
        return ""
    best = max(known, key=worth)
    # A known word is only replaced by one that fits its neighbours.
    return best if not vocabulary.word(word) or worth(best)[0] else ""


def _written(best: str, before: str, after: str, vocabulary: Vocabulary) -> str:
    """Return the replacement as it is written beside its neighbours."""
    if " " in best:
        return vocabulary.surface(best) or best
    for pair, place in ((bigram(before, best), -1), (bigram(best, after), 0)):
        form = vocabulary.surface(pair) if pair.strip() == pair else None
        if form:
            return re.split(r"\s+", form)[place]
    return vocabulary.surface(best) or best


def _splits(word: str) -> Iterator[str]:
    """Yield the word cut in two: congnghe → cong nghe."""
    return (f"{word[:cut]} {word[cut:]}" for cut in range(1, len(word)))


def edits(word: str) -> set[str]:
    """Return what may have been meant: one slip away, written as it sounds, or typed with the keyboard's Telex off."""
    if len(word) > 24:
        return set()
    cuts = [(word[:i], word[i:]) for i in range(len(word) + 1)]
    found = {a + b[1:] for a, b in cuts if b} | {a + b[1] + b[0] + b[2:] for a, b in cuts if len(b) > 1}
    if len(word) > 2:
        found |= {a + ch + b[1:] for a, b in cuts if b for ch in _ALPHABET}
        found |= {a + ch + b for a, b in cuts for ch in _ALPHABET}
    for one, other in _SOUNDS:
        for left, right in ((one, other), (other, one)):
            if word.startswith(left):
                found.add(right + word[len(left) :])
            if word.endswith(left):
                found.add(word[: -len(left)] + right)
    bare = re.sub(r"[0-9]", "", word)
    for doubled, single in _TELEX:
        bare = bare.replace(doubled, single)
    found |= {bare, bare.rstrip("sfrxj"), re.sub(r"[sfrxj](?=[a-z]*$)", "", bare, count=1)}
    return {candidate for candidate in found if candidate and candidate != word}
