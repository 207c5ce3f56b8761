"""What an organisation must say before it is submitted, and what its verification rests on."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from marketplace.organisations.models import Organisation
from marketplace.values import places, tax_code
from marketplace.values.text import N_

#: Kinds of documents of which at least one proves that the organisation exists.
PROOFS = frozenset({"registration", "establishment", "st_registration", "st_enterprise", "tax"})


@dataclass(frozen=True)
class MissingFact:
    """One missing fact: the field, its label and the section of the form where it is filled in."""

    field: str
    label: str
    section: str


def missing(organisation: Organisation, document_kinds: Collection[str]) -> list[MissingFact]:
    """Return what still lacks for submission, in the order of the form. `document_kinds` are those uploaded."""
    lacks = [
        MissingFact("name", N_("Name in Vietnamese"), "identity") if len(organisation.name) < 2 else None,
        MissingFact("tax_code", N_("Tax code"), "identity") if not tax_code.is_valid(organisation.tax_code) else None,
        _blank(organisation, "legal_representative", N_("Legal representative"), "identity"),
        MissingFact("province_code", N_("Province or city"), "address")
        if not places.province(organisation.province_code) else None,
        MissingFact("ward_code", N_("Ward or commune"), "address")
        if not places.is_ward_of(organisation.ward_code, organisation.province_code) else None,
        _blank(organisation, "street", N_("House number and street"), "address"),
        MissingFact("field_codes", N_("Fields of activity"), "about") if not organisation.field_codes else None,
        _blank(organisation, "description", N_("Description in Vietnamese"), "about"),
        _blank(organisation, "email", N_("E-mail for enquiries"), "contact"),
        _blank(organisation, "phone", N_("Telephone"), "contact"),
        # Copies of identity cards are sensitive data (Decree 356/2025): people are asked for none.
        MissingFact("documents", N_("A document that proves the organisation"), "documents")
        if organisation.kind != "individual" and not PROOFS & set(document_kinds) else None,
    ]
    return [lack for lack in lacks if lack]


def _blank(organisation: Organisation, field: str, label: str, section: str) -> MissingFact | None:
    return None if str(getattr(organisation, field)).strip() else MissingFact(field, label, section)
