"""Form fields made from the shape that a spec declares, for fields whose form says nothing more about them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from wtforms.fields.core import UnboundField

from marketplace.authoring.fields import AtMost, Between, FlagField, LevelField, ProvinceField
from marketplace.authoring.kinds import FieldSpec, Kind
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

_LONG = 4_000  # characters of a prose field that its form does not mention
_WIDEST = (0, 1_000_000_000)  # of a number without bounds


def complete(kind: Kind, step: str, form: type[Any]) -> None:
    """Give the form of a step a field for each spec that it does not mention itself.

    Where specs have headings, all fields then stand in the order of the specs; elsewhere new ones follow the others.
    """
    specs = [spec for spec in kind.fields if spec.step == step and spec.in_form]
    for spec in specs:
        if not isinstance(getattr(form, spec.name, None), UnboundField):
            setattr(form, spec.name, field_of(kind, spec))
    if any(spec.group for spec in specs):
        fields = [getattr(form, spec.name) for spec in specs]
        for place, field in zip(sorted(field.creation_counter for field in fields), fields, strict=True):
            field.creation_counter = place
        form._unbound_fields = None  # WTForms sorts them anew


def field_of(kind: Kind, spec: FieldSpec) -> Any:
    """Return the form field of a spec. Raises KeyError for a shape that needs a form of its own (rows, box)."""
    return _MAKERS[spec.shape](kind, spec)


def _line(kind: Kind, spec: FieldSpec) -> Any:
    return LineField("", [AtMost(kind.revision.__table__.c[spec.name].type.length or _LONG)])


def _term(_kind: Kind, spec: FieldSpec) -> Any:
    assert spec.vocabulary is not None, spec.name
    return TermField("", vocabulary=spec.vocabulary)


def _level(_kind: Kind, spec: FieldSpec) -> Any:
    assert spec.vocabulary is not None, spec.name
    return LevelField("", vocabulary=spec.vocabulary)


def _codes(_kind: Kind, spec: FieldSpec) -> Any:
    return TermsField("", vocabulary=spec.vocabulary) if spec.vocabulary else TagsField("")


_MAKERS: Mapping[str, Callable[[Kind, FieldSpec], Any]] = {
    "text": _line,
    "prose": lambda _kind, _spec: LongField("", [AtMost(_LONG)]),
    "code": _term,
    "codes": _codes,
    "level": _level,
    "number": lambda _kind, spec: WholeField("", [Between(*(spec.bounds or _WIDEST))]),
    "money": lambda _kind, _spec: MoneyField(""),
    "date": lambda _kind, _spec: DayField(""),
    "flag": lambda _kind, _spec: FlagField(""),
    "place": lambda _kind, _spec: ProvinceField(""),
}
