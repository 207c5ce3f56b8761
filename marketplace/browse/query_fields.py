"""The fields of the query language, made from the declared fields: their names, and what a value typed for them means.

A reader returns None for a value that means nothing, and the words stay words. What a reader may ask of the database
or the engine goes through `Lookup`, which sees only what the person who searches may see.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache

from marketplace.authoring.kinds import FieldSpec, Kind
from marketplace.browse.catalogues import CATALOGUES, Catalogue, Facet
from marketplace.browse.lookup import Lookup
from marketplace.browse.range_values import Interval, amounts, days, wholes, written
from marketplace.search.query.query_language import Clause
from marketplace.search.text.analysis import code_key
from marketplace.values import money
from marketplace.values.text import N_, fold
from marketplace.vocabulary import is_english
from marketplace.web.i18n import catalogue

#: The value of a filter that no document has: what was asked for is known to be nowhere.
NOWHERE = "-"
_KIND_OF_PLACE = re.compile(r"^(tp|t p|thanh pho|tinh) ")
_SPAN = re.compile(r"([1-9])\s*(?:\.\.\.?|…|-|–)\s*([1-9])")


@dataclass(frozen=True)
class ClauseMeaning:
    """What one clause asks of the engine, and how the page says it."""

    shown: str
    facet: str = ""
    values: tuple[str, ...] = ()
    ranges: Mapping[str, Interval] = field(default_factory=dict)
    codes: tuple[str, ...] = ()


#: Returns what a clause means, or None.
Reader = Callable[[Clause, Lookup], ClauseMeaning | None]


@dataclass(frozen=True)
class Field:
    """One field of a search page."""

    key: str
    label: str  # message id
    names: tuple[str, ...]  # Vietnamese first; folded and without spaces they are told apart
    example: str
    read: Reader
    shape: str = ""  # money, level or place: what may also be stated in words (`stated_bounds`)


@cache
def fields_of(page: Catalogue) -> tuple[Field, ...]:
    """Return the fields that a search page knows: its facets, its amounts and days, then what all things have."""
    if page.fields is None:
        return tuple(_facet_field(one, _terms(one)) for one in page.facets if one.names)
    own, things = page.fields.fields, page.fields.thing_fields
    ranges = [_range_field(page.fields, spec) for spec in own if _is_range(spec)]
    return (*_facet_fields(page, page.fields), *ranges, *_SHARED,
            *(_range_field(page.fields, spec) for spec in things if _is_range(spec)))


def names_of(fields: Sequence[Field]) -> dict[str, str]:
    """Return every name that may be typed, folded and without spaces, with the key of its field."""
    return {fold(name).replace(" ", ""): one.key for one in fields for name in one.names}


def _is_range(spec: FieldSpec) -> bool:
    """Whether what is typed for a field are bounds of a number: an amount, a day."""
    return bool(spec.query_names) and spec.shape in _RANGES


def _facet_fields(page: Catalogue, kind: Kind) -> Iterator[Field]:
    specs = {facet.name: spec for spec, facet in kind.facets}
    for facet in page.facets:
        spec = specs[facet.name]
        if facet.names and not _is_range(spec):
            level = spec.shape == "level"
            found = _facet_field(facet, _levels(*_ends(kind, spec)) if level else _terms(facet))
            yield replace(found, shape=spec.shape) if level else found


def _facet_field(facet: Facet, reader: Reader) -> Field:
    example = facet.example or f'{facet.names[0]}:"{_word(facet, facet.choices()[0], "vi")}"'
    return Field(facet.name, facet.label, facet.names, example, reader, "" if facet.codes else "place")


def _range_field(kind: Kind, spec: FieldSpec) -> Field:
    number, facet = spec.number, spec.facet
    label = (number.label if number else "") or (facet.label if facet else "") or spec.label
    reader, example = _RANGES[spec.shape]
    key = facet.name if facet else kind.number_name(spec)
    read = reader(*_ends(kind, spec), spec.units)
    return Field(key, label, spec.query_names, spec.query_example or spec.query_names[0] + example, read,
                 spec.shape if spec.shape == "money" else "")


def _ends(kind: Kind, spec: FieldSpec) -> tuple[str, str]:
    """Return the names of the numbers that are the lower and the upper end of a field's range."""
    low, high = kind.ends(spec)
    return kind.number_name(low), kind.number_name(high)


def _levels(low: str, high: str) -> Reader:
    """Read levels from 1 to 9: trl:7 and trl:5,7 are values of the facet, trl:6..8 and trl>=6 ranges."""

    def read(clause: Clause, _known: Lookup) -> ClauseMeaning | None:
        value = clause.value.casefold().removeprefix("trl").strip()
        if clause.sign == ":" and (span := _SPAN.fullmatch(value)):
            return _range(low, high, *sorted((int(span[1]), int(span[2]))))
        if clause.sign == ":" and re.fullmatch(r"[1-9](\s*,\s*[1-9])*", value):
            levels = re.findall("[1-9]", value)
            return ClauseMeaning(", ".join(levels), "trl", tuple(levels))
        if clause.sign == ":" or not re.fullmatch("[1-9]", value):
            return None
        least, most = {
            ">=": (int(value), None), "<=": (None, int(value)), ">": (int(value) + 1, None), "<": (None, int(value) - 1),
        }[clause.sign]
        return _shown_as_typed(clause, _range(low, high, least, most), value)

    return read


def _shown_as_typed(clause: Clause, meaning: ClauseMeaning, value: str) -> ClauseMeaning:
    """Say "more than" and "less than" as they were typed: bounds are inclusive, people are not."""
    return replace(meaning, shown=f"{clause.sign} {value}") if clause.sign in {"<", ">"} else meaning


