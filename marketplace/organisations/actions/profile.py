"""Create an organisation and change what it says about itself."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from email_validator import EmailNotValidError, validate_email
from sqlalchemy import func, select

from marketplace.accounts.queries import hold_person
from marketplace.core.access import SYSTEM, Actor
from marketplace.core.errors import IllegalMove, Invalid, NotAllowed
from marketplace.core.events import record, transition
from marketplace.core.extensions import db
from marketplace.core.locks import check_version
from marketplace.organisations.lifecycle import EDITABLE_STATES, ORGANISATION
from marketplace.organisations.models import Membership, Organisation
from marketplace.values import clock, places, tax_code
from marketplace.values.lookalikes import MIXED, mixes_alphabets
from marketplace.values.tax_code import TaxCodeError
from marketplace.values.text import ADDRESS_IN_NAME, N_, bears_address, clean_line, nfc, slug, sort_key
from marketplace.vocabulary import MEMBER_ROLES, ORGANISATION_KINDS, SCIENCE_FIELDS

#: Facts that verification rests on: a verified organisation that changes one is asked again (docs/domain.md §4.1).
PROTECTED = ("kind", "name", "tax_code", "legal_representative")
REPEAT = timedelta(minutes=1)
MOST_DRAFTS = 3  # organisations in draft that one person may have: each may invite people by e-mail

_LINES = ("name", "name_en", "legal_representative", "representative_title", "street", "phone")
_MAILED = ("name", "name_en", "legal_representative")  # what stands in mails to people who do not know the organisation
_TEXTS = ("description", "description_en")
_OTHERS = ("kind", "tax_code", "province_code", "ward_code", "field_codes", "website", "email")
FIELDS = frozenset((*_LINES, *_TEXTS, *_OTHERS))


def create(actor: Actor, *, kind: str, name: str) -> Organisation:
    """Return a new organisation in draft; who creates it becomes its administrator, editor and signer.

    The same name by the same person within REPEAT is the same organisation (a double click).
    """
    if not actor.signed_in:
        raise NotAllowed
    values = _checked(None, {"kind": kind, "name": name})
    twin = _twin(actor, values["name"])
    if twin is not None:
        return twin
    drafts = select(func.count()).where(
        Organisation.created_by_id == actor.user_id, Organisation.state == ORGANISATION.initial
    )
    if (db.session.scalar(drafts) or 0) >= MOST_DRAFTS:
        raise Invalid("name", N_("You have %(count)s organisations in draft. Use one of them."),
                      count=MOST_DRAFTS)
    made = Organisation(
        slug=_free_slug(values["name"]),
        sort_name=sort_key(values["name"]),
        state=ORGANISATION.initial,
        created_by_id=actor.user_id,
        **values,
    )
    db.session.add(made)
    db.session.flush()
    founder = Membership(
        organisation_id=made.id, user_id=actor.user_id, roles=list(MEMBER_ROLES.codes), joined_at=clock.now()
    )
    db.session.add(founder)
    record(made, "organisation.create", actor, data={"kind": made.kind})
    return made


def _twin(actor: Actor, name: str) -> Organisation | None:
    """Return what the same person has just registered; their row is held, so that two requests see each other."""
    hold_person(actor.user_id)
    rows = select(Organisation).where(
        Organisation.created_by_id == actor.user_id, Organisation.name == name, Organisation.state == ORGANISATION.initial,
        Organisation.created_at > clock.now() - REPEAT,
    )
    return db.session.scalars(rows.limit(1)).first()


def change(
    organisation: Organisation,
    actor: Actor,
    values: Mapping[str, Any],
    lock: int | None = None,
    *,
    accept_recheck: bool = False,
) -> None:
    """Change facts of an organisation; the same values twice are silence.

    A verified organisation that changes a protected fact goes back to "more information needed"; it must have been
    told (`accept_recheck`). Raises NotAllowed, IllegalMove, Stale or Invalid.
    """
    if "admin" not in organisation.roles_of(actor):
        raise NotAllowed
    new = _checked(organisation, values)
    changed = sorted(field for field, value in new.items() if getattr(organisation, field) != value)
    if not changed:
        return
    if organisation.state not in EDITABLE_STATES:
        raise IllegalMove(organisation.state, label=ORGANISATION.label(organisation.state))
    check_version(lock, organisation.lock)
    guarded = [field for field in changed if field in PROTECTED and organisation.verified]
    if guarded and not accept_recheck:
        raise Invalid("accept_recheck", N_("This change needs a new verification. Tick the box to go on."))
    for field in changed:
        setattr(organisation, field, new[field])
    organisation.sort_name = sort_key(organisation.name)
    record(organisation, "organisation.edit", actor, data={"fields": changed})
    if guarded:
        transition(
            organisation, ORGANISATION, "recheck", SYSTEM, {"system"},
            reason_code="protected_change", data={"fields": guarded},
        )


def _checked(organisation: Organisation | None, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values in the form that is stored. Raises Invalid at the first field that breaks a rule."""
    unknown = set(values) - FIELDS
    if unknown:
        raise ValueError(f"no such fields: {sorted(unknown)}")
    new: dict[str, Any] = {}
    for field, value in values.items():
        if field in _LINES:
            new[field] = clean_line(value or "")
        elif field in _TEXTS:
            new[field] = nfc(value or "").strip()
        else:
            new[field] = value
    if len(new.get("name", "xx")) < 2:
        raise Invalid("name", N_("Enter the name of the organisation."))
    for field in _MAILED:
        unchanged = organisation is not None and new.get(field) == getattr(organisation, field)
        if not unchanged and bears_address(new.get(field, "")):
            raise Invalid(field, ADDRESS_IN_NAME)
        if not unchanged and mixes_alphabets(new.get(field, "")):
            raise Invalid(field, MIXED)
    if "kind" in new and new["kind"] not in ORGANISATION_KINDS:
        raise Invalid("kind", N_("Choose the kind of organisation."))
    if "field_codes" in new:
        new["field_codes"] = [code for code in SCIENCE_FIELDS.codes if code in set(new["field_codes"] or ())]
    kind = new.get("kind") or (organisation.kind if organisation else "")
    if "tax_code" in new:
        new["tax_code"] = _tax_code(new["tax_code"] or "", kind)
    elif "kind" in new and organisation is not None:
        _tax_code(organisation.tax_code, kind)
    _check_place(new, organisation)
    if "website" in new:
        new["website"] = _website(new["website"] or "")
    if "email" in new:
        new["email"] = _email(new["email"] or "")
    return new


