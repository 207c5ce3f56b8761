"""Who is told: from the organisations of the thing, their present members and the staff's roles. Never who acted."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from sqlalchemy import ColumnElement, select

from marketplace.accounts.models import StaffGrant, User
from marketplace.core.access import Actor
from marketplace.core.extensions import db
from marketplace.core.permissions import ACCOUNTING, FOLLOW_DEALS, HEAR_ESCALATIONS, MODERATE, Permission
from marketplace.notifications.occasions import Occasion
from marketplace.notifications.rules import STAFF, Rule

#: Which staff an audience of the table means.
STAFF_AUDIENCES = {"officers": FOLLOW_DEALS, "managers": HEAR_ESCALATIONS, "moderators": MODERATE,
                   "accountants": ACCOUNTING}


@dataclass(frozen=True)
class Directory:
    """What is asked of organisations, which stand above this package and register it.

    `members(org_ids, permission)` gives the active members who hold it by organisation, `belongs_to(org_ids)` the
    condition that a `User` is a member of any of them, `reader(user)` the actor as whom somebody reads what they were told.
    """

    members: Callable[[Collection[int], Permission], Mapping[int, list[User]]]
    belongs_to: Callable[[Collection[int]], ColumnElement[bool]]
    reader: Callable[[User], Actor]


_directory: list[Directory] = []


def register_directory(directory: Directory) -> None:
    """Say who knows the members of organisations; the wiring of organisations does."""
    _directory[:] = [directory]


def directory() -> Directory:
    """Return who knows the members of organisations."""
    return _directory[0]


@dataclass(frozen=True)
class Recipient:
    """A person, the row that tells them, and as whom: for a part of the thing, for an organisation, or for the staff."""

    user: User
    row: Rule
    part: str = ""
    org_id: int | None = None
    for_staff: bool = False


def recipients(rules: Sequence[Rule], occasion: Occasion) -> Iterator[Recipient]:
    """Yield everybody once, by the first row that fits them."""

    @cache
    def members() -> Mapping[int, list[User]]:
        return directory().members(tuple(dict.fromkeys(occasion.organisations.values())), occasion.members)

    told = {occasion.event.actor_id} if occasion.event else set()
    for row in rules:
        if not row.fits(occasion):
            continue
        for audience in row.to:
            for one in _audience(row, audience, occasion, members):
                if one.user.id not in told:
                    told.add(one.user.id)
                    yield one


def _audience(
    row: Rule, audience: str, occasion: Occasion, members: Callable[[], Mapping[int, list[User]]]
) -> list[Recipient]:
    if audience in STAFF:
        return [Recipient(user, row, for_staff=True) for user in _staff(audience, occasion)]
    if audience in occasion.persons:
        return [Recipient(one.user, row, org_id=one.org_id) for one in occasion.persons[audience]]
    orgs = occasion.organisations
    return [
        Recipient(user, row, part, orgs[part]) for part in _parts(audience, occasion) for user in members()[orgs[part]]
    ]


def _parts(audience: str, occasion: Occasion) -> tuple[str, ...]:
    """Return which parts an audience means. Raises LookupError for one that the occasion does not know."""
    everybody, acting = tuple(occasion.organisations), occasion.acting
    known = {
        "both": everybody,
        "other": tuple(part for part in everybody if part != acting),
        "own": (acting,) if acting else (),
        **{part: (part,) for part in everybody},
        **occasion.parts,
    }
    if audience not in known:
        raise LookupError(f"no audience {audience!r} of {occasion.subject.kind}: add it to the Occasion")
    return known[audience]


def _staff(audience: str, occasion: Occasion) -> list[User]:
    """Return active staff; a member of an organisation concerned is never an officer of the same case."""
    rows = select(User).join(StaffGrant, StaffGrant.user_id == User.id).where(StaffGrant.ended_at.is_(None), User.active)
    concerned = tuple(occasion.organisations.values())
    if concerned:
        rows = rows.where(~directory().belongs_to(concerned))
    if audience == "officer":
        rows = rows.where(User.id == occasion.officer_id)
    else:
        rows = rows.where(StaffGrant.role.in_(STAFF_AUDIENCES[audience].roles))
    return list(db.session.scalars(rows.order_by(User.id)).unique())
