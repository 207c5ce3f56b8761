"""Members of an organisation: invite, accept, change roles, remove, leave. Never without an administrator."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from datetime import timedelta

from email_validator import EmailNotValidError, validate_email
from sqlalchemy import func, select

from marketplace.accounts.models import User
from marketplace.accounts.queries import hold_person
from marketplace.core.access import Actor
from marketplace.core.errors import Invalid, NotAllowed, NotFound, required
from marketplace.core.events import record
from marketplace.core.extensions import db
from marketplace.core.permissions import MANAGE_ORGANISATION
from marketplace.mail import queue_template
from marketplace.organisations.models import Invitation, Membership, Organisation
from marketplace.values import clock
from marketplace.values.text import N_, clean_line
from marketplace.vocabulary import MEMBER_ROLES

VALID_FOR = timedelta(days=14)
DAY = timedelta(days=1)
ONE_CLICK = timedelta(seconds=30)  # the same person sending the same again within this means one invitation
MOST_BY_PERSON = 30  # invitations that one person sends in a day, whatever organisation they act for
MOST_UNVERIFIED = 5  # invitations in a day of an organisation that nobody has verified


def digest(token: str) -> str:
    """Return what is stored of an invitation's token."""
    return hashlib.sha256(token.encode()).hexdigest()


def invite(organisation: Organisation, actor: Actor, email: str, roles: Sequence[str]) -> Invitation:
    """Invite a person by e-mail with roles; an open invitation to the same address is replaced.

    The same sent twice by a double click is one invitation and one letter.
    Raises Invalid on `email` or `roles`.
    """
    _require_admin(organisation, actor)
    try:
        checked = validate_email(clean_line(email), check_deliverability=False, test_environment=True)
    except EmailNotValidError as error:
        raise Invalid("email", N_("This is not a valid e-mail address.")) from error
    address = checked.normalized.lower()
    wanted = _checked_roles(roles)
    hold_person(actor.user_id)  # the limits below count what this person and this organisation sent
    _locked(organisation)
    invited = db.session.scalar(select(User).where(User.email == address))
    if invited is not None and _membership(organisation, invited.id) is not None:
        raise Invalid("email", N_("This person is a member already."))
    now, open_ones = clock.now(), _open_invitations(organisation, address)
    for old in open_ones:
        if old.invited_by_id == actor.user_id and old.roles == wanted and now - old.created_at < ONE_CLICK:
            return old
    _check_how_many(organisation, actor)
    for old in open_ones:
        old.revoked_at = now
    token = secrets.token_urlsafe(32)
    made = Invitation(
        organisation=organisation, email=address, roles=wanted, token_digest=digest(token),
        invited_by_id=actor.user_id, created_at=now, expires_at=now + VALID_FOR,
    )
    db.session.add(made)
    db.session.flush()
    record(organisation, "organisation.invite", actor, data={"invitation": made.id, "roles": wanted})
    queue_template(
        f"invitation:{made.id}", address, invited.locale if invited else actor.locale, "organisations/invitation",
        organisation=organisation, inviter=actor.name, token=token, roles=wanted, expires_at=made.expires_at,
    )
    return made


def _check_how_many(organisation: Organisation, actor: Actor) -> None:
    """Raise Invalid when too many were invited today: invitations are mails to strangers in the exchange's name."""
    today = Invitation.created_at > clock.now() - DAY
    count = select(func.count()).select_from(Invitation).where(today)
    by_person = db.session.scalar(count.where(Invitation.invited_by_id == actor.user_id)) or 0
    if not organisation.verified and (
        (db.session.scalar(count.where(Invitation.organisation_id == organisation.id)) or 0) >= MOST_UNVERIFIED
    ):
        raise Invalid("email", N_("An organisation that is not verified yet can invite %(count)s people a day."),
                      count=MOST_UNVERIFIED)
    if by_person >= MOST_BY_PERSON:
        raise Invalid("email", N_("You can invite %(count)s people a day."), count=MOST_BY_PERSON)


def revoke_invitation(organisation: Organisation, actor: Actor, invitation_id: int) -> None:
    """Take an open invitation back; one that is not open any more is silence."""
    _require_admin(organisation, actor)
    found = db.session.get(Invitation, invitation_id)
    if found is None or found.organisation_id != organisation.id:
        raise NotFound
    _lock_with(organisation, found)
    if found.accepted_at is None and found.revoked_at is None:
        found.revoked_at = clock.now()
        record(organisation, "organisation.revoke_invitation", actor, data={"invitation": found.id})


