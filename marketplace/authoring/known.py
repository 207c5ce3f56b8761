"""What is known before anything is typed: who writes, for which organisation, and what it answered the last time."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import select

from marketplace.authoring.kinds import Kind, is_empty
from marketplace.core.access import Actor
from marketplace.core.extensions import db
from marketplace.organisations.models import Organisation


def organisation_of(actor: Actor) -> Organisation | None:
    """Return the organisation acted for."""
    return db.session.get(Organisation, actor.org_id) if actor.org_id is not None else None


def last_answers(kind: Kind, actor: Actor, names: Iterable[str]) -> dict[str, Any]:
    """Return the stated values of these fields in the newest thing of the organisation that was ever submitted."""
    thing, revision = kind.thing, kind.revision
    rows = select(revision).join(getattr(revision, kind.parent)).where(
        thing.org_id == actor.org_id, revision.submitted_at.is_not(None),
    )
    last = db.session.scalars(rows.order_by(revision.id.desc()).limit(1)).first()
    found = {name: getattr(last, name) for name in names} if last is not None else {}
    return {name: value for name, value in found.items() if not is_empty(value)}


def contact_of(actor: Actor, organisation: Organisation | None) -> dict[str, str]:
    """Return the writer as the person to be asked, with the organisation's telephone."""
    found = {"contact_name": actor.name, "contact_email": actor.email}
    if organisation is not None:
        found["contact_phone"] = organisation.phone
    return {name: value for name, value in found.items() if value}


def place_of(organisation: Organisation | None) -> dict[str, str]:
    """Return the province and the ward of the organisation, as far as it states them."""
    if organisation is None or not organisation.province_code:
        return {}
    return {"province_code": organisation.province_code, "ward_code": organisation.ward_code}
