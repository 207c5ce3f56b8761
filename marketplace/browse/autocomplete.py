"""Suggestions while a person types: terms, values of filters, titles, organisations and codes, all of them visible.

Everything is asked with the reader's audience, and titles are read again through the visibility rule; a hidden
requester's name stands in no document, so it is never suggested. Nobody's searches are looked at.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import takewhile
from urllib.parse import urlencode

from marketplace.browse.catalogues import NEEDS, ORGANISATIONS, TECHNOLOGIES, Catalogue
from marketplace.browse.lookup import Lookup
from marketplace.browse.rows import names
from marketplace.core.access import Actor
from marketplace.search import Page, Query, SearchEngine
from marketplace.search.query.parser import OR_WORDS
from marketplace.search.text.analysis import Token, code_key, is_syllable, other_spelling, tokens
from marketplace.search.text.thesaurus import form_of, needed_for, shipped_rows
from marketplace.values.text import fold

#: Characters that are looked at, and the fewest that tell anything.
LONGEST, SHORTEST = 80, 2
#: Suggestions of each kind, and documents looked at to find them.
TERMS, VALUES, OWN, OTHER, LOOKED_AT = 4, 2, 5, 3, 24
#: Known terms that begin alike; of these the ones that find most are suggested.
CANDIDATES = 60
_SIGNS = str.maketrans(dict.fromkeys('"“”„«»|*:<>=≤≥', " "))


@dataclass(frozen=True)
class Suggestion:
    """One line: what is shown, where it leads, and a note beside it."""

    kind: str  # "term", "value", or the kind of a thing
    text: str
    href: str
    note: str = ""


def suggest(engine: SearchEngine, text: str, actor: Actor, catalogue: Catalogue, lookup: Lookup) -> list[Suggestion]:
    """Return suggestions for a cleaned text, those of one kind together."""
    open_end = " " if text[-1:].isspace() else ""
    words = (word.lstrip("-") for word in text[:LONGEST].translate(_SIGNS).split() if word not in OR_WORDS)
    text = " ".join(word for word in words if word) + open_end
    typed = [token for token in tokens(text) if not token.compound]
    if len(fold(text)) < SHORTEST or not typed:
        return []
    audience = actor.audience()
    counts = engine.query(Query(kinds=(catalogue.kind,), audience=audience, facets=catalogue.facet_names, limit=0))
    things = [] if catalogue is ORGANISATIONS else [catalogue]
    things += [one for one in (TECHNOLOGIES, NEEDS, ORGANISATIONS) if one not in things]
    pages = {one.kind: engine.query(_beginning_so(text, one, audience, tags=one is catalogue)) for one in things}
    found: list[Suggestion] = [
        *_terms(engine, text, audience, catalogue, pages[catalogue.kind].facets["tag"]),
        *_values(text, catalogue, counts, lookup),
    ]
    for one in things:
        some = _things(pages[one.kind], text, typed, actor, one, lookup.locale)
        found += some[: OWN if one is catalogue else OTHER]
    return found


def _beginning_so(text: str, catalogue: Catalogue, audience: tuple[str, ...], tags: bool) -> Query:
    """Return the query for what holds the words typed; a keyword that begins so stands only in things that do."""
    asked = text.rstrip() + ("*" if not text.endswith(" ") else "")
    return Query(asked, (catalogue.kind,), audience, limit=LOOKED_AT, facets=("tag",) if tags else ())


def _things(
    page: Page, text: str, typed: Sequence[Token], actor: Actor, catalogue: Catalogue, locale: str
) -> list[Suggestion]:
    """Return things of a page whose name holds the words typed, or whose code begins so."""
    key = code_key(text)
    ranked = []
    for one in names(catalogue.kind, [hit.id for hit in page.hits], actor, locale):
        if one.code and any(ch.isdigit() for ch in key) and code_key(one.code).startswith(key):
            ranked.append((0, one))
        elif (place := min(_place(typed, text, one.name), _place(typed, text, one.other))) < _NOWHERE:
            ranked.append((place, one))
    ranked.sort(key=lambda pair: pair[0])
    return [Suggestion(catalogue.kind, one.name, one.href, one.code) for _place_, one in ranked]


_NOWHERE = 9


def _place(typed: Sequence[Token], text: str, name: str) -> int:
    """Tell how well a name holds the words: 1 at its beginning, 3 in a row, 5 apart; one more under other diacritics."""
    held = [token for token in tokens(name) if not token.compound]
    whole = text.endswith(" ")

    def same(wanted: Token, token: Token, last: bool) -> bool:
        if not last or whole:
            return token.term == wanted.term
        other = other_spelling(wanted.term)  # "li" may begin "linh", although the word "lí" is indexed as "ly"
        return token.term.startswith(wanted.term) or (bool(other) and token.term.startswith(other))

    last = len(typed) - 1
    for start in range(len(held) - last):
        run = held[start : start + len(typed)]
        if all(same(wanted, token, i == last) for i, (wanted, token) in enumerate(zip(typed, run, strict=True))):
            marked = all(
                wanted.exact == wanted.term or token.exact.startswith(wanted.exact) or wanted.exact == token.exact
                for wanted, token in zip(typed, run, strict=True)
            )
            return (3 if start else 1) + (not marked)
    apart = all(any(same(wanted, token, i == last) for token in held) for i, wanted in enumerate(typed))
    return 5 if apart else _NOWHERE


def _terms(
    engine: SearchEngine, text: str, audience: Sequence[str], catalogue: Catalogue, tags: Mapping[str, int]
) -> list[Suggestion]:
    """Return known terms and keywords that begin so and stand in something visible, the commonest first."""
    wanted = fold(text)
    found: dict[str, tuple[int, str, str]] = {}
    at_a_word = f" {wanted}"
    for tag, count in tags.items():
        if at_a_word in (spaced := _spaced(tag)):
            found[spaced[1:]] = max((count, tag, ""), found.get(spaced[1:], (0, "", "")))
    known = [one for one in _beginning(wanted) if one[0] not in found]
    needed = {written: needed_for(written) for _folded_, written, _note in known}
    spread = engine.spread({term for terms in needed.values() for term in terms}, (catalogue.kind,), audience).having
    for folded, written, note in known:
        count = min((spread[term] for term in needed[written]), default=0)
        if count and folded not in found:
            found[folded] = (count, written, note)
    best = sorted(found.values(), key=lambda one: (not fold(one[1]).startswith(wanted), -one[0], one[1]))[:TERMS]
    href = catalogue.path + "?"
    return [Suggestion("term", written, href + urlencode({"q": written}), note) for _count, written, note in best]


@lru_cache(maxsize=65536)
def _spaced(text: str) -> str:
    """Return a folded text with a space before each word."""
    return f" {fold(text)}"


def _beginning(wanted: str) -> Iterator[tuple[str, str, str]]:
    known = _known()
    start = bisect_left(known, (wanted,))
    return takewhile(lambda one: one[0].startswith(wanted), known[start : start + CANDIDATES])


@cache
def _known() -> list[tuple[str, str, str]]:
    """Return (folded, written, the same in the other language) of all terms of the thesaurus, in order."""
    found = []
    for forms, weak in shipped_rows():
        for form in forms[1 if weak else 0 :]:
            other = next((one for one in forms if one.isascii() != form.isascii()), "")
            terms = form_of(form).terms
            if len(terms) > 1 or (terms and not is_syllable(terms[0])):
                found.append((fold(form), form, other))
    return sorted(found)


def _values(text: str, catalogue: Catalogue, counts: Page, lookup: Lookup) -> list[Suggestion]:
    """Return the values of filters whose name holds a word that begins so, where they would show something."""
    wanted, found = fold(text), []
    for facet in catalogue.facets:
        for code, count in counts.facets.get(facet.name, {}).items():
            word = lookup.word(facet, code)
            spaced = _spaced(word)
            if spaced.startswith(f" {wanted}") or (len(wanted) > SHORTEST and f" {wanted}" in spaced):
                href = f"{catalogue.path}?{urlencode({facet.name: code})}"
                found.append((-count, Suggestion("value", word, href, lookup.translate(facet.label))))
    return [one for _count, one in sorted(found, key=lambda pair: (pair[0], pair[1].text))[:VALUES]]
