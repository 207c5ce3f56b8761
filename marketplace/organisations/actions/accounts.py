"""What accounts that end mean for organisations: who cannot be spared, and what is deleted of an erased person."""

from __future__ import annotations

from sqlalchemy import select, update

from marketplace.core.extensions import db
from marketplace.core.permissions import MANAGE_ORGANISATION
from marketplace.organisations.lifecycle import ORGANISATION
from marketplace.organisations.models import Invitation, Membership, Organisation
from marketplace.organisations.queries import people_with
from marketplace.values import clock
from marketplace.values.text import N_

#: Organisations that may be at work with others: nobody leaves them without an administrator.
_AT_WORK = ORGANISATION.in_groups("waiting", "verified", "suspended")


def without_them(user_id: int) -> list[tuple[str, dict[str, str]]]:
    """Return what keeps a person from closing the account: organisations that would have no administrator."""
    rows = select(Organisation.id, Organisation.name).join(Membership, Membership.organisation_id == Organisation.id).where(
        Membership.user_id == user_id, Membership.left_at.is_(None), Organisation.state.in_(_AT_WORK)
    )
    names = {row[0]: row[1] for row in db.session.execute(rows.order_by(Organisation.id))}
    text = N_("%(organisation)s would have no administrator. Make another member one, or ask the operators to close it.")
    return [
        (text, {"organisation": names[org_id]})
        for org_id, people in people_with(names, MANAGE_ORGANISATION).items() if [one.id for one in people] == [user_id]
    ]


def erase_of(user_id: int, address: str) -> None:
    """End the memberships of an erased person, and take the address out of invitations."""
    now = clock.now()
    member = update(Membership).where(Membership.user_id == user_id, Membership.left_at.is_(None)).values(left_at=now)
    invited = update(Invitation).where(Invitation.email == address)
    still_open = invited.where(Invitation.accepted_at.is_(None), Invitation.revoked_at.is_(None)).values(revoked_at=now)
    for statement in (member, still_open, invited.values(email="")):
        db.session.execute(statement.execution_options(synchronize_session=False))
