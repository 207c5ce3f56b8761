"""One search: what is asked → one engine call → rows through the visibility rule (at most 2 statements).

While the engine does not answer, the newest from the database that fit the filters; the page says so.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from marketplace.browse.catalogues import MOST_OPTIONS, Catalogue, Facet
from marketplace.browse.database_fallback import applied, newest
from marketplace.browse.no_results import Blocker, blockers
from marketplace.browse.related import related
from marketplace.browse.rows import ResultRow, load
from marketplace.browse.search_request import PAGE_SIZE, SearchRequest, of_unpriced, query_of
from marketplace.browse.spelling import suggest_spelling
from marketplace.core.access import Actor
from marketplace.core.errors import NotBuilt, Unreachable
from marketplace.search import Page, Query, SearchEngine

MOST_UNPRICED = 5  # rows shown apart; the others are one press away


@dataclass(frozen=True)
class Unpriced:
    """What fits a search with an amount but states none: shown apart, so that nothing is lost."""

    rows: Sequence[ResultRow]
    total: int
    href: str  # of all of them


@dataclass(frozen=True)
class SearchResult:
    """A page of results with everything the template shows."""

    asked: SearchRequest
    rows: Sequence[ResultRow]
    page: Page
    did_you_mean: str | None = None
    blockers: Sequence[Blocker] = ()  # which filters exclude most, when nothing is found
    related: Sequence[str] = ()
    away: bool = False  # the engine does not answer: these are the newest
    ignored: Sequence[str] = ()  # then: labels (message ids) of filters that could not be applied
    unpriced: Unpriced | None = None  # what fits but for the amount, which it does not state
    preparing: bool = False  # then: there is no index yet (a first start, an upgrade), and the worker is making one


def search(engine: SearchEngine, catalogue: Catalogue, asked: SearchRequest, actor: Actor, locale: str) -> SearchResult:
    """Answer a search page. "Did you mean" is asked only when the words find nothing, whatever is near in meaning."""
    query = query_of(catalogue, asked, actor, offset=(asked.page - 1) * PAGE_SIZE, limit=PAGE_SIZE)
    try:
        return _answer(engine, catalogue, asked, actor, locale, query)
    except Unreachable as error:
        found = newest(query, actor)
        rows = load(catalogue.kind, found.ids, actor, (), locale)
        ignored, preparing = _labels(catalogue, asked, found.ignored), isinstance(error, NotBuilt)
        return SearchResult(asked, rows, Page([], found.total), away=True, ignored=ignored, preparing=preparing)


def _answer(
    engine: SearchEngine, catalogue: Catalogue, asked: SearchRequest, actor: Actor, locale: str, query: Query
) -> SearchResult:
    page = engine.query(query)
    rows = load(catalogue.kind, [hit.id for hit in page.hits], actor, page.terms, locale)
    words = asked.typed.words
    apart = _unpriced(engine, catalogue, asked, actor, locale)
    beside = related(engine, words, page, (catalogue.kind,), actor.audience()) if words else ()
    if page.total > page.semantic:
        return SearchResult(asked, rows, page, related=beside, unpriced=apart)
    better = suggest_spelling(engine, words, actor.audience(), (catalogue.kind,)) if words else None
    blocked = [] if page.total else blockers(engine, catalogue, asked, page, actor, locale)
    spelt = asked.typed.with_words(better) if better else None
    return SearchResult(asked, rows, page, spelt, blocked, beside, unpriced=apart)


def _unpriced(
    engine: SearchEngine, catalogue: Catalogue, asked: SearchRequest, actor: Actor, locale: str
) -> Unpriced | None:
    """Return the first of what fits but states no amount; on the first page, and unless the reader left it out."""
    without = of_unpriced(catalogue, asked) if asked.unpriced and asked.page == 1 else None
    if without is None:
        return None
    page = engine.query(query_of(catalogue, without, actor, offset=0, limit=MOST_UNPRICED, facets=False))
    if not page.total:
        return None
    rows = load(catalogue.kind, [hit.id for hit in page.hits], actor, page.terms, locale)
    return Unpriced(rows, page.total, without.href(catalogue.path))


def _labels(catalogue: Catalogue, asked: SearchRequest, names: Sequence[str]) -> list[str]:
    """Return how the page calls the filters of these names, whether chosen or typed."""
    chosen = [facet.label for facet in catalogue.facets if facet.name in names and facet.name in asked.filters]
    typed = [
        field.label
        for _clause, meaning, field in asked.typed.understood
        if meaning.facet in names or meaning.ranges.keys() & {*names}
    ]
    return list(dict.fromkeys([*chosen, *typed]))


def rows_or_newest(
    engine: SearchEngine, catalogue: Catalogue, asked: SearchRequest, actor: Actor, locale: str, limit: int
) -> list[ResultRow]:
    """Return the rows of a download: what the search finds, or the newest while the engine does not answer.

    A file carries no notice: where words or filters would be passed over, the engine's Unreachable goes on.
    """
    query = query_of(catalogue, asked, actor, offset=0, limit=limit, facets=False)
    try:
        ids = [hit.id for hit in engine.query(query).hits]
    except Unreachable:
        found = newest(query, actor)
        if asked.typed.words or found.ignored:
            raise
        ids = found.ids
    return load(catalogue.kind, ids, actor, (), locale)


def groups(catalogue: Catalogue, found: SearchResult, locale: str) -> list[dict[str, Any]]:
    """Return the filter column's groups: choices with counts; chosen ones stay even when nothing matches them.

    Without the engine these are the choices that can be applied, without counts.
    """
    possible = applied(catalogue.kind)
    made = []
    for facet in catalogue.facets:
        counts = found.page.facets.get(facet.name, {})
        chosen = found.asked.filters.get(facet.name, ())
        if found.away:
            codes = _offered(facet, dict.fromkeys(facet.known, 1), chosen) if facet.name in possible else []
        elif facet.name == catalogue.priced and not counts:  # the filter of amounts stands even when no hit states one
            codes = list(facet.codes)
        elif facet.codes:
            codes = _offered(facet, counts, chosen)
        else:
            codes = sorted({*counts, *chosen}, key=lambda code: (-counts.get(code, 0), code))
        options = [
            {
                "value": code,
                "label": _word(facet, code, locale),
                "count": None if found.away else counts.get(code, 0),
                "selected": code in chosen or not set(chosen).isdisjoint(facet.below.get(code, ())),
                "below": any(code in inside for inside in facet.below.values()),
            }
            for code in codes[:MOST_OPTIONS]
        ]
        if options:
            is_open = facet.open or bool(chosen)
            first = MOST_OPTIONS if facet.below else 8  # who browses by topic sees them all
            group = {"name": facet.name, "label": _(facet.label), "open": is_open, "options": options, "first": first}
            made.append({**group, "shown": _shown(group)})
    return made


def _offered(facet: Facet, counts: Mapping[str, int], chosen: Sequence[str]) -> list[str]:
    """Return the codes of a filter that find something or are chosen; behind one that is chosen those below it."""
    codes: list[str] = []
    for code in facet.codes:
        inside = facet.below.get(code, ())
        open_ = code in chosen or not set(inside).isdisjoint(chosen)
        codes += [code] if open_ or counts.get(code) else []
        codes += [one for one in inside if counts.get(one) or one in chosen] if open_ else []
    return codes


def _shown(group: Mapping[str, Any]) -> Hashable:
    """Return all that a group of filters shows: what its kept text is known by."""
    return (group["name"], group["label"], group["open"], *(tuple(option.values()) for option in group["options"]))


def _word(facet: Facet, code: str, locale: str) -> str:
    word = facet.word(code, locale)
    return _(word) if facet.translate else word


def chips(catalogue: Catalogue, asked: SearchRequest, locale: str) -> list[dict[str, str]]:
    """Return the removable chips of what was understood from the text, and of the active filters."""
    made = [{"label": label, "href": asked.href(catalogue.path, text=text)} for label, text in asked.typed.chips(_)]
    for facet in catalogue.facets:
        for value in asked.filters.get(facet.name, ()):
            label = f"{_(facet.label)}: {_word(facet, value, locale)}"
            made.append({"label": label, "href": asked.href(catalogue.path, without=(facet.name, value))})
    return made
