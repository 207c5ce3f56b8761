"""One search: the address's parameters → one engine call → rows through the visibility rule (at most 2 statements)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from werkzeug.datastructures import MultiDict

from marketplace.access import Actor
from marketplace.browse.catalogues import MOST_OPTIONS, Catalogue, Facet
from marketplace.browse.related import related
from marketplace.browse.rows import Row, load
from marketplace.browse.understanding import Lookup, Typed, understand
from marketplace.search import Page, Query, SearchEngine
from marketplace.text import clean_line

MOST_TEXT = 300  # characters of a query that count
PAGE_SIZE = 20


@dataclass(frozen=True)
class Asked:
    """What the address asks, cleaned: unknown parameters and values fall away, nothing errors."""

    text: str
    filters: Mapping[str, tuple[str, ...]]
    sort: str
    page: int
    typed: Typed = field(default_factory=Typed)

    def href(self, path: str, *, without: tuple[str, str] | None = None, page: int = 1, text: str | None = None) -> str:
        """Return the address of this search, changed: one filter value less, another page or text."""
        wanted = self.text if text is None else text
        pairs = [("q", wanted)] if wanted else []
        pairs += [
            (name, value) for name, values in self.filters.items() for value in values if (name, value) != without
        ]
        if self.sort:
            pairs.append(("sort", self.sort))
        if page > 1:
            pairs.append(("page", str(page)))
        return path + ("?" + urlencode(pairs) if pairs else "")


@dataclass(frozen=True)
class Found:
    """A page of results with everything the template shows."""

    asked: Asked
    rows: Sequence[Row]
    page: Page
    did_you_mean: str | None = None
    #: (facet, value, how many would be found without it): which filters exclude most, when nothing is found
    blockers: Sequence[tuple[Facet, str, int]] = field(default_factory=tuple)
    related: Sequence[str] = ()


def parse(catalogue: Catalogue, args: MultiDict[str, str], lookup: Lookup) -> Asked:
    """Read the query string of a search page, and the fields in its text."""
    text = clean_line(args.get("q", ""))[:MOST_TEXT]
    filters: dict[str, tuple[str, ...]] = {}
    for facet in catalogue.facets:
        values = tuple(dict.fromkeys(clean_line(value)[:40] for value in args.getlist(facet.name) if value.strip()))
        if facet.codes:
            values = tuple(value for value in values if value in facet.codes)
        if values:
            filters[facet.name] = values[:20]
    sort = args.get("sort", "")
    if sort not in {value for value, _label in catalogue.sorts}:
        sort = ""
    number = args.get("page", "1")
    page = int(number) if number.isascii() and number.isdigit() and len(number) < 6 else 1
    return Asked(text, filters, sort, max(1, min(page, 500)), understand(catalogue, text, lookup))


def query_of(catalogue: Catalogue, asked: Asked, actor: Actor, *, offset: int, limit: int, facets: bool = True) -> Query:
    """Turn what is asked into the engine's query for this reader."""
    return Query(
        text=asked.typed.words,
        kinds=(catalogue.kind,),
        audience=actor.audience(),
        filters=asked.typed.filters(asked.filters),
        ranges=asked.typed.ranges(),
        without=asked.typed.without(),
        codes=asked.typed.codes(),
        sort=asked.sort or default_sort(catalogue, asked),
        offset=offset,
        limit=limit,
        facets=(*catalogue.facet_names, *(("tag",) if asked.typed.words else ())) if facets else (),  # for `related`
        meaning=True,
    )


def default_sort(catalogue: Catalogue, asked: Asked) -> str:
    """Return the order when none is chosen: by relevance when there are words to be relevant to."""
    return "relevance" if asked.typed.words else catalogue.sorts[0][0]


def search(engine: SearchEngine, catalogue: Catalogue, asked: Asked, actor: Actor, locale: str) -> Found:
    """Answer a search page. "Did you mean" is asked only when nothing is found."""
    page = engine.query(query_of(catalogue, asked, actor, offset=(asked.page - 1) * PAGE_SIZE, limit=PAGE_SIZE))
    rows = load(catalogue.kind, [hit.id for hit in page.hits], actor, page.terms, locale)
    words = asked.typed.words
    beside = related(engine, words, page, (catalogue.kind,), actor.audience()) if words else ()
    if page.total:
        return Found(asked, rows, page, related=beside)
    better = engine.suggest_spelling(words, actor.audience(), (catalogue.kind,)) if words else None
    return Found(asked, rows, page, asked.typed.said(better) if better else None, _blockers(catalogue, asked, page), beside)


def _blockers(catalogue: Catalogue, asked: Asked, page: Page) -> list[tuple[Facet, str, int]]:
    """Every facet is counted under all filters but its own: so the counts say what dropping it would bring."""
    found = []
    for facet in catalogue.facets:
        if facet.name in asked.filters:
            gain = max(page.facets.get(facet.name, {}).values(), default=0)
            if gain:
                found.append((facet, asked.filters[facet.name][0], gain))
    return sorted(found, key=lambda one: -one[2])[:3]


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
