"""The forms of a listing: what its specs do not say about the input of a step, and the question to its owner."""

from __future__ import annotations

import re
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import RadioField, StringField
from wtforms.validators import URL, Email, Optional, StopValidation

from marketplace import vocabulary as v
from marketplace.authoring.fields import AtMost, PercentField
from marketplace.authoring.form_fields import row_of, rows_of
from marketplace.authoring.shared_forms import StepForm
from marketplace.core.errors import DomainError
from marketplace.listings.kind import KIND, MATURITY, TRANSFER, WHAT
from marketplace.values import tax_code as tax_codes
from marketplace.values.text import clean_line
from marketplace.web.forms import LineField, TagsField
from marketplace.web.i18n import language

_IPC = re.compile(r"[A-H][0-9]{2}[A-Z](\s?[0-9]{1,4}/[0-9]{2,6})?")
_OWNERS = KIND.spec("owners")


class OwnerRow(row_of(_OWNERS.columns)):  # type: ignore[misc]  # a class made from columns
    """An owner and the share."""

    share_bp = PercentField(_l("Share in %"))

    def validate_tax_code(self, field: Any) -> None:
        """Check and normalise a code when one is given."""
        if field.data:
            try:
                field.data = tax_codes.parse(field.data).value
            except DomainError as error:
                raise StopValidation(gettext(error.message)) from error


class WhatForm(StepForm):
    """What it is and what it solves."""

    order = (
        "title", "public_summary", "object_kinds", "field_code", "problem_solved", "advantages", "how_it_works",
        "applications", "specs", "topic_codes", "hanoi_priority_field", "tags", "market_tags", "vsic_codes", "ipc_codes",
        "language",
    )
    ipc_codes = TagsField("")

    def validate_ipc_codes(self, field: Any) -> None:
        """Check the shape of each class."""
        field.data = [code.upper() for code in field.data]
        wrong = [code for code in field.data if not _IPC.fullmatch(code)]
        if wrong:
            raise StopValidation(gettext("Not a class of the IPC: %(code)s. Write it like C02F 1/44.", code=wrong[0][:40]))


class MaturityForm(StepForm):
    """Readiness and who says so; owners, protection, funding, origin."""

    owners = rows_of(_OWNERS, OwnerRow)
    trl_assessed_by = RadioField("", choices=[])

    def apply_specs(self, kind: Any) -> None:
        """Offer who may have assessed."""
        super().apply_specs(kind)
        self.trl_assessed_by.choices = v.TRL_ASSESSED_BY.choices(language())
        self.trl_assessed_by.validate_choice = bool(self.trl_assessed_by.data)


class TransferForm(StepForm):
    """Terms and price; contact, place, who sees what."""

    contact_email = LineField("", [AtMost(255), Optional(), Email(_l("Not a valid e-mail address."))])
    contact_phone = LineField("", [AtMost(30)])
    source_url = StringField("", [AtMost(500), Optional(), URL(message=_l("Not a web address. Begin with https://"))])

    def validate_contact_phone(self, field: Any) -> None:
        """Digits with the usual signs."""
        if field.data and not re.fullmatch(r"\+?[0-9 .()\-]{6,30}", field.data):
            raise StopValidation(gettext("Not a telephone number."))

    def validate_source_url(self, field: Any) -> None:
        """Only web addresses: no javascript:, no data:."""
        field.data = clean_line(field.data or "")
        if field.data and not field.data.lower().startswith(("http://", "https://")):
            raise StopValidation(gettext("Not a web address. Begin with https://"))


#: The forms of steps that are more than their specs, by step.
FORMS: dict[str, type[StepForm]] = {WHAT: WhatForm, MATURITY: MaturityForm, TRANSFER: TransferForm}
