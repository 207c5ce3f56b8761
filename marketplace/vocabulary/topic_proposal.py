"""Which topics a text is about, by the words of the vocabulary: a proposal, for people to take or leave. Pure."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import cache

from marketplace.values.text import nfc, strip_marks
from marketplace.vocabulary.topics import TOPICS, Topic, topics_of_priority, topics_of_science_field

#: Topics that are proposed at most.
MOST = 3
#: What the place of a word is worth: one in the title is enough, elsewhere two different words are needed.
TITLE, KEYWORD, TEXT = 3.0, 2.0, 1.0
LEAST = 2.5
#: Topics that score less than this share of the best are left out.
NEAR = 0.4
#: Characters of the text that are read: what a text is about it says early.
READ = 4_000
_WORD = re.compile(r"[^\W_]+")
_LONGEST = 4  # words of a phrase
_SYLLABLE = 4  # letters; an English word so short tells little too

Phrase = tuple[str, ...]
Weighed = dict[Phrase, dict[str, float]]


def propose(
    title: str, text: str = "", keywords: Iterable[str] = (), *, science_field: str = "", priority: str = "",
    known: Sequence[str] = (), most: int = MOST,
) -> list[str]:
    """Return the codes of topics that a title, a text and keywords speak of, the likeliest first, without `known`.

    Every different word counts once, by the place where it is worth most and by how few topics it tells of. A science
    field or a priority field that belongs to a topic weighs like a word, and never proposes by itself.
    """
    best: dict[Phrase, float] = {}
    for part, worth in ((title, TITLE), *((one, KEYWORD) for one in keywords), (text[:READ], TEXT)):
        for phrase in _phrases(part):
            best[phrase] = max(best.get(phrase, 0.0), worth)
    scores: dict[str, float] = defaultdict(float)
    for phrase, worth in best.items():
        for code, weight in _weighed()[phrase].items():
            scores[code] += worth * weight
    likely = {*topics_of_priority(priority), *_only(topics_of_science_field(science_field))}
    for code in scores:
        if not likely.isdisjoint((code, code.split("-")[0])):
            scores[code] += TEXT
    least = max(LEAST, NEAR * max(scores.values(), default=0.0))
    found = sorted((code for code, score in scores.items() if score >= least), key=lambda code: (-scores[code], code))
    return [code for code in found[:most] if code not in known]


def _only(codes: list[str]) -> list[str]:
    """Return the topics of a field that hardly any other field shares; of a field of half of everything none."""
    return codes if len(codes) == 1 else []


def _phrases(text: str) -> Iterator[Phrase]:
    """Yield the known phrases of a text, the longest at each place. Without any mark it may be Vietnamese all the same."""
    words = [_plain(word) for word in _WORD.findall(nfc(text).lower())]
    table = _unmarked() if all(strip_marks(word) == word for word in words) else {}
    start = 0
    while start < len(words):
        length = min(_LONGEST, len(words) - start)
        found: list[Phrase] = []
        while length and not found:
            phrase = tuple(words[start : start + length])
            found = [phrase] if phrase in _weighed() else table.get(phrase, [])
            length -= 1
        yield from found
        start += length + 1


def _plain(word: str) -> str:
    """Return a word without the s of an English plural."""
    return word[:-1] if len(word) > 3 and word.isascii() and word.endswith("s") and not word.endswith("ss") else word


def _split(words: str) -> Phrase:
    return tuple(_plain(word) for word in _WORD.findall(nfc(words).lower()))[:_LONGEST]


@cache
def _weighed() -> Weighed:
    """Return for each phrase the topics it tells of, with its weight: what several topics share says less of each."""
    holders: dict[Phrase, dict[str, float]] = {}
    for one in TOPICS:
        if isinstance(one, Topic) and one.parent:
            for words in (one.vi, one.en, *one.words):
                holders.setdefault(_split(words), {})[one.code] = _says(words)
    return {phrase: {code: weight / len(codes) for code, weight in codes.items()} for phrase, codes in holders.items()}


def _says(words: str) -> float:
    """Return how much a phrase tells: a lone syllable little, for it may be part of another word (phương tiện)."""
    count = len(_split(words))
    if count == 1 and words.islower() and (len(words) <= _SYLLABLE or not words.isascii()):
        return 0.5
    return 1.0 + 0.25 * (min(count, 3) - 1)


@cache
def _unmarked() -> dict[Phrase, list[Phrase]]:
    """Return phrases of several words by how they read without marks; single syllables without marks mean nothing."""
    found: dict[Phrase, list[Phrase]] = {}
    for phrase in _weighed():
        bare = tuple(strip_marks(word) for word in phrase)
        if len(phrase) > 1 and bare != phrase:
            found.setdefault(bare, []).append(phrase)
    return found
