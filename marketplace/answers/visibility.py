"""Who may see an answer: once, here. Pages, files, exports and notices ask nothing else."""

from __future__ import annotations

from sqlalchemy import ColumnElement, and_, false, or_, select

from marketplace.answers.lifecycle import RECEIVED_STATES, WITHDRAWN_STATES
from marketplace.answers.models import Answer
from marketplace.buyer_requests import queries as needs
from marketplace.buyer_requests.models import BuyerRequest
from marketplace.core.access import Actor


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """The rule as SQL: the people of the organisation that answers; of one that was sent, those whose need it is.

    Nobody else, no member of another organisation that answers, and nobody of the exchange's staff. A withdrawn answer
    can be seen by both, but what it said is the supplier's alone (`may_read_content`).
    """
    if not actor.org_ids:
        return false()
    own_need = Answer.need_id.in_(select(BuyerRequest.id).where(BuyerRequest.org_id.in_(actor.org_ids)))
    received = and_(Answer.state.in_([*RECEIVED_STATES, *WITHDRAWN_STATES]), Answer.version > 0)
    return or_(is_own(actor), and_(own_need, received))


def is_own(actor: Actor) -> ColumnElement[bool]:
    """The answers of the reader's own organisations."""
    return Answer.org_id.in_(actor.org_ids)


def may_read_content(answer: Answer, actor: Actor) -> bool:
    """True for the answer's own people, and for those whose need it is while it is not withdrawn."""
    if answer.org_id in actor.org_ids:
        return True
    return answer.need.org_id in actor.org_ids and answer.version > 0 and answer.state in RECEIVED_STATES


def requester_name(need: BuyerRequest, actor: Actor, language: str) -> str:
    """Return the name of whose need it is as far as this reader may know it, else an empty string."""
    party = needs.public_party(need, actor)
    return party.name_in(language) if party else ""
