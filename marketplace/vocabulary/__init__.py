"""Reference data: every code set of the exchange, with names in both languages and sources.

    from marketplace.vocabulary import TRL
    TRL.label("7", "vi"); TRL.choices(locale); "7" in TRL

Data only; `docs/vocabulary.md` is printed from it by `python -m marketplace.vocabulary`.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from marketplace.vocabulary.amounts import BUDGET_BANDS, CURRENCIES, EXPONENTS, PRICE_BANDS, Band, bands_of
from marketplace.vocabulary.classification import (
    HANOI_PRIORITY_FIELDS,
    SCIENCE_FIELDS,
    TRL,
    TRL_ASSESSED_BY,
    VSIC_SECTIONS,
    load_science_fields,
    science_field_root,
)
from marketplace.vocabulary.moderation import (
    DECISIONS,
    LISTING_REASONS,
    NEED_REASONS,
    ORGANISATION_REASONS,
    REASONS,
    SUSPENSION_REASONS,
)
from marketplace.vocabulary.needs import (
    COOPERATION_FORMS,
    KINDS_NEEDING_SIX_CLEAR,
    NEED_KINDS,
    NEED_VISIBILITIES,
    SIX_CLEAR,
)
from marketplace.vocabulary.people import (
    DOCUMENT_KINDS,
    LANGUAGES,
    MEMBER_ROLES,
    ORGANISATION_KINDS,
    STAFF_ROLES,
)
from marketplace.vocabulary.technology import (
    CONTROL_CLASSES,
    EXCLUSIVITIES,
    FUNDING_SOURCES,
    IP_KINDS,
    IP_STATUSES,
    IP_WITHOUT_NUMBER,
    LISTING_VISIBILITIES,
    OBJECT_KINDS,
    OBJECTS_ONLY_WITH_OTHERS,
    ORIGINS,
    PAYMENT_METHODS,
    PRICING_MODES,
    RIGHT_BASES,
    SUPPORT_KINDS,
    TRANSFER_DIRECTIONS,
    TRANSFER_FORMS,
    TRANSFER_METHODS,
    TRANSFER_RIGHTS,
)
from marketplace.vocabulary.terms import Term, Vocabulary, is_english

#: Every vocabulary by name, in the order of the documentation.
VOCABULARIES: Mapping[str, Vocabulary] = MappingProxyType({vocabulary.name: vocabulary for vocabulary in (
    ORGANISATION_KINDS, MEMBER_ROLES, STAFF_ROLES, DOCUMENT_KINDS, LANGUAGES,
    SCIENCE_FIELDS, VSIC_SECTIONS, HANOI_PRIORITY_FIELDS, TRL, TRL_ASSESSED_BY,
    OBJECT_KINDS, IP_KINDS, IP_STATUSES, RIGHT_BASES, TRANSFER_RIGHTS, EXCLUSIVITIES, TRANSFER_FORMS,
    TRANSFER_METHODS, PAYMENT_METHODS, PRICING_MODES, FUNDING_SOURCES, ORIGINS, TRANSFER_DIRECTIONS,
    CONTROL_CLASSES, LISTING_VISIBILITIES, SUPPORT_KINDS,
    NEED_KINDS, NEED_VISIBILITIES, COOPERATION_FORMS, SIX_CLEAR,
    DECISIONS, ORGANISATION_REASONS, LISTING_REASONS, NEED_REASONS, SUSPENSION_REASONS,
    CURRENCIES, PRICE_BANDS, BUDGET_BANDS,
)})

__all__ = [
    "BUDGET_BANDS", "CONTROL_CLASSES", "COOPERATION_FORMS", "CURRENCIES", "DECISIONS", "DOCUMENT_KINDS",
    "EXCLUSIVITIES", "EXPONENTS", "FUNDING_SOURCES", "HANOI_PRIORITY_FIELDS", "IP_KINDS", "IP_STATUSES",
    "IP_WITHOUT_NUMBER", "KINDS_NEEDING_SIX_CLEAR", "LANGUAGES", "LISTING_REASONS", "LISTING_VISIBILITIES",
    "MEMBER_ROLES", "NEED_KINDS", "NEED_REASONS", "NEED_VISIBILITIES", "OBJECTS_ONLY_WITH_OTHERS", "OBJECT_KINDS",
    "ORGANISATION_KINDS", "ORGANISATION_REASONS", "ORIGINS", "PAYMENT_METHODS", "PRICE_BANDS", "PRICING_MODES",
    "REASONS", "RIGHT_BASES", "SCIENCE_FIELDS", "SIX_CLEAR", "STAFF_ROLES", "SUPPORT_KINDS", "SUSPENSION_REASONS",
    "TRANSFER_DIRECTIONS", "TRANSFER_FORMS", "TRANSFER_METHODS", "TRANSFER_RIGHTS", "TRL", "TRL_ASSESSED_BY",
    "VOCABULARIES", "VSIC_SECTIONS",
    "Band", "Term", "Vocabulary", "bands_of", "is_english", "load_science_fields", "science_field_root",
]
