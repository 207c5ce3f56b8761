"""One search: what is asked → one engine call → rows through the visibility rule (at most 2 statements)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from marketplace.browse.catalogues import MOST_OPTIONS, Catalogue
from marketplace.browse.no_results import Blocker, blockers
from marketplace.browse.related import related
from marketplace.browse.rows import Row, load
from marketplace.browse.search_request import PAGE_SIZE, Asked, query_of
from marketplace.core.access import Actor
from marketplace.search import Page, SearchEngine


@dataclass(frozen=True)
class Found:
    """A page of results with everything the template shows."""

    asked: Asked
    rows: Sequence[Row]
    page: Page
    did_you_mean: str | None = None
    blockers: Sequence[Blocker] = ()  # which filters exclude most, when nothing is found
    related: Sequence[str] = ()


def search(engine: SearchEngine, catalogue: Catalogue, asked: Asked, actor: Actor, locale: str) -> Found:
    """Answer a search page. "Did you mean" is asked only when the words find nothing, whatever is near in meaning."""
    page = engine.query(query_of(catalogue, asked, actor, offset=(asked.page - 1) * PAGE_SIZE, limit=PAGE_SIZE))
    rows = load(catalogue.kind, [hit.id for hit in page.hits], actor, page.terms, locale)
    words = asked.typed.words
    beside = related(engine, words, page, (catalogue.kind,), actor.audience()) if words else ()
    if page.total > page.by_meaning:
        return Found(asked, rows, page, related=beside)
    better = engine.suggest_spelling(words, actor.audience(), (catalogue.kind,)) if words else None
    blocked = [] if page.total else blockers(engine, catalogue, asked, page, actor, locale)
    return Found(asked, rows, page, asked.typed.said(better) if better else None, blocked, beside)


def groups(catalogue: Catalogue, found: Found, locale: str, translate: Any) -> list[dict[str, Any]]:
    """Return the filter column's groups: choices with counts; chosen ones stay even when nothing matches them."""
    made = []
    for facet in catalogue.facets:
        counts = found.page.facets.get(facet.name, {})
        chosen = found.asked.filters.get(facet.name, ())
        codes = [code for code in facet.codes if counts.get(code) or code in chosen]
        if not facet.codes:
            codes = sorted({*counts, *chosen}, key=lambda code: (-counts.get(code, 0), code))
        if not codes:
            continue
        options = [
            {
                "value": code,
                "label": translate(facet.word(code, locale)) if facet.translate else facet.word(code, locale),
                "count": counts.get(code, 0),
                "selected": code in chosen,
            }
            for code in codes[:MOST_OPTIONS]
        ]
        is_open = facet.open or bool(chosen)
        made.append({"name": facet.name, "label": translate(facet.label), "open": is_open, "options": options})
    return made


def chips(catalogue: Catalogue, asked: Asked, locale: str, translate: Any) -> list[dict[str, str]]:
    """Return the removable chips of what was understood from the text, and of the active filters."""
    made = [{"label": label, "href": asked.href(catalogue.path, text=text)} for label, text in asked.typed.chips(translate)]
    for facet in catalogue.facets:
        for value in asked.filters.get(facet.name, ()):
            word = translate(facet.word(value, locale)) if facet.translate else facet.word(value, locale)
            label = f"{translate(facet.label)}: {word}"
            made.append({"label": label, "href": asked.href(catalogue.path, without=(facet.name, value))})
    return made
