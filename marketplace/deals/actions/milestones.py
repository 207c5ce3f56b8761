"""Milestones while the deal is delivered: the transferor reports, the transferee accepts or returns."""

from __future__ import annotations

from collections.abc import Sequence

from marketplace.core.access import Actor
from marketplace.core.errors import IllegalMove, Invalid, required
from marketplace.core.events import transition
from marketplace.core.extensions import db
from marketplace.core.lifecycle import legal_transition
from marketplace.deals.event_data import data_of
from marketplace.deals.file_access import add_delivery
from marketplace.deals.lifecycle import DEAL, MILESTONE
from marketplace.deals.models import Deal, Milestone
from marketplace.files.actions import Received
from marketplace.values import clock
from marketplace.values.text import N_


def milestone_of(deal: Deal, milestone_id: int) -> Milestone:
    """Return a milestone of this deal. Raises NotFound for another deal's."""
    return required(next((one for one in deal.milestones if one.id == milestone_id), None))


def deliver(milestone: Milestone, actor: Actor, note: str, files: Sequence[Received] = ()) -> None:
    """Report a milestone as delivered, with what was handed over. Raises Invalid without a note."""
    _check(milestone, "deliver", actor)
    if not note.strip():
        raise Invalid("note", N_("Say what was delivered."))
    milestone.delivered_at, milestone.note = clock.now(), note
    _move(milestone, "deliver", actor, note)
    add_delivery(milestone, actor, files)


def accept(milestone: Milestone, actor: Actor) -> None:
    """Accept what was delivered."""
    _check(milestone, "accept", actor)
    milestone.accepted_at = clock.now()
    _move(milestone, "accept", actor)


def give_back(milestone: Milestone, actor: Actor, reason: str) -> None:
    """Return what was delivered, saying why. Raises Invalid without a reason."""
    _check(milestone, "return", actor, reason)
    milestone.note = reason
    _move(milestone, "return", actor, reason)


def accept_the_rest(deal: Deal, actor: Actor) -> None:
    """Accept what was delivered but not accepted one by one: the minutes accept the whole."""
    for milestone in deal.milestones:
        if milestone.state == "delivered":
            milestone.accepted_at = clock.now()
            _move(milestone, "accept", actor)


def offered(milestone: Milestone, actor: Actor) -> frozenset[str]:
    """Return the moves open to this person now: only while the deal is being delivered."""
    if milestone.deal.state != "delivering":
        return frozenset()
    return frozenset(row.action for row in MILESTONE.actions_for(milestone.state, milestone.roles_of(actor)))


def _check(milestone: Milestone, action: str, actor: Actor, reason: str = "") -> None:
    """Raise what the two tables say against the move: the deal's (is it delivered now?) and the milestone's."""
    deal = milestone.deal
    roles = milestone.roles_of(actor)
    mine = any(role in row.roles for row in MILESTONE.rows(action) for role in roles)
    if mine and deal.state != "delivering":
        raise IllegalMove(deal.state, N_("The deal is not being delivered now."), label=DEAL.label(deal.state))
    legal_transition(MILESTONE, milestone, action, roles, reason=reason)


def _move(milestone: Milestone, action: str, actor: Actor, reason: str = "") -> None:
    transition(
        milestone, MILESTONE, action, actor, milestone.roles_of(actor), reason=reason,
        data=data_of(milestone.deal, actor, milestone_id=milestone.id, position=milestone.position),
    )
    db.session.flush()
