"""A need for machines: schema.org `Demand` in JSON-LD."""

from __future__ import annotations

from typing import Any

from flask import current_app

from marketplace.buyer_requests.reader_view import Face
from marketplace.values import clock, places
from marketplace.vocabulary import COOPERATION_FORMS, NEED_KINDS, SCIENCE_FIELDS


def demand(face: Face) -> dict[str, Any]:
    """Return what this reader sees as a Demand; a hidden requester is simply not there."""
    base = current_app.extensions["settings"].base_url
    language = face.revision.language or "vi"
    published = face.need.published_at
    found: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "Demand",
        "@id": base + face.path,
        "url": base + face.path,
        "identifier": face.code,
        "name": face["title"],
        "alternateName": face["title_en"],
        "description": face["summary"],
        "inLanguage": language,
        "additionalType": NEED_KINDS.label(face["kind"], language),
        "category": [SCIENCE_FIELDS.label(code, language) for code in face["field_codes"]],
        "keywords": face["tags"],
        "businessFunction": [COOPERATION_FORMS.label(code, language) for code in face["cooperation_forms"]],
        "availabilityStarts": published.isoformat() if published else None,
        "availabilityEnds": clock.end_of_day(face.deadline).isoformat() if face.deadline else None,
        "areaServed": _place(face),
        "priceSpecification": _budget(face),
        "additionalProperty": [_measure(row) for row in face["target_measures"]] + _levels(face),
        "@reverse": _requester(face, base),
    }
    return {key: value for key, value in found.items() if value}


def _place(face: Face) -> dict[str, str] | None:
    label = places.label(face["province_code"] or None, face["ward_code"] or None)
    return {"@type": "AdministrativeArea", "name": label} if label else None


def _budget(face: Face) -> dict[str, Any] | None:
    low, high = face["budget_min"], face["budget_max"] or None
    if low is None and high is None:
        return None
    amounts = {"minPrice": low, "maxPrice": high}
    stated = {name: amount for name, amount in amounts.items() if amount is not None}
    return {"@type": "PriceSpecification", "priceCurrency": "VND", **stated}


def _measure(row: dict[str, Any]) -> dict[str, Any]:
    stated = {"name": row.get("name"), "value": row.get("target"), "unitText": row.get("unit")}
    return {"@type": "PropertyValue", **{key: value for key, value in stated.items() if value}}


def _levels(face: Face) -> list[dict[str, Any]]:
    low, high = face["trl_min"], face["trl_max"]
    if low is None and high is None:
        return []
    return [{"@type": "PropertyValue", "name": "TRL", "minValue": low or 1, "maxValue": high or 9}]


def _requester(face: Face, base: str) -> dict[str, Any] | None:
    if face.party is None or face.shielded:
        return None  # machines pass on what they read, so a shielded name is not given even to its own people
    party = {"@type": "Organization", "name": face.party.name, "url": f"{base}/organisations/{face.party.slug}"}
    return {"seeks": party}
