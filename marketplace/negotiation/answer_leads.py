"""The conversation of an answer to a need: it opens when the answer is sent, and both end together.

`marketplace.answers` is a lower tier and knows nothing of conversations; what follows from its moves is registered here.
Whoever moves a conversation has held its answer before (`queries.leads.readable`): so both ways lock in the same order.
"""

from __future__ import annotations

from sqlalchemy import select

from marketplace.answers.actions import writing
from marketplace.answers.actions.choosing import take_up
from marketplace.answers.consequences import register_consequence
from marketplace.answers.lifecycle import ANSWER
from marketplace.answers.models import Answer
from marketplace.core.access import SYSTEM, Actor
from marketplace.core.events import record
from marketplace.core.extensions import db
from marketplace.negotiation import agreement, whose_turn
from marketplace.negotiation.actions import begin, moves
from marketplace.negotiation.event_data import facts
from marketplace.negotiation.lifecycle import LEAD, OPEN_LEAD_STATES
from marketplace.negotiation.models import Lead


def register() -> None:
    """Let conversations follow the moves of answers."""
    register_consequence("send", open_conversation)
    register_consequence("withdraw", end_conversation)
    register_consequence("decline", end_conversation)
    register_consequence("choose", accept_conversation)
    moves.register_end(follow_end)
    agreement.register_follower(follow_agreement)


def open_conversation(answer: Answer, actor: Actor, _code: str = "", _reason: str = "") -> None:
    """Begin to talk with what is offered as the first words, or go on in the conversation there is about it."""
    begin.answer_need(answer.need, actor, answer.written.summary, answer.listing, answer_id=answer.id)


def end_conversation(answer: Answer, actor: Actor, reason_code: str, reason: str) -> None:
    """End the open conversation of an answer that is withdrawn or not chosen, for the same reason."""
    lead = open_lead(answer, lock=True)
    if lead is None:
        return
    for action, verb in (("decline", moves.decline), ("withdraw", moves.withdraw)):
        if LEAD.row(action, lead.state, lead.roles_of(actor)):
            verb(lead, actor, reason_code, reason)
            return


def accept_conversation(answer: Answer, actor: Actor, _code: str = "", _reason: str = "") -> None:
    """Take up the conversation of a chosen answer; one that has lapsed is opened again."""
    if actor.is_system:
        return
    lead = open_lead(answer, lock=True) or _again(answer, actor)
    if LEAD.row("accept", lead.state, lead.roles_of(actor)):
        moves.accept(lead, actor)


def _again(answer: Answer, actor: Actor) -> Lead:
    """Return a new conversation in the place of one that ended: the supplier's words stand in the answer."""
    lead = begin.new_lead(
        "need", SYSTEM, listing_id=answer.listing_id, need_id=answer.need_id, supplier_org_id=answer.org_id,
        buyer_org_id=answer.need.org_id, initiator_side="supplier", answer_id=answer.id, state="contacted",
        waiting_on="buyer", buyer_revealed_at=begin.named_from(answer.need),
    )
    whose_turn.start_clock(lead)
    db.session.add(lead)
    db.session.flush()
    record(lead, "lead.reopen", actor, data=facts(lead, actor, answer_id=answer.id))
    return lead


def open_lead(answer: Answer, *, lock: bool = False) -> Lead | None:
    """Return the open conversation of an answer, or None."""
    rows = select(Lead).where(Lead.answer_id == answer.id, Lead.state.in_(OPEN_LEAD_STATES))
    rows = rows.order_by(Lead.id.desc()).limit(1)
    if lock:
        rows = rows.with_for_update(of=Lead).execution_options(populate_existing=True)
    return db.session.scalars(rows).first()


def newest_lead(answer: Answer) -> Lead | None:
    """Return the newest conversation of an answer, open or not."""
    return db.session.scalars(select(Lead).where(Lead.answer_id == answer.id).order_by(Lead.id.desc()).limit(1)).first()


def follow_end(lead: Lead, actor: Actor, reason_code: str, reason: str) -> None:
    """End the answer with its conversation: declined by whose need it is, withdrawn by who answered."""
    answer = db.session.get(Answer, lead.answer_id) if lead.answer_id else None
    if answer is None:
        return
    action = "decline" if lead.side_of(actor) == "buyer" else "withdraw"
    if ANSWER.row(action, answer.state, answer.roles_of(actor)):
        writing.move(answer, action, actor, reason_code, reason)


def follow_agreement(lead: Lead) -> None:
    """Choose the answer whose terms both sides have accepted, unless another one was chosen."""
    answer = db.session.get(Answer, lead.answer_id) if lead.answer_id else None
    if answer is not None:
        take_up(answer)
