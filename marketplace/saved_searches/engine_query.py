"""What a saved search asks of the engine. Texts are read again when they are evaluated: names may mean more by then."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from flask_babel import gettext

from marketplace.browse.catalogues import CATALOGUES
from marketplace.browse.lookup import Lookup
from marketplace.browse.query_parser import ParsedQuery, understand
from marketplace.browse.search_request import SearchRequest, query_of
from marketplace.core.access import GUEST, Actor
from marketplace.saved_searches.models import SavedSearch
from marketplace.search import Query, SearchEngine
from marketplace.web.i18n import in_language


class _Blind(Lookup):
    """Knows no organisation and no keyword, and remembers that it was asked for one."""

    def __init__(self, kind: str, locale: str) -> None:
        super().__init__(None, GUEST, kind, locale, gettext)  # type: ignore[arg-type]  # it asks no engine
        self.was_asked = False

    def organisations(self, name: str) -> Mapping[str, str]:
        """Return nothing."""
        self.was_asked = True
        return {}

    def tags(self, text: str) -> tuple[str, ...]:
        """Return nothing."""
        self.was_asked = True
        return ()


@lru_cache(maxsize=32768)
def _typed(kind: str, text: str, locale: str) -> tuple[ParsedQuery, bool]:
    """Return how a text reads, and whether that depends on what the person may see."""
    lookup = _Blind(kind, locale)
    with in_language(locale):
        typed = understand(CATALOGUES[kind], text, lookup)
    return typed, lookup.was_asked


def rough(search: SavedSearch, actor: Actor) -> tuple[Query, bool]:
    """Return the query of a saved search for its person, and whether that is all.

    If not (it names organisations or keywords), it holds the audience and the chosen filters only, and `exact` says all.
    """
    typed, depends = _typed(search.kind, search.text, actor.locale)
    filters = {name: tuple(values) for name, values in search.filters.items()}
    if depends:
        return Query(kinds=(search.kind,), audience=actor.audience(), filters=filters), False
    return _query(search, actor, SearchRequest(search.text, filters, "", 1, typed)), True


def exact(search: SavedSearch, actor: Actor, engine: SearchEngine) -> Query:
    """Return the query of a saved search as its person would ask it now. Asks database and engine for names."""
    filters = {name: tuple(values) for name, values in search.filters.items()}
    with in_language(actor.locale):
        lookup = Lookup(engine, actor, search.kind, actor.locale, gettext)
        typed = understand(CATALOGUES[search.kind], search.text, lookup)
    return _query(search, actor, SearchRequest(search.text, filters, "", 1, typed))


def _query(search: SavedSearch, actor: Actor, found: SearchRequest) -> Query:
    made = query_of(CATALOGUES[search.kind], found, actor, offset=0, limit=0, facets=False)
    return Query(
        made.text, made.kinds, made.audience, made.filters, made.ranges, made.without, made.codes, "-published_at"
    )


def href(search: SavedSearch) -> str:
    """Return the address of the search's page."""
    filters = {name: tuple(values) for name, values in search.filters.items()}
    return SearchRequest(search.text, filters, "", 1).href(CATALOGUES[search.kind].path)


def words(search: SavedSearch, locale: str, translate: Any) -> list[str]:
    """Return in words what is searched for: the text, and each filter."""
    said = [f"“{search.text}”"] if search.text else []
    return said + filter_words(search.kind, search.filters, locale, translate)


def filter_words(kind: str, filters: Mapping[str, Sequence[str]], locale: str, translate: Any) -> list[str]:
    """Return each chosen filter in words."""
    said = []
    for facet in CATALOGUES[kind].facets:
        for value in filters.get(facet.name, ()):
            word = facet.word(value, locale)
            said.append(f"{translate(facet.label)}: {translate(word) if facet.translate else word}")
    return said
