"""Verbs of the requester on the answers to its need."""

from __future__ import annotations

from sqlalchemy import select

from marketplace.answers.event_data import facts
from marketplace.answers.lifecycle import ANSWER, CHOSEN_STATES
from marketplace.answers.models import Answer
from marketplace.core.access import SYSTEM
from marketplace.core.events import transition
from marketplace.core.extensions import db


def take_up(answer: Answer) -> None:
    """Note that both sides have agreed on terms about an answer: it is the chosen one, unless another was chosen."""
    chosen = select(Answer.id).where(Answer.need_id == answer.need_id, Answer.state.in_(CHOSEN_STATES)).limit(1)
    roles = answer.roles_of(SYSTEM)
    if ANSWER.row("choose", answer.state, roles) is None or db.session.scalar(chosen) is not None:
        return
    transition(answer, ANSWER, "choose", SYSTEM, roles, data=facts(answer, SYSTEM))
    db.session.flush()
