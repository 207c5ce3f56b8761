"""Columns that are one field of a thing: read by the shape that the field declares. What cannot be read stays text."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from functools import cache
from typing import Any

from marketplace.authoring.kinds import FieldSpec, Kind
from marketplace.authoring.search_fields import FLAGS
from marketplace.importing.cell_parsers import amount
from marketplace.importing.draft import Draft
from marketplace.values import places
from marketplace.values.numbers import whole
from marketplace.values.text import clean_line, fold
from marketplace.vocabulary import Vocabulary

#: Reads a field's cell: (draft, key in the file, spec, most characters) -> value, or None for what it cannot read.
Reader = Callable[[Draft, str, FieldSpec, int], Any]
_LONGEST = 300  # characters of a line whose column has no length of its own
_SEPARATORS = re.compile(r"[;|\n]")
_FLAGS: Mapping[str, bool] = {
    **dict.fromkeys((FLAGS[0], "y", "true", "1", "x", "co"), True),
    **dict.fromkeys((FLAGS[1], "n", "false", "0", "khong"), False),
}


def field_values(draft: Draft, kind: Kind) -> dict[str, Any]:
    """Return the values of the fields that declare a column, blank where the file says nothing."""
    found = {}
    for spec, key, reader, blank, longest in _columns(kind):
        found[spec.name] = _read(draft, spec, key, reader, blank, longest) if draft.states(key) else blank()
    return found


def date_keys(kind: Kind) -> list[str]:
    """Return the keys of declared columns that hold days."""
    return [key for spec, key, _reader, _blank, _longest in _columns(kind) if spec.shape == "date"]


def _read(
    draft: Draft, spec: FieldSpec, key: str, reader: Reader, blank: Callable[[], Any], longest: int
) -> Any:
    value = reader(draft, key, spec, longest)
    return blank() if value is None or value == "" else value


@cache
def _columns(kind: Kind) -> tuple[tuple[FieldSpec, str, Reader, Callable[[], Any], int], ...]:
    """Return the declared columns: spec, key, reader, what makes a blank, longest text."""
    return tuple(
        (spec, spec.imports.key or spec.name, READERS[spec.shape][0], _blank(kind, spec), _longest(kind, spec))
        for spec in kind.fields if spec.imports is not None
    )


def _blank(kind: Kind, spec: FieldSpec) -> Callable[[], Any]:
    """Return what makes the value of a field about which the file says nothing: the default of a new version."""
    default = kind.revision.__table__.c[spec.name].default
    if default is not None and default.is_scalar:
        return lambda: default.arg
    return READERS[spec.shape][1]


def _longest(kind: Kind, spec: FieldSpec) -> int:
    return int(getattr(kind.revision.__table__.c[spec.name].type, "length", None) or _LONGEST)


def _text(draft: Draft, key: str, _spec: FieldSpec, longest: int) -> str:
    return draft.short(key, longest)


def _prose(draft: Draft, key: str, _spec: FieldSpec, _longest: int) -> str:
    return draft.text(key)


def _code(draft: Draft, key: str, spec: FieldSpec, _longest: int) -> str | None:
    code = _named(spec.vocabulary, draft.line(key))
    return _unread(draft, key, "term_unknown") if code is None else code


def _level(draft: Draft, key: str, spec: FieldSpec, _longest: int) -> int | None:
    code = _code(draft, key, spec, _longest)
    return int(code) if code else None


def _codes(draft: Draft, key: str, spec: FieldSpec, _longest: int) -> list[str] | None:
    """Return the codes of terms, or free words; a name that holds a separator is read whole first."""
    line, stated = draft.line(key), draft.plan.cell(draft.row.values, key)
    parts = [clean_line(part) for part in (stated if isinstance(stated, list) else _SEPARATORS.split(draft.text(key)))]
    if spec.vocabulary is None:
        return [part for part in parts if part]
    if (only := _named(spec.vocabulary, line)) is not None:
        return [only] if only else []
    found = [_named(spec.vocabulary, part) for part in parts]
    if None in found:
        return _unread(draft, key, "term_unknown")
    return list(dict.fromkeys(code for code in found if code))


def _number(draft: Draft, key: str, spec: FieldSpec, _longest: int) -> int | None:
    line = draft.line(key)
    found = whole(line, spec.units)
    outside = found is not None and spec.bounds is not None and not spec.bounds[0] <= found <= spec.bounds[1]
    return _unread(draft, key, "number_unreadable") if line and (found is None or outside) else found


def _money(draft: Draft, key: str, _spec: FieldSpec, _longest: int) -> int | None:
    return amount(draft, key)


def _date(draft: Draft, key: str, _spec: FieldSpec, _longest: int) -> date | None:
    return draft.day(key)


def _flag(draft: Draft, key: str, _spec: FieldSpec, _longest: int) -> bool | None:
    line = fold(draft.line(key))
    return _unread(draft, key, "flag_unreadable") if line and line not in _FLAGS else _FLAGS.get(line)


def _place(draft: Draft, key: str, _spec: FieldSpec, _longest: int) -> str | None:
    """Return the code of a province that is named or coded; a name of before the reform of 2025 is told."""
    if not (line := draft.line(key)):
        return ""
    place, merged = places.named_province(line)
    if place is None:
        return _unread(draft, key, "term_unknown")
    if merged:
        draft.note("place_merged", key, now=place.name)
        draft.keep_field(key)
    return place.code


def _unread(draft: Draft, key: str, reason: str) -> Any:
    """Warn about a cell that cannot be read, keep it as text, and return that nothing was read."""
    draft.note(reason, key)
    draft.keep_field(key)
    return None


def _named(vocabulary: Vocabulary | None, text: str) -> str | None:
    """Return the code of the term that a text names in either language or by its code; "" for no text."""
    wanted = fold(text)
    return _names(vocabulary).get(wanted) if wanted else ""


@cache
def _names(vocabulary: Vocabulary | None) -> Mapping[str, str]:
    found: dict[str, str] = {}
    for term in vocabulary or ():
        for name in (term.code, fold(term.code), fold(term.vi), fold(term.en)):
            found.setdefault(name, term.code)
    return found


def _nothing() -> None:
    return None


READERS: Mapping[str, tuple[Reader, Callable[[], Any]]] = {
    "text": (_text, str), "prose": (_prose, str), "code": (_code, str), "codes": (_codes, list),
    "level": (_level, _nothing), "number": (_number, _nothing), "money": (_money, _nothing),
    "date": (_date, _nothing), "flag": (_flag, _nothing),
    "place": (_place, str),
}
