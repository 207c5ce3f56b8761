"""The forms of a listing, one per step: shape of input only; what must be there is the kind's business."""

from __future__ import annotations

import re
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, RadioField, StringField
from wtforms.validators import URL, Email, Optional, StopValidation

from marketplace import vocabulary as v
from marketplace.authoring.fields import (
    AtMost,
    IsoDayField,
    LevelField,
    PercentField,
    ProvinceField,
    RowForm,
    RowsField,
    WardField,
)
from marketplace.authoring.steps import StepForm
from marketplace.core.errors import DomainError
from marketplace.values import tax_code as tax_codes
from marketplace.values.text import clean_line
from marketplace.web.forms import (
    DayField,
    LineField,
    LongField,
    MoneyField,
    TagsField,
    TermField,
    TermsField,
)
from marketplace.web.i18n import language

_IPC = re.compile(r"[A-H][0-9]{2}[A-Z](\s?[0-9]{1,4}/[0-9]{2,6})?")
LONG = {"count": 10_000, "advice": 4_000, "rows": 7}  # EEN advises 4,000 characters for a description


class SpecRow(RowForm):
    """A technical figure."""

    required = ("name", "value")
    name = LineField(_l("Figure"), [AtMost(200)])
    value = LineField(_l("Value"), [AtMost(100)])
    unit = LineField(_l("Unit"), [AtMost(30)])


class OwnerRow(RowForm):
    """An owner and the share."""

    required = ("name",)
    name = LineField(_l("Owner"), [AtMost(300)])
    tax_code = LineField(_l("Tax code"), [AtMost(20)])
    share_bp = PercentField(_l("Share in %"))

    def validate_tax_code(self, field: Any) -> None:
        """Check and normalise a code when one is given."""
        if field.data:
            try:
                field.data = tax_codes.parse(field.data).value
            except DomainError as error:
                raise StopValidation(gettext(error.message)) from error


class IpRow(RowForm):
    """One right of intellectual property."""

    required = ("kind",)
    kind = TermField(_l("Kind of protection"), vocabulary=v.IP_KINDS)
    status = TermField(_l("Status"), vocabulary=v.IP_STATUSES)
    number = LineField(_l("Number"), [AtMost(100)])
    country = LineField(_l("Country"), [AtMost(100)])
    filed_on = IsoDayField(_l("Filed on"))
    expires_on = IsoDayField(_l("Expires on"))


class WhatForm(StepForm):
    """What it is."""

    look = {
        "title": {"count": 300, "advice": 256},
        "title_en": {"count": 300, "advice": 256},
        "public_summary": {"count": 1000, "advice": 500, "rows": 6},
        "summary_en": {"count": 1000, "advice": 500, "rows": 6},
        "tags": {"keywords": 5},
        "market_tags": {"keywords": 5},
    }
    title = LineField("", [AtMost(300)], description=_l("What it is and what it does, in one line."))
    public_summary = LongField(
        "", [AtMost(1000)], description=_l("For readers outside the field: which problem, which benefit. Plain text.")
    )
    object_kinds = TermsField("", vocabulary=v.OBJECT_KINDS)
    field_code = TermField("", vocabulary=v.SCIENCE_FIELDS)
    hanoi_priority_field = TermField("", vocabulary=v.HANOI_PRIORITY_FIELDS)
    tags = TagsField("", description=_l("Separated by commas, for example: membrane, ultrafiltration."))
    market_tags = TagsField("", description=_l("Who buys it, for example: food industry, hospitals."))
    vsic_codes = TermsField("", vocabulary=v.VSIC_SECTIONS)
    ipc_codes = TagsField("", description=_l("For example C02F 1/44. Needed when there is a patent."))
    language = TermField("", vocabulary=v.LANGUAGES, optional=False)
    title_en = LineField("", [AtMost(300)])
    summary_en = LongField("", [AtMost(1000)])

    def validate_ipc_codes(self, field: Any) -> None:
        """Check the shape of each class."""
        field.data = [code.upper() for code in field.data]
        wrong = [code for code in field.data if not _IPC.fullmatch(code)]
        if wrong:
            raise StopValidation(gettext("Not a class of the IPC: %(code)s. Write it like C02F 1/44.", code=wrong[0][:40]))


