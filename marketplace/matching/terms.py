"""Which words of a long text tell what it is about. Pure but for the analysis it shares with the search."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise

from marketplace.search.analysis import Token, bigram, is_syllable, terms, tokens
from marketplace.text import nfc

#: Weight of a word by where it stands.
TITLE, KEYWORD, TARGET, BODY = 4.0, 3.0, 2.0, 1.0
MOST_TERMS = 48
#: English words that tell nothing; Vietnamese ones fall out because single syllables are never used.
_EMPTY = frozenset(
    "a an and are as at be by can for from has have in into is it its may more not of on or our such than that the their "
    "these they this to use used using was we which will with within would new also other need needs project technology "
    "system systems based provide provides support".split()
)


def told(text: str) -> Counter[str]:
    """Count the telling terms of a text: pairs of neighbours, and words that are no lone syllable."""
    words = terms(text)
    found: Counter[str] = Counter()
    for left, right in pairwise(words):
        if left not in _EMPTY and right not in _EMPTY and not (left.isdigit() or right.isdigit()):
            found[bigram(left, right)] += 1
    for word in words:
        if len(word) > 2 and word not in _EMPTY and not word.isdigit() and not is_syllable(word):
            found[word] += 1
    return found


def key_terms(parts: Iterable[tuple[str, float]], limit: int = MOST_TERMS) -> dict[str, float]:
    """Return the `limit` weightiest terms of texts with the weight of their place; repetition adds little."""
    weights: dict[str, float] = {}
    for text, place in parts:
        for term, count in told(text).items():
            weights[term] = weights.get(term, 0.0) + place * (1 + math.log(count))
    best = sorted(weights.items(), key=lambda pair: (-pair[1], pair[0]))[:limit]
    return dict(best)


def spread(pool: Iterable[Iterable[str]]) -> Counter[str]:
    """Return in how many texts of a pool each term stands."""
    return Counter(term for one in pool for term in set(one))


def rarity(wanted: Iterable[str], spread_of: Mapping[str, int], size: int) -> dict[str, float]:
    """Return how much each term tells apart `size` texts: ln(1 + N / df); what all share tells little."""
    return {term: math.log(1 + max(size, 1) / max(1, spread_of.get(term, 0))) for term in wanted}


def coverage(weights: Mapping[str, float], rare: Mapping[str, float], text: frozenset[str]) -> tuple[float, list[str]]:
    """Return the share (0–1) of the weighted terms that `text` holds, and the shared terms, weightiest first."""
    worth = {term: weight * rare.get(term, 1.0) for term, weight in weights.items()}
    total = sum(worth.values())
    shared = sorted((term for term in worth if term in text), key=lambda term: -worth[term])
    return (sum(worth[term] for term in shared) / total if total else 0.0), shared


def phrases(texts: Iterable[str], shared: Sequence[str], limit: int = 6) -> list[str]:
    """Return the shared terms as they are written: neighbouring pairs joined, with their diacritics, best first."""
    rank = {term: place for place, term in enumerate(shared)}
    found: dict[str, tuple[int, str]] = {}
    for text in map(nfc, texts):
        words = [token for token in tokens(text) if not token.compound]
        place = 0
        while place < len(words):
            stop, best = _run(words, place, rank)
            if best is not None:
                written = " ".join(text[words[place].start : words[stop].end].split())
                folded = " ".join(word.term for word in words[place : stop + 1])
                if folded not in found or best < found[folded][0]:
                    found[folded] = (best, written)
            place = stop + 1
    ordered = sorted(found.items(), key=lambda item: item[1][0])
    kept: list[str] = []
    for folded, (_rank, written) in ordered:
        if not any(f" {folded} " in f" {other} " for other in (one for one, _ in ordered) if other != folded):
            kept.append(written)
    return kept[:limit]


def _run(words: Sequence[Token], start: int, rank: Mapping[str, int]) -> tuple[int, int | None]:
    """Return the last word of the longest run of shared terms from `start`, and its best rank (None: no run)."""
    stop, best = start, rank.get(words[start].term)
    while stop + 1 < len(words):
        pair = rank.get(bigram(words[stop].term, words[stop + 1].term))
        if pair is None:
            break
        best = pair if best is None else min(best, pair)
        stop += 1
    return stop, best
