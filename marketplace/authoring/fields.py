"""Form fields of step-by-step forms: rows without JavaScript, yes/no/not stated, percentages, places."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation, Overflow
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import Field, FieldList, Form, FormField, SelectField
from wtforms.validators import Length, StopValidation
from wtforms.widgets import TextInput

from marketplace.authoring.kinds import is_empty
from marketplace.values import places
from marketplace.values.text import clean_line
from marketplace.web.forms import DayField, ExchangeForm, TermField
from marketplace.web.i18n import language


class AtMost(Length):
    """At most `max` characters, said in the reader's language."""

    def __init__(self, most: int) -> None:
        super().__init__(max=most)

    def __call__(self, form: Any, field: Any) -> None:
        """Refuse longer text."""
        if len(field.data or "") > self.max:
            raise StopValidation(gettext("At most %(max)s characters.", max=self.max))


class Between:
    """A whole number between two bounds; nothing is allowed too."""

    def __init__(self, low: int, high: int) -> None:
        self.low, self.high = low, high

    def __call__(self, form: Any, field: Any) -> None:
        """Refuse numbers outside."""
        if field.data is not None and not self.low <= field.data <= self.high:
            raise StopValidation(gettext("Between %(low)s and %(high)s.", low=self.low, high=self.high))


class FlagField(SelectField):
    """Yes, no or not stated; stored as True, False or None."""

    def __init__(self, label: Any = None, validators: Any = None, **kwargs: Any) -> None:
        choices = [("", _l("Not stated")), ("yes", _l("Yes")), ("no", _l("No"))]
        super().__init__(label, validators, choices=choices, **kwargs)

    def process_data(self, value: bool | None) -> None:
        """Show what is stored."""
        self.data = "" if value is None else ("yes" if value else "no")

    def stored(self) -> bool | None:
        """Return what to store."""
        return {"yes": True, "no": False}.get(self.data)


class LevelField(TermField):
    """A code of a vocabulary whose codes are whole numbers (TRL), shown with them; stored as a number or None."""

    def _choices(self) -> list[tuple[str, str]]:
        return [(code, f"TRL {code} · {label}" if code else label) for code, label in super()._choices()]

    def stored(self) -> int | None:
        """Return what to store."""
        return int(self.data) if self.data else None


class IsoDayField(DayField):
    """A day inside a row, stored as ISO text."""

    def process_data(self, value: Any) -> None:
        """Read stored text."""
        self.data = date.fromisoformat(value) if isinstance(value, str) and value else value or None

    def stored(self) -> str:
        """Return what to store."""
        return self.data.isoformat() if self.data else ""


class PercentField(Field):
    """A percentage with up to two decimals ("33,33"), stored in basis points."""

    widget = TextInput()

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return "" if self.data is None else percent(self.data)

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Parse; comma and dot are both understood. Raises ValueError with what to write."""
        self.data = None
        text = clean_line(valuelist[0]).rstrip("% ").replace(",", ".") if valuelist else ""
        if not text:
            return
        try:
            points = Decimal(text) * 100
        except (InvalidOperation, Overflow):
            points = Decimal("NaN")
        if not points.is_finite() or points != points.to_integral_value() or not 0 <= points <= 10_000:
            raise ValueError(gettext("Write a percentage between 0 and 100, for example 33,33."))
        self.data = int(points)


def percent(points: int) -> str:
    """Return basis points as a percentage: 3333 → "33,33", 5000 → "50"."""
    whole, rest = divmod(points, 100)
    text = f"{whole},{rest:02d}".rstrip("0") if rest else str(whole)
    return text if language() == "vi" else text.replace(",", ".")


class ProvinceField(SelectField):
    """A province or city."""

    def __init__(self, label: Any = None, validators: Any = None, **kwargs: Any) -> None:
        super().__init__(label, validators, choices=self._provinces, **kwargs)

    def _provinces(self) -> list[tuple[str, str]]:
        return [("", gettext("Choose …")), *places.province_choices(language())]


class WardField(SelectField):
    """A ward of the province chosen in the field named `of`; a ward of another province is dropped."""

    data: Any

    def __init__(self, label: Any = None, validators: Any = None, *, of: str = "province_code", **kwargs: Any) -> None:
        self.of = of
        super().__init__(label, validators, choices=[("", "")], validate_choice=False, **kwargs)

    def fill_choices(self, form: Any) -> None:
        """Offer the wards of the chosen province."""
        province = form[self.of].data or ""
        if not places.is_ward_of(self.data, province):
            self.data = ""
        first = gettext("Choose …") if province else gettext("Choose the province and save to see its wards")
        self.choices = [("", first), *places.ward_choices(province, language())]


class RowForm(Form):
    """One row of a repeated field. `required` are the columns that a row which says anything must fill."""

    required: tuple[str, ...] = ()

    class Meta(ExchangeForm.Meta):
        csrf = False  # one token per form is enough

    def stored(self) -> dict[str, Any]:
        """Return the row as stored."""
        return {name: field.stored() if hasattr(field, "stored") else field.data for name, field in self._fields.items()}

    def blank(self) -> bool:
        """True when nothing is filled in."""
        return all(is_empty(value) for value in self.stored().values())

    def validate(self, extra_validators: Any = None) -> bool:
        """Validate a row; an empty one is always right."""
        if self.blank() and not any(field.process_errors for field in self):
            return True
        good = bool(super().validate(extra_validators))
        for name in self.required:
            field = self._fields[name]
            if is_empty(field.data) and not field.errors:
                field.errors = [gettext("Fill this in, or remove the row.")]
                good = False
        return good


class RowsField(FieldList):
    """Repeated rows; stored as a list of dictionaries without the empty rows.

    `columns` are (name, size) pairs for the page. Buttons add-NAME and remove-NAME-0 work without JavaScript.
    """

    def __init__(
        self, row: type[RowForm], columns: tuple[tuple[str, str], ...], add_label: Any, *, most: int = 20, **kwargs: Any
    ) -> None:
        self.columns, self.add_label, self.most = columns, add_label, most
        super().__init__(FormField(row), max_entries=most, **kwargs)

    def stored(self) -> list[dict[str, Any]]:
        """Return the filled rows as stored."""
        return [entry.form.stored() for entry in self.entries if not entry.form.blank()]

    def handle_button(self, pressed: Mapping[str, Any]) -> bool:
        """Obey an add or remove button among `pressed`; True when there was one."""
        if f"add-{self.name}" in pressed:
            if len(self.entries) < self.most:
                self.append_entry()
            return True
        for place, _entry in enumerate(self.entries):
            if f"remove-{self.name}-{place}" in pressed:
                del self.entries[place]
                return True
        return False


class BoxField(FormField):
    """A fixed set of parts stored as one dictionary; the form is a `RowForm`, its columns are the spec's."""

    def stored(self) -> dict[str, Any]:
        """Return the stated parts."""
        return {name: value for name, value in self.form.stored().items() if not is_empty(value)}