def _tax_code(text: str, kind: str) -> str:
    if not text.strip():
        return ""
    try:
        code = tax_code.parse(text)
    except TaxCodeError as error:
        raise Invalid("tax_code", error.message) from error
    if code.kind == "personal" and kind != "individual":
        raise Invalid("tax_code", N_("A 12-digit personal number is for individuals and household businesses only."))
    return code.value


def _check_place(new: dict[str, Any], organisation: Organisation | None) -> None:
    if "province_code" not in new and "ward_code" not in new:
        return
    province = new.get("province_code", organisation.province_code if organisation else "") or ""
    if province and places.province(province) is None:
        raise Invalid("province_code", N_("Choose a province or city of the list."))
    if new.get("ward_code") and not places.is_ward_of(new["ward_code"], province):
        raise Invalid("ward_code", N_("Choose a ward or commune of this province."))
    for field in ("province_code", "ward_code"):
        if field in new:
            new[field] = new[field] or ""


def _website(text: str) -> str:
    text = clean_line(text)
    if not text:
        return ""
    if "://" not in text:
        text = f"https://{text}"
    if len(text) > 300 or not _is_web_address(text):
        raise Invalid("website", N_("Enter a web address such as https://www.example.vn."))
    return text


def _is_web_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
        host = parts.hostname or ""
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and "." in host and not parts.username and not re.search(r"\s", text)


def _email(text: str) -> str:
    text = clean_line(text)
    if not text:
        return ""
    try:
        return str(validate_email(text, check_deliverability=False, test_environment=True).normalized).lower()
    except EmailNotValidError as error:
        raise Invalid("email", N_("This is not a valid e-mail address.")) from error


def _free_slug(name: str) -> str:
    wanted = slug(name) or "to-chuc"
    taken = db.session.scalar(select(Organisation.id).where(Organisation.slug == wanted))
    return wanted if taken is None else f"{wanted}-{secrets.token_hex(3)}"
