"""Reads of organisations: whose they are, members, invitations, names."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import ColumnElement, Select, exists, func, or_, select
from sqlalchemy.orm import joinedload

from marketplace.accounts.models import User
from marketplace.core.access import Actor
from marketplace.core.errors import NotFound, required
from marketplace.core.extensions import db, one
from marketplace.core.permissions import MANAGE_ORGANISATION, Permission
from marketplace.organisations.actions.members import digest
from marketplace.organisations.models import Invitation, Membership, Organisation
from marketplace.values import clock
from marketplace.values.text import fold


def acted_for(actor: Actor) -> Organisation:
    """Return the organisation acted for. Raises NotFound when there is none."""
    return required(db.session.get(Organisation, actor.org_id) if actor.org_id else None)


def mine(actor: Actor) -> Sequence[tuple[Organisation, Sequence[str]]]:
    """Return the person's organisations with the roles held there, in the order of joining."""
    rows = db.session.execute(
        select(Organisation, Membership.roles)
        .join(Membership, Membership.organisation_id == Organisation.id)
        .where(Membership.user_id == actor.user_id, Membership.left_at.is_(None))
        .order_by(Membership.joined_at, Membership.id)
    )
    return [(row[0], row[1]) for row in rows]


def members(organisation_id: int) -> Sequence[Membership]:
    """Return the present members with their people, by name."""
    return db.session.scalars(
        select(Membership)
        .join(Membership.user)
        .where(Membership.organisation_id == organisation_id, Membership.left_at.is_(None))
        .options(joinedload(Membership.user))
        .order_by(User.sort_name, Membership.id)
    ).all()


def people_with(org_ids: Collection[int], permission: Permission = MANAGE_ORGANISATION) -> Mapping[int, list[User]]:
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


def membership(organisation_id: int, membership_id: int) -> Membership:
    """Return one present membership of that organisation. Raises NotFound."""
    found = db.session.get(Membership, membership_id)
    if found is None or found.organisation_id != organisation_id or found.left_at is not None:
        raise NotFound
    return found


def _open() -> Select[Invitation]:
    return (
        select(Invitation)
        .where(
            Invitation.accepted_at.is_(None), Invitation.revoked_at.is_(None), Invitation.expires_at > clock.now()
        )
        .order_by(Invitation.id.desc())
    )


def open_invitations(organisation_id: int) -> Sequence[Invitation]:
    """Return the organisation's invitations that can still be accepted, newest first."""
    return db.session.scalars(_open().where(Invitation.organisation_id == organisation_id)).all()


def invitations_for(email: str) -> Sequence[Invitation]:
    """Return the open invitations to an address, with their organisations."""
    return db.session.scalars(
        _open().where(Invitation.email == email).options(joinedload(Invitation.organisation))
    ).all()


def invitation_of(token: str) -> Invitation:
    """Return the invitation of a mailed token, open or not. Raises NotFound."""
    return one(select(Invitation).where(Invitation.token_digest == digest(token)), joinedload(Invitation.organisation))


def named(text: str, limit: int) -> Sequence[Organisation]:
    """Return verified organisations whose name, in either language, holds all words of the text."""
    rows = select(Organisation).where(Organisation.verified).order_by(Organisation.sort_name, Organisation.id)
    for word in fold(text).split():
        rows = rows.where(or_(
            Organisation.slug.contains(word, autoescape=True),
            func.lower(Organisation.name_en).contains(word, autoescape=True),
        ))
    return db.session.scalars(rows.limit(limit)).all()
