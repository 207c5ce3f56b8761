""""Did you mean": corrections drawn only from words that the reader may see.

Vietnamese words are short and folded syllables few, so a candidate is judged first by the pairs it forms with its
neighbours ("cong nge" → "công nghệ") and only then by its own frequency.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from marketplace.search import Query, SearchEngine
from marketplace.search.text.analysis import bigram, is_syllable, one_spelling, tokens
from marketplace.values.text import fold, nfc

#: Words beyond this many are left alone; a long text is not a typing slip.
MAX_WORDS = 8
#: Runs of a correction; each adds what the one before has asked for.
MOST_RUNS = 8
#: Replacements weighed at one place.
MAX_CANDIDATES = 16
#: From this length a word is rarely a slip of another that fits its neighbours just as well.
LONG_WORD = 5
_ALPHABET = "abcdefghiklmnopqrstuvxy"
_TELEX = ("aa", "a"), ("ee", "e"), ("oo", "o"), ("dd", "d"), ("uw", "u"), ("ow", "o"), ("aw", "a")
_SOUNDS = ("ngh", "ng"), ("gh", "g"), ("tr", "ch"), ("gi", "d"), ("gi", "r"), ("s", "x"), ("n", "l"), ("y", "i"), ("k", "c")


class Vocabulary:
    """Frequencies among the documents that a reader may see, and how words are written there.

    A correction asks for one word after the other. What is not known yet counts as absent, and is learnt from the engine
    for all of them at once before the correction runs again.
    """

    def __init__(self, engine: SearchEngine, audience: Sequence[str], kinds: Sequence[str]) -> None:
        self._engine, self._audience, self._kinds = engine, audience, kinds
        self._counts: dict[str, int | None] = {}  # None: asked for
        self._forms: dict[str, Mapping[str, int] | None] = {}

    def word(self, term: str) -> int:
        """Return how many documents hold the folded term."""
        return self._counts.setdefault(term, None) or 0

    def pair(self, left: str, right: str) -> int:
        """Return how many documents hold the two folded terms side by side."""
        return self.word(bigram(left, right))

    def surface(self, folded: str) -> str | None:
        """Return the commonest written form (with diacritics) of a folded word or pair, the first of equals."""
        forms = self._forms.setdefault(folded, None)
        return min(forms, key=lambda form: (-forms[form], form)) if forms else None

    def learn(self) -> bool:
        """Learn what was asked for; False when there was nothing."""
        words = [word for word, count in self._counts.items() if count is None]
        forms = [form for form, known in self._forms.items() if known is None]
        if words:
            self._counts |= self._engine.spread(words, self._kinds, self._audience).having
        if forms:
            found = self._engine.written(forms, self._kinds, self._audience)
            self._forms |= {form: found.get(form, {}) for form in forms}
        return bool(words or forms)


def suggest_spelling(engine: SearchEngine, text: str, audience: Sequence[str], kinds: Sequence[str]) -> str | None:
    """Return a corrected text that finds something this audience may see, None when the text itself does."""
    def finds(text: str) -> bool:
        return engine.query(Query(text, tuple(kinds), tuple(audience), limit=0)).total > 0

    typed = [token.term for token in tokens(text) if not token.compound]
    if not typed or len(typed) > MAX_WORDS or finds(text):
        return None
    vocabulary = Vocabulary(engine, audience, kinds)
    for left, right in zip(["", *typed], typed, strict=False):
        vocabulary.word(right)
        if left:
            vocabulary.pair(left, right)
    better, runs = None, 0
    while vocabulary.learn() and runs < MOST_RUNS:
        better, runs = correct(text, vocabulary), runs + 1
    return better if better is not None and finds(better) else None


def correct(text: str, vocabulary: Vocabulary) -> str | None:
    """Return `text` with its unknown or misfitting words replaced, or None when there is nothing better to offer."""
    text = nfc(text)
    typed = [token for token in tokens(text) if not token.compound]
    words = [token.term for token in typed]
    chosen = _likeliest([_candidates(words, index, vocabulary) for index in range(len(words))], vocabulary)
    written = []
    for index, (word, best) in enumerate(zip(words, chosen, strict=True)):
        before = chosen[index - 1].split(" ")[-1] if index else ""
        after = chosen[index + 1].split(" ")[0] if index + 1 < len(words) else ""
        own = text[typed[index].start : typed[index].end]
        telex = is_syllable(word) and one_spelling(fold(own)) != word  # "mays" was read as a plural of "may"
        if (best == word and not telex) or not _convincing(word, best, before, after, vocabulary):
            written.append(own)
        else:
            written.append(_written(best, before, after, vocabulary))
    corrected = " ".join(written)
    return corrected if [t.term for t in tokens(corrected) if not t.compound] != words else None


def _candidates(words: list[str], index: int, vocabulary: Vocabulary) -> list[str]:
    """Return what may have been meant at a place, the commonest first; a word that fits stays as it is."""
    word = words[index]
    if vocabulary.word(word) and not _misfit(words, index, vocabulary):
        return [word]
    known = [(vocabulary.word(candidate), candidate) for candidate in edits(word)]
    splits = ((word[:cut], word[cut:]) for cut in range(1, len(word)))  # congnghe → cong, nghe
    known += [(vocabulary.pair(*split), " ".join(split)) for split in splits]
    best = sorted((pair for pair in known if pair[0]), key=lambda pair: (-pair[0], pair[1]))[:MAX_CANDIDATES]
    return [word, *(candidate for _, candidate in best)]


def _misfit(words: list[str], index: int, vocabulary: Vocabulary) -> bool:
    """Whether a known word of a longer text stands beside nothing it is ever seen with."""
    neighbours = [vocabulary.pair(*words[at : at + 2]) for at in (index - 1, index) if 0 <= at < len(words) - 1]
    return bool(neighbours) and not any(neighbours) and is_syllable(words[index])


def _likeliest(places: list[list[str]], vocabulary: Vocabulary) -> list[str]:
    """Return one candidate for each place: most neighbours that are known as pairs, then the commonest."""
    paths: list[tuple[tuple[int, int, int], list[str]]] = [((0, 0, 0), [])]
    for candidates in places:
        extended = []
        for candidate in candidates:
            first = candidate.split(" ")[0]
            own = vocabulary.word(first)
            steps = []
            for (fits, pairs, common), path in paths:
                pair = vocabulary.pair(path[-1].split(" ")[-1], first) if path else 0
                steps.append(((fits + bool(pair), pairs + pair, common + own), [*path, candidate]))
            extended.append(max(steps))
        paths = extended
    return max(paths)[1]


def _convincing(word: str, best: str, before: str, after: str, vocabulary: Vocabulary) -> bool:
    """Whether a replacement fits a neighbour, or has none, or is for a long word that cannot be another's slip."""
    first, last = best.split(" ")[0], best.split(" ")[-1]
    fits = (before and vocabulary.pair(before, first)) or (after and vocabulary.pair(last, after))
    unmistakable = len(word) >= LONG_WORD and not is_syllable(word) and not vocabulary.word(word)
    return bool(fits) or not (before or after) or unmistakable


def _written(best: str, before: str, after: str, vocabulary: Vocabulary) -> str:
    """Return the replacement as it is written beside its neighbours."""
    if " " in best:
        return vocabulary.surface(best) or best
    for pair, place in ((bigram(before, best), -1), (bigram(best, after), 0)):
        form = vocabulary.surface(pair) if pair.strip() == pair else None
        if form:
            return form.split()[place]
    return vocabulary.surface(best) or best


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
