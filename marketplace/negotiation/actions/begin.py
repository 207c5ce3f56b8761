"""How leads begin: interest in a technology, an answer to a need, an introduction by the exchange.

The moves that follow are `marketplace.negotiation.actions.moves`, given on here so that callers need one module.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.exc import IntegrityError

from marketplace.buyer_requests.lifecycle import ANSWERABLE_STATES
from marketplace.buyer_requests.models import BuyerRequest
from marketplace.core.access import Actor
from marketplace.core.codes import next_code
from marketplace.core.errors import Invalid, NotAllowed
from marketplace.core.events import record
from marketplace.core.extensions import db
from marketplace.listings.models import Listing
from marketplace.negotiation import whose_turn
from marketplace.negotiation.actions import messages
from marketplace.negotiation.actions.moves import accept, ask, check_text, contact, decline, expire, withdraw
from marketplace.negotiation.eligibility import (
    actor_refusal,
    anybody_of,
    listing_refusal,
    need_refusal,
    offer_refusal,
)
from marketplace.negotiation.event_data import facts
from marketplace.negotiation.lifecycle import OPEN_LEAD_STATES
from marketplace.negotiation.models import Lead, Message, is_officer
from marketplace.values import clock
from marketplace.values.text import N_

NOTE_LENGTH = (10, 2000)  # of an introduction
TRIES = 3


def express_interest(
    listing: Listing, actor: Actor, text: str, need: BuyerRequest | None = None, *, once: str = ""
) -> Lead:
    """Open a lead about a technology with first words, perhaps for a need of one's own; it names who asks.

    The caller loaded the listing by its visibility rule. When a conversation about it is open already, that one is
    returned with the words added. Raises NotAllowed, IllegalMove, Invalid on `text` or `thing`.
    """
    _raise(actor_refusal(actor) or listing_refusal(listing, actor))
    check_text(text)
    if need is not None and (need.org_id != actor.org_id or need.state not in ANSWERABLE_STATES):
        raise Invalid("thing", N_("Choose an open need of your own organisation."))
    lead = _one(
        known_interest(listing.id, actor.org_id or 0),
        lambda: new_lead(
            "listing", actor, listing_id=listing.id, need_id=need.id if need else None, supplier_org_id=listing.org_id,
            buyer_org_id=actor.org_id, initiator_side="buyer", buyer_revealed_at=clock.now(),
        ),
    )
    return _speak(lead, actor, text, once)


def answer_need(
    need: BuyerRequest, actor: Actor, text: str, listing: Listing | None = None, *, once: str = "",
    answer_id: int | None = None,
) -> Lead:
    """Open a lead about a need with first words, perhaps with a technology of one's own; as `express_interest`.

    It is the conversation of the answer `answer_id`, where there is one. A hidden requester stays hidden until they
    accept. Raises NotAllowed, IllegalMove, Invalid on `text` or `thing`.
    """
    _raise(actor_refusal(actor) or need_refusal(need, actor))
    check_text(text)
    if listing is not None and (listing.org_id != actor.org_id or offer_refusal(listing, actor)):
        raise Invalid("thing", N_("Choose a technology that your own organisation offers at present."))
    lead = _one(
        known_answer(need.id, actor.org_id or 0, listing.id if listing else None),
        lambda: new_lead(
            "need", actor, listing_id=listing.id if listing else None, need_id=need.id, supplier_org_id=actor.org_id,
            buyer_org_id=need.org_id, initiator_side="supplier", buyer_revealed_at=named_from(need),
        ),
    )
    lead.answer_id = answer_id or lead.answer_id
    return _speak(lead, actor, text, once)


def introduce(listing: Listing, need: BuyerRequest, officer: Actor, note: str) -> Lead:
    """Connect supply with demand; both sides are told and either may take it up. One open conversation is enough.

    Raises NotAllowed for others than officers and for members of either side, IllegalMove when one of the things
    is not to be had, Invalid on `note`, `listing` or `need`.
    """
    if not is_officer(officer, listing.org_id, need.org_id):
        raise NotAllowed
    low, high = NOTE_LENGTH
    if not low <= len(note.strip()) <= high:
        raise Invalid("note", N_("Write %(low)s to %(high)s characters."), low=low, high=high)
    if listing.org_id == need.org_id:
        raise Invalid("need", N_("Both belong to the same organisation."))
    if refusal := listing_refusal(listing, anybody_of(need.organisation)):
        raise Invalid("listing", refusal.message)
    if refusal := need_refusal(need, anybody_of(listing.organisation)):
        raise Invalid("need", refusal.message)
    lead = _one(
        and_(Lead.listing_id == listing.id, Lead.need_id == need.id),
        lambda: new_lead(
            "introduction", officer, listing_id=listing.id, need_id=need.id, supplier_org_id=listing.org_id,
            buyer_org_id=need.org_id, buyer_revealed_at=named_from(need),
        ),
    )
    if lead.respond_by is None and lead.state == "suggested":
        whose_turn.start_clock(lead)
        record(lead, "lead.introduce", officer, reason=note.strip(), data=facts(lead, officer))
    return lead


def known_interest(listing_id: int, buyer_org_id: int) -> ColumnElement[bool]:
    """The rule of what an organisation's interest in a technology already is: any conversation with it about that."""
    return and_(Lead.listing_id == listing_id, Lead.buyer_org_id == buyer_org_id)


