"""Who is told about an event: from its data, the present memberships and the staff's roles. Never who made it happen."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import exists, select

from marketplace.accounts.models import StaffGrant, User
from marketplace.core.events import Event
from marketplace.core.extensions import db
from marketplace.core.permissions import FOLLOW_DEALS, HEAR_ESCALATIONS, NEGOTIATE
from marketplace.notifications.event_context import About
from marketplace.notifications.rules import STAFF, Row
from marketplace.organisations.contacts import people
from marketplace.organisations.models import Membership

OTHER = {"supplier": "buyer", "buyer": "supplier"}
#: Which staff an audience of the table means.
STAFF_AUDIENCES = {"officers": FOLLOW_DEALS, "managers": HEAR_ESCALATIONS}


@dataclass(frozen=True)
class Recipient:
    """A person, the row that tells them, and as whom they are told: for a side, or for the exchange (no side)."""

    user: User
    row: Row
    side: str = ""
    org_id: int | None = None


def recipients(rows: Sequence[Row], event: Event, about: About) -> Iterator[Recipient]:
    """Yield everybody once, by the first row that fits them."""
    orgs = {"supplier": about.supplier_org_id, "buyer": about.buyer_org_id}
    members = people(tuple(orgs.values()), NEGOTIATE)
    told = {event.actor_id}
    for row in rows:
        if row.by not in {"", about.acting or "exchange"}:
            continue
        for audience in row.to:
            if audience in STAFF:
                found = [Recipient(user, row) for user in _staff(audience, about)]
            else:
                sides = _sides(audience, about)
                found = [Recipient(user, row, side, orgs[side]) for side in sides for user in members[orgs[side]]]
            for one in found:
                if one.user.id not in told:
                    told.add(one.user.id)
                    yield one


def _sides(audience: str, about: About) -> tuple[str, ...]:
    acting, complainant = about.acting, about.complainant
    sides = {
        "other": (OTHER[acting],) if acting else ("supplier", "buyer"),
        "own": (acting,) if acting else (),
        "both": ("supplier", "buyer"),
        "supplier": ("supplier",),
        "buyer": ("buyer",),
        "complainant": (complainant,) if complainant else (),
        "respondent": (OTHER[complainant],) if complainant else (),
        "waiting": (about.waiting,) if about.waiting else ("supplier", "buyer"),  # an introduction waits for both
    }
    return sides[audience]


def _staff(audience: str, about: About) -> list[User]:
    """Return active staff; a member of either side is never an officer of the same case."""
    sides = (about.supplier_org_id, about.buyer_org_id)
    member = exists().where(
        Membership.user_id == User.id, Membership.left_at.is_(None), Membership.organisation_id.in_(sides)
    )
    rows = select(User).join(StaffGrant, StaffGrant.user_id == User.id)
    rows = rows.where(StaffGrant.ended_at.is_(None), User.active, ~member)
    if audience == "officer":
        rows = rows.where(User.id == about.officer_id)
    else:
        rows = rows.where(StaffGrant.role.in_(STAFF_AUDIENCES[audience].roles))
    return list(db.session.scalars(rows.order_by(User.id)).unique())
