"""Versions of terms as their reader sees them: who proposed, who accepted, what differs from the version before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask_babel import gettext as _
from markupsafe import Markup
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from marketplace.authoring.formatting import row_text, shown
from marketplace.authoring.kinds import FieldSpec, is_empty
from marketplace.core.access import Actor
from marketplace.core.extensions import db
from marketplace.negotiation.models import Lead, Terms
from marketplace.negotiation.terms_fields import FIELDS, MONEY, SECTIONS, values_of
from marketplace.negotiation.visibility import knows_buyer

MONEY_HEADING = dict(SECTIONS)[MONEY]
SHOWN = 10  # newest versions on the page of the lead; all have their own page


@dataclass(frozen=True)
class Version:
    """One version for a page."""

    terms: Terms
    author: str  # the person, or the side's name while the requester is hidden
    changes: list[dict[str, Any]]  # against the version before, as components/diff.html draws them
    accepted: list[tuple[str, datetime]]  # side and moment, in order of time
    first: bool


def versions(lead: Lead, reader: Actor, limit: int = SHOWN) -> list[Version]:
    """Return the newest versions of a lead, newest first, in one statement."""
    rows = select(Terms).where(Terms.lead_id == lead.id).options(joinedload(Terms.proposed_by))
    found = list(db.session.scalars(rows.order_by(Terms.number.desc()).limit(limit + 1)))
    older: list[Terms | None] = [*found[1:], None]
    known = knows_buyer(lead, reader)
    return [_version(terms, before, known) for terms, before in list(zip(found, older, strict=False))[:limit]]


def version(lead: Lead, number: int, reader: Actor) -> Version | None:
    """Return one version, or None."""
    rows = select(Terms).where(Terms.lead_id == lead.id, Terms.number.in_((number, number - 1)))
    found = {one.number: one for one in db.session.scalars(rows.options(joinedload(Terms.proposed_by)))}
    if number not in found:
        return None
    return _version(found[number], found.get(number - 1), knows_buyer(lead, reader))


def _version(terms: Terms, before: Terms | None, buyer_known: bool) -> Version:
    moments = (("supplier", terms.supplier_accepted_at), ("buyer", terms.buyer_accepted_at))
    return Version(
        terms=terms,
        author=terms.proposed_by.name if buyer_known or terms.side == "supplier" else _("The requester"),
        changes=differences(values_of(before), values_of(terms)) if before else [],
        accepted=sorted([(side, at) for side, at in moments if at], key=lambda one: one[1]),
        first=before is None,
    )


def differences(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return every stated field with its old and new value in words; a `changed` one differs."""
    return [
        {"label": _(spec.label), "old": _told(spec, old[spec.name]), "new": _told(spec, new[spec.name]),
         "changed": old[spec.name] != new[spec.name]}
        for spec in FIELDS
        if not (is_empty(old[spec.name]) and is_empty(new[spec.name]))
    ]


def sections(terms: Terms) -> list[tuple[str, list[tuple[str, str | Markup | None]]]]:
    """Return what a version says as (heading, [(label, value)]); the schedule stands apart, as a table."""
    said = values_of(terms)
    return [
        (_(label), [(_(spec.label), _shown(spec, said[spec.name])) for spec in FIELDS
                    if spec.step == key and spec.shape != "rows" and _counts(spec, said)])
        for key, label in SECTIONS
    ]


def schedule(terms: Terms) -> list[dict[str, Any]]:
    """Return the milestones with their days as dates."""
    return [{**row, "due_on": date.fromisoformat(row["due_on"])} for row in terms.milestones]


def _counts(spec: FieldSpec, said: Mapping[str, Any]) -> bool:
    """False for what is empty because the listing says it, or because it does not apply."""
    if spec.name in {"funding_source", "result_certificate_no"}:
        return bool(said[spec.name])
    return spec.name != "term_months" or said["transfer_right"] != "ownership"


def _told(spec: FieldSpec, value: Any) -> str | Markup | None:
    """Return a value for a comparison: rows are lines of text, which can be struck and tinted as a whole."""
    if spec.shape == "rows" and not is_empty(value):
        return "\n".join(f"{number}. {row_text(spec.columns, row)}" for number, row in enumerate(value, 1))
    return _shown(spec, value)


def _shown(spec: FieldSpec, value: Any) -> str | Markup | None:
    if spec.name == "term_months" and value is None:
        return _("without limit of time")
    return shown(spec, value)
