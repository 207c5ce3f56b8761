"""Moves of a lead: take up, accept, ask, decline, withdraw, lapse. The caller holds the lead's row.

Every move goes through the LEAD table and leaves an event on the lead.
"""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import select

from marketplace.core.access import SYSTEM, Actor
from marketplace.core.errors import IllegalMove, Invalid, NotAllowed
from marketplace.core.events import Event, transition
from marketplace.core.extensions import db
from marketplace.core.recorded_reading import record_reading
from marketplace.core.reminder import remind
from marketplace.negotiation import whose_turn
from marketplace.negotiation.actions.messages import post
from marketplace.negotiation.actions.terms import close_terms
from marketplace.negotiation.common_members import note_common_members
from marketplace.negotiation.eligibility import actor_refusal, still_possible
from marketplace.negotiation.event_data import facts
from marketplace.negotiation.lifecycle import LEAD, OPEN_LEAD_STATES
from marketplace.negotiation.models import Lead, Message
from marketplace.values import clock
from marketplace.values.text import N_

TEXT_LENGTH = (20, 4000)  # of the first words: an interest, an answer, a question
REASON_LENGTH = 2000
#: What follows when a person ends a conversation; `answer_leads`, which stands on these verbs, adds itself.
_ended: list[Callable[[Lead, Actor, str, str], None]] = []


def register_end(effect: Callable[[Lead, Actor, str, str], None]) -> None:
    """Let `effect(lead, actor, reason_code, reason)` follow when somebody ends a conversation; again changes nothing."""
    if effect not in _ended:
        _ended.append(effect)


def note_reading(lead: Lead, actor: Actor, **more: int) -> None:
    """Record once a day that staff opened the record of a lead, or of a complaint about it. Raises NotAskedHere."""
    record_reading(lead, "lead.record_read", actor, facts(lead, actor, **more))


def remind_of_turn(lead: Lead, actor: Actor) -> Event:
    """Remind the side whose turn it is, or both of an introduction; for officers of the exchange.

    Raises NotAllowed, and IllegalMove for a conversation that is over or was reminded of within three working days.
    """
    if "officer" not in lead.roles_of(actor):
        raise NotAllowed
    if lead.state not in OPEN_LEAD_STATES:
        raise IllegalMove(lead.state, N_("This conversation is over."), label=LEAD.label(lead.state))
    return remind(lead, "lead.remind", actor, facts(lead, actor, waiting_on=lead.waiting_on))


def contact(lead: Lead, actor: Actor, text: str, *, once: str = "") -> Event | None:
    """Take up a suggested lead with first words; the other side is asked for an answer.

    Raises NotAllowed, IllegalMove, Invalid on `text`.
    """
    check_text(text)
    _check_both(lead, actor, "contact")
    side = lead.side_of(actor)
    event = _move(lead, "contact", actor)
    lead.initiator_side = side
    if side == "buyer":
        reveal(lead)
    post(lead, actor, text, kind="interest", once=once)
    whose_turn.pass_to(lead, whose_turn.other(side))
    db.session.flush()
    return event


def accept(lead: Lead, actor: Actor) -> Event | None:
    """Agree to talk: the thread is open to both, terms may be proposed, a hidden requester is named from now on.

    Raises NotAllowed, and IllegalMove also when technology or need are not to be had any more.
    """
    _check_both(lead, actor, "accept")
    side = lead.side_of(actor)
    event = _move(lead, "accept", actor)
    if side == "buyer":
        reveal(lead)
    whose_turn.pass_to(lead, whose_turn.other(side))
    lead.respond_by, lead.terms_open = None, True
    db.session.flush()
    note_common_members(lead)
    return event


def ask(lead: Lead, actor: Actor, text: str, *, once: str = "") -> Event | None:
    """Ask something before answering; the turn and a new clock go to the other side. Repeated with one `once`: once."""
    check_text(text)
    if once and _said(lead, actor, once):
        return None
    _check_both(lead, actor, "ask")
    event = _move(lead, "ask", actor)
    whose_turn.pass_to(lead, whose_turn.other(lead.side_of(actor)))
    post(lead, actor, text, kind="question", once=once)
    db.session.flush()
    return event


def decline(lead: Lead, actor: Actor, reason_code: str, reason: str = "") -> Event | None:
    """Say no with a reason from the list; "other" needs words. The other side reads both.

    Raises NotAllowed, IllegalMove, Invalid on `reason_code` or `reason`.
    """
    return _end(lead, "decline", actor, reason_code, reason)


def withdraw(lead: Lead, actor: Actor, reason_code: str, reason: str = "") -> Event | None:
    """Take back what one asked, with a reason from the list; as `decline` otherwise."""
    return _end(lead, "withdraw", actor, reason_code, reason)


def expire(lead: Lead, why: str) -> Event | None:
    """Let a lead lapse; `why` is "unanswered" or "idle"."""
    data = facts(lead, SYSTEM, why=why, waiting_on=lead.waiting_on)
    event = transition(lead, LEAD, "expire", SYSTEM, lead.roles_of(SYSTEM), data=data)
    if event is not None:
        close_terms(lead, SYSTEM)
        whose_turn.close(lead)
    return event


def reveal(lead: Lead) -> None:
    """Name a hidden requester to the supplier from now on."""
    lead.buyer_revealed_at = lead.buyer_revealed_at or clock.now()


def check_text(text: str) -> None:
    """Raise Invalid on `text` when first words are too few or too many."""
    low, high = TEXT_LENGTH
    if not low <= len(text.strip()) <= high:
        raise Invalid("text", N_("Write %(low)s to %(high)s characters."), low=low, high=high)


def _end(lead: Lead, action: str, actor: Actor, reason_code: str, reason: str) -> Event | None:
    if len(reason) > REASON_LENGTH and LEAD.row(action, lead.state, lead.roles_of(actor)):
        raise Invalid("reason", N_("At most %(max)s characters."), max=REASON_LENGTH)
    event = _move(lead, action, actor, reason_code=reason_code, reason=reason.strip())
    lead.decline_code = reason_code
    close_terms(lead, actor)
    whose_turn.close(lead)
    db.session.flush()
    for effect in _ended:
        effect(lead, actor, reason_code, reason.strip())
    return event


def _check_both(lead: Lead, actor: Actor, action: str) -> None:
    """Raise why a legal move is not to be made all the same: a side not verified, a thing not to be had."""
    if LEAD.row(action, lead.state, lead.roles_of(actor)) is None:
        return  # the table says better why not
    if refusal := actor_refusal(actor):
        raise refusal
    if not (lead.supplier.verified and lead.buyer.verified):
        raise NotAllowed(N_("The other side is not verified at present; this must wait."))
    if refusal := still_possible(lead.listing, lead.need):
        raise refusal


def _move(lead: Lead, action: str, actor: Actor, *, reason_code: str = "", reason: str = "") -> Event | None:
    return transition(
        lead, LEAD, action, actor, lead.roles_of(actor), reason_code=reason_code, reason=reason, data=facts(lead, actor)
    )


def _said(lead: Lead, actor: Actor, once: str) -> bool:
    rows = select(Message.id).where(Message.lead_id == lead.id, Message.author_id == actor.user_id, Message.once == once)
    return db.session.scalar(rows) is not None
