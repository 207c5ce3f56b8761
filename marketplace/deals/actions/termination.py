"""Ending a signed contract early: one side asks, the other agrees (`terminate`) or refuses. Nobody ends it alone."""

from __future__ import annotations

from marketplace.core.access import Actor
from marketplace.core.events import Event, record
from marketplace.core.extensions import db
from marketplace.core.lifecycle import Reason
from marketplace.deals.actions.transitions import move
from marketplace.deals.event_data import data_of
from marketplace.deals.lifecycle import ENDING
from marketplace.deals.models import Deal
from marketplace.deals.requirements import require


def ask_ending(deal: Deal, actor: Actor, code: str, text: str) -> None:
    """Ask the other side to end the contract.

    Raises NotAllowed for who may not bind a side, IllegalMove unless the contract can be ended now, Stale when an
    ending is asked for already, Invalid without a coded reason or, where the code says nothing, without words.
    """
    require(deal, "ask_ending", actor)
    ENDING.check(code, text)
    deal.ending_asked_by, deal.ending_code, deal.ending_text = deal.side_of(actor), code, text
    db.session.flush()
    record(deal, "deal.ask_ending", actor, reason_code=code, reason=text, data=data_of(deal, actor))


def agree_to_end(deal: Deal, actor: Actor, remark: str = "") -> Event | None:
    """End the contract as the other side asked; the history keeps its reason and the remark."""
    said = " · ".join(part for part in (deal.ending_text, remark.strip()) if part)
    return move(deal, "terminate", actor, reason_code=deal.ending_code, reason=said)


def refuse_ending(deal: Deal, actor: Actor, reason: str) -> None:
    """Refuse to end the contract, saying why; the deal goes on. Raises Stale when nothing is asked any more."""
    require(deal, "refuse_ending", actor)
    Reason().check("", reason)
    _clear(deal)
    record(deal, "deal.refuse_ending", actor, reason=reason, data=data_of(deal, actor))


def withdraw_ending(deal: Deal, actor: Actor) -> None:
    """Take the own side's request back; the deal goes on."""
    require(deal, "withdraw_ending", actor)
    _clear(deal)
    record(deal, "deal.withdraw_ending", actor, data=data_of(deal, actor))


def _clear(deal: Deal) -> None:
    deal.ending_asked_by = deal.ending_code = deal.ending_text = ""
    db.session.flush()
