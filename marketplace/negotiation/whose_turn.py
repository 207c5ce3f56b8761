"""Whose turn it is, and until when: an interest is answered within ten working days."""

from __future__ import annotations

from sqlalchemy import select

from marketplace.core.calendar_days import working_calendar
from marketplace.core.extensions import db
from marketplace.negotiation.lifecycle import OPEN_LEAD_STATES
from marketplace.negotiation.models import Lead, Terms
from marketplace.values import clock

ANSWER_DAYS = 10  # working days to answer an interest, an introduction, or a question
REMIND_DAYS = 2  # working days before that
IDLE_DAYS = 120  # a conversation in which nothing happens for so long lapses


def other(side: str) -> str:
    """Return the opposite side."""
    return "buyer" if side == "supplier" else "supplier"


def pass_to(lead: Lead, side: str) -> None:
    """Give the turn to `side`; before the lead is accepted, with the full time to answer when the turn changes."""
    lead.last_activity_at = clock.now()
    if lead.state == "contacted" and (lead.waiting_on != side or lead.respond_by is None):
        start_clock(lead)
    lead.waiting_on = side


def pass_after_message(lead: Lead, side: str) -> None:
    """Give the turn to who reads what `side` wrote; a version of terms that waits for an answer keeps its own turn.

    Of a conversation that is over it is nobody's turn, though both may still write.
    """
    lead.last_activity_at = clock.now()
    if lead.state not in OPEN_LEAD_STATES:
        return
    open_terms = select(Terms.side).where(Terms.lead_id == lead.id, Terms.state == "proposed").limit(1)
    proposer = db.session.scalar(open_terms) if lead.state == "negotiating" else None
    pass_to(lead, other(proposer or side))


def is_over(lead: Lead) -> bool:
    """True when nothing is to be answered any more: a lead that has ended, or its deal with no terms open."""
    return lead.state not in OPEN_LEAD_STATES and not lead.terms_open


def start_clock(lead: Lead) -> None:
    """Let the time to answer begin now; of an answer to a need, when its deadline has passed and all can be compared."""
    begins, need = clock.now(), lead.need
    if lead.answer_id is not None and need is not None and need.answer_deadline is not None:
        begins = max(begins, clock.end_of_day(need.answer_deadline))
    lead.respond_by = clock.due_at(begins, ANSWER_DAYS, working_calendar())


def close(lead: Lead) -> None:
    """Nobody's turn any more; no terms may be proposed."""
    lead.last_activity_at = clock.now()
    lead.waiting_on, lead.respond_by, lead.terms_open = "", None, False
