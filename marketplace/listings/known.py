"""What a new listing says by itself: its owner, its contact, its place, and the last answers of the organisation."""

from __future__ import annotations

from typing import Any

from marketplace.authoring.kinds import Kind
from marketplace.authoring.known import contact_of, last_answers, organisation_of, place_of
from marketplace.core.access import Actor

WHOLE_SHARE = 10_000  # basis points: 100 %
#: Answers that seldom differ from one technology of an organisation to the next.
REPEATED = (
    "language", "owners", "right_basis", "funding_source", "origin", "transfer_forms", "payment_methods", "support_kinds",
    "warranty_months", "visibility",
)


def known(kind: Kind, actor: Actor) -> dict[str, Any]:
    """Return what is filled in before the first step; the writer sees and may change all of it."""
    organisation = organisation_of(actor)
    if organisation is None:
        return {}
    owner = {"name": organisation.name, "tax_code": organisation.tax_code, "share_bp": WHOLE_SHARE}
    fields = {"field_code": organisation.field_codes[0]} if len(organisation.field_codes) == 1 else {}
    return {
        "owners": [owner], "right_basis": "own", "origin": "domestic", "trl_assessed_by": "self", **fields,
        **contact_of(actor, organisation), **place_of(organisation), **last_answers(kind, actor, REPEATED),
    }