class UseForm(StepForm):
    """Problem, way of working, advantages, figures."""

    look = {"problem_solved": LONG, "how_it_works": LONG, "applications": LONG, "advantages": LONG}
    problem_solved = LongField("", [AtMost(10_000)], description=_l("Who has it, how large it is, what is done today."))
    how_it_works = LongField("", [AtMost(10_000)], description=_l("Nothing secret here: know-how has its own place."))
    applications = LongField("", [AtMost(10_000)])
    advantages = LongField("", [AtMost(10_000)], description=_l("With figures, compared to what is on the market."))
    specs = RowsField(
        SpecRow, (("name", "half"), ("value", "third"), ("unit", "short")), _l("Add a figure"), most=40,
        description=_l("Measured figures with their units."),
    )


class MaturityForm(StepForm):
    """Readiness, and who says so."""

    look = {"trl_evidence": {"count": 4000, "rows": 6}}
    trl = LevelField("", vocabulary=v.TRL)
    trl_evidence = LongField(
        "", [AtMost(4000)], description=_l("Tests, pilots, customers: what shows that the level is reached.")
    )
    trl_assessed_by = RadioField(
        "", choices=[],
        description=_l("Your own estimate is shown as self-declared. Only an assessment by others counts as assessed."),
    )
    trl_assessor = LineField("", [AtMost(200)])
    trl_assessed_on = DayField("")

    def prepare(self, kind: Any) -> None:
        """Offer who may have assessed."""
        super().prepare(kind)
        self.trl_assessed_by.choices = v.TRL_ASSESSED_BY.choices(language())
        self.trl_assessed_by.validate_choice = bool(self.trl_assessed_by.data)


class RightsForm(StepForm):
    """Owners, protection, funding, origin."""

    owners = RowsField(
        OwnerRow, (("name", "half"), ("tax_code", "third"), ("share_bp", "short")), _l("Add an owner"),
        description=_l("Everybody who owns the technology. The shares sum to 100 %."),
    )
    right_basis = TermField(
        "", vocabulary=v.RIGHT_BASES, description=_l("When you are authorised, add the consent as a file.")
    )
    ip = RowsField(
        IpRow,
        (("kind", "half"), ("status", "half"), ("number", "half"), ("country", "half"), ("filed_on", "half"),
         ("expires_on", "half")),
        _l("Add a right"), description=_l("The number is needed except for trade secrets and what is not filed."),
    )
    funding_source = TermField("", vocabulary=v.FUNDING_SOURCES)
    task_code = LineField("", [AtMost(100)], description=_l("For results paid by the State."))
    result_certificate_no = LineField("", [AtMost(100)], description=_l("Number of the certificate, when there is one."))
    origin = TermField("", vocabulary=v.ORIGINS)


class TransferForm(StepForm):
    """What is offered, on which terms, at which price."""

    look = {"support_note": {"count": 4000}}
    cooperation_forms = TermsField("", vocabulary=v.COOPERATION_FORMS, description=_l("One to three read best."))
    price_min = MoneyField("", description=_l("In dong, for example 1,5 tỷ or 500 triệu."))
    price_max = MoneyField("", description=_l("Only for a range."))


class ContactForm(StepForm):
    """Contact, place, who sees what."""

    look = {
        "contact_name": {"autocomplete": "name"},
        "contact_email": {"autocomplete": "email"},
        "contact_phone": {"autocomplete": "tel"},
        "members_detail": {"count": 10_000}, "confidential_detail": {"count": 10_000},
    }
    contact_name = LineField("", [AtMost(200)])
    contact_email = LineField("", [AtMost(255), Optional(), Email(_l("Not a valid e-mail address."))])
    contact_phone = LineField("", [AtMost(30)])
    province_code = ProvinceField("")
    ward_code = WardField("")
    visibility = TermField("", vocabulary=v.LISTING_VISIBILITIES, optional=False)
    members_detail = LongField(
        "", [AtMost(10_000)], description=_l("What members of verified organisations may read besides the public part.")
    )
    confidential_detail = LongField(
        "", [AtMost(10_000)],
        description=_l("Know-how, for your organisation and the moderator of the case only; every reading is recorded."),
    )
    nda_required = BooleanField("")
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
