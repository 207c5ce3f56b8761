"""Related searches: keywords that stand together with what was found, and other words for what was asked.

Both come from documents that the reader may see and from the thesaurus; nobody's searches are looked at.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache, lru_cache

from marketplace.search import Page, SearchEngine
from marketplace.search.ranking.weights import idf
from marketplace.search.text.thesaurus import needed_for, shipped_rows
from marketplace.values.text import fold

#: How many are offered, and of them other words for the same; how many keywords are weighed.
MOST, SAME, WEIGHED = 6, 2, 30
#: Above this many results a keyword must stand in two of them.
FEW = 5


def related(
    engine: SearchEngine, words: str, page: Page, kinds: Sequence[str], audience: Sequence[str]
) -> tuple[str, ...]:
    """Return searches related to `words`, of which `page` is the answer with its facet `tag` counted."""
    wanted = fold(words)
    if not wanted:
        return ()
    same = [form for form in _other_words(wanted) if fold(form) != wanted]
    counts = _beside(page.facets.get("tag", {}), set(wanted.split()), 2 if page.total > FEW else 1)
    needed = {text: needed_for(text) for text in (*same, *counts)}
    spread = engine.spread({term for terms in needed.values() for term in terms}, kinds, audience)
    common = {text: min((spread.having[term] for term in terms), default=0) for text, terms in needed.items()}
    found = [text for text in same if common[text]][:SAME]
    weighed = sorted(counts, key=lambda tag: (-counts[tag] * idf(spread.total, common[tag]), tag))
    offered = {wanted: ""}
    for text in (*found, *weighed):
        offered.setdefault(fold(text), text)
    return tuple(text for text in offered.values() if text)[:MOST]


def _beside(tags: Mapping[str, int], wanted: set[str], least: int) -> dict[str, int]:
    """Return the commonest keywords that say more, or something else, than what was asked."""
    usable = {tag: count for tag, count in tags.items() if count >= least and not set(_folded(tag).split()) <= wanted}
    best = sorted(usable, key=lambda tag: (-usable[tag], tag))[:WEIGHED]
    return {tag: usable[tag] for tag in best}


#: Keywords are the same few thousand on every page.
_folded = lru_cache(maxsize=8192)(fold)


@cache
def _rows() -> Mapping[str, tuple[str, ...]]:
    """Return the folded forms of the thesaurus with all forms of their row; ambiguous abbreviations are left out."""
    return {fold(form): tuple(forms) for forms, weak in shipped_rows() if not weak for form in forms}


def _other_words(wanted: str) -> tuple[str, ...]:
    """Return other forms of the same, those of the other language first."""
    forms = _rows().get(wanted, ())
    own = next((form for form in forms if fold(form) == wanted), "")
    return tuple(sorted(forms, key=lambda form: form.isascii() == own.isascii()))
