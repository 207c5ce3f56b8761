"""The base form and our own fields. Forms check shape; actions check rules."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from flask import abort, g, request
from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from werkzeug.datastructures import CombinedMultiDict
from wtforms import (
    DateField,
    Field,
    HiddenField,
    IntegerField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import Length, Regexp, StopValidation, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget, TextInput

from marketplace.core.access import actor
from marketplace.core.errors import DomainError, Invalid, Stale
from marketplace.core.locks import UNNAMED
from marketplace.values import clock, money
from marketplace.values.lookalikes import MIXED, mixes_alphabets
from marketplace.values.text import ADDRESS_IN_NAME, N_, bears_address, clean_line, nfc
from marketplace.values.word_list import joined_words, split_words
from marketplace.vocabulary import Vocabulary
from marketplace.web.form_parsing import files_apart
from marketplace.web.i18n import catalogue, language

DEFAULT_LONG = 20_000  # characters of any long text that names no limit of its own
PHONE = Regexp(
    r"^$|^\+?[0-9][0-9 .()-]{6,24}$",
    message=_l("Enter a telephone number: digits, and a plus sign in front if you like."),
)


def no_address(_form: Any, field: Any) -> None:
    """Refuse a name that holds an address, since names stand in mails to strangers, or that mixes alphabets in a word."""
    if bears_address(field.data or ""):
        raise ValidationError(gettext(ADDRESS_IN_NAME))
    if mixes_alphabets(field.data or ""):
        raise ValidationError(gettext(MIXED))


class _OurTranslations:
    """WTForms' own messages go through our catalogue: WTForms ships no Vietnamese."""

    def gettext(self, string: str) -> str:
        return str(gettext(string))

    def ngettext(self, singular: str, plural: str, n: int) -> str:
        # Not Flask-Babel's: it fills in %(num)s only, and WTForms' messages have other places.
        return str(catalogue(language()).ngettext(singular, plural, n))


class LockField(HiddenField):
    """The version a form was opened on: what was sent, never the present one of the thing that the form is about."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Take what was sent, which may be nothing."""
        self.data = valuelist[0] if valuelist else ""


class ExchangeForm(FlaskForm):
    """Base of every form: Vietnamese messages, NFC text, the acting organisation and the optimistic lock.

    `acting` and `lock` travel as hidden fields: a stale tab gets 409 with its input kept.
    """

    acting = HiddenField()
    lock = LockField()
    is_overtaken = False  # somebody saved another version than the one this was opened on

    class Meta(FlaskForm.Meta):
        def get_translations(self, form: Any) -> _OurTranslations:
            """Answer from our catalogue."""
            return _OurTranslations()

        def wrap_formdata(self, form: Any, formdata: Any) -> Any:
            """Take forms only: Flask-WTF would read JSON too, whose values are of any type. Raises 415 for JSON."""
            if request.is_json:
                abort(415)
            found = super().wrap_formdata(form, formdata)
            return files_apart(form, found) if isinstance(found, CombinedMultiDict) else found

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.is_submitted():
            self.acting.data = str(actor().org_id or "")

    def check_acting(self) -> None:
        """Raise Stale when the form was opened while acting for another organisation."""
        if self.is_submitted() and "acting" in request.form and self.acting.data != str(actor().org_id or ""):
            g.refused_form = self  # what was typed is shown under its labels
            raise Stale(N_("This form was opened while you acted for another organisation. Switch back or copy your text."))

    def validate(self, extra_validators: Any = None) -> bool:
        """Validate; lazy messages become plain text, since templates take anything else for a list."""
        fine = bool(super().validate(extra_validators))
        for field in self:
            if field.errors and isinstance(field.errors, list):
                field.errors = [error if isinstance(error, str | Mapping | list) else str(error) for error in field.errors]
        g.refused_form = self  # problem documents are made of the last one
        return fine

    def validate_on_submit(self, extra_validators: Any = None) -> bool:
        """Validate a submitted form; raises Stale when the acting organisation changed meanwhile."""
        self.check_acting()
        return bool(super().validate_on_submit(extra_validators))

    def submit(self, work: Callable[[], object]) -> bool:
        """Validate a submitted form and run `work`; True when that is done. A value that it refuses is shown at its field.

        Raises Stale when the acting organisation changed meanwhile, and whatever else than Invalid `work` raises.
        """
        try:
            if not self.validate_on_submit():
                return False
            work()
        except Invalid as error:
            self.add_error(error)
            return False
        return True

    def lock_value(self) -> int:
        """Return the version the form was opened on; UNNAMED, which no action takes, when it does not say one."""
        text = str(self.lock.data or "")
        return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else UNNAMED

    def overtaken(self, error: Stale, present: int) -> None:
        """Give back what was typed with the reason, to be sent again by who knows that the `present` version differs."""
        self.add_error(error)
        self.lock.data, self.is_overtaken = str(present), True

    def add_error(self, error: DomainError) -> None:
        """Put an action's refusal beside its field, or on top of the form when it names none."""
        message = gettext(error.message) % error.params if error.params else gettext(error.message)
        field = self._fields.get(getattr(error, "field", ""))
        if field is None:
            self.form_errors.append(message)
        else:
            field.errors = [*field.errors, message]
        g.refused_form = self


