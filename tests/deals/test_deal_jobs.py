"""Recurring work: contracts take effect on their day, each reminder is recorded once."""

from __future__ import annotations

from datetime import timedelta

from marketplace.core.events import Event
from marketplace.core.extensions import db
from marketplace.deals import jobs
from marketplace.deals.lifecycle import DEAL
from marketplace.values import clock
from tests.deals.factories import Trade, days_later, deal_in
from tests.deals.test_signing import fresh


def test_a_contract_takes_effect_on_its_day_by_itself(trade: Trade) -> None:
    tomorrow = clock.today() + timedelta(days=1)
    deal = deal_in("signed", trade, effective_on=tomorrow)
    held = [deal_in("signed", trade, effective_on=tomorrow, regime=regime) for regime in ("registration", "unclassified")]
    assert jobs.take_effect() == 0
    with days_later(1):
        assert jobs.take_effect() == 1
        assert jobs.take_effect() == 0
    db.session.commit()
    assert fresh(deal).state == "effective"
    assert [fresh(one).state for one in held] == ["signed", "signed"]
    event = db.session.query(Event).filter_by(subject_id=deal.id, action="deal.take_effect").one()
    assert (event.actor_id, event.data["side"]) == (None, "")


def test_a_contract_waits_while_a_side_is_not_verified(trade: Trade) -> None:
    deal = deal_in("signed", trade, effective_on=clock.today())
    trade.buyer_org.state = "suspended"
    db.session.commit()
    assert jobs.take_effect() == 0
    assert fresh(deal).state == "signed"


def test_a_milestone_is_reminded_of_once_before_and_once_after(trade: Trade) -> None:
    deal = deal_in("delivering", trade, milestones=["planned", "accepted", "planned"])  # due in 30, 60, 90 days
    deal_in("disputed", trade)
    deal_in("completed", trade, milestones=["planned"] * 3)
    assert jobs.remind_of_milestones() == 0
    with days_later(23):
        assert (jobs.remind_of_milestones(), jobs.remind_of_milestones()) == (1, 0)
    with days_later(29):
        assert jobs.remind_of_milestones() == 0
    with days_later(31):
        assert (jobs.remind_of_milestones(), jobs.remind_of_milestones()) == (1, 0)
    told = db.session.query(Event).filter_by(subject_kind="milestone", action="milestone.reminded").order_by(Event.id).all()
    assert [(one.data["when"], one.data["position"], one.data["deal_id"]) for one in told] == [
        ("soon", 1, deal.id), ("overdue", 1, deal.id)]


def test_a_deal_that_stands_still_is_reminded_of_once_per_stage(trade: Trade) -> None:
    deal = deal_in("drafting", trade)
    deal_in("completed", trade)
    days = DEAL.stall_days["drafting"]
    with days_later(days - 1):
        assert jobs.remind_of_stalled() == 0
    with days_later(days):
        assert (jobs.remind_of_stalled(), jobs.remind_of_stalled()) == (1, 0)
    with days_later(days + 30):
        assert jobs.remind_of_stalled() == 0
        deal.state, deal.state_since = "awaiting_signature", clock.now()
        db.session.commit()
        assert jobs.remind_of_stalled() == 0
    with days_later(days + 30 + DEAL.stall_days["awaiting_signature"]):
        assert jobs.remind_of_stalled() == 1
    told = db.session.query(Event).filter_by(subject_kind="deal", action="deal.reminded").order_by(Event.id).all()
    assert [(one.data["deal_id"], one.data["state"]) for one in told] == [
        (deal.id, "drafting"), (deal.id, "awaiting_signature")]
