"""The vocabulary of the documents that somebody may see, for "did you mean", in few requests.

`correct` asks for one word after the other. Here it is run on what is known so far; what it asked in vain is then
fetched at once, and it runs again, until nothing is missing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from marketplace.search.analysis import bigram, tokens
from marketplace.search.opensearch_clauses import Term
from marketplace.search.spelling import MAX_WORDS, correct

#: Runs of `correct`; each adds what the one before has asked for.
MOST_RUNS = 8

Counts = Callable[[Iterable[Term]], Mapping[Term, int]]
Written = Callable[[Iterable[str]], Mapping[str, Mapping[str, int]]]  # folded form -> written forms and their counts


class Words:
    """What is known of the vocabulary, and what was asked in vain."""

    def __init__(self, count: Counts, written: Written) -> None:
        self._count, self._written = count, written
        self._counts: dict[Term, int] = {}
        self._forms: dict[str, Mapping[str, int]] = {}
        self._wanted: set[Term] = set()
        self._wanted_forms: set[str] = set()

    def word(self, term: str) -> int:
        """Return how many documents hold the folded term, 0 while that is not known."""
        return self._known((False, term, False))

    def pair(self, left: str, right: str) -> int:
        """Return how many documents hold the two side by side, 0 while that is not known."""
        return self._known((True, bigram(left, right), False))

    def surface(self, folded: str) -> str | None:
        """Return the commonest written form, the first in order among equals."""
        if folded not in self._forms:
            self._wanted_forms.add(folded)
            return None
        forms = self._forms[folded]
        return min(forms, key=lambda form: (-forms[form], form)) if forms else None

    def fetch(self) -> bool:
        """Learn what was asked in vain; False when there was nothing."""
        wanted, forms = self._wanted, self._wanted_forms
        self._wanted, self._wanted_forms = set(), set()
        if wanted:
            self._counts |= self._count(wanted)
        if forms:
            found = self._written(forms)
            self._forms |= {form: found.get(form, {}) for form in forms}
        return bool(wanted or forms)

    def _known(self, wanted: Term) -> int:
        if wanted not in self._counts:
            self._wanted.add(wanted)
            return 0
        return self._counts[wanted]


def corrected(text: str, words: Words) -> str | None:
    """Return what `correct` says when it knows everything that it asks for."""
    typed = [token.term for token in tokens(text) if not token.compound]
    if not typed or len(typed) > MAX_WORDS:
        return None
    for left, right in zip(["", *typed], typed, strict=False):
        words.word(right)
        if left:
            words.pair(left, right)
    words.fetch()
    better = correct(text, words)
    for _ in range(MOST_RUNS):
        if not words.fetch():
            break
        better = correct(text, words)
    return better
