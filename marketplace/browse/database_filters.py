"""Filters and ranges of declared fields as SQL, for pages that are answered without the search engine.

Each rule selects what the index would: `tests/browse/test_search_away.py` compares both for every facet.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Text, and_, case, cast, false, func, or_

from marketplace.authoring.kinds import FacetSpec, FieldSpec, Kind
from marketplace.authoring.search_fields import FLAGS
from marketplace.values import clock
from marketplace.vocabulary import Band, Vocabulary

Rule = ColumnElement[bool]
#: From chosen values to what they mean in the database.
Applies = Callable[[tuple[str, ...]], Rule]
#: From inclusive bounds, either of which may be open, to what they mean in the database.
Limits = Callable[[float | None, float | None], Rule]


def filters_of(kind: Kind) -> Mapping[str, Applies]:
    """Return the rule of each facet that the database can apply, by the facet's name."""
    found: dict[str, Applies] = {}
    for spec, facet in kind.facets:
        rule = _filter(kind, spec, facet) if facet.in_database else None
        if rule is not None:
            found[facet.name] = rule
    return found


def limits_of(kind: Kind) -> Mapping[str, Limits]:
    """Return the rule of each number's range, by the number's name."""
    return {name: _limits(kind, spec) for spec, name in kind.numbers}


def _filter(kind: Kind, spec: FieldSpec, facet: FacetSpec) -> Applies | None:
    """Return the rule of a facet; None for rows and for free words, which are no columns of codes."""
    column, vocabulary = _column(kind, spec), spec.vocabulary
    if facet.bands is not None:
        low, high = (_column(kind, end) for end in kind.ends(spec))
        return _banded(low, high, facet.bands)
    if spec.shape == "codes":
        return None if vocabulary is None else (_held_below(column) if facet.tree else held(column))
    if spec.shape == "level":
        low, high = (_column(kind, end) for end in kind.ends(spec))
        return _within(low, high, vocabulary) if spec.upper and vocabulary else _numbered(column)
    if spec.shape == "flag":
        return lambda values: column.in_([value == FLAGS[0] for value in values if value in FLAGS])
    if spec.shape == "rows":
        return None
    if spec.shape == "owner":
        return _numbered(column)
    return _below(column) if facet.tree else among(column)


def _column(kind: Kind, spec: FieldSpec) -> Any:
    """Return the column of a field: the version's, and where the thing has one of that name, the thing's before it."""
    own, version = getattr(kind.thing, spec.name, None), getattr(kind.revision, spec.name, None)
    if spec in kind.thing_fields or version is None:
        return own
    return version if own is None else func.coalesce(own, version)


def among(column: Any) -> Applies:
    """One code in a column."""
    return lambda values: column.in_(values)


def held(column: Any) -> Applies:
    """A column that holds a list of codes as JSON."""
    text = cast(column, Text)
    return lambda values: or_(false(), *(text.contains(f'"{value}"', autoescape=True) for value in values))


def _numbered(column: Any) -> Applies:
    return lambda values: column.in_([int(value) for value in values if value.isdecimal()])


def _held_below(column: Any) -> Applies:
    """A list of codes of a tree, chosen by their first level."""
    text = cast(column, Text)
    return lambda values: or_(false(), *(text.contains(f'"{value}', autoescape=True) for value in values))


def _below(column: Any) -> Applies:
    return lambda values: or_(false(), *(column.startswith(value, autoescape=True) for value in values))


def _within(low: Any, high: Any, vocabulary: Vocabulary) -> Applies:
    """A level within a range of two columns, one of which may be open."""
    first, last = int(vocabulary.codes[0]), int(vocabulary.codes[-1])

    def rule(values: tuple[str, ...]) -> Rule:
        levels = [int(value) for value in values if value.isdecimal()]
        fits = [and_(func.coalesce(low, first) <= one, func.coalesce(high, last) >= one) for one in levels]
        return and_(or_(low.is_not(None), high.is_not(None)), or_(false(), *fits))

    return rule


def _banded(low: Any, high: Any, bands: Vocabulary) -> Applies:
    """A number, or a range of two columns one of which may be open, that touches a band; or none, if a term means that."""
    known = {band.code: band for band in bands if isinstance(band, Band)}

    def touches(band: Band) -> Rule:
        rules = [func.coalesce(high, low) >= band.low]
        rules += [func.coalesce(low, 0) < band.high] if band.high is not None else []
        return and_(*rules)

    none = {term.code: and_(low.is_(None), high.is_(None)) for term in bands if term.code not in known}
    return lambda values: or_(
        false(), *(touches(known[value]) if value in known else none[value] for value in values if value in {*known, *none})
    )


def _limits(kind: Kind, spec: FieldSpec) -> Limits:
    """Return what compares a number's column with bounds, as the search document holds the number."""
    column = _stated(kind, spec)
    convert = {"moment": _moment, "date": _day}.get(spec.shape, _plain)

    def rule(least: float | None, most: float | None) -> Rule:
        rules = [column.is_not(None)]
        rules += [column >= convert(least, True)] if least is not None else []
        rules += [column <= convert(most, False)] if most is not None else []
        return and_(*rules)

    return rule


def _stated(kind: Kind, spec: FieldSpec) -> Any:
    """Return a number's column; of a range stated in part, the stated end or the first or last level stands in."""
    low, high = kind.ends(spec)
    own = _column(kind, spec)
    if low is high:
        return own
    other = _column(kind, high if spec is low else low)
    if spec.shape == "level" and spec.vocabulary is not None:
        return func.coalesce(own, case((other.is_not(None), int(spec.vocabulary.codes[0 if spec is low else -1]))))
    return func.coalesce(own, other)


def _plain(bound: float, _lower: bool) -> Any:
    return bound


def _moment(bound: float, _lower: bool) -> Any:
    return datetime.fromtimestamp(bound, UTC)


def _day(bound: float, lower: bool) -> Any:
    """Return the first (or the last) day whose end lies within the bound, which is a moment."""
    day = clock.local(datetime.fromtimestamp(bound, UTC)).date()
    end = clock.end_of_day(day).timestamp()
    if lower:
        return day if end >= bound else day + timedelta(days=1)
    return day if end <= bound else day - timedelta(days=1)
