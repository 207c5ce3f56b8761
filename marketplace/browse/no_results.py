"""When nothing is found: which one filter to drop, and exactly how many results that brings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple
from urllib.parse import urlencode

from flask_babel import gettext as _
from flask_babel import ngettext

from marketplace.browse.catalogues import Catalogue
from marketplace.browse.search_request import SearchRequest, query_of
from marketplace.core.access import Actor
from marketplace.search import Page, SearchEngine
from marketplace.values.text import N_

#: Filters that are offered, and tried with a query each.
MOST = 3
LISTS = {
    "/technologies": N_("Search technologies"), "/needs": N_("Search technology needs"),
    "/organisations": N_("Search organisations"),
}


class FilterPart(NamedTuple):
    """What a filter asks, to be shown: perhaps the name of the field (a message id), and the value."""

    label: str
    value: str
    translate: bool = False  # the value is a message id too


@dataclass(frozen=True)
class Blocker:
    """One filter with all its values, chosen or typed: what it says, and what is found without it."""

    parts: tuple[FilterPart, ...]
    without: SearchRequest
    total: int


def blockers(
    engine: SearchEngine, catalogue: Catalogue, asked: SearchRequest, page: Page, actor: Actor, locale: str
) -> list[Blocker]:
    """Return the filters without which something is found, the one that brings most first."""
    found = []
    for name in sorted(_names(asked), key=lambda name: -_promise(name, asked, page.facets))[:MOST]:
        without = asked.without_filter(name)
        total = engine.query(query_of(catalogue, without, actor, offset=0, limit=0, facets=False)).total
        if total:
            found.append(Blocker(_parts(catalogue, asked, name, locale), without, total))
    return sorted(found, key=lambda one: -one.total)


def _names(asked: SearchRequest) -> list[str]:
    return list(dict.fromkeys([*asked.filters, *asked.typed.names()]))


def _promise(name: str, asked: SearchRequest, counts: Mapping[str, Mapping[str, int]]) -> float:
    """Tell which filters to try first: a counted facet says how many at least are found without it."""
    if name in counts and name in asked.typed.filters(asked.filters):
        return max(counts[name].values(), default=0)
    return 0.5


def _parts(catalogue: Catalogue, asked: SearchRequest, name: str, locale: str) -> tuple[FilterPart, ...]:
    chosen = [
        FilterPart("", facet.word(value, locale), facet.translate)
        for facet in catalogue.facets if facet.name == name for value in asked.filters.get(name, ())
    ]
    typed = [
        FilterPart(field.label, f"-{meaning.shown}" if clause.negated else meaning.shown)
        for clause, meaning, field in asked.typed.named(name)
    ]
    return (*chosen, *typed)


def suggestions(
    catalogue: Catalogue, asked: SearchRequest, did_you_mean: str | None, blocked: Sequence[Blocker]
) -> list[dict[str, str]]:
    """Return what may be tried instead, as links: another spelling, a filter less, no filters, the other lists."""
    found = []
    if did_you_mean:
        found.append((_("Did you mean: %(text)s", text=did_you_mean), asked.href(catalogue.path, text=did_you_mean)))
    for one in blocked:
        found.append((
            ngettext("Without “%(filter)s”: %(num)s result", "Without “%(filter)s”: %(num)s results", one.total,
                     filter=", ".join(map(_said, one.parts))),
            one.without.href(catalogue.path),
        ))
    query = urlencode({"q": asked.text})
    if asked.filters and asked.text:
        found.append((_("Search “%(text)s” without filters", text=asked.text), f"{catalogue.path}?{query}"))
    if asked.text:
        found += [(_(label), f"{path}?{query}") for path, label in LISTS.items() if path != catalogue.path]
    return [{"label": label, "href": href} for label, href in found]


def _said(part: FilterPart) -> str:
    return (f"{_(part.label)}: " if part.label else "") + (_(part.value) if part.translate else part.value)
