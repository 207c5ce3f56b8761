"""Recurring work on deals: contracts take effect on their day, milestones are reminded of, deals that stand still too."""

from __future__ import annotations

from datetime import date, time, timedelta

from sqlalchemy import exists, select
from sqlalchemy.orm import joinedload

from marketplace.core.access import SYSTEM
from marketplace.core.events import Event, record
from marketplace.core.extensions import db
from marketplace.core.outbox import Job, in_batches
from marketplace.deals.actions.reservation import release_ended
from marketplace.deals.actions.transitions import move
from marketplace.deals.event_data import data_of
from marketplace.deals.lifecycle import DEAL, IN_FORCE, OPEN_MILESTONE_STATES
from marketplace.deals.models import Deal, Milestone
from marketplace.deals.queries.loading import for_change
from marketplace.deals.queries.staff_list import stands_still
from marketplace.deals.requirements import ready, requirements
from marketplace.values import clock

NOTICE_DAYS = 7  # before a milestone is due
_BATCH = 500  # rows of one transaction


def take_effect() -> int:
    """Move signed contracts whose agreed day has come to effective; return how many. Idempotent."""
    states = [state for row in DEAL.rows("take_effect") for state in row.from_states]
    due = select(Deal.id, Deal.code).where(Deal.state.in_(states), ready("take_effect")).order_by(Deal.id).limit(_BATCH)
    moved, last = 0, 0
    # Deals that a requirement without SQL holds back do not hold up those behind them.
    while not moved and (batch := db.session.execute(due.where(Deal.id > last)).all()):
        for row in batch:
            deal = for_change(row.code, SYSTEM)
            if deal.state in states and not requirements(deal, "take_effect", SYSTEM):  # else it changed a moment ago
                moved += move(deal, "take_effect", SYSTEM) is not None
        last = batch[-1].id
    return moved


def remind_of_milestones() -> int:
    """Record `milestone.reminded` once when a milestone is soon due and once when it is overdue; return how many."""
    reminded = 0
    for milestone, when in _unreminded(clock.today()):
        due_on = milestone.due_on.isoformat()
        which = {"milestone_id": milestone.id, "position": milestone.position, "when": when, "due_on": due_on}
        record(milestone, "milestone.reminded", SYSTEM, data=data_of(milestone.deal, SYSTEM, **which))
        reminded += 1
    return reminded


def _unreminded(today: date) -> list[tuple[Milestone, str]]:
    """Return the first milestones that a reminder is due for, and which."""
    rows = (
        select(Milestone).join(Milestone.deal)
        .where(Deal.state.in_(IN_FORCE), Milestone.state.in_(OPEN_MILESTONE_STATES),
               Milestone.retired_at.is_(None),
               Milestone.due_on <= today + timedelta(days=NOTICE_DAYS))
        .options(joinedload(Milestone.deal).joinedload(Deal.lead)).order_by(Milestone.due_on, Milestone.id)
    )
    found: list[tuple[Milestone, str]] = []
    for start in range(0, len(every := db.session.scalars(rows).all()), _BATCH):
        batch = every[start:start + _BATCH]
        told = _told([one.id for one in batch])
        for milestone in batch:
            when = "overdue" if milestone.due_on < today else "soon"
            if (milestone.id, when, milestone.due_on.isoformat()) not in told:
                found.append((milestone, when))
    return found[:_BATCH]


def _told(milestone_ids: list[int]) -> set[tuple[int, str, str]]:
    rows = select(Event.subject_id, Event.data).where(
        Event.subject_kind == "milestone", Event.subject_id.in_(milestone_ids), Event.action == "milestone.reminded"
    )
    return {(row[0], row[1].get("when", ""), row[1].get("due_on", "")) for row in db.session.execute(rows)}


def remind_of_stalled() -> int:
    """Record `deal.reminded` once per stage in which a deal stands still for too long; return how many."""
    now = clock.now()
    told = exists().where(
        Event.subject_kind == "deal", Event.subject_id == Deal.id, Event.action == "deal.reminded",
        Event.at >= Deal.state_since,
    )
    rows = select(Deal).where(stands_still(now), ~told).options(joinedload(Deal.lead)).order_by(Deal.state_since, Deal.id)
    deals = db.session.scalars(rows.limit(_BATCH)).all()
    for deal in deals:
        days = (now - deal.state_since).days
        record(deal, "deal.reminded", SYSTEM, data=data_of(deal, SYSTEM, state=deal.state, days=days))
    return len(deals)


JOBS = (
    Job("deals.release_ended", in_batches(release_ended), clock.daily(time(0, 5))),
    Job("deals.take_effect", in_batches(take_effect), clock.daily(time(0, 10))),
    Job("deals.remind_of_milestones", in_batches(remind_of_milestones), clock.daily(time(7))),
    Job("deals.remind_of_stalled", in_batches(remind_of_stalled), clock.daily(time(7, 15))),
)
