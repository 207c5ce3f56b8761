"""Whose turn it is, and until when: an interest is answered within ten working days."""

from __future__ import annotations

from marketplace import clock
from marketplace.calendar_days import working_calendar
from marketplace.negotiation.models import Lead

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


def start_clock(lead: Lead) -> None:
    """Let the time to answer begin now."""
    lead.respond_by = clock.due_at(clock.now(), ANSWER_DAYS, working_calendar())


def close(lead: Lead) -> None:
    """Nobody's turn any more; no terms may be proposed."""
    lead.last_activity_at = clock.now()
    lead.waiting_on, lead.respond_by, lead.terms_open = "", None, False