class LineField(StringField):
    """One line of text: NFC, white space folded."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Clean what was typed."""
        self.data = clean_line(valuelist[0]) if valuelist else ""


class LongField(TextAreaField):
    """Several lines of text: NFC, unified line ends, bounded even when no Length is given."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.flags.maxlength = self.flags.maxlength or DEFAULT_LONG  # the browser stops there too

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Clean what was typed."""
        self.data = nfc(valuelist[0]).strip() if valuelist else ""

    def pre_validate(self, form: Any) -> None:
        """Refuse absurd lengths."""
        if not any(isinstance(v, Length) for v in self.validators) and len(self.data or "") > DEFAULT_LONG:
            raise StopValidation(gettext("At most %(max)s characters.", max=DEFAULT_LONG))


class OnceField(HiddenField):
    """A form's own number, so that a double click is one; anything but a short word counts as none."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Take what we gave out ourselves."""
        text = valuelist[0] if valuelist else ""
        self.data = text if len(text) <= 40 and text.isascii() and text.replace("-", "").isalnum() else ""


class MoneyField(Field):
    """A whole amount of đồng: takes "1,5 tỷ", "500 triệu", "1.500.000"; keeps what was typed when it is wrong."""

    widget = TextInput()

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return "" if self.data is None else money.format_plain(self.data)

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Parse what was typed. Raises ValueError with a message in the reader's language."""
        self.data = None
        if not valuelist or not valuelist[0].strip():
            return
        try:
            self.data = money.parse_vnd(nfc(valuelist[0]))
        except DomainError as error:
            raise ValueError(gettext(error.message) % error.params if error.params else gettext(error.message)) from error


class DayField(DateField):
    """A date as dd/mm/yyyy (ISO is understood too)."""

    widget = TextInput()
    data: date | None

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return clock.format_date(self.data) if self.data else ""

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Parse what was typed. Raises ValueError with a message in the reader's language."""
        self.data = None
        if not valuelist or not valuelist[0].strip():
            return
        try:
            self.data = clock.parse_date(valuelist[0].strip())
        except DomainError as error:
            raise ValueError(gettext(error.message) % error.params if error.params else gettext(error.message)) from error


class TermField(SelectField):
    """One code of a vocabulary; labels follow the reader's language."""

    def __init__(self, label: Any = None, validators: Any = None, *, vocabulary: Vocabulary, **kwargs: Any) -> None:
        self.vocabulary = vocabulary
        self.optional = kwargs.pop("optional", True)
        super().__init__(label, validators, choices=self._choices, coerce=str, **kwargs)

    def _choices(self) -> list[tuple[str, str]]:
        choices = list(self.vocabulary.choices(language()))
        return [("", gettext("Choose …")), *choices] if self.optional else choices


class TermsField(SelectMultipleField):
    """Several codes of a vocabulary as checkboxes."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()

    def __init__(self, label: Any = None, validators: Any = None, *, vocabulary: Vocabulary, **kwargs: Any) -> None:
        self.vocabulary = vocabulary
        super().__init__(label, validators, choices=lambda: vocabulary.choices(language()), coerce=str, **kwargs)


class WholeField(IntegerField):
    """A whole number within bounds that every database holds."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Parse; an empty field is None, digits of other scripts and huge numbers are refused."""
        self.data = None
        if not valuelist or not valuelist[0].strip():
            return
        text = valuelist[0].strip()
        if not (text.lstrip("-").isascii() and text.lstrip("-").isdigit() and len(text) <= 15):
            raise ValueError(gettext("Not a valid whole number."))
        self.data = int(text)


class TagsField(StringField):
    """A comma-separated list of short words; kept in order, repeats dropped."""

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return joined_words(self.data or [])

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Split at commas and semicolons outside quotation marks; more than 30 tags of 60 characters are an error."""
        self.data = split_words(clean_line(valuelist[0])) if valuelist else []
        if len(self.data) > 30 or any(len(word) > 60 for word in self.data):
            raise ValueError(gettext("At most 30 keywords of 60 characters each."))


class ReasonForm(ExchangeForm):
    """Why a move is made. `refused` names the move whose input did not do, so that its part of the page stands open."""

    refused: str | int = ""
    reason = LongField(_l("Reason"), [Length(max=2000)])
    reason_code = LineField(_l("Reason"), [Length(max=40)])


def files_sent(field: Any) -> bool:
    """True when files were chosen in `field` of a form that is shown again: no browser lets a page fill them in."""
    return any(getattr(one, "filename", None) for one in getattr(field, "raw_data", None) or ())


def errors_of(form: FlaskForm) -> dict[str, list[str]]:
    """Return the errors by field, for JSON answers of autosave."""
    return {name: [str(e) for e in errors] for name, errors in form.errors.items() if name}
