"""Browsing while the search engine does not answer: the newest that the reader may see, straight from the database.

It applies the filters that `database_filters` can make of columns and looks for no words; the page says so.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, func, select

from marketplace.authoring.kinds import Kind
from marketplace.browse.database_filters import Applies, Limits, Rule, among, filters_of, held, limits_of
from marketplace.buyer_requests import visibility as needs
from marketplace.buyer_requests.kind import KIND as NEED_KIND
from marketplace.core.access import Actor
from marketplace.core.extensions import db
from marketplace.core.short_cache import kept
from marketplace.listings import visibility as listings
from marketplace.listings.kind import KIND as LISTING_KIND
from marketplace.organisations.models import Organisation
from marketplace.organisations.visibility import listed
from marketplace.search import Query


@dataclass(frozen=True)
class Newest:
    """One page of the newest: ids in order, how many there are, and the names of filters that were not applied."""

    ids: list[int]
    total: int
    ignored: tuple[str, ...]


@dataclass(frozen=True)
class _Kind:
    """How one kind of thing is listed without the engine."""

    thing: Any
    revision: Any  # joined through `published_revision`; None when the thing has no versions
    visible: Callable[[Actor], Rule]
    newest: Any
    filters: Mapping[str, Applies]
    numbers: Mapping[str, Limits]


def newest(query: Query, actor: Actor) -> Newest:
    """Return what the reader may see of the query's first kind, newest first, under the filters that can be applied."""
    kind = _KINDS[query.kinds[0]]
    wanted = {name: values for name, values in query.filters.items() if values}
    rules = [kind.visible(actor)]
    rules += [kind.filters[name](values) for name, values in wanted.items() if name in kind.filters]
    rules += [kind.numbers[name](*ends) for name, ends in query.ranges.items() if name in kind.numbers]
    if query.codes and kind.revision is not None:
        rules.append(func.lower(func.replace(kind.thing.code, "-", "")).in_(query.codes))
    found: Select[Any] = select(kind.thing.id)
    if kind.revision is not None:
        found = found.join(kind.thing.published_revision)
    found = found.where(*rules)
    rows = found.order_by(kind.newest.desc(), kind.thing.id.desc()).offset(query.offset).limit(query.limit)
    ignored = (*(wanted.keys() - kind.filters.keys()), *(query.ranges.keys() - kind.numbers.keys()), *query.without)
    return Newest(list(db.session.scalars(rows)), _total(found), tuple(dict.fromkeys(ignored)))


def _total(found: Select[Any]) -> int:
    """Return how many a select finds, of at most a minute ago: no index counts what a reader may see of everything."""
    counted = select(func.count()).select_from(found.subquery())
    said = counted.compile(db.engine, compile_kwargs={"render_postcompile": True})
    total: int = kept(f"total:{said}:{sorted(said.params.items())}", lambda: db.session.scalar(counted) or 0)
    return total


def applied(kind: str) -> frozenset[str]:
    """Return the names of the facets that can be filtered without the engine."""
    return frozenset(_KINDS[kind].filters)


def _versioned(kind: Kind, visible: Callable[[Actor], Rule]) -> _Kind:
    """Return how things with versions are listed: by the columns of their declared fields."""
    return _Kind(kind.thing, kind.revision, visible, kind.thing.published_at, filters_of(kind), limits_of(kind))


_KINDS = {
    LISTING_KIND.name: _versioned(LISTING_KIND, listings.visible_to),
    NEED_KIND.name: _versioned(NEED_KIND, needs.visible_to),
    Organisation.subject_kind: _Kind(
        Organisation, None, lambda _actor: listed(), Organisation.verified_at,
        {
            "kind": among(Organisation.kind),
            "field": held(Organisation.field_codes),
            "place": among(Organisation.province_code),
        },
        {},
    ),
}  # fmt: skip
