"""Forms that other features build on or show: a step of the step-by-step form, and a question to an owner."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from flask import request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField
from wtforms.validators import InputRequired

from marketplace.authoring.enquiries import LONGEST
from marketplace.authoring.fields import AtMost, BoxField, RowsField
from marketplace.authoring.form_fields import default_of
from marketplace.authoring.kinds import Kind, is_empty
from marketplace.web.forms import ExchangeForm, LongField, TermsField


class StepForm(ExchangeForm):
    """One step. Field names are those of the kind; labels, sizes and headings come from its specs.

    `Editor` makes the form from the specs of the step (`form_fields.form_of`); a class of its own declares only fields that
    are more than their spec says, and the `order` of the first ones when it is not that of the specs. `field_options` are
    further arguments of `f.field` by field name, `groups` (heading, field names) in page order; both come from the specs
    too.
    """

    order: tuple[str, ...] = ()
    field_options: Mapping[str, Mapping[str, Any]] = {}
    groups: Sequence[tuple[str, Sequence[str]]] = ()
    part = False  # sent by a page that had a part of the fields
    declared: Kind | None = None  # set by `apply_specs`

    def apply_specs(self, kind: Kind) -> None:
        """Give fields their labels, looks, headings and choices; call it once after the form was made."""
        self.declared = kind
        own = [spec for spec in kind.fields if spec.name in self]
        self.field_options = {spec.name: {**({"size": spec.size} if spec.size else {}), **spec.options} for spec in own}
        headings = dict.fromkeys(spec.group for spec in own)
        if any(headings):
            self.groups = [(heading, [spec.name for spec in own if spec.group == heading]) for heading in headings]
        for item in self:
            if item.name in kind.names:
                item.label.text = _(kind.spec(item.name).label)
            if hasattr(item, "fill_choices"):
                item.fill_choices(self)
            if isinstance(item, RowsField) and not item.entries:
                item.append_entry()

    def handle_button(self) -> bool:
        """Obey a button of a field (add or remove a row, find organisations); True when one was pressed."""
        return any(item.handle_button(request.form) for item in self if hasattr(item, "handle_button"))

    def values(self, kind: Kind, *, only_valid: bool = False) -> dict[str, Any]:
        """Return what to save, by field name; `only_valid` leaves out fields with errors.

        A field that was not sent at all is left as it is, so a cut-off request never empties a draft. Boxes that may be
        unticked and rows send nothing when they are empty; of a `part` of the step, as it was sent before steps were
        joined, those without a word are left too.
        """
        found = {}
        for item in self:
            silent = isinstance(item, TermsField | BooleanField | RowsField | BoxField) and not self.part
            sent = silent or any(name == item.name or name.startswith(f"{item.name}-") for name in request.form)
            if item.name not in kind.names or not sent or (only_valid and item.errors):
                continue
            found[item.name] = item.stored() if hasattr(item, "stored") else item.data
        return found

    def layout(self) -> list[Part]:
        """Return the parts of the step in page order: what nobody demands stands folded under its heading."""
        plain = {item.name: item for item in self if getattr(item.widget, "input_type", "") != "hidden"}
        groups = [(_(heading) if heading else "", [plain.pop(name) for name in names]) for heading, names in self.groups]
        parts = [*groups, ("", list(plain.values()))] if plain else groups
        return [Part(heading, items, *self._folded(heading, items)) for heading, items in parts]

    def _folded(self, heading: str, items: Sequence[Any]) -> tuple[bool, bool]:
        """Return whether a part may be folded, and whether it is unfolded: something is stated there, or wrong."""
        kind = self.declared
        specs = [kind.spec(item.name) for item in items if item.name in kind.names] if kind else []
        if not heading or not specs or any(spec.needed or spec.demanded_if for spec in specs):
            return False, True
        return True, any(item.errors or (kind and _says_something(kind, item)) for item in items)


def _says_something(kind: Kind, item: Any) -> bool:
    """True when a field says something else than every new one."""
    value = item.stored() if hasattr(item, "stored") else item.data
    return not (is_empty(value) or value is False or value == default_of(kind, item.name))


class Part(NamedTuple):
    """Fields of a step under one heading."""

    heading: str
    items: list[Any]
    folds: bool
    unfolded: bool


class EnquiryForm(ExchangeForm):
    """A question to the owner."""

    text = LongField(
        _l("Your question"), [InputRequired(_l("Write your question.")), AtMost(LONGEST)],
        description=_l("Your name, organisation and e-mail address are sent along, so that they can answer."),
    )