def known_answer(need_id: int, supplier_org_id: int, listing_id: int | None) -> ColumnElement[bool]:
    """The rule of what an answer to a need already is. Another technology is another answer.

    It names the need always: a lead of a hidden requester about something else must never come up.
    """
    rule = and_(Lead.need_id == need_id, Lead.supplier_org_id == supplier_org_id)
    return rule if listing_id is None else and_(rule, Lead.listing_id == listing_id)


def open_one(known: ColumnElement[bool], *, lock: bool = False) -> Lead | None:
    """Return the newest open lead that `known` describes."""
    rows = select(Lead).where(known, Lead.state.in_(OPEN_LEAD_STATES)).order_by(Lead.id.desc()).limit(1)
    if lock:
        rows = rows.with_for_update().execution_options(populate_existing=True)
    return db.session.scalar(rows)


def _one(known: ColumnElement[bool], make: Callable[[], Lead]) -> Lead:
    """Return the open lead that `known` describes, else a new one, its row locked; two at once get the same."""
    for _ in range(TRIES):
        found = open_one(known, lock=True)
        if found is not None:
            return found
        try:
            with db.session.begin_nested():
                made = make()
                db.session.add(made)
                db.session.flush()
            return made
        except IntegrityError as error:  # somebody was faster: with this lead, or with the first number of the year
            failed = error
    raise failed


def new_lead(origin: str, actor: Actor, **values: Any) -> Lead:
    """Return a lead with the next code, not yet in the session."""
    now = clock.now()
    return Lead(
        code=next_code("QT"), origin=origin, created_by_id=actor.user_id, created_at=now, last_activity_at=now, **values
    )


def _speak(lead: Lead, actor: Actor, text: str, once: str) -> Lead:
    """Say the first words: they take the lead up, or are added to a conversation that is open; never twice."""
    if lead.state == "suggested":
        contact(lead, actor, text, once=once)
    elif not _said(lead, actor, text):
        messages.post(lead, actor, text, once=once)
    return lead


def _said(lead: Lead, actor: Actor, text: str) -> bool:
    rows = select(Message.id).where(
        Message.lead_id == lead.id, Message.author_id == actor.user_id, Message.text == text.strip()
    )
    return db.session.scalar(rows.limit(1)) is not None


def named_from(need: BuyerRequest) -> datetime | None:
    """Return since when the supplier may know whose need it is: now, or None while the requester is hidden."""
    revision = need.published_revision
    return None if revision is None or revision.hides_requester else clock.now()


def _raise(refusal: Exception | None) -> None:
    if refusal is not None:
        raise refusal


__all__ = [
    "accept", "answer_need", "ask", "contact", "decline", "expire", "express_interest", "introduce", "known_answer",
    "known_interest", "named_from", "new_lead", "open_one", "withdraw",
]
