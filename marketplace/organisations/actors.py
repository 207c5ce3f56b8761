"""Who acts for which organisation: the actor of a request, loaded with two statements beside the person's own."""

from __future__ import annotations

from typing import Any

from flask import has_request_context, session
from sqlalchemy import select

from marketplace.accounts.models import StaffGrant, User
from marketplace.accounts.signals import ACTING
from marketplace.core.access import Actor
from marketplace.core.extensions import db
from marketplace.organisations.models import Membership, Organisation


def actor_of(user: User) -> Actor:
    """Return the actor of the signed-in person, acting for the organisation the session remembers.

    Without a choice it is the first membership; a choice that ended (left, removed) falls back to it at once.
    """
    rows = db.session.execute(
        select(Organisation.id, Organisation.name, Organisation.state, Membership.roles)
        .join(Membership, Membership.organisation_id == Organisation.id)
        .where(Membership.user_id == user.id, Membership.left_at.is_(None))
        .order_by(Membership.joined_at, Membership.id)
    ).all()
    roles = db.session.scalars(
        select(StaffGrant.role).where(StaffGrant.user_id == user.id, StaffGrant.ended_at.is_(None))
    ).all()
    chosen = _chosen(rows)
    return Actor(
        user_id=user.id,
        name=user.name,
        email=user.email,
        locale=user.locale,
        org_id=chosen.id if chosen else None,
        org_name=chosen.name if chosen else "",
        org_verified=bool(chosen and chosen.state == "verified"),
        org_roles=frozenset(chosen.roles) if chosen else frozenset(),
        org_ids=frozenset(row.id for row in rows),
        orgs=tuple((row.id, row.name) for row in rows),
        staff_roles=frozenset(roles),
    )


def _chosen(rows: Any) -> Any:
    wanted = session.get(ACTING) if has_request_context() else None
    if wanted == 0:
        return None
    return next((row for row in rows if row.id == wanted), rows[0] if rows else None)


def act_for(organisation_id: int | None) -> None:
    """Remember the organisation to act for in this session; None means explicitly none."""
    session[ACTING] = organisation_id or 0


def forget() -> None:
    """Drop the choice: the first membership counts again."""
    session.pop(ACTING, None)
