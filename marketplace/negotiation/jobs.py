"""Leads that wait too long: a reminder before the answer is due, lapsing after it, and lapsing of idle conversations.

The worker runs these, the system acts. All are idempotent.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, select

from marketplace.core.access import SYSTEM
from marketplace.core.calendar_days import working_calendar
from marketplace.core.events import Event, record
from marketplace.core.extensions import db
from marketplace.core.outbox import Job, in_batches
from marketplace.negotiation.actions.moves import expire
from marketplace.negotiation.event_data import facts
from marketplace.negotiation.lifecycle import UNANSWERED_LEAD_STATES
from marketplace.negotiation.models import Lead
from marketplace.negotiation.whose_turn import IDLE_DAYS, REMIND_DAYS
from marketplace.values import clock

_BATCH = 500  # rows of one transaction


def remind() -> int:
    """Record, once per due date, that an answer is due within two working days; return how many."""
    reminded = 0
    for lead in _held(_unreminded()):
        due = lead.respond_by.isoformat() if lead.respond_by else ""
        if lead.state in UNANSWERED_LEAD_STATES and due and not _told([lead.id]) & {(lead.id, due)}:
            record(lead, "lead.reminded", SYSTEM, data=facts(lead, SYSTEM, respond_by=due, waiting_on=lead.waiting_on))
            reminded += 1
    return reminded


def _unreminded() -> list[int]:
    """Return the first leads whose answer is due within two working days and of which nobody was reminded yet."""
    now = clock.now()
    last = clock.end_of_day(clock.add_working_days(clock.today(), REMIND_DAYS, working_calendar()))
    waiting = Lead.state.in_(UNANSWERED_LEAD_STATES)
    rows = select(Lead.id, Lead.respond_by).where(waiting, Lead.respond_by.between(now, last))
    due = db.session.execute(rows.order_by(Lead.id)).all()
    found: list[int] = []
    for start in range(0, len(due), _BATCH):
        batch = due[start:start + _BATCH]
        told = _told([row[0] for row in batch])
        found += [lead_id for lead_id, respond_by in batch if respond_by and (lead_id, respond_by.isoformat()) not in told]
    return found[:_BATCH]


def _told(lead_ids: Sequence[int]) -> set[tuple[int, str]]:
    """Return which leads were reminded of, for which due date."""
    rows = select(Event.subject_id, Event.data).where(
        Event.subject_kind == "lead", Event.subject_id.in_(lead_ids), Event.action == "lead.reminded"
    )
    return {(row[0], row[1].get("respond_by", "")) for row in db.session.execute(rows)}


def lapse() -> int:
    """Let leads lapse that were not answered in time, and conversations in which nothing happens; return how many."""
    now, idle, lapsed = clock.now(), clock.now() - timedelta(days=IDLE_DAYS), 0
    for lead in _held(_first(Lead.state.in_(UNANSWERED_LEAD_STATES), Lead.respond_by < now)):
        if lead.state in UNANSWERED_LEAD_STATES and lead.respond_by is not None and lead.respond_by < now:
            expire(lead, "unanswered")
            lapsed += 1
    for lead in _held(_first(Lead.state == "negotiating", Lead.last_activity_at < idle)):
        if lead.state == "negotiating" and lead.last_activity_at < idle:
            expire(lead, "idle")
            lapsed += 1
    return lapsed


def _first(*rules: ColumnElement[bool]) -> Sequence[int]:
    return db.session.scalars(select(Lead.id).where(*rules).order_by(Lead.id).limit(_BATCH)).all()


def _held(ids: Sequence[int]) -> list[Lead]:
    """Return leads as they are now, their rows held; who was faster is seen by asking the rule again."""
    rows = (db.session.get(Lead, lead_id, with_for_update=True, populate_existing=True) for lead_id in ids)
    return [lead for lead in rows if lead is not None]


def _in_an_hour(moment: datetime) -> datetime:
    return moment + timedelta(hours=1)


JOBS = (
    Job("leads.remind", in_batches(remind), _in_an_hour),
    Job("leads.lapse", in_batches(lapse), _in_an_hour),
)