def _range(low: str, high: str, least: int | None, most: int | None) -> ClauseMeaning:
    """Return what passes when its own range, from the number `low` to the number `high`, touches the one asked for."""
    ranges: dict[str, Interval] = {low: (None, most)} if most is not None else {}
    if least is not None:
        ranges[high] = (least, ranges[high][1]) if high in ranges else (least, None)
    return ClauseMeaning(written(*(None if one is None else str(one) for one in (least, most))), ranges=ranges)


def _word(facet: Facet, code: str, locale: str) -> str:
    """Return a value's name in either language, whichever the reader has chosen: people paste what others wrote."""
    word = facet.word(code, locale)
    return str(catalogue(locale).gettext(word)) if facet.translate else word


def _terms(facet: Facet) -> Reader:
    """Read a code or a name of a facet's choices, or words that occur in names; several may be meant."""

    def read(clause: Clause, known: Lookup) -> ClauseMeaning | None:
        if clause.sign != ":":
            return None
        wanted = _KIND_OF_PLACE.sub("", fold(clause.value)) if facet.name == "place" else fold(clause.value)
        named = {
            code: [fold(known.word(facet, code)), *(fold(_word(facet, code, locale)) for locale in ("vi", "en"))]
            for code in facet.choices()
        }
        found = [code for code, names in named.items() if wanted and (fold(code) == wanted or wanted in names)]
        if facet.name == "place":
            found = found or [
                code for code, names in named.items()
                if any("".join(word[0] for word in name.split()) == wanted.replace(" ", "") for name in names if name)
            ]
        found = found or [
            code for code, names in named.items() if wanted and any(f" {wanted} " in f" {name} " for name in names)
        ]
        if not found:
            return None
        return ClauseMeaning(", ".join(known.word(facet, code) for code in found), facet.name, tuple(found))

    return read


def _money(low: str, high: str, _units: tuple[str, ...]) -> Reader:
    """Read an amount or a range of amounts; a thing passes when its own range touches what is asked."""

    def read(clause: Clause, known: Lookup) -> ClauseMeaning | None:
        asked = amounts(clause.sign, clause.value)
        if asked is None:
            return None
        least, most = (None if one is None else money.format_short(one, known.locale) for one in asked)
        shown = written(least, most)
        if clause.sign in {"<", ">"}:
            end = asked[0] - 1 if asked[0] is not None else (asked[1] or 0) + 1
            shown = f"{clause.sign} {money.format_short(end, known.locale)}"
        currency = " VND" if is_english(known.locale) and "VND" not in shown else ""  # small amounts say it themselves
        return replace(_range(low, high, *asked), shown=shown + currency)

    return read


def _wholes(low: str, high: str, units: tuple[str, ...]) -> Reader:
    """Read a whole number or a range of them, with or without its unit: 12, 12..24, >=12, 24 tháng."""

    def read(clause: Clause, _known: Lookup) -> ClauseMeaning | None:
        asked = wholes(clause.sign, clause.value, units)
        if asked is None:
            return None
        return _shown_as_typed(clause, _range(low, high, *asked), clause.value)

    return read


def _days(number: str, _upper: str, _units: tuple[str, ...]) -> Reader:
    """Read a day, a month, a year, or a range of them."""

    def read(clause: Clause, _known: Lookup) -> ClauseMeaning | None:
        asked = days(clause.sign, clause.value)
        if asked is None:
            return None
        return ClauseMeaning(asked[1], ranges={number: asked[0]})

    return read


def _owner(clause: Clause, known: Lookup) -> ClauseMeaning | None:
    """Read the name of an organisation, or a part of it. A requester who is hidden has no such facet."""
    if clause.sign != ":" or len(fold(clause.value)) < 2:
        return None
    found = known.organisations(clause.value)
    if not found:
        return ClauseMeaning(clause.value, "org", (NOWHERE,)) if " " not in clause.value else None
    shown = next(iter(found.values())) if len(found) == 1 else f"{clause.value} ({len(found)})"
    return ClauseMeaning(shown, "org", tuple(found))


def _tag(clause: Clause, known: Lookup) -> ClauseMeaning | None:
    if clause.sign != ":" or not fold(clause.value):
        return None
    found = known.tags(clause.value)
    if not found and " " in clause.value:
        return None
    return ClauseMeaning(", ".join(found[:3]) + ("…" if len(found) > 3 else "") or clause.value, "tag", found or (NOWHERE,))


def _code(clause: Clause, _known: Lookup) -> ClauseMeaning | None:
    key = code_key(clause.value)
    if clause.sign != ":" or " " in clause.value or not re.search("[0-9]", key):
        return None
    return ClauseMeaning(clause.value, codes=(key,))


#: What is read for an amount or a day, and the end of an example.
_RANGES: Mapping[str, tuple[Callable[[str, str, tuple[str, ...]], Reader], str]] = {
    "money": (_money, ":500tr..2tỷ"), "number": (_wholes, ">=12"), "date": (_days, "<=31/12/2026"),
    "moment": (_days, ">=01/10/2026"),
}
_SHARED = (
    Field("org", N_("Organisation"), ("tổ chức", "đơn vị", "org", "organisation", "organization"), 'org:"Viện Hàn lâm"',
          _owner),
    Field("tag", N_("Keyword"), ("từ khóa", "thẻ", "tag", "keyword"), 'thẻ:"nước thải"', _tag),
    Field("code", N_("Code"), ("mã", "mã số", "code"), "mã:CN-2026-000123", _code),
)
#: Every name of a field of any page: a field that the page lacks is told, not silently read as words.
ALL_NAMES = {name: key for one in CATALOGUES.values() for name, key in names_of(fields_of(one)).items()}
