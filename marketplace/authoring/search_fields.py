"""The search document of things with versions: texts, facets, numbers and words of their fields, as the specs declare.

`Value` gives a field's value by its name, or a blank when the readers of the document may not see it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache, lru_cache, partial
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload
from sqlalchemy.orm.interfaces import ORMOption

from marketplace.authoring.kinds import UNSEEN, FacetSpec, FieldSpec, Kind
from marketplace.core.extensions import db
from marketplace.core.subjects import Searched
from marketplace.search import Document, tag_values
from marketplace.values import clock, places
from marketplace.vocabulary import Band, Vocabulary, bands_of

Value = Callable[[str], Any]
#: Makes values of a facet.
Codes = Callable[[Value], Iterable[str]]
#: Makes a number.
Figure = Callable[[Value], float | None]
FLAGS = ("yes", "no")


def document(kind: Kind, thing: Any, value: Value, *, party: str, audience: tuple[str, ...]) -> Document:
    """Return the search document of a thing; `party` is whose it is said to be, `audience` who may find it."""
    found = facets(kind, value)
    return Document(
        kind=kind.name,
        id=thing.id,
        title=str(value("title")),
        title_other=str(value("title_en")),
        body="\n".join(texts(kind, value)),
        code=thing.code,
        keywords=" ".join(keywords(kind, value, found)),
        party=party,
        audience=audience,
        facets=found,
        numbers=numbers(kind, value),
    )


def searched(
    kind: Kind, states: Sequence[str], made: Callable[[Any], Document | None],
    of_organisation: Callable[[int], Iterable[int]], *more: ORMOption,
) -> Searched:
    """Return how things of a kind get into the index.

    `made` gives the document of a thing in one of `states`, or None when nobody may find it; `more` are loader options
    beside those of owner and text.
    """
    thing = kind.thing

    def documents(ids: Iterable[int]) -> dict[int, Document]:
        """Return, by id, the documents of those things that somebody may find; the others belong out of the index."""
        rows = select(thing).where(thing.id.in_(list(ids)), thing.state.in_(states))
        rows = rows.options(joinedload(thing.organisation), joinedload(thing.published_revision), *more)
        found = (made(one) for one in db.session.scalars(rows.execution_options(populate_existing=True)))
        return {one.id: one for one in found if one is not None}

    def all_ids() -> list[int]:
        """Return the ids of all things that may be in the index."""
        return list(db.session.scalars(select(thing.id).where(thing.state.in_(states)).order_by(thing.id)))

    return Searched(documents, all_ids, partial(fingerprint, kind), "published_at", of_organisation, UNSEEN)


def texts(kind: Kind, value: Value) -> Iterator[str]:
    """Yield the texts in which words are found: prose in the order of the form, translations, then rows."""
    for names in _prose(kind):
        yield from (str(text) for name in names if (text := value(name)))
    for name, columns in _written_rows(kind):
        found = value(name) or ()
        for row in (found,) if isinstance(found, dict) else found:
            yield " ".join(str(row.get(column) or "") for column in columns)


def facets(kind: Kind, value: Value) -> dict[str, tuple[str, ...]]:
    """Return the values of each facet that has any."""
    found: dict[str, tuple[str, ...]] = {}
    for _spec, name, codes, _words in _facets(kind):
        if kept := tuple([code for code in codes(value) if code]):
            found[name] = (*found[name], *kept) if name in found else kept
    return found


def numbers(kind: Kind, value: Value) -> dict[str, float]:
    """Return the numbers that are stated."""
    made = ((name, figure(value)) for name, figure in _numbers(kind))
    return {name: float(number) for name, number in made if number is not None}


def keywords(kind: Kind, value: Value, found: dict[str, tuple[str, ...]]) -> Iterator[str]:
    """Yield free keywords, the names of terms in both languages and that of the place; `found` is what `facets` gave."""
    last = []
    for spec, facet, _codes, names in _facets(kind):
        if spec.shape == "place":
            last.append(places.label(value(spec.name) or None, None, "vi"))
        elif spec.shape == "codes" and spec.vocabulary is None:
            yield from value(spec.name)
        else:
            for code in found.get(facet, ()):
                yield from names.get(code, ())
    yield from last


def words_of(spec: FieldSpec, facet: FacetSpec) -> Vocabulary | None:
    """Return the vocabulary that names the values of a facet, if one does."""
    if facet.bands is not None:
        return facet.bands
    if facet.column:
        return next(column.vocabulary for column in spec.columns if column.name == facet.column)
    return spec.vocabulary


@lru_cache(maxsize=4096)
def root(vocabulary: Vocabulary, code: str) -> str:
    """Return the first level of a tree of codes above `code`; empty for an empty code."""
    return next((term.code for term in vocabulary.children() if code.startswith(term.code)), code[:1])


def fingerprint(kind: Kind) -> str:
    """Return a text that differs when documents made from the kind's declarations would differ."""
    parts = [repr((spec.name, spec.shape, facet, _terms(words_of(spec, facet)))) for spec, facet in kind.facets]
    parts += [repr((name, spec.name, spec.shape, spec.upper)) for spec, name in kind.numbers]
    parts += [repr((_prose(kind), _written_rows(kind)))]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def _terms(vocabulary: Vocabulary | None) -> list[tuple[object, ...]]:
    """Return what a document or a facet takes from the terms: codes, names, and the bounds of bands."""
    ends = "low", "high"
    return [(one.code, one.vi, one.en, *(getattr(one, end, None) for end in ends)) for one in vocabulary or ()]


