"""Which hostile value has met which kind of field, so that each value goes once into a field of each kind."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from wtforms.fields import FieldList, HiddenField, SelectField
from wtforms.form import BaseForm

#: Kinds of fields into which a person types text that is kept as it is, cleaned.
FREE_TEXT = {"LineField", "LongField", "TagsField", "StringField", "TextAreaField", "read by hand"}


class Kinds:
    """Watches the forms that the server makes of requests, so that each name is known by the class of its field."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.of: dict[str, str] = {}
        self.untyped: set[str] = {"back", "next"}  # choices, hidden numbers, addresses: what nobody types
        self.met: set[tuple[str, str]] = set()
        process = BaseForm.process

        def watched(form: BaseForm, *args: Any, **more: Any) -> None:
            process(form, *args, **more)
            self._see(form)

        patch.setattr(BaseForm, "process", watched)

    def begin(self) -> None:
        """Forget the form of the request before."""
        self.of, self.untyped = {}, {"back", "next"}  # where a button leads is read by hand, and nobody types it

    def _see(self, fields: Any) -> None:
        for field in fields:
            self.of.setdefault(field.name, type(field).__name__)
            if isinstance(field, SelectField | HiddenField):
                self.untyped.add(field.name)
            if isinstance(field, FieldList):
                self._see(field.entries)

    def kind(self, name: str) -> str:
        """The class of the field that read the name, or a word for what a view reads by hand."""
        return self.of.get(name, "read by hand")

    def unmet(self, kind: str, values: Sequence[str]) -> str:
        """The first of the values that this kind has not met, "" when it has met all; it is noted as met."""
        for said in values:
            if (kind, said) not in self.met:
                self.met.add((kind, said))
                return said
        return ""
