"""What a typed search means on one page: its fields as filters and ranges, the rest as words, and chips for all of it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from marketplace.browse.catalogues import Catalogue
from marketplace.browse.lookup import Lookup
from marketplace.browse.query_fields import ALL_NAMES, ClauseMeaning, Field, fields_of, names_of
from marketplace.browse.range_values import Interval
from marketplace.browse.stated_bounds import stated
from marketplace.search.query.parser import pieces
from marketplace.search.query.query_language import MOST_CLAUSES, Clause, read, without
from marketplace.values import places
from marketplace.values.text import N_

Note = tuple[str, dict[str, str]]


@dataclass(frozen=True)
class ParsedQuery:
    """A text, read."""

    text: str = ""
    words: str = ""  # what is left for the engine: words, phrases, minus, OR
    understood: tuple[tuple[Clause, ClauseMeaning, Field], ...] = ()
    notes: tuple[Note, ...] = ()
    _rest: str = ""

    def filters(self, chosen: Mapping[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
        """Return the page's filters with those typed: values of one facet add up."""
        merged = {name: list(values) for name, values in chosen.items()}
        for _clause, meaning, _field in self._positive():
            if meaning.facet:
                merged.setdefault(meaning.facet, []).extend(meaning.values)
        return {name: tuple(dict.fromkeys(values)) for name, values in merged.items()}

    def ranges(self) -> dict[str, Interval]:
        """Return the typed ranges; several of one number narrow each other."""
        found: dict[str, Interval] = {}
        for _clause, meaning, _field in self._positive():
            for name, (low, high) in meaning.ranges.items():
                known_low, known_high = found.get(name, (None, None))
                found[name] = _greatest(low, known_low), _least(high, known_high)
        return found

    def without(self) -> dict[str, tuple[str, ...]]:
        """Return the values that a minus leaves out."""
        found: dict[str, tuple[str, ...]] = {}
        for clause, meaning, _field in self.understood:
            if clause.negated:
                found[meaning.facet] = (*found.get(meaning.facet, ()), *meaning.values)
        return found

    def codes(self) -> tuple[str, ...]:
        """Return the codes asked for."""
        return tuple(code for _clause, meaning, _field in self._positive() for code in meaning.codes)

    def removed(self, start: int, stop: int) -> str:
        """Return the text without one stretch."""
        left = " ".join((self.text[:start] + " " + self.text[stop:]).split())
        return _DANGLING.sub("", left)

    def names(self) -> list[str]:
        """Return the names of the filters that were typed: those of facets, or else the keys of fields."""
        return list(dict.fromkeys(_name(*one) for one in self.understood))

    def named(self, name: str) -> list[tuple[Clause, ClauseMeaning, Field]]:
        """Return what was typed for one of `names`."""
        return [one for one in self.understood if _name(*one) == name]

    def without_filter(self, name: str) -> ParsedQuery:
        """Return the reading without what was typed for one of `names`; the text itself stays."""
        return replace(self, understood=tuple(one for one in self.understood if _name(*one) != name))

    def with_words(self, words: str) -> str:
        """Return the text with other words beside the same fields."""
        return " ".join([words, *(self.text[c.start : c.stop] for c, _meaning, _field in self.understood)]).strip()

    def chips(self, translate: Any) -> Iterator[tuple[str, str]]:
        """Yield a label for each thing that was understood, with the text that is left without it."""
        for clause, meaning, field in self.understood:
            label = f"{translate(field.label)}: {meaning.shown}"
            label = translate(N_("Not %(what)s")) % {"what": label} if clause.negated else label
            yield label, self.removed(clause.start, clause.stop)
        for piece in pieces(self._rest):
            if piece.kind in _SIGNS:
                yield translate(_SIGNS[piece.kind]) % {"words": piece.text}, self.removed(piece.start, piece.stop)

    def _positive(self) -> Iterable[tuple[Clause, ClauseMeaning, Field]]:
        return [one for one in self.understood if not one[0].negated]


_DANGLING = re.compile(r"^(?:(?:OR|HOẶC|HOAC|\|)(?:\s+|$))+|(?:(?:^|\s+)(?:OR|HOẶC|HOAC|\|))+$")
_SIGNS = {
    "phrase": N_("Exactly “%(words)s”"),
    "minus": N_("Without “%(words)s”"),
    "prefix": N_("Begins with “%(words)s”"),
    "or": N_("Either side of “%(words)s”"),
}


def _name(_clause: Clause, meaning: ClauseMeaning, field: Field) -> str:
    return meaning.facet or field.key


def understand(catalogue: Catalogue, text: str, lookup: Lookup) -> ParsedQuery:
    """Read a cleaned text; whatever is no field of the page stays words. Never raises."""
    fields = {one.key: one for one in fields_of(catalogue)}
    own = names_of(tuple(fields.values()))
    names = {**{name: f"?{key}" for name, key in ALL_NAMES.items()}, **own}

    def accept(clause: Clause) -> ClauseMeaning | None:
        field = fields.get(clause.key)
        meaning = field.read(clause, lookup) if field else None
        return None if meaning and clause.negated and not meaning.facet else meaning

    reading = read(text, names, accept)
    said = _in_words(reading.rest, fields, accept) if len(reading.understood) < MOST_CLAUSES else []
    found = sorted([*reading.understood, *said], key=lambda one: one[0].start)
    understood = tuple((clause, meaning, fields[clause.key]) for clause, meaning in found)
    rest = without(reading.rest, [clause for clause, _meaning in said])
    notes = [_note(catalogue, text[one.start : one.stop], one, fields) for one in reading.refused]
    kept_apart = {clause.key for clause, _meaning in found}
    words = " ".join(rest.split())
    if len(reading.joined) and (words or len(kept_apart) > 1):
        notes.append((N_("OR joins words, or values of one field. Words and fields must all hold."), {}))
    return ParsedQuery(text, words, understood, tuple(notes), rest)


def _in_words(
    text: str, fields: Mapping[str, Field], accept: Callable[[Clause], ClauseMeaning | None]
) -> list[tuple[Clause, ClauseMeaning]]:
    """Return the bounds and places that a text states in words; none beside an OR, which would join them to words."""
    if any(piece.kind == "or" for piece in pieces(text)):
        return []
    keys = {field.shape: key for key, field in reversed(list(fields.items())) if field.shape}
    found = []
    for one in stated(text, _province):
        if one.shape in keys:
            clause = Clause(keys[one.shape], one.sign, one.value, False, one.start, one.stop)
            meaning = accept(clause)
            found += [(clause, meaning)] if meaning is not None else []
    return found[:MOST_CLAUSES]


def _province(name: str) -> str:
    """Return the Vietnamese name of the province that is called so, written in three letters or more."""
    found = places.named_province(name)[0] if len(name) > 2 and not name.isdigit() else None
    return found.name if found is not None else ""


def _note(catalogue: Catalogue, text: str, clause: Clause, fields: Mapping[str, Field]) -> Note:
    if clause.key not in fields:
        return N_("“%(text)s” is no field of this list; it is searched as words."), {"text": text}
    if clause.negated:
        return N_("“%(text)s” cannot be left out like this; it is searched as words."), {"text": text}
    example = fields[clause.key].example
    return N_("“%(text)s” was not understood and is searched as words. Write for example %(example)s."), {
        "text": text, "example": example,
    }


def _greatest(one: float | None, other: float | None) -> float | None:
    return max((n for n in (one, other) if n is not None), default=None)


def _least(one: float | None, other: float | None) -> float | None:
    return min((n for n in (one, other) if n is not None), default=None)
