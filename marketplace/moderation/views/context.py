"""What was submitted, prepared for the case page: fields by step, facts of an organisation, its people."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from marketplace.buyer_requests.editor import EDITOR as NEED_EDITOR
from marketplace.core.permissions import MANAGE_ORGANISATION
from marketplace.listings.editor import EDITOR as LISTING_EDITOR
from marketplace.moderation.diff_view import Shown, compare
from marketplace.moderation.submission import Submission
from marketplace.organisations.completeness import missing
from marketplace.organisations.models import Organisation
from marketplace.organisations.queries import members
from marketplace.values import places, tax_code
from marketplace.vocabulary import MEMBER_ROLES, ORGANISATION_KINDS, SCIENCE_FIELDS
from marketplace.web.i18n import language

_STEPS: Mapping[str, Mapping[str, str]] = {
    editor.kind.name: {step.key: step.label for step in editor.steps} for editor in (LISTING_EDITOR, NEED_EDITOR)
}


@dataclass(frozen=True)
class Group:
    """The fields of one step of the form."""

    label: str
    rows: list[Shown]


def submitted(subject: Submission, tiers: tuple[str, ...]) -> list[Group]:
    """Return the submitted fields by step, compared with the published version when there is one."""
    if subject.versioned is None:
        return []
    shown = compare(subject.versioned, subject.published, subject.revision, tiers)
    labels = _STEPS[subject.kind]
    groups: dict[str, list[Shown]] = {}
    for row in shown:
        groups.setdefault(row.step, []).append(row)
    return [Group(_(labels.get(step, step)), rows) for step, rows in groups.items()]


def labels_of(subject: Submission) -> Mapping[str, str]:
    """Return the names of the fields and files that may be missing, in the reader's language."""
    if subject.versioned is None:
        return {lack.field: _(lack.label) for lack in missing(subject.thing, ())}
    extra = {"image": _("Pictures"), "right_proof": _("Proof of your right")}
    return extra | {spec.name: _(spec.label) for spec in subject.versioned.fields}


def organisation_facts(org: Organisation) -> list[dict[str, str]]:
    """Return what an organisation states, with what our own check says of its tax code."""
    locale = language()
    place = ", ".join(part for part in (org.street, places.label(org.province_code, org.ward_code, locale)) if part)
    facts = [
        (_("Organisation's name"), org.name, ""),
        (_("English name"), org.name_en, ""),
        (_("Kind"), ORGANISATION_KINDS.label(org.kind, locale), ""),
        (_("Tax code"), org.tax_code, _tax_note(org.tax_code)),
        (_("Legal representative"), ", ".join(x for x in (org.legal_representative, org.representative_title) if x), ""),
        (_("Address"), place, ""),
        (_("Fields"), ", ".join(SCIENCE_FIELDS.label(code, locale) for code in org.field_codes), ""),
        (_("Website"), org.website, ""),
        (_("E-mail"), org.email, ""),
        (_("Telephone"), org.phone, ""),
        (_("Description in Vietnamese"), org.description, ""),
        (_("Description in English"), org.description_en, ""),
    ]
    return [{"label": label, "value": value, "note": note} for label, value, note in facts]


def _tax_note(code: str) -> str:
    if not code:
        return ""
    return _("The check digit is right.") if tax_code.is_valid(code) else _("The check digit is wrong.")


def people(org: Organisation) -> list[dict[str, Any]]:
    """Return the members with their roles, admins first. One statement."""
    return [
        {
            "name": one.user.name or one.user.email,
            "email": one.user.email,
            "roles": ", ".join(MEMBER_ROLES.label(role, language()) for role in one.roles),
        }
        for one in sorted(members(org.id), key=lambda one: not MANAGE_ORGANISATION.held_by(one.roles))
    ]