def accept(invitation: Invitation, actor: Actor) -> Membership:
    """Become a member; only the person of the invited (confirmed) address can. Twice is silence.

    Raises NotAllowed for another person and Invalid when the invitation is not open any more.
    """
    organisation = invitation.organisation
    if not actor.signed_in or actor.email != invitation.email:
        raise NotAllowed(N_("This invitation was sent to another address. Sign in with the account of that address."))
    _lock_with(organisation, invitation)
    present = _membership(organisation, actor.user_id)
    if present is not None:
        invitation.accepted_at = invitation.accepted_at or clock.now()
        return present
    if invitation.accepted_at or invitation.revoked_at or invitation.expires_at <= clock.now():
        raise Invalid("", N_("This invitation is not valid any more. Ask for a new one."))
    if organisation.state == "closed":
        raise Invalid("", N_("This organisation is closed."))
    invitation.accepted_at = clock.now()
    made = Membership(
        organisation_id=organisation.id, user_id=actor.user_id, roles=list(invitation.roles), joined_at=clock.now()
    )
    db.session.add(made)
    record(organisation, "organisation.join", actor, data={"invitation": invitation.id, "roles": list(made.roles)})
    return made


def change_roles(organisation: Organisation, actor: Actor, membership: Membership, roles: Sequence[str]) -> None:
    """Give a member other roles. Raises Invalid on `roles` when no administrator would be left."""
    _require_admin(organisation, actor)
    wanted = _checked_roles(roles)
    _lock_member(organisation, membership)
    if wanted == list(membership.roles):
        return
    if not MANAGE_ORGANISATION.held_by(wanted):
        _keep_an_admin(organisation, membership)
    before = list(membership.roles)
    membership.roles = wanted
    record(
        organisation, "organisation.change_roles", actor,
        data={"user": membership.user_id, "from": before, "to": wanted},
    )


def remove_member(organisation: Organisation, actor: Actor, membership: Membership) -> None:
    """End another person's membership at once. Raises NotFound when it has ended, Invalid for the last administrator."""
    _require_admin(organisation, actor)
    _lock_member(organisation, membership)
    _keep_an_admin(organisation, membership)
    membership.left_at = clock.now()
    record(organisation, "organisation.remove_member", actor, data={"user": membership.user_id})


def leave(organisation: Organisation, actor: Actor) -> None:
    """End one's own membership at once. Raises NotFound when it has ended, Invalid for the last administrator."""
    membership = required(_membership(organisation, actor.user_id))
    _lock_member(organisation, membership)
    _keep_an_admin(organisation, membership)
    membership.left_at = clock.now()
    record(organisation, "organisation.leave", actor, data={"user": membership.user_id})


def _require_admin(organisation: Organisation, actor: Actor) -> None:
    if "admin" not in organisation.roles_of(actor):
        raise NotAllowed


def _checked_roles(roles: Sequence[str]) -> list[str]:
    wanted = [code for code in MEMBER_ROLES.codes if code in set(roles)]
    if not wanted:
        raise Invalid("roles", N_("Choose at least one role."))
    return wanted


def _membership(organisation: Organisation, user_id: int | None) -> Membership | None:
    return db.session.scalar(
        select(Membership).where(
            Membership.organisation_id == organisation.id, Membership.user_id == user_id, Membership.left_at.is_(None)
        )
    )


def _open_invitations(organisation: Organisation, email: str) -> Sequence[Invitation]:
    return db.session.scalars(
        select(Invitation).where(
            Invitation.organisation_id == organisation.id,
            Invitation.email == email,
            Invitation.accepted_at.is_(None),
            Invitation.revoked_at.is_(None),
        )
    ).all()


def _locked(organisation: Organisation) -> None:
    """Hold the organisation's row: what changes its members goes one after the other."""
    db.session.execute(select(Organisation.id).where(Organisation.id == organisation.id).with_for_update())


def _lock_with(organisation: Organisation, invitation: Invitation) -> None:
    """Hold the organisation's row and reread the invitation: who waited for the row sees what was done meanwhile."""
    _locked(organisation)
    # The columns only: PostgreSQL locks no rows of an outer join, and what loads beside an invitation is one.
    db.session.refresh(invitation, ["accepted_at", "revoked_at", "expires_at"], with_for_update={"of": Invitation})


def _lock_member(organisation: Organisation, membership: Membership) -> None:
    """Hold the organisation's row and reread the membership; raise NotFound for another's, and for one that has ended."""
    _locked(organisation)
    db.session.refresh(membership, ["roles", "left_at"])
    if membership.organisation_id != organisation.id or membership.left_at is not None:
        raise NotFound


def _keep_an_admin(organisation: Organisation, leaving: Membership) -> None:
    """Raise Invalid when nobody else administers an organisation whose row is held."""
    others = db.session.execute(
        select(Membership.id, Membership.roles).join(User, User.id == Membership.user_id).where(
            Membership.organisation_id == organisation.id, Membership.left_at.is_(None), Membership.id != leaving.id,
            User.active,
        )
    )
    if MANAGE_ORGANISATION.held_by(leaving.roles) and not any(MANAGE_ORGANISATION.held_by(roles) for _id, roles in others):
        raise Invalid("roles", N_("An organisation needs an administrator. Make another member administrator first."))