@cache
def _prose(kind: Kind) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the names of the searched texts, and of those that are in the other language."""
    found = [spec for spec in kind.fields if spec.search and spec.shape in {"text", "prose"}]
    return (
        tuple(spec.name for spec in found if not spec.translates), tuple(spec.name for spec in found if spec.translates),
    )


@cache
def _written_rows(kind: Kind) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Return the names of searched rows and boxes with their searched columns."""
    found = [(spec.name, tuple(one.name for one in spec.columns if one.search)) for spec in kind.fields if spec.search]
    return tuple((name, columns) for name, columns in found if columns)


@cache
def _facets(kind: Kind) -> tuple[tuple[FieldSpec, str, Codes, Mapping[str, tuple[str, str]]], ...]:
    """Return each facet's field, name, what reads its values, and their names that are words in both languages."""
    return tuple((spec, facet.name, _codes(kind, spec, facet), _names(spec, facet)) for spec, facet in kind.facets)


def _names(spec: FieldSpec, facet: FacetSpec) -> Mapping[str, tuple[str, str]]:
    vocabulary = words_of(spec, facet) if facet.words and facet.bands is None else None
    return {term.code: (term.vi, term.en) for term in vocabulary or ()}


def _codes(kind: Kind, spec: FieldSpec, facet: FacetSpec) -> Codes:
    """Return what reads a facet's values."""
    name, vocabulary = spec.name, spec.vocabulary
    if (bands := facet.bands) is not None:
        low, high = (end.name for end in kind.ends(spec))
        none = tuple(term.code for term in bands if not isinstance(term, Band))  # what stands for no number, if anything
        return lambda value: bands_of(value(low), value(high), bands) or none
    if spec.shape == "rows":
        return lambda value: dict.fromkeys(str(row.get(facet.column) or "") for row in value(name))
    if spec.shape == "codes":
        if vocabulary is None:
            return lambda value: tag_values(value(name))
        if facet.levels:
            return lambda value: dict.fromkeys(one for code in value(name) for one in (root(vocabulary, code), code))
        if facet.tree:
            return lambda value: dict.fromkeys(root(vocabulary, code) for code in value(name))
        return lambda value: value(name)
    if spec.shape == "level" and spec.upper:
        least, most = _level(kind, spec), _level(kind, kind.spec(spec.upper))
        return lambda value: _levels(least(value), most(value))
    if spec.shape == "flag":
        return lambda value: () if value(name) is None else (FLAGS[0] if value(name) else FLAGS[1],)
    if facet.tree and vocabulary is not None:
        return lambda value: (root(vocabulary, value(name)),)
    return lambda value: (str(value(name) or ""),)


def _levels(low: float | None, high: float | None) -> tuple[str, ...]:
    return () if low is None or high is None else tuple(str(level) for level in range(int(low), int(high) + 1))


@cache
def _numbers(kind: Kind) -> tuple[tuple[str, Figure], ...]:
    return tuple((name, _figure(kind, spec)) for spec, name in kind.numbers)


def _figure(kind: Kind, spec: FieldSpec) -> Figure:
    """Return what reads a number."""
    name, (low, high) = spec.name, kind.ends(spec)
    if spec.shape == "level":
        return _level(kind, spec)
    if spec.shape == "date":
        return lambda value: clock.end_of_day(day).timestamp() if (day := value(name)) else None
    if spec.shape == "moment":
        return lambda value: moment.timestamp() if (moment := value(name)) else None
    other = high.name if spec is low else low.name
    return lambda value: found if (found := value(name)) is not None else value(other)


def _level(kind: Kind, spec: FieldSpec) -> Figure:
    """Return what reads a level; the end of a range that is not stated is the first or last level there is."""
    low, high = kind.ends(spec)
    if low is high or spec.vocabulary is None:
        return lambda value: value(spec.name)
    other, open_end = (high.name, spec.vocabulary.codes[0]) if spec is low else (low.name, spec.vocabulary.codes[-1])
    return lambda value: value(spec.name) or (int(open_end) if value(other) else None)
