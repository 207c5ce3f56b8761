"""Actors: who a person is and for which organisation they act, built here and nowhere else.

Memberships, verification and staff roles are read as they are now, for one person (`actor_of`: a request, a job) or for
many at once (`people`: saved searches). The session remembers which organisation a person chose to act for.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from flask import current_app, has_request_context, request, session
from flask_login import current_user
from sqlalchemy import select

from marketplace.accounts import sessions
from marketplace.accounts.models import StaffGrant, User
from marketplace.accounts.signals import ACTING
from marketplace.core.access import GUEST, Actor
from marketplace.core.data_mark import Mark, mark
from marketplace.core.extensions import db, write_intent
from marketplace.core.permissions import COMMIT
from marketplace.organisations.models import Membership, Organisation

_AT_A_TIME = 900
#: Actors that a process remembers between two looks.
MOST_KNOWN = 500
#: The roles of an organisation that ask for a second step where ORGANISATION_TWO_STEP is on.
BINDING = COMMIT.roles


@dataclass(frozen=True)
class Person:
    """A person with everything they belong to. `actor` acts for no organisation."""

    actor: Actor
    organisations: Sequence[Any]  # rows of id, name, state, roles; in the order of joining

    def acting_for(self, org_id: int | None) -> Actor:
        """Return the person acting for one organisation, or for the first when they belong to it no more."""
        chosen = next((row for row in self.organisations if row.id == org_id), None)
        chosen = chosen or (self.organisations[0] if self.organisations else None)
        if chosen is None:
            return self.actor
        return replace(self.actor, org_id=chosen.id, org_name=chosen.name, org_verified=chosen.state == "verified",
                       org_roles=frozenset(chosen.roles))


def actor_of(user: User) -> Actor:
    """Return the actor of a person, acting for the organisation the session remembers; two statements.

    Without a choice it is the first membership; a choice that ended (left, removed) falls back to it at once.
    """
    person = _build([user])[user.id]
    wanted = session.get(ACTING) if has_request_context() else None
    return person.actor if wanted == 0 else person.acting_for(wanted)


def present() -> Actor:
    """Return the actor of who is signed in here, the guest for nobody.

    To look only, the one of the last request of the same session is good while nothing was committed since.
    """
    if has_request_context() and "_user_id" not in session:
        return GUEST
    key = (*map(session.get, (sessions.KEY, "_user_id", ACTING)), _two_step()) if _only_looks() else None
    known, now = _known(), mark() if key is not None else None
    if now is not None and (found := known.get(key)) is not None and found[0] == now and sessions.goes_on(found[2]):
        return found[1]
    if not current_user.is_authenticated:
        return GUEST
    made, seen = _present(current_user), sessions.present()
    if now is not None and seen is not None:
        known[key] = now, made, seen
        while len(known) > MOST_KNOWN:
            known.popitem(last=False)
    return made


def _two_step() -> tuple[bool, bool]:
    """Return for whom a second step is asked: the staff, members of organisations."""
    settings = current_app.extensions["settings"]
    return settings.staff_two_step, settings.organisation_two_step


def _only_looks() -> bool:
    return has_request_context() and request.method in {"GET", "HEAD"} and not write_intent.get()


def _known() -> OrderedDict[object, tuple[Mark, Actor, sessions.Present]]:
    """Return the actors of this process, those read last, each with the mark of the data it was read from."""
    known: OrderedDict[object, tuple[Mark, Actor, sessions.Present]]
    known = current_app.extensions.setdefault("actors_known", OrderedDict())
    return known


def _present(user: User) -> Actor:
    """Return the actor of a person; what asks for a second step is withheld in a session without one."""
    found, (of_staff, of_members) = actor_of(user), _two_step()
    staff = found.staff_roles if of_staff else frozenset()
    members = found.org_roles & BINDING if of_members else frozenset()
    if not (staff or members) or sessions.second_factor():
        return found
    return replace(
        found, staff_roles=found.staff_roles - staff, org_roles=found.org_roles - members, withheld=staff | members
    )


def people(user_ids: Iterable[int]) -> dict[int, Person]:
    """Return those of the people whose account is active; three statements for each 900."""
    found: dict[int, Person] = {}
    wanted = sorted(set(user_ids))
    for start in range(0, len(wanted), _AT_A_TIME):
        ids = wanted[start : start + _AT_A_TIME]
        users = select(User.id, User.name, User.email, User.locale).where(User.id.in_(ids), User.active)
        found |= _build(db.session.execute(users).all())
    return found


def _build(users: Sequence[Any]) -> dict[int, Person]:
    """Return the people with their memberships and staff roles. This is the one place that fills an actor in."""
    ids = [user.id for user in users]
    orgs, roles = _memberships(ids), _staff_roles(ids)
    return {
        user.id: Person(
            Actor(
                user_id=user.id, name=user.name, email=user.email, locale=user.locale,
                org_ids=frozenset(row.id for row in orgs[user.id]),
                orgs=tuple((row.id, row.name) for row in orgs[user.id]),
                staff_roles=frozenset(roles[user.id]),
            ),
            orgs[user.id],
        )
        for user in users
    }


def _memberships(ids: Sequence[int]) -> Mapping[int, list[Any]]:
    rows = (
        select(Membership.user_id, Organisation.id, Organisation.name, Organisation.state, Membership.roles)
        .join(Organisation, Membership.organisation_id == Organisation.id)
        .where(Membership.user_id.in_(ids), Membership.left_at.is_(None))
        .order_by(Membership.joined_at, Membership.id)
    )
    found: dict[int, list[Any]] = {user_id: [] for user_id in ids}
    for row in db.session.execute(rows):
        found[row.user_id].append(row)
    return found


def _staff_roles(ids: Sequence[int]) -> Mapping[int, set[str]]:
    rows = select(StaffGrant.user_id, StaffGrant.role).where(StaffGrant.user_id.in_(ids), StaffGrant.ended_at.is_(None))
    found: dict[int, set[str]] = {user_id: set() for user_id in ids}
    for user_id, role in db.session.execute(rows):
        found[user_id].add(role)
    return found


def act_for(organisation_id: int | None) -> None:
    """Remember the organisation to act for in this session; None means explicitly none."""
    session[ACTING] = organisation_id or 0


def forget() -> None:
    """Drop the choice: the first membership counts again."""
    session.pop(ACTING, None)
