"""Leads that wait too long: a reminder before the answer is due, lapsing after it, and lapsing of idle conversations.

The worker runs these, the system acts. All are idempotent.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, select

from marketplace import clock
from marketplace.access import SYSTEM
from marketplace.calendar_days import working_calendar
from marketplace.events import Event, record
from marketplace.extensions import db
from marketplace.negotiation.facts import facts
from marketplace.negotiation.models import Lead
from marketplace.negotiation.moves import expire
from marketplace.negotiation.turns import IDLE_DAYS, REMIND_DAYS
from marketplace.outbox import Job

WAITING = ("suggested", "contacted")
_BATCH = 2_000  # rows of one run; the next hour goes on


def remind() -> None:
    """Record, once per due date, that an answer is due within two working days."""
    now = clock.now()
    last = clock.end_of_day(clock.add_working_days(clock.today(), REMIND_DAYS, working_calendar()))
    for lead in _locked(Lead.state.in_(WAITING), Lead.respond_by.between(now, last)):
        due = lead.respond_by.isoformat() if lead.respond_by else ""
        if lead.state in WAITING and due and not _reminded(lead, due):
            record(lead, "lead.reminded", SYSTEM, data=facts(lead, SYSTEM, respond_by=due, waiting_on=lead.waiting_on))


def _reminded(lead: Lead, due: str) -> bool:
    rows = select(Event).where(
        Event.subject_kind == "lead", Event.subject_id == lead.id, Event.action == "lead.reminded"
    )
    return any(event.data.get("respond_by") == due for event in db.session.scalars(rows))


def lapse() -> None:
    """Let leads lapse that were not answered in time, and conversations in which nothing happens."""
    now, idle = clock.now(), clock.now() - timedelta(days=IDLE_DAYS)
    for lead in _locked(Lead.state.in_(WAITING), Lead.respond_by < now):
        if lead.state in WAITING and lead.respond_by is not None and lead.respond_by < now:
            expire(lead, "unanswered")
    for lead in _locked(Lead.state == "negotiating", Lead.last_activity_at < idle):
        if lead.state == "negotiating" and lead.last_activity_at < idle:
            expire(lead, "idle")


def _locked(*rules: ColumnElement[bool]) -> list[Lead]:
    """Return leads of a rule as they are now, their rows held; who was faster is seen by asking the rule again."""
    ids = db.session.scalars(select(Lead.id).where(*rules).order_by(Lead.id).limit(_BATCH)).all()
    rows = (db.session.get(Lead, lead_id, with_for_update=True, populate_existing=True) for lead_id in ids)
    return [lead for lead in rows if lead is not None]


def _in_an_hour(moment: datetime) -> datetime:
    return moment + timedelta(hours=1)


JOBS = (
    Job("leads.remind", remind, _in_an_hour),
    Job("leads.lapse", lapse, _in_an_hour),
)
