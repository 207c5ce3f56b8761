"""Browsing while the search engine does not answer: the newest that the reader may see, straight from the database.

It applies the filters that are columns of the database and looks for no words; the page says so.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, Text, and_, cast, false, func, or_, select

from marketplace.buyer_requests import visibility as needs
from marketplace.buyer_requests.models import BuyerRequest, NeedRevision
from marketplace.core.access import Actor
from marketplace.core.extensions import db
from marketplace.listings import visibility as listings
from marketplace.listings.models import Listing, ListingRevision
from marketplace.organisations.models import Organisation
from marketplace.search import Query

Rule = ColumnElement[bool]
#: From chosen values to what they mean in the database.
Applies = Callable[[tuple[str, ...]], Rule]


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
    numbers: Mapping[str, Any]


def newest(query: Query, actor: Actor) -> Newest:
    """Return what the reader may see of the query's first kind, newest first, under the filters that can be applied."""
    kind = _KINDS[query.kinds[0]]
    wanted = {name: values for name, values in query.filters.items() if values}
    rules = [kind.visible(actor)]
    rules += [kind.filters[name](values) for name, values in wanted.items() if name in kind.filters]
    rules += [_between(kind.numbers[name], *ends) for name, ends in query.ranges.items() if name in kind.numbers]
    if query.codes and kind.revision is not None:
        rules.append(func.lower(func.replace(kind.thing.code, "-", "")).in_(query.codes))
    found: Select[Any] = select(kind.thing.id)
    if kind.revision is not None:
        found = found.join(kind.thing.published_revision)
    found = found.where(*rules)
    rows = found.order_by(kind.newest.desc(), kind.thing.id.desc()).offset(query.offset).limit(query.limit)
    ignored = (*(wanted.keys() - kind.filters.keys()), *(query.ranges.keys() - kind.numbers.keys()), *query.without)
    total = db.session.scalar(select(func.count()).select_from(found.subquery())) or 0
    return Newest(list(db.session.scalars(rows)), total, tuple(dict.fromkeys(ignored)))


def applied(kind: str) -> frozenset[str]:
    """Return the names of the facets that can be filtered without the engine."""
    return frozenset(_KINDS[kind].filters)


def _among(column: Any) -> Applies:
    return lambda values: column.in_(values)


def _numbered(column: Any) -> Applies:
    return lambda values: column.in_([int(value) for value in values if value.isdecimal()])


def _held(column: Any) -> Applies:
    """A column that holds a list of codes as JSON."""
    text = cast(column, Text)
    return lambda values: or_(false(), *(text.contains(f'"{value}"', autoescape=True) for value in values))


def _held_below(column: Any) -> Applies:
    """A list of codes of a tree, chosen by their first level."""
    text = cast(column, Text)
    return lambda values: or_(false(), *(text.contains(f'"{value}', autoescape=True) for value in values))


def _below(column: Any) -> Applies:
    return lambda values: or_(false(), *(column.startswith(value, autoescape=True) for value in values))


def _within(low: Any, high: Any) -> Applies:
    """A level within a range of two columns, one of which may be open."""

    def rule(values: tuple[str, ...]) -> Rule:
        levels = [int(value) for value in values if value.isdecimal()]
        fits = [and_(func.coalesce(low, 1) <= one, func.coalesce(high, 9) >= one) for one in levels]
        return and_(or_(low.is_not(None), high.is_not(None)), or_(false(), *fits))

    return rule


def _between(column: Any, low: float | None, high: float | None) -> Rule:
    moment = column is Listing.published_at or column is BuyerRequest.published_at
    ends = [datetime.fromtimestamp(end, UTC) if moment and end is not None else end for end in (low, high)]
    rules = [column.is_not(None)]
    rules += [column >= ends[0]] if low is not None else []
    rules += [column <= ends[1]] if high is not None else []
    return and_(*rules)


_KINDS = {
    "listing": _Kind(
        Listing, ListingRevision, listings.visible_to, Listing.published_at,
        {
            "field": _below(ListingRevision.field_code),
            "trl": _numbered(ListingRevision.trl),
            "kind": _held(ListingRevision.object_kinds),
            "form": _held(ListingRevision.transfer_forms),
            "mode": _among(ListingRevision.pricing_mode),
            "assessed": _among(ListingRevision.trl_assessed_by),
            "place": _among(ListingRevision.province_code),
            "priority": _among(ListingRevision.hanoi_priority_field),
            "org": _numbered(Listing.org_id),
        },
        {
            "trl": ListingRevision.trl,
            "price_min": func.coalesce(ListingRevision.price_min, ListingRevision.price_max),
            "price_max": func.coalesce(ListingRevision.price_max, ListingRevision.price_min),
            "published_at": Listing.published_at,
        },
    ),
    "need": _Kind(  # not by organisation: the requester may be hidden
        BuyerRequest, NeedRevision, needs.visible_to, BuyerRequest.published_at,
        {
            "state": _among(BuyerRequest.state),
            "kind": _among(NeedRevision.kind),
            "field": _held_below(NeedRevision.field_codes),
            "form": _held(NeedRevision.cooperation_forms),
            "trl": _within(NeedRevision.trl_min, NeedRevision.trl_max),
            "place": _among(NeedRevision.province_code),
            "priority": _among(NeedRevision.hanoi_priority_field),
        },
        {
            "budget_min": func.coalesce(NeedRevision.budget_min, NeedRevision.budget_max),
            "budget_max": func.coalesce(NeedRevision.budget_max, NeedRevision.budget_min),
            "published_at": BuyerRequest.published_at,
        },
    ),
    "organisation": _Kind(
        Organisation, None, lambda _actor: Organisation.state == "verified", Organisation.verified_at,
        {
            "kind": _among(Organisation.kind),
            "field": _held(Organisation.field_codes),
            "place": _among(Organisation.province_code),
        },
        {},
    ),
}  # fmt: skip
