"""Verbs on complaints: a side asks the exchange's officers in, they hear both sides, mediate, and say how it ends."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from marketplace.core.access import Actor
from marketplace.core.calendar_days import working_calendar
from marketplace.core.codes import next_code
from marketplace.core.errors import Invalid, NotAllowed
from marketplace.core.events import Event, record, transition
from marketplace.core.extensions import db
from marketplace.core.recorded_reading import record_reading
from marketplace.negotiation.event_data import facts
from marketplace.negotiation.lifecycle import COMPLAINT, OPEN_COMPLAINT_STATES
from marketplace.negotiation.models import Complaint, Lead
from marketplace.values import clock
from marketplace.values.text import N_
from marketplace.vocabulary import COMPLAINT_KINDS

LENGTH = (20, 4000)
DAYS = 5  # working days in which an officer should have settled it
CLOSING = frozenset({"resolve", "reject", "withdraw"})


def open_complaint(lead: Lead, actor: Actor, kind: str, text: str) -> Complaint:
    """Let one side complain; the caller holds the lead's row. The same side's open complaint is the one there is.

    Raises NotAllowed for who is not of a side, Invalid for an unknown kind or a text of odd length.
    """
    side = lead.side_of(actor)
    if not side or side not in lead.roles_of(actor):
        raise NotAllowed
    if kind not in COMPLAINT_KINDS:
        raise Invalid("kind", N_("Please choose from the list."))
    text = text.strip()
    if not LENGTH[0] <= len(text) <= LENGTH[1]:
        raise Invalid("text", N_("Please write between %(min)s and %(max)s characters."), min=LENGTH[0], max=LENGTH[1])
    mine = select(Complaint).where(
        Complaint.lead_id == lead.id, Complaint.side == side, Complaint.state.in_(OPEN_COMPLAINT_STATES)
    )
    if (present := db.session.scalars(mine).first()) is not None:
        return present
    now = clock.now()
    complaint = Complaint(
        code=next_code("KN"), lead_id=lead.id, side=side, opened_by_id=actor.user_id, kind=kind, text=text, opened_at=now,
        due_at=clock.due_at(now, DAYS, working_calendar()), lead=lead,
    )
    db.session.add(complaint)
    db.session.flush()
    record(complaint, "complaint.open", actor, data=_data(complaint, actor, kind=kind))
    return complaint


def move(complaint: Complaint, action: str, actor: Actor, reason: str = "") -> Event | None:
    """Make one move of the table; the caller holds the lead's row.

    The first officer who moves it has it from then on. Raises NotAllowed, IllegalMove, Invalid without a reason.
    """
    roles = complaint.roles_of(actor)
    event = transition(complaint, COMPLAINT, action, actor, roles, reason=reason.strip(), data=_data(complaint, actor))
    if event is None:
        return None
    if "officer" in roles:
        complaint.officer_id = actor.user_id
    if action in CLOSING:
        complaint.closed_at = clock.now()
        complaint.outcome = reason.strip()
    db.session.flush()
    return event


def note_reading(complaint: Complaint, actor: Actor) -> None:
    """Record that an officer read the thread; both sides see it in the history of the lead."""
    record_reading(complaint.lead, "lead.thread_read", actor, _data(complaint, actor))


def _data(complaint: Complaint, actor: Actor, **more: Any) -> dict[str, Any]:
    return facts(complaint.lead, actor, complaint_id=complaint.id, complainant=complaint.side, **more)
