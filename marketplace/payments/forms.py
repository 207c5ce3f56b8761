"""Shapes of what accountants send: lines of the tariff, what is free for whom, credits, refunds."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField, FileRequired
from wtforms import BooleanField, PasswordField, SelectField
from wtforms.validators import InputRequired, Length, Optional, Regexp

from marketplace.core.errors import Invalid
from marketplace.payments.banks.bank_table import BANKS
from marketplace.payments.banks.callback_secret import LEAST
from marketplace.payments.fees.amounts import parse_bands
from marketplace.payments.fees.vat_table import DEFAULT, VAT_RULES
from marketplace.values.text import N_
from marketplace.vocabulary import FEE_BASES, FEE_KINDS, ORGANISATION_KINDS, REFUND_REASONS, SIDES
from marketplace.web.forms import (
    DayField,
    ExchangeForm,
    LineField,
    LongField,
    MoneyField,
    ReasonForm,
    TermField,
    TermsField,
    WholeField,
)

NEEDED = _l("Please fill this in.")
_CODE = Regexp(r"^[a-z0-9][a-z0-9-]{1,39}$", message=_l("Two to 40 small letters without marks, digits and hyphens."))


class VatField(SelectField):
    """One VAT rule, by its code."""

    def __init__(self, label: Any = None, validators: Any = None, **kwargs: Any) -> None:
        choices = [(rule.code, _(rule.label)) for rule in VAT_RULES]
        super().__init__(label, validators, choices=choices, coerce=str, default=DEFAULT, **kwargs)


class _Dated(ExchangeForm):
    """What both kinds of rules have: code, names, days, and why the change is proposed."""

    code = LineField(_l("Code"), [InputRequired(NEEDED), _CODE],
                     description=_l("A row with the same code and a later day takes the place of the earlier one."))
    name_vi = LineField(_l("Name in Vietnamese"), [InputRequired(NEEDED), Length(max=300)])
    name_en = LineField(_l("Name in English"), [InputRequired(NEEDED), Length(max=300)])
    from_on = DayField(_l("From"), [InputRequired(NEEDED)])
    to_on = DayField(_l("Until"), description=_l("Leave it empty when no end is decided."))
    reason = LongField(_l("Why it is proposed"), [InputRequired(NEEDED), Length(max=2000)])

    def dated(self) -> dict[str, Any]:
        """Return the values of these fields as a proposal keeps them."""
        return {"code": self.code.data, "name_vi": self.name_vi.data, "name_en": self.name_en.data,
                "from_on": _iso(self.from_on.data), "to_on": _iso(self.to_on.data)}


class FeeRuleForm(_Dated):
    """A line of the tariff."""

    kind = TermField(_l("Kind of fee"), [InputRequired(NEEDED)], vocabulary=FEE_KINDS)
    base = TermField(_l("How it is found"), [InputRequired(NEEDED)], vocabulary=FEE_BASES)
    amount = MoneyField(_l("Amount without VAT"), description=_l("For a fixed amount; 0 makes it free."))
    bands = LongField(
        _l("Bands"), [Length(max=2000)],
        description=_l("One line each: from; to; per cent; at least; at most. For example “0; 1 tỷ; 2; 5 triệu;”."))
    payer = TermField(_l("Payer of a deal's fee"), [InputRequired(NEEDED)], vocabulary=SIDES)
    vat_rule = VatField(_l("VAT"))
    source = LineField(_l("Source"), [InputRequired(NEEDED), Length(max=300)],
                       description=_l("The decision that the fee follows, with its number and date."))
    read_in_source = BooleanField(_l("I have read this in the source itself"))

    def values(self) -> Mapping[str, Any]:
        """Return the rule as a proposal keeps it. Raises Invalid on `amount` or `bands`."""
        fixed = self.base.data == FEE_BASES.codes[0]
        if fixed and self.amount.data is None:
            raise Invalid("amount", N_("A fixed fee needs its amount."))
        return {
            **self.dated(), "kind": self.kind.data, "base": self.base.data, "amount": self.amount.data if fixed else None,
            "bands": [] if fixed else parse_bands(self.bands.data or ""), "payer": self.payer.data,
            "vat_rule": self.vat_rule.data, "source": self.source.data, "read_in_source": bool(self.read_in_source.data),
        }


class WaiverRuleForm(_Dated):
    """For whom something is free."""

    fee_kinds = TermsField(_l("Fees"), vocabulary=FEE_KINDS,
                           description=_l("None: what this code made free is free no more."))
    org_kinds = TermsField(_l("For"), vocabulary=ORGANISATION_KINDS)
    decision_no = LineField(_l("Decision number"), [InputRequired(NEEDED), Length(max=100)])

    def values(self) -> Mapping[str, Any]:
        """Return the rule as a proposal keeps it."""
        return {**self.dated(), "fee_kinds": list(self.fee_kinds.data or ()), "org_kinds": list(self.org_kinds.data or ()),
                "decision_no": self.decision_no.data}


class EInvoiceForm(ExchangeForm):
    """The e-invoice of a provider."""

    series = LineField(_l("Series"), [Length(max=20)])
    number = LineField(_l("Number"), [InputRequired(NEEDED), Length(max=40)])
    date = DayField(_l("Day"), [InputRequired(NEEDED)])
    lookup_code = LineField(_l("Lookup code"), [InputRequired(NEEDED), Length(max=60)])
    provider = LineField(_l("Provider"), [Length(max=100)])


class CreditForm(ExchangeForm):
    """What is to be taken off a payment request, by which agreement."""

    total = MoneyField(_l("To be credited, VAT included"), [InputRequired(NEEDED)])
    agreement_no = LineField(_l("Number of the written agreement"), [InputRequired(NEEDED), Length(max=100)])
    agreement_on = DayField(_l("Day of the agreement"), [InputRequired(NEEDED)])
    reason = LongField(_l("Why it is proposed"), [InputRequired(NEEDED), Length(max=2000)])


class RefundForm(ExchangeForm):
    """What is to be paid back of a payment, and why."""

    amount = MoneyField(_l("To be paid back"), [InputRequired(NEEDED)])
    reason_code = TermField(_l("Reason"), [InputRequired(NEEDED)], vocabulary=REFUND_REASONS)
    reason = LongField(_l("Details"), [Length(max=2000)])


class RefundMoveForm(ReasonForm):
    """A step of a refund: why it is rejected or failed, or the bank's reference of what was sent."""

    bank_reference = LineField(_l("Reference of the bank"), [Length(max=100)],
                               description=_l("As it stands in the bank's confirmation of your transfer."))


