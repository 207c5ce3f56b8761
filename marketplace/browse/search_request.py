"""What the address of a search page asks, and the engine's query for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import urlencode

from werkzeug.datastructures import MultiDict

from marketplace.browse.catalogues import Catalogue
from marketplace.browse.lookup import Lookup
from marketplace.browse.query_parser import ParsedQuery, understand
from marketplace.core.access import Actor
from marketplace.search import Query
from marketplace.values.text import N_, clean_line
from marketplace.vocabulary import UNSTATED

#: Characters of a query that count. The boxes take 400: more is told, and no address is too long for a server.
MOST_TEXT = 300
CUT = N_("The text is very long: only its first %(most)s characters were searched.")
PAGE_SIZE = 20


@dataclass(frozen=True)
class SearchRequest:
    """What the address asks, cleaned: unknown parameters and values fall away, nothing errors."""

    text: str
    filters: Mapping[str, tuple[str, ...]]
    sort: str
    page: int
    typed: ParsedQuery = field(default_factory=ParsedQuery)
    unpriced: bool = True  # beside a filter of amounts, what states no amount is shown apart

    def href(self, path: str, *, without: tuple[str, str] | None = None, page: int = 1, text: str | None = None) -> str:
        """Return the address of this search, changed: one filter value less, another page or text."""
        wanted = self.text if text is None else text
        pairs = [("q", wanted)] if wanted else []
        pairs += [
            (name, value) for name, values in self.filters.items() for value in values if (name, value) != without
        ]
        if self.sort:
            pairs.append(("sort", self.sort))
        if not self.unpriced:
            pairs.append(("unpriced", "0"))
        if page > 1:
            pairs.append(("page", str(page)))
        return path + ("?" + urlencode(pairs) if pairs else "")

    def without_filter(self, name: str) -> SearchRequest:
        """Return the same search without one filter, all its values, chosen and typed."""
        filters = {facet: values for facet, values in self.filters.items() if facet != name}
        typed = self.typed.without_filter(name)
        text = self.text if typed == self.typed else typed.with_words(typed.words)
        return replace(self, text=text, filters=filters, page=1, typed=typed)


def parse(catalogue: Catalogue, args: MultiDict[str, str], lookup: Lookup) -> SearchRequest:
    """Read the query string of a search page, and the fields in its text."""
    whole = clean_line(args.get("q", ""))
    text = whole[:MOST_TEXT]
    filters: dict[str, tuple[str, ...]] = {}
    for facet in catalogue.facets:
        values = tuple(dict.fromkeys(clean_line(value)[:40] for value in args.getlist(facet.name) if value.strip()))
        if facet.codes:
            values = facet.narrowed(tuple(value for value in values if value in facet.known))
        if values:
            filters[facet.name] = values[:20]
    sort = args.get("sort", "")
    if sort not in {value for value, _label in catalogue.sorts}:
        sort = ""
    number = args.get("page", "1")
    page = int(number) if number.isascii() and number.isdigit() and len(number) < 6 else 1
    typed = understand(catalogue, text, lookup)
    if len(whole) > MOST_TEXT:
        typed = replace(typed, notes=((CUT, {"most": str(MOST_TEXT)}), *typed.notes))
    unpriced = args.getlist("unpriced")[-1:] != ["0"]  # the tick comes after a hidden field that says no
    return SearchRequest(text, filters, sort, max(1, min(page, 500)), typed, unpriced)


def of_unpriced(catalogue: Catalogue, asked: SearchRequest) -> SearchRequest | None:
    """Return the same search among what states no amount, or None when none was asked for or it finds that already."""
    name = catalogue.priced
    chosen = asked.filters.get(name, ())
    if not name or UNSTATED in chosen or not (chosen or name in asked.typed.names()):
        return None
    rest = asked.without_filter(name)
    return replace(rest, filters={**rest.filters, name: (UNSTATED,)})


def query_of(
    catalogue: Catalogue, asked: SearchRequest, actor: Actor, *, offset: int, limit: int, facets: bool = True
) -> Query:
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
        semantic=True,
    )


def default_sort(catalogue: Catalogue, asked: SearchRequest) -> str:
    """Return the order when none is chosen: by relevance when there are words to be relevant to."""
    return "relevance" if asked.typed.words else catalogue.sorts[0][0]
