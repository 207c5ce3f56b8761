"""When nothing is found: which one filter to drop, and exactly how many results that brings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from marketplace.browse.catalogues import Catalogue
from marketplace.browse.search_request import Asked, query_of
from marketplace.core.access import Actor
from marketplace.search import Page, SearchEngine

#: Filters that are offered, and tried with a query each.
MOST = 3


class Part(NamedTuple):
    """What a filter asks, to be shown: perhaps the name of the field (a message id), and the value."""

    label: str
    value: str
    translate: bool = False  # the value is a message id too


@dataclass(frozen=True)
class Blocker:
    """One filter with all its values, chosen or typed: what it says, and what is found without it."""

    parts: tuple[Part, ...]
    without: Asked
    total: int


def blockers(
    engine: SearchEngine, catalogue: Catalogue, asked: Asked, page: Page, actor: Actor, locale: str
) -> list[Blocker]:
    """Return the filters without which something is found, the one that brings most first."""
    found = []
    for name in sorted(_names(asked), key=lambda name: -_promise(name, asked, page.facets))[:MOST]:
        without = asked.dropping(name)
        total = engine.query(query_of(catalogue, without, actor, offset=0, limit=0, facets=False)).total
        if total:
            found.append(Blocker(_parts(catalogue, asked, name, locale), without, total))
    return sorted(found, key=lambda one: -one.total)


def _names(asked: Asked) -> list[str]:
    return list(dict.fromkeys([*asked.filters, *asked.typed.names()]))


def _promise(name: str, asked: Asked, counts: Mapping[str, Mapping[str, int]]) -> float:
    """Tell which filters to try first: a counted facet says how many at least are found without it."""
    if name in counts and name in asked.typed.filters(asked.filters):
        return max(counts[name].values(), default=0)
    return 0.5


def _parts(catalogue: Catalogue, asked: Asked, name: str, locale: str) -> tuple[Part, ...]:
    chosen = [
        Part("", facet.word(value, locale), facet.translate)
        for facet in catalogue.facets if facet.name == name for value in asked.filters.get(name, ())
    ]
    typed = [
        Part(field.label, f"-{meaning.shown}" if clause.negated else meaning.shown)
        for clause, meaning, field in asked.typed.named(name)
    ]
    return (*chosen, *typed)
