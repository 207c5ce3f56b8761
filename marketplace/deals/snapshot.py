"""The frozen copy of a deal: what listing, need, both sides and the agreed version said at the moment of agreement.

Plain JSON values only. No confidential tier, no contact persons, no private note of the negotiation. The digest is
that of a canonical text, so that anybody can compute it again from `deal.frozen`.
"""

from __future__ import annotations

import hashlib
import json
from datetime import date
from typing import Any

from marketplace.authoring.kinds import Kind, is_empty
from marketplace.buyer_requests.kind import KIND as NEED
from marketplace.buyer_requests.models import BuyerRequest
from marketplace.core.reader_language import in_language
from marketplace.listings.kind import KIND as LISTING
from marketplace.listings.models import Listing
from marketplace.negotiation.models import Lead, Terms
from marketplace.organisations.models import Organisation
from marketplace.values import clock, places
from marketplace.values.text import nfc

#: Persons to write to, who was invited, who may look: no part of what was agreed on.
_NOT_FROZEN = frozenset({
    "contact_name", "contact_email", "contact_phone", "six_clear", "invited_org_ids", "visibility", "nda_required",
})
_NOT_TERMS = frozenset({
    "id", "lead_id", "state", "note", "proposed_by_id", "supplier_accepted_by_id", "buyer_accepted_by_id",
})


def freeze(lead: Lead, terms: Terms) -> dict[str, Any]:
    """Return what the deal remembers, in the shape of docs/deals.md."""
    frozen = {
        "listing": _thing(LISTING, lead.listing, "public_summary"),
        "need": _thing(NEED, lead.need, "summary"),
        "supplier": _party(lead.supplier),
        "buyer": _party(lead.buyer),
        "terms": {
            column.name: getattr(terms, column.name)
            for column in Terms.__table__.columns if column.name not in _NOT_TERMS
        },
        "frozen_at": clock.now(),
    }
    plain: dict[str, Any] = _plain(frozen)
    return plain


def title_of(frozen: dict[str, Any], locale: str = "vi") -> str:
    """Return the name of what is dealt in: the technology's, else the need's; in the reader's language if it has one."""
    thing = frozen.get("listing") or frozen.get("need")
    if not thing:
        return ""
    written_in = thing.get("fields", {}).get("language", "")
    return in_language(str(thing["title"]), str(thing.get("title_en") or ""), locale, written_in)


def party_of(frozen: dict[str, Any], side: str, locale: str) -> str:
    """Return a side's name as it was then; in English where there is such a one."""
    party = frozen[side]
    return in_language(str(party["name"]), str(party.get("name_en") or ""), locale)


def canonical(frozen: dict[str, Any]) -> str:
    """Return the text that is hashed: sorted keys, NFC, no spaces."""
    return nfc(json.dumps(frozen, sort_keys=True, ensure_ascii=False, separators=(",", ":")))


def digest(frozen: dict[str, Any]) -> str:
    """Return the SHA-256 of the canonical text."""
    return hashlib.sha256(canonical(frozen).encode()).hexdigest()


def _thing(kind: Kind, thing: Listing | BuyerRequest | None, summary: str) -> dict[str, Any] | None:
    """Return what the published version of a listing or a need says, without what few may read."""
    revision = thing.published_revision if thing else None
    if thing is None or revision is None:
        return None
    said = {
        spec.name: getattr(revision, spec.name)
        for spec in kind.fields if spec.tier != "confidential" and spec.name not in _NOT_FROZEN
    }
    fields = {name: value for name, value in said.items() if not is_empty(value)}
    return {
        "code": thing.code, "version": revision.number, "title": revision.title, "title_en": revision.title_en,
        "summary": getattr(revision, summary), "fields": fields,
    }


def _party(org: Organisation) -> dict[str, str]:
    place = places.label(org.province_code or None, org.ward_code or None, "vi")
    return {
        "name": org.name, "name_en": org.name_en, "tax_code": org.tax_code,
        "address": ", ".join(part for part in (org.street, place) if part),
        "representative": org.legal_representative, "representative_title": org.representative_title,
    }


def _plain(value: Any) -> Any:
    """Return the same as JSON holds it: dates as ISO text, text in NFC."""
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, date):
        return value.isoformat()
    return nfc(value) if isinstance(value, str) else value