class StatementForm(ExchangeForm):
    """A statement of a bank, and of which account it is."""

    account = SelectField(_l("Account"), [InputRequired(NEEDED)], choices=[])
    file = FileField(_l("Statement"), [FileRequired(_l("Choose a file."))], description=_l("CSV, XLSX or MT940."))


class StatementLineForm(ExchangeForm):
    """What is done with a line of a statement; each button sends its own fields."""

    invoice = LineField(_l("Payment request"), [Optional(), Length(max=20)])
    parts = LongField(_l("Payment requests and amounts"), [Optional(), Length(max=2000)],
                      description=_l("One line each, for example “DN-2026-000012 1.500.000”."))
    payer = LineField(_l("Whose credit"), [Optional(), Length(max=100)], description=_l("Tax code or short name."))
    back_to = LineField(_l("Who gets it back"), [Optional(), Length(max=100)], description=_l("Tax code or short name."))
    payout = SelectField(_l("Which payout it is"), [Optional()], choices=[], validate_choice=False)
    refund = SelectField(_l("Which refund it is"), [Optional()], choices=[], validate_choice=False)
    why = LongField(_l("Why it is sent back"), [Optional(), Length(max=2000)])


class PayoutLineForm(ExchangeForm):
    """Which line of a statement shows a parked payout."""

    line = WholeField(_l("Line of the statement"), [InputRequired(NEEDED)])


class BankAccountForm(ExchangeForm):
    """What of a bank account of the exchange may change, and why."""

    holder = LineField(_l("Holder"), [InputRequired(NEEDED), Length(max=140)],
                       description=_l("As the bank writes it: capital letters without marks."))
    callback_secret = PasswordField(
        _l("Secret of the bank's messages"), [Optional(), Length(min=LEAST, max=200)], render_kw={"autocomplete": "off"},
        description=_l("Only if the bank tells of transfers by itself. Left empty, it stays as it is."))
    reason = LongField(_l("Why it is proposed"), [InputRequired(NEEDED), Length(max=2000)])


class NewBankAccountForm(BankAccountForm):
    """A bank account of the exchange."""

    bin = SelectField(_l("Bank"), [InputRequired(NEEDED)],
                      choices=[("", ""), *((bank.bin, f"{bank.short_name} ({bank.bin})") for bank in BANKS)])
    account_no = LineField(_l("Account number"), [
        InputRequired(NEEDED), Regexp(r"^[0-9A-Za-z]{1,19}$", message=_l("Up to 19 digits or letters, without spaces."))])


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""
