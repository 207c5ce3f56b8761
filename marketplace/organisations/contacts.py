"""Whom the exchange writes to when it has something to tell an organisation."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from sqlalchemy import ColumnElement, exists, select

from marketplace.accounts.models import User
from marketplace.core.extensions import db
from marketplace.core.permissions import MANAGE_ORGANISATION, Permission
from marketplace.organisations.models import Membership


def people(org_ids: Collection[int], permission: Permission = MANAGE_ORGANISATION) -> Mapping[int, list[User]]:
    """Return the active members who hold `permission` there, by organisation, in one statement."""
    found: dict[int, list[User]] = {org_id: [] for org_id in org_ids}
    if not found:
        return found
    rows = db.session.execute(
        select(Membership.organisation_id, Membership.roles, User)
        .join(User, User.id == Membership.user_id)
        .where(Membership.organisation_id.in_(found), Membership.left_at.is_(None), User.active)
        .order_by(Membership.id)
    )
    for org_id, held, user in rows:
        if permission.held_by(held or ()):
            found[org_id].append(user)
    return found


def belongs_to(org_ids: Collection[int]) -> ColumnElement[bool]:
    """Return the condition that a `User` is a member of any of these organisations."""
    return exists().where(
        Membership.user_id == User.id, Membership.left_at.is_(None), Membership.organisation_id.in_(org_ids)
    )
