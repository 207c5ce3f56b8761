"""A request to end the contract lasts while the other side can agree to it: no page asks for an answer that is refused."""

from __future__ import annotations

import pytest
from flask import Flask

from marketplace.core.errors import Stale
from marketplace.core.extensions import db
from marketplace.deals.actions import termination
from marketplace.deals.actions.transitions import move
from marketplace.deals.conditions import ENDABLE
from marketplace.deals.lifecycle import DEAL
from marketplace.deals.models import Deal
from marketplace.deals.progress import next_of
from tests.deals.factories import Trade, deal_in
from tests.deals.test_pages import client
from tests.deals.test_signing import fresh

WHY = "Hai bên đã trao đổi và thống nhất đi tiếp."
#: The moves with which a deal leaves the states in which a contract can be ended, other than by ending it.
LEAVING = sorted(
    (row.action, state) for row in DEAL.table for state in row.from_states
    if state in ENDABLE and row.to_state not in ENDABLE and row.action != "terminate"
)
STAYING = [("take_effect", "signed"), ("begin_delivery", "effective"), ("dispute", "delivering"),
           ("resume_delivering", "disputed")]


def asked(state: str, trade: Trade, side: str = "buyer") -> Deal:
    """A deal in which one side has asked to end the contract."""
    deal = deal_in(state, trade, milestones=["delivered"] * 3)
    termination.ask_ending(deal, trade.actor(side), "funding", "Hết kinh phí chương trình.")
    db.session.commit()
    return deal


def make(action: str, deal: Deal, trade: Trade) -> None:
    who = trade.buyer if deal.state == "disputed" else trade.supplier
    if action.startswith("resume_"):
        deal.disputed_from = action.removeprefix("resume_")
    move(deal, action, who, "late" if action == "dispute" else "", "" if action in {"hand_over", "take_effect"} else WHY)
    db.session.commit()


def test_there_are_two_ways_out() -> None:
    assert LEAVING == [("hand_over", "delivering"), ("resume_acceptance", "disputed")]


@pytest.mark.parametrize(("action", "state"), LEAVING)
@pytest.mark.parametrize("side", ["supplier", "buyer"])
def test_going_on_to_where_nobody_can_end_it_forgets_the_request(
    trade: Trade, action: str, state: str, side: str
) -> None:
    deal = asked(state, trade, side)
    make(action, deal, trade)
    deal = fresh(deal)
    assert deal.state == "acceptance"
    assert (deal.ending_asked_by, deal.ending_code, deal.ending_text) == ("", "", "")
    with pytest.raises(Stale):
        termination.refuse_ending(deal, trade.actor("buyer" if side == "supplier" else "supplier"), WHY)


@pytest.mark.parametrize(("action", "state"), LEAVING)
def test_the_pages_ask_for_no_answer_any_more_and_the_deal_goes_on(
    ctx: Flask, trade: Trade, action: str, state: str
) -> None:
    deal = asked(state, trade)
    make(action, deal, trade)
    assert next_of(fresh(deal)).turn == "buyer", "who accepts"
    for side in ("supplier", "buyer"):
        page = client(ctx, trade, side).get(f"/deals/{deal.code}").text
        assert "/ending/" not in page and 'id="ending"' not in page, side
    assert f"/deals/{deal.code}/acceptance" in client(ctx, trade, "buyer").get(f"/deals/{deal.code}").text


@pytest.mark.parametrize(("action", "state"), STAYING)
def test_going_on_to_where_it_can_be_ended_keeps_the_request(trade: Trade, action: str, state: str) -> None:
    deal = asked(state, trade)
    make(action, deal, trade)
    assert fresh(deal).ending_asked_by == "buyer"


def test_after_defects_the_ending_can_be_asked_for_anew(trade: Trade) -> None:
    deal = asked("delivering", trade)
    make("hand_over", deal, trade)
    move(deal, "return_defects", trade.buyer, "", "Thiếu sổ tay vận hành.")
    assert deal.ending_asked_by == ""
    termination.ask_ending(deal, trade.supplier, "mutual", "")
    termination.agree_to_end(deal, trade.buyer)
    assert deal.state == "terminated"
