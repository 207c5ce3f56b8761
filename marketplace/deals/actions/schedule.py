"""The schedule of a deal follows its terms; a line that is still there under new terms keeps its row and id.

Whatever refers to a milestone, such as a payment, so outlives a renegotiation. That happens before signing only, when
nothing has been delivered.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from marketplace.core.extensions import db
from marketplace.deals.models import Deal, Milestone
from marketplace.negotiation.models import Terms

_WHOLE = ("title", "deliverable", "due_on", "amount")


def schedule(deal: Deal, terms: Terms) -> None:
    """Make the milestones of the deal those of the terms.

    The same line is one that says the same in every respect, else one with the same title: its day or amount has changed.
    """
    wanted = [_line(row) for row in terms.milestones]
    present = list(deal.milestones)
    kept = _same_lines(present, wanted)
    for milestone in present:
        if kept.get(milestone.position) is not milestone:
            milestone.position = -milestone.position  # no two may stand at one place, not even for a moment
    db.session.flush()
    for number, line in enumerate(wanted, 1):
        milestone = kept.get(number) or Milestone(deal_id=deal.id)
        milestone.position = number
        for name, value in line.items():
            setattr(milestone, name, value)
        db.session.add(milestone)
    db.session.flush()  # a new line never gets the id of one that leaves
    for milestone in present:
        if milestone not in kept.values():
            db.session.delete(milestone)
    db.session.flush()
    db.session.expire(deal, ["milestones"])


def _line(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "title": row["title"], "deliverable": row.get("deliverable", ""), "due_on": date.fromisoformat(row["due_on"]),
        "amount": row["amount"],
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
