"""Shapes of what the sides send of a payment."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import SelectField
from wtforms.validators import InputRequired, Length, Regexp

from marketplace.payments.banks.bank_table import BANKS
from marketplace.web.forms import DayField, ExchangeForm, LineField, LongField, MoneyField

NEEDED = _l("Please fill this in.")


class ClaimForm(ExchangeForm):
    """What the payer reports."""

    amount = MoneyField(_l("Amount paid"), [InputRequired(NEEDED)])
    paid_on = DayField(_l("Paid on"), [InputRequired(NEEDED)])
    reference = LineField(_l("Reference of the bank"), [Length(max=100)],
                          description=_l("As on the transfer slip, so that the other side finds it."))
    file = FileField(_l("Proof of the payment"), description=_l("Transfer slip or receipt, as PDF or picture."))


class ConfirmForm(ExchangeForm):
    """What the payee received."""

    amount = MoneyField(_l("Amount received"), [InputRequired(NEEDED)],
                        description=_l("Less than reported: the rest stays to be paid."))
    received_on = DayField(_l("Received on"), [InputRequired(NEEDED)])


class ReopenForm(ExchangeForm):
    """What both sides say, and why an officer opens a payment again."""

    payer_text = LongField(_l("What the paying side says"), [InputRequired(NEEDED), Length(max=4000)])
    payee_text = LongField(_l("What the side that is paid says"), [InputRequired(NEEDED), Length(max=4000)])
    reason = LongField(_l("Why it is opened again"), [InputRequired(NEEDED), Length(max=2000)])


class PayeeAccountForm(ExchangeForm):
    """The bank account into which the organisation wants to be paid."""

    bin = SelectField(_l("Bank"), [InputRequired(NEEDED)],
                      choices=[("", ""), *((bank.bin, f"{bank.short_name} ({bank.bin})") for bank in BANKS)])
    account_no = LineField(_l("Account number"), [
        InputRequired(NEEDED), Regexp(r"^[0-9A-Za-z]{1,19}$", message=_l("Up to 19 digits or letters, without spaces."))])
    holder = LineField(_l("Holder"), [InputRequired(NEEDED), Length(max=140)],
                       description=_l("As the bank writes it: capital letters without marks."))
