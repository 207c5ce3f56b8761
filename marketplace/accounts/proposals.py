"""Roles that move money, grant roles or approve for others are given by two administrators, never by one alone.

The first administrators and managers are made on the command line (`flask create-operator`), which asks nobody.
"""

from __future__ import annotations

from collections.abc import Sequence

from marketplace.accounts.actions import check_grant, grant_role
from marketplace.accounts.models import User
from marketplace.core.access import Actor
from marketplace.core.extensions import db
from marketplace.core.permissions import ACCOUNTING, MANAGE_STAFF
from marketplace.core.proposals import Proposal, ProposalKind, propose
from marketplace.values.text import N_
from marketplace.vocabulary import STAFF_ROLES

KIND = "staff_role"
#: Roles that take two people: administrators, and those who may charge, pay back and approve.
TWO_PEOPLE = frozenset(MANAGE_STAFF.roles) | frozenset(ACCOUNTING.roles)


def propose_role(email: str, role: str, reason: str, actor: Actor) -> Proposal:
    """Propose to give a staff role to the person with that address, to be approved by another administrator.

    Raises NotAllowed when the actor is no administrator, Invalid as `grant_role`, and when a proposal about it is open.
    """
    person = check_grant(email, role, reason, actor)
    return propose(KIND, f"{KIND}:{person.id}:{role}", {"user": person.id, "role": role}, actor, reason)


def _person(proposal: Proposal) -> User:
    return db.session.get_one(User, proposal.payload["user"])


def _apply(proposal: Proposal, approver: Actor) -> None:
    grant_role(_person(proposal).email, proposal.payload["role"], proposal.reason, approver)


def _title(proposal: Proposal, language: str) -> str:
    return f"{_person(proposal).name}: {STAFF_ROLES.label(proposal.payload['role'], language)}"


def _facts(proposal: Proposal, language: str) -> Sequence[tuple[str, str]]:
    person = _person(proposal)
    return [(N_("Name"), person.name), (N_("E-mail address"), person.email),
            (N_("Role"), STAFF_ROLES.label(proposal.payload["role"], language))]


def _version(proposal: Proposal) -> str:
    """A person who was closed, or whose roles have changed since, is proposed anew."""
    person = _person(proposal)
    held = sorted(grant.id for grant in person.staff_grants if grant.ended_at is None)
    return f"{person.active:d}:{','.join(map(str, held))}"[:64]


STAFF_ROLE = ProposalKind(
    KIND, N_("Staff role to be granted"), MANAGE_STAFF, _title, _apply, _facts, lambda _proposal: "/staff", _version)
