"""A search page whether or not the engine answers: without it, the newest from the database, and the page says so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from marketplace.browse.catalogues import MOST_OPTIONS, Catalogue
from marketplace.browse.database_fallback import applied, newest
from marketplace.browse.rows import Row, load
from marketplace.browse.search import Found, groups, search
from marketplace.browse.search_request import PAGE_SIZE, Asked, query_of
from marketplace.core.access import Actor
from marketplace.core.errors import NotBuilt, Unreachable
from marketplace.search import Page, SearchEngine


@dataclass(frozen=True)
class Newest(Found):
    """What is shown while the engine does not answer."""

    ignored: Sequence[str] = ()  # labels (message ids) of chosen filters that could not be applied
    preparing: bool = False  # there is no index yet (a first start, an upgrade): the worker is making one
    away: bool = True


def search_or_newest(engine: SearchEngine, catalogue: Catalogue, asked: Asked, actor: Actor, locale: str) -> Found:
    """Answer a search page; when the engine does not, with the newest that fits the filters."""
    try:
        return search(engine, catalogue, asked, actor, locale)
    except Unreachable as error:
        query = query_of(catalogue, asked, actor, offset=(asked.page - 1) * PAGE_SIZE, limit=PAGE_SIZE)
        found = newest(query, actor)
        rows = load(catalogue.kind, found.ids, actor, (), locale)
        return Newest(
            asked, rows, Page([], found.total), ignored=_labels(catalogue, asked, found.ignored),
            preparing=isinstance(error, NotBuilt),
        )


def _labels(catalogue: Catalogue, asked: Asked, names: Sequence[str]) -> list[str]:
    """Return how the page calls the filters of these names, whether chosen or typed."""
    chosen = [facet.label for facet in catalogue.facets if facet.name in names and facet.name in asked.filters]
    typed = [
        field.label
        for _clause, meaning, field in asked.typed.understood
        if meaning.facet in names or meaning.ranges.keys() & {*names}
    ]
    return list(dict.fromkeys([*chosen, *typed]))


def rows_or_newest(
    engine: SearchEngine, catalogue: Catalogue, asked: Asked, actor: Actor, locale: str, limit: int
) -> list[Row]:
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


def groups_or_choices(catalogue: Catalogue, found: Found, locale: str, translate: Any) -> list[dict[str, Any]]:
    """Return the filter column's groups; without the engine the choices that can be applied, without counts."""
    if not isinstance(found, Newest):
        return groups(catalogue, found, locale, translate)
    possible = applied(catalogue.kind)
    made = []
    for facet in catalogue.facets:
        if facet.name not in possible or not facet.codes:
            continue
        chosen = found.asked.filters.get(facet.name, ())
        options = [
            {
                "value": code,
                "label": translate(facet.word(code, locale)) if facet.translate else facet.word(code, locale),
                "count": None,
                "selected": code in chosen,
            }
            for code in facet.codes[:MOST_OPTIONS]
        ]
        is_open = facet.open or bool(chosen)
        made.append({"name": facet.name, "label": translate(facet.label), "open": is_open, "options": options})
    return made
