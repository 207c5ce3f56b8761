"""Milestones: the schedule that follows the terms, and while the deal is delivered what is reported, accepted or returned.

A line that is still there under new terms keeps its row and id, so that whatever refers to a milestone, such as a payment,
outlives a renegotiation; a line that is not there any more is retired, never deleted. That happens before signing only,
when nothing has been delivered.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from marketplace.core.access import Actor
from marketplace.core.errors import Invalid, required
from marketplace.core.events import record, transition
from marketplace.core.extensions import db
from marketplace.core.lifecycle import legal_transition
from marketplace.deals.actions.files import add_delivery
from marketplace.deals.event_data import data_of
from marketplace.deals.lifecycle import MILESTONE
from marketplace.deals.models import Deal, Milestone
from marketplace.deals.requirements import require, requirements
from marketplace.files.actions import Received
from marketplace.negotiation.models import Terms
from marketplace.values import clock
from marketplace.values.text import N_
from marketplace.vocabulary import PAY_WHENS

_ELSEWHERE = 10_000  # added to the place of a line that moves, until it stands at its new one
_WHOLE = ("title", "deliverable", "due_on", "amount", "pay_when")


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
    """Return the moves open to this person now."""
    rows = MILESTONE.actions_for(milestone.state, milestone.roles_of(actor))
    return frozenset(row.action for row in rows if not requirements(milestone.deal, row.action, actor))


def _check(milestone: Milestone, action: str, actor: Actor, reason: str = "") -> None:
    """Raise what the workflow of milestones, and then what the deal's requirements say against the move."""
    legal_transition(MILESTONE, milestone, action, milestone.roles_of(actor), reason=reason)
    require(milestone.deal, action, actor)


def _move(milestone: Milestone, action: str, actor: Actor, reason: str = "") -> None:
    transition(
        milestone, MILESTONE, action, actor, milestone.roles_of(actor), reason=reason,
        data=data_of(milestone.deal, actor, milestone_id=milestone.id, position=milestone.position),
    )
    db.session.flush()


def schedule(deal: Deal, terms: Terms, actor: Actor) -> None:
    """Make the milestones of the deal those of the terms; a line that leaves is retired.

    The same line is one that says the same in every respect, else one with the same title: its day or amount has changed.
    """
    wanted = [_line(row) for row in terms.milestones]
    present = list(deal.milestones)
    kept = _same_lines(present, wanted)
    for milestone in present:
        if milestone not in kept.values():
            _retire(milestone, deal, actor)
        elif kept.get(milestone.position) is not milestone:
            milestone.position += _ELSEWHERE  # no two may stand at one place, not even for a moment
    db.session.flush()
    for number, line in enumerate(wanted, 1):
        milestone = kept.get(number) or Milestone(deal_id=deal.id)
        milestone.position = number
        for name, value in line.items():
            setattr(milestone, name, value)
        db.session.add(milestone)
    db.session.flush()
    db.session.expire(deal, ["milestones"])


def _retire(milestone: Milestone, deal: Deal, actor: Actor) -> None:
    """Take a line out of the schedule; its row stays for whatever refers to it, at a place that no other line has."""
    milestone.retired_at, milestone.position = clock.now(), -milestone.id
    said = {name: getattr(milestone, name) for name in ("title", "amount")} | {"due_on": milestone.due_on.isoformat()}
    record(milestone, "milestone.retire", actor, data=data_of(deal, actor, milestone_id=milestone.id, **said))


def _line(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "title": row["title"], "deliverable": row.get("deliverable", ""), "due_on": date.fromisoformat(row["due_on"]),
        "amount": row["amount"], "pay_when": row.get("pay_when") or PAY_WHENS.codes[0],
    }


def _same_lines(present: list[Milestone], wanted: list[dict[str, Any]]) -> dict[int, Milestone]:
    """Return the milestone that each wanted line continues, by the line's position."""
    kept: dict[int, Milestone] = {}
    alike: tuple[Callable[[Milestone, dict[str, Any]], bool], ...] = (
        lambda one, line: all(getattr(one, name) == line[name] for name in _WHOLE),
        lambda one, line: bool(one.title == line["title"]),
    )
    for same in alike:
        for number, line in enumerate(wanted, 1):
            free = (one for one in present if one not in kept.values())
            if number not in kept and (found := next((one for one in free if same(one, line)), None)) is not None:
                kept[number] = found
    return kept
