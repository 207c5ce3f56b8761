"""Shapes of input around a deal."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField, FileRequired
from wtforms import HiddenField, MultipleFileField, RadioField, SelectField
from wtforms.validators import InputRequired, Length

from marketplace.authoring.fields import AtMost
from marketplace.deals.actions import officers
from marketplace.deals.actions.contract import ITEM_LENGTH
from marketplace.values import clock
from marketplace.vocabulary import (
    AUTHORITIES,
    CONTRACT_ITEMS,
    CONTROL_CLASSES,
    DEAL_FILES,
    FUNDING_SOURCES,
    PUBLICITIES,
    SIGNING_METHODS,
    Vocabulary,
)
from marketplace.web.forms import DayField, ExchangeForm, LineField, LongField, MoneyField, TermField
from marketplace.web.i18n import language

_CHOOSE = _l("Please choose from the list.")
_NEEDED = _l("Please fill this in.")


class ChoiceField(RadioField):
    """One code of a vocabulary as radio buttons; labels follow the reader's language, notes stand beside them."""

    def __init__(self, label: Any = None, validators: Any = None, *, vocabulary: Vocabulary, **kwargs: Any) -> None:
        shown = [
            (term.code, f"{term.label(language())}. {term.note(language())}" if term.note() else term.label(language()))
            for term in vocabulary
        ]
        super().__init__(label, validators, choices=shown, coerce=str, validate_choice=True, **kwargs)


def day_text(day: date | None) -> str:
    """Return a day as it stands in its field."""
    return clock.format_date(day) if day else ""


class ContractForm(ExchangeForm):
    """The contract: one long text per item of Art. 23, named `item_<code>`, and what is beside them.

    `opened_on` holds the marks (`merging.marks`) of the texts it was opened on.
    """

    opened_on = HiddenField()

    contract_no = LineField(_l("Contract number"), [AtMost(100)])
    effective_on = DayField(
        _l("Takes effect on"), description=_l("Leave it empty when the contract takes effect on the day of signing.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for number, term in enumerate(CONTRACT_ITEMS, 1):
            self[f"item_{term.code}"].label.text = f"{number}. {term.label(language())}"

    def texts(self) -> dict[str, str]:
        """Return item → text, for the items that were sent."""
        sent = {code: self[f"item_{code}"] for code in CONTRACT_ITEMS.codes}
        return {code: field.data or "" for code, field in sent.items() if field.raw_data}

    def typed(self) -> dict[str, str]:
        """Return field → text of everything that was sent, the day as it is written."""
        texts = {f"item_{code}": text for code, text in self.texts().items()}
        if self.contract_no.raw_data:
            texts["contract_no"] = self.contract_no.data or ""
        if self.effective_on.raw_data:
            texts["effective_on"] = day_text(self.effective_on.data)
        return texts

    def put(self, name: str, value: Any) -> None:
        """Let a field show `value` instead of what was typed."""
        self[name].data, self[name].raw_data = value, []


for _code in CONTRACT_ITEMS.codes:
    setattr(ContractForm, f"item_{_code}", LongField("", [AtMost(ITEM_LENGTH)]))


class SignatureForm(ExchangeForm):
    """One side's signed contract."""

    file = FileField(
        _l("Signed contract"), [FileRequired(_l("Choose a file."))],
        description=_l("PDF or a picture of the whole signed contract with its annexes. It is kept as evidence; filing it "
                       "is not itself a signature."),
    )
    signer_name = LineField(_l("Name of the signer"), [InputRequired(_NEEDED), AtMost(200)])
    signer_position = LineField(_l("Position"), [InputRequired(_NEEDED), AtMost(200)])
    authority = ChoiceField(_l("Signs as"), [InputRequired(_CHOOSE)], vocabulary=AUTHORITIES)
    authority_no = LineField(
        _l("Number of the authorisation"), [AtMost(100)], description=_l("Only for who signs by written authorisation.")
    )
    authority_file = FileField(_l("Written authorisation"))
    method = ChoiceField(_l("How it was signed"), [InputRequired(_CHOOSE)], vocabulary=SIGNING_METHODS)
    certificate_serial = LineField(
        _l("Serial number of the certificate"), [AtMost(100)], description=_l("Only for a digital signature.")
    )
    signed_on = DayField(_l("Day of signing"), [InputRequired(_NEEDED)])


class DeliveryForm(ExchangeForm):
    """What was delivered with a milestone."""

    note = LongField(
        _l("What was delivered"), [InputRequired(_NEEDED), Length(max=4000)],
        description=_l("Say what was handed over, when and to whom. The transferee reads it before accepting."),
    )
    file = MultipleFileField(_l("Delivery documents"))


class AcceptanceForm(ExchangeForm):
    """The minutes, the result and what the deal was worth."""

    minutes_no = LineField(_l("Number of the acceptance minutes"), [InputRequired(_NEEDED), AtMost(100)])
    minutes_on = DayField(_l("Date of the minutes"), [InputRequired(_NEEDED)])
    minutes = FileField(_l("Signed acceptance minutes"))
    result = LongField(
        _l("Result"), [InputRequired(_NEEDED), Length(max=10_000)],
        description=_l("What was achieved, figure by figure, against what was agreed."),
    )
    value_realised = MoneyField(
        _l("Value realised"),
        description=_l("What the transferee accepts to have paid or to pay. Enter 0 when there was none."),
    )
    evidence = FileField(_l("Evidence of the result"), description=_l("Test report, photographs, invoice or the like."))


class DealFileForm(ExchangeForm):
    """One document for the file of the deal."""

    role = TermField(_l("Kind of document"), [InputRequired(_CHOOSE)], vocabulary=DEAL_FILES)
    file = FileField(_l("File"), [FileRequired(_l("Choose a file."))])
    caption = LineField(_l("What it shows"), [AtMost(300)])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # A signed contract comes with its signature only.
        self.role.choices = [choice for choice in self.role.choices if choice[0] != "signed_contract"]


class PublicityForm(ExchangeForm):
    """What the own side makes public."""

    publicity = ChoiceField(_l("Your side agrees to"), [InputRequired(_CHOOSE)], vocabulary=PUBLICITIES)


class NoteForm(ExchangeForm):
    """An internal note."""

    text = LongField(_l("Note"), [Length(max=officers.LONGEST)])


class OfficerForm(ExchangeForm):
    """Who follows the deal."""

    officer = SelectField(_l("Officer"), choices=[], validate_choice=False)


class ClassForm(ExchangeForm):
    """The legal class of a technology that the exchange did not review."""

    control_class = TermField(_l("Legal class"), vocabulary=CONTROL_CLASSES)
    funding_source = TermField(_l("Funding source"), vocabulary=FUNDING_SOURCES)
    reason = LongField(_l("Reason"), [Length(max=2000)])
