"""What the public page says of a listing, ready for the template; and the same for machines (schema.org)."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from flask import current_app
from flask_babel import gettext as _
from markupsafe import Markup

from marketplace import vocabulary as v
from marketplace.authoring.formatting import cell, facts_of
from marketplace.authoring.kinds import RowColumn
from marketplace.core.reader_language import prefers_other
from marketplace.files.access import file_url
from marketplace.files.models import Attachment
from marketplace.listings.kind import KIND
from marketplace.listings.models import Listing, ListingRevision
from marketplace.listings.queries import path_of
from marketplace.values import clock, places, tax_code
from marketplace.web.i18n import language


@dataclass(frozen=True)
class Texts:
    """Title and summary in the reader's language when there is one, else as written; `lang` of what is shown."""

    title: str
    summary: str
    lang: str


def texts(revision: ListingRevision) -> Texts:
    """Choose the texts for the reader."""
    if prefers_other(revision.title_en, revision.language, language()):
        return Texts(revision.title_en, revision.summary_en or revision.public_summary, language())
    return Texts(revision.title, revision.public_summary, revision.language)


def facts(revision: ListingRevision, section: str) -> list[tuple[str, Any]]:
    """Return (label, value) of the stated fields in a list of facts: terms, origin, support, classes or members."""
    return facts_of(KIND, section, lambda name: getattr(revision, name))


def table(revision: ListingRevision, name: str) -> tuple[list[str], list[list[str]]]:
    """Return (heads, rows) of a field of rows, without columns nobody filled."""
    spec, entries = KIND.spec(name), getattr(revision, name)
    used = [column for column in spec.columns if any(row.get(column.name) not in (None, "") for row in entries)]
    return [_(column.label) for column in used], [[_cell(column, row) for column in used] for row in entries]


def _cell(column: RowColumn, row: dict[str, Any]) -> str:
    value = row.get(column.name)
    if value in (None, ""):
        return ""
    # A personal number is nobody's business; the codes of organisations are public and stay whole.
    return tax_code.masked(value) if column.name == "tax_code" else cell(column.shape, column.vocabulary, value)


def place(revision: ListingRevision) -> str:
    """Return "Phường …, Hà Nội", or an empty string."""
    return places.label(revision.province_code or None, revision.ward_code or None, language())


def json_ld(listing: Listing, revision: ListingRevision, images: list[Attachment]) -> Markup:
    """Return the schema.org description as a data block; `<` is escaped, so no text can end the block."""
    base = current_app.extensions["settings"].base_url
    said: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "Product",
        "name": revision.title,
        "alternateName": revision.title_en or None,
        "description": revision.public_summary,
        "sku": listing.code,
        "url": base + path_of(listing),
        "image": [base + file_url(image, 1280) for image in images] or None,
        "category": v.SCIENCE_FIELDS.label(revision.field_code, language()) or None,
        "keywords": ", ".join([*revision.tags, *revision.market_tags]) or None,
        "brand": {"@type": "Organization", "name": listing.organisation.name,
                  "url": f"{base}/organisations/{listing.organisation.slug}"},
        "releaseDate": clock.local(listing.published_at).date().isoformat() if listing.published_at else None,
        "additionalProperty": _properties(revision) or None,
        "offers": _offer(revision),
    }
    text = json.dumps({key: value for key, value in said.items() if value is not None}, ensure_ascii=False)
    safe = text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
    return Markup('<script type="application/ld+json">{}</script>').format(Markup(safe))  # noqa: S704 - escaped above


def _properties(revision: ListingRevision) -> list[dict[str, Any]]:
    found = [
        {"@type": "PropertyValue", "name": row.get("name"), "value": row.get("value"), "unitText": row.get("unit") or None}
        for row in revision.specs
    ]
    if revision.trl:
        found.insert(0, {"@type": "PropertyValue", "name": "TRL", "value": revision.trl, "minValue": 1, "maxValue": 9})
    return [{key: value for key, value in row.items() if value is not None} for row in found]


def _offer(revision: ListingRevision) -> dict[str, Any] | None:
    low, high = revision.price_min, revision.price_max
    if revision.pricing_mode == "fixed" and low:
        return {"@type": "Offer", "price": low, "priceCurrency": "VND", "availability": "https://schema.org/InStock"}
    if revision.pricing_mode == "range" and (low or high):
        bounds = {"lowPrice": low, "highPrice": high}
        return {"@type": "AggregateOffer", "priceCurrency": "VND", **{k: b for k, b in bounds.items() if b}}
    return None
