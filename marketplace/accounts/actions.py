"""Verbs on people: create, profile, sign out everywhere, staff roles."""

from __future__ import annotations

import uuid

from flask_security import hash_password
from sqlalchemy import select

from marketplace.accounts import sessions
from marketplace.accounts.models import StaffGrant, User
from marketplace.accounts.queries import hold_person
from marketplace.core.access import Actor
from marketplace.core.errors import Invalid, NotAllowed
from marketplace.core.events import record
from marketplace.core.extensions import db
from marketplace.core.lifecycle import Reason
from marketplace.core.permissions import MANAGE_STAFF
from marketplace.values import clock
from marketplace.values.text import N_, clean_line, nfc, sort_key
from marketplace.vocabulary import STAFF_ROLES

LANGUAGES = ("vi", "en")


def create_person(
    email: str, name: str, actor: Actor, *, password: str | None = None, confirmed: bool = False, locale: str = "vi"
) -> User:
    """Return a new person, flushed (command line, demo data, tests). Raises Invalid when the address is taken.

    The web's own registration is Flask-Security's and ends in the same row.
    """
    email = nfc(email).strip().lower()
    if db.session.scalar(select(User.id).where(User.email == email)) is not None:
        raise Invalid("email", N_("%(email)s already belongs to an account."), email=email)
    name = clean_line(name)
    user = User(
        email=email,
        name=name,
        sort_name=sort_key(name),
        locale=locale,
        password=hash_password(password) if password else None,
        fs_uniquifier=uuid.uuid4().hex,
        confirmed_at=clock.now() if confirmed else None,
    )
    db.session.add(user)
    db.session.flush()
    record(user, "user.create", actor)
    return user


def change_profile(user: User, actor: Actor, *, name: str, phone: str, locale: str) -> None:
    """Change what a person says about themselves; records which facts changed, not their values."""
    new = {"name": clean_line(name), "phone": clean_line(phone), "locale": locale if locale in LANGUAGES else "vi"}
    hold_person(user.id)
    db.session.refresh(user, list(new))
    changed = sorted(field for field, value in new.items() if getattr(user, field) != value)
    if not changed:
        return
    for field, value in new.items():
        setattr(user, field, value)
    user.sort_name = sort_key(user.name)
    record(user, "user.change_profile", actor, data={"fields": changed})


def sign_out_everywhere(user: User, actor: Actor) -> None:
    """End every session of a person, this one too: the view signs it in again."""
    sessions.end_all(user)
    record(user, "user.sign_out_everywhere", actor)


def end_session(user: User, session_id: int, actor: Actor) -> None:
    """Sign a person out on one device; a session that has ended already is silence."""
    if sessions.end_one(user, session_id):
        record(user, "user.end_session", actor)


def reset_two_step(user: User, actor: Actor) -> None:
    """Turn two-step sign-in off for somebody who lost it, drop recovery codes and passkeys, end every session."""
    require_admin(actor)
    user.tf_primary_method = user.tf_totp_secret = user.mf_recovery_codes = user.totp_counter = None
    user.webauthn = []
    sessions.end_all(user)
    record(user, "user.two_factor_off", actor)


def check_grant(email: str, role: str, reason: str, actor: Actor) -> User:
    """Return the person who may be given a role, held until the end of the transaction. Raises as `grant_role`."""
    require_admin(actor)
    user = db.session.scalar(select(User).where(User.email == nfc(email).strip().lower()))
    if user is None or user.confirmed_at is None or not user.active:
        raise Invalid("email", N_("No confirmed account has this address."))
    if user.id == actor.user_id:
        raise Invalid("email", N_("Nobody grants a role to themselves. Ask another administrator."))
    if role not in STAFF_ROLES:
        raise Invalid("role", N_("Choose a role."))
    Reason().check("", reason)
    hold_person(user.id)
    db.session.refresh(user, ["active", "staff_grants"])
    if not user.active:
        raise Invalid("email", N_("No confirmed account has this address."))
    if any(grant.role == role and grant.ended_at is None for grant in user.staff_grants):
        raise Invalid("role", N_("This person has the role already."))
    return user


def grant_role(email: str, role: str, reason: str, actor: Actor) -> StaffGrant:
    """Give a staff role to the person with that address: on the command line, or as `proposals` says by two people.

    Raises NotAllowed when the actor is no administrator, Invalid on `email`, `role` or `reason`. Nobody grants a role
    to themselves: an administrator takes no business decisions by a click of their own.
    """
    user = check_grant(email, role, reason, actor)
    made = StaffGrant(
        user=user, role=role, granted_by_id=actor.user_id, granted_at=clock.now(), reason=nfc(reason).strip()
    )
    db.session.add(made)
    record(user, "user.grant_role", actor, reason=made.reason, data={"role": role})
    return made


def end_role(grant: StaffGrant, reason: str, actor: Actor) -> None:
    """End a staff role and the person's sessions at once; one that has ended is silence.

    Raises Invalid for the last administrator.
    """
    require_admin(actor)
    hold_person(grant.user_id)
    db.session.refresh(grant, ["ended_at"])
    if grant.ended_at is not None:
        return
    Reason().check("", reason)
    if grant.role in MANAGE_STAFF.roles and last_administrator(grant):
        raise Invalid("", N_("This is the last administrator. Make somebody else administrator first."))
    grant.ended_at, grant.ended_by_id, grant.end_reason = clock.now(), actor.user_id, nfc(reason).strip()
    sessions.end_all(grant.user)
    record(grant.user, "user.end_role", actor, reason=grant.end_reason, data={"role": grant.role})


def require_admin(actor: Actor) -> None:
    """Raise NotAllowed for others than administrators of the exchange and the system."""
    if not (actor.is_system or actor.may(MANAGE_STAFF)):
        raise NotAllowed


def last_administrator(grant: StaffGrant) -> bool:
    """Hold every open administrator's row, so that two ending each other see it, and count the others."""
    rows = db.session.scalars(
        select(StaffGrant)
        .where(StaffGrant.role.in_(MANAGE_STAFF.roles), StaffGrant.ended_at.is_(None))
        .order_by(StaffGrant.id)
        .with_for_update()
    ).all()
    return all(row.id == grant.id or not row.user.active for row in rows)
