"""Whose saved searches they are, as they are now: memberships, verification and staff roles of many people at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import select

from marketplace.accounts.models import StaffGrant, User
from marketplace.core.access import Actor
from marketplace.core.extensions import db
from marketplace.organisations.models import Membership, Organisation

_AT_A_TIME = 900


@dataclass(frozen=True)
class Person:
    """A person with all they belong to."""

    actor: Actor
    organisations: Sequence[Any]  # rows of id, state; in the order of joining

    def acting_for(self, org_id: int | None) -> Actor:
        """Return the person acting for one organisation, or the first when they belong to it no more."""
        chosen = next((row for row in self.organisations if row.id == org_id), None)
        chosen = chosen or (self.organisations[0] if self.organisations else None)
        if chosen is None:
            return self.actor
        return replace(self.actor, org_id=chosen.id, org_name=chosen.name, org_verified=chosen.state == "verified",
                       org_roles=frozenset(chosen.roles))


def people(user_ids: Iterable[int]) -> dict[int, Person]:
    """Return those of the people whose account is active; three statements for each 900."""
    found: dict[int, Person] = {}
    wanted = sorted(set(user_ids))
    for start in range(0, len(wanted), _AT_A_TIME):
        ids = wanted[start : start + _AT_A_TIME]
        users = db.session.execute(
            select(User.id, User.name, User.email, User.locale).where(User.id.in_(ids), User.active)
        ).all()
        orgs: dict[int, list[Any]] = {row.id: [] for row in users}
        for one in db.session.execute(
            select(Membership.user_id, Organisation.id, Organisation.name, Organisation.state, Membership.roles)
            .join(Organisation, Membership.organisation_id == Organisation.id)
            .where(Membership.user_id.in_(ids), Membership.left_at.is_(None))
            .order_by(Membership.joined_at, Membership.id)
        ):
            orgs.setdefault(one.user_id, []).append(one)
        roles: dict[int, set[str]] = {}
        grants = select(StaffGrant.user_id, StaffGrant.role).where(
            StaffGrant.user_id.in_(ids), StaffGrant.ended_at.is_(None)
        )
        for user_id, role in db.session.execute(grants):
            roles.setdefault(user_id, set()).add(role)
        for row in users:
            actor = Actor(
                user_id=row.id, name=row.name, email=row.email, locale=row.locale,
                org_ids=frozenset(org.id for org in orgs[row.id]), staff_roles=frozenset(roles.get(row.id, ())),
                orgs=tuple((org.id, org.name) for org in orgs[row.id]),
            )
            found[row.id] = Person(actor, orgs[row.id])
    return found
