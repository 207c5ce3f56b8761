"""The forms of steps, made from the specs: a field of the right kind with its limit, its hint and its words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField
from wtforms.fields.core import UnboundField

from marketplace.authoring.fields import (
    AtMost,
    Between,
    BoxField,
    FlagField,
    IsoDayField,
    LevelField,
    PercentField,
    ProvinceField,
    RowForm,
    RowsField,
    WardField,
)
from marketplace.authoring.kinds import FieldSpec, Kind, RowColumn
from marketplace.authoring.topics_field import TopicsField
from marketplace.vocabulary import TOPICS, Vocabulary
from marketplace.web.forms import (
    DayField,
    LineField,
    LongField,
    MoneyField,
    TagsField,
    TermField,
    TermsField,
    WholeField,
)

_WIDEST = (0, 1_000_000_000)  # of a number without bounds
_ROWS = 20  # of a field of rows that names no limit


def form_of(kind: Kind, step: str, base: Any) -> Any:
    """Return the form of a step: the fields that `base` declares itself, and one for each other spec of the step.

    They stand in the order of the specs, those that `base.order` names before the others.
    """
    specs = {spec.name: spec for spec in kind.fields if spec.step == step and spec.in_form}
    fields: dict[str, Any] = {}
    for name in dict.fromkeys((*base.order, *specs)):
        own = getattr(base, name, None)
        fields[name] = own if isinstance(own, UnboundField) else field_of(kind, specs[name])
        if specs[name].hint:
            fields[name].kwargs.setdefault("description", _l(specs[name].hint))
    ranks = sorted(field.creation_counter for field in fields.values())
    for rank, field in zip(ranks, fields.values(), strict=True):
        field.creation_counter = rank  # WTForms sorts by it
    return type(f"{kind.name}_{step}", (base,), {**fields, "__module__": base.__module__})


def field_of(kind: Kind, spec: FieldSpec) -> Any:
    """Return the form field of a spec. Raises KeyError for a shape that its form must declare (organisations)."""
    return _MAKERS[spec.shape](kind, spec)


def rows_of(spec: FieldSpec, row: type[RowForm] | None = None) -> Any:
    """Return the field of a spec of rows; `row` is the form of one row when it does more than its columns say."""
    sizes = tuple((column.name, column.size) for column in spec.columns)
    return RowsField(row or row_of(spec.columns), sizes, _l(spec.add), most=spec.most or _ROWS)


def row_of(columns: tuple[RowColumn, ...]) -> type[RowForm]:
    """Return the form of one row, or of a box, that has these columns."""
    required = tuple(column.name for column in columns if column.required)
    made: type[RowForm] = type("Row", (RowForm,), {**{one.name: _cell(one) for one in columns}, "required": required})
    return made


def _cell(column: RowColumn) -> Any:
    label, more = _l(column.label), {"description": _l(column.hint)} if column.hint else {}
    match column.shape:
        case "code":
            return TermField(label, vocabulary=_terms(column), **more)
        case "date":
            return IsoDayField(label, **more)
        case "percent":
            return PercentField(label, **more)
        case "number":
            return WholeField(label, [Between(*(column.bounds or _WIDEST))], **more)
        case _:
            return LineField(label, [AtMost(column.most)], **more)


def _terms(one: RowColumn | FieldSpec) -> Vocabulary:
    assert one.vocabulary is not None, one.name
    return one.vocabulary


def _column(kind: Kind, spec: FieldSpec) -> Any:
    return kind.revision.__table__.c[spec.name]


def default_of(kind: Kind, name: str) -> Any:
    """Return what a field of a new version says by itself, or None."""
    default = kind.revision.__table__.c[name].default
    return default.arg if default is not None and default.is_scalar else None


def _text(kind: Kind, spec: FieldSpec) -> Any:
    most = spec.most or spec.options.get("count") or getattr(_column(kind, spec).type, "length", None)
    return (LongField if spec.shape == "prose" else LineField)("", [AtMost(most)] if most else [])


def _codes(spec: FieldSpec) -> Any:
    if spec.vocabulary is None:
        return TagsField("")
    return TopicsField("") if spec.vocabulary is TOPICS else TermsField("", vocabulary=spec.vocabulary)


def _flag(kind: Kind, spec: FieldSpec) -> Any:
    return FlagField("") if _column(kind, spec).nullable else BooleanField("")


_MAKERS: Mapping[str, Callable[[Kind, FieldSpec], Any]] = {
    "text": _text,
    "prose": _text,
    "code": lambda kind, spec: TermField("", vocabulary=_terms(spec), optional=not default_of(kind, spec.name)),
    "codes": lambda _kind, spec: _codes(spec),
    "level": lambda _kind, spec: LevelField("", vocabulary=_terms(spec)),
    "number": lambda _kind, spec: WholeField("", [Between(*(spec.bounds or _WIDEST))]),
    "money": lambda _kind, _spec: MoneyField(""),
    "date": lambda _kind, _spec: DayField(""),
    "flag": _flag,
    "place": lambda _kind, spec: WardField("", of=spec.within) if spec.within else ProvinceField(""),
    "rows": lambda _kind, spec: rows_of(spec),
    "box": lambda _kind, spec: BoxField(row_of(spec.columns), ""),
}
