"""Forms of organisations, one per section of the profile. Shape only: what is true is the actions' business."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField, FileRequired
from wtforms import BooleanField, EmailField, SelectField
from wtforms.validators import InputRequired, Length, Optional

from marketplace.values import places
from marketplace.vocabulary import DOCUMENT_KINDS, MEMBER_ROLES, ORGANISATION_KINDS, SCIENCE_FIELDS
from marketplace.web.forms import PHONE, ExchangeForm, LineField, LongField, TermField, TermsField
from marketplace.web.i18n import language


class NewOrganisationForm(ExchangeForm):
    """The little that a draft needs."""

    kind = TermField(_l("Kind of organisation"), [InputRequired()], vocabulary=ORGANISATION_KINDS)
    name = LineField(_l("Name in Vietnamese"), [InputRequired(), Length(min=2, max=300)])


class IdentityForm(ExchangeForm):
    """Who the organisation is in law."""

    kind = TermField(_l("Kind of organisation"), [InputRequired()], vocabulary=ORGANISATION_KINDS, optional=False)
    name = LineField(_l("Name in Vietnamese"), [InputRequired(), Length(min=2, max=300)])
    name_en = LineField(_l("Name in English"), [Length(max=300)])
    tax_code = LineField(_l("Tax code"), [Length(max=40)])
    legal_representative = LineField(_l("Legal representative"), [Length(max=200)])
    representative_title = LineField(_l("Position of the representative"), [Length(max=200)])
    accept_recheck = BooleanField(_l("I understand that the organisation will be verified again"))


class AddressForm(ExchangeForm):
    """Where it is: province, then ward. Without JavaScript a button shows the wards of the province chosen."""

    province_code = SelectField(_l("Province or city"), [Optional()], validate_choice=False)
    ward_code = SelectField(_l("Ward or commune"), [Optional()], validate_choice=False)
    street = LineField(_l("House number and street"), [Length(max=300)])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Offer the wards of the province that is chosen now."""
        super().__init__(*args, **kwargs)
        locale = language()
        self.province_code.choices = [("", _("Choose …")), *places.province_choices(locale)]
        self.ward_code.choices = [("", _("Choose …")), *places.ward_choices(self.province_code.data or "", locale)]


class AboutForm(ExchangeForm):
    """What it does."""

    field_codes = TermsField(_l("Fields of activity"), vocabulary=SCIENCE_FIELDS)
    description = LongField(_l("Description in Vietnamese"), [Length(max=5000)])
    description_en = LongField(_l("Description in English"), [Length(max=5000)])
    website = LineField(_l("Website"), [Length(max=300)])


class ContactForm(ExchangeForm):
    """Where enquiries go."""

    email = LineField(_l("E-mail for enquiries"), [Length(max=255)], render_kw={"inputmode": "email"})
    phone = LineField(_l("Telephone"), [Length(max=30), PHONE])


class DocumentForm(ExchangeForm):
    """One document."""

    kind = TermField(_l("Kind of document"), [InputRequired()], vocabulary=DOCUMENT_KINDS)
    file = FileField(_l("File"), [FileRequired(_l("Choose a file."))])
    caption = LineField(_l("Note"), [Length(max=300)])


class RolesForm(ExchangeForm):
    """A member's roles, each explained."""

    roles = TermsField(_l("Roles"), [InputRequired()], vocabulary=MEMBER_ROLES)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Say what each role may do."""
        super().__init__(*args, **kwargs)
        locale = language()
        self.roles.description = " ".join(f"{term.label(locale)}: {term.note(locale)}" for term in MEMBER_ROLES)


class InviteForm(RolesForm):
    """Whom to invite, with what roles."""

    email = EmailField(_l("E-mail address"), [InputRequired(), Length(max=255)])
