"""What is told of proposals that take two people: to those who may decide, and to whoever proposed it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from marketplace.accounts.models import StaffGrant, User
from marketplace.core.events import Event
from marketplace.core.extensions import db
from marketplace.core.proposals import Proposal, kind_of
from marketplace.notifications.occasions import Occasion, Person
from marketplace.notifications.rules import Notifications, rule
from marketplace.values.text import N_


def occasion(event: Event, row: Proposal) -> Occasion | None:
    """Return who is concerned by a proposal: those who may decide about it, and who made it."""
    author = db.session.get(User, row.by_id)
    return Occasion(
        row, event,
        persons={"approvers": _approvers(row), "proposer": [Person(author)] if author is not None else []},
        params={"name": event.actor_name, "deadline_on": row.due_at.date().isoformat()},
    )


def _approvers(row: Proposal) -> list[Person]:
    roles = kind_of(row).permission.roles
    rows = (
        select(User).join(StaffGrant, StaffGrant.user_id == User.id)
        .where(StaffGrant.ended_at.is_(None), StaffGrant.role.in_(roles), User.active, User.id != row.by_id)
        .order_by(User.id)
    )
    return [Person(user) for user in db.session.scalars(rows).unique()]


def _rule(action: str, to: str, text: str) -> Any:
    return rule(f"proposal.{action}", "proposals", to, text)


PROPOSALS = Notifications((
    _rule("propose", "approvers", N_("%(code)s, “%(title)s”, waits for a second person until %(deadline_on)s.")),
    _rule("approve", "proposer", N_("Your proposal %(code)s, “%(title)s”, was approved and is done.")),
    _rule("refuse", "proposer", N_("Your proposal %(code)s, “%(title)s”, was refused.")),
    _rule("lapse", "proposer", N_("Nobody decided about your proposal %(code)s, “%(title)s”, in time: it has lapsed.")),
    _rule("outdate", "proposer", N_("Your proposal %(code)s, “%(title)s”, came too late: what it is about has changed.")),
), occasion=occasion)
