"""Daily work serves everybody on the day, however many there are: in bounded transactions, one after the other."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask

from marketplace.core import outbox
from marketplace.core.events import Event
from marketplace.core.extensions import db
from marketplace.core.outbox import JOBS, ensure_jobs, work_once
from marketplace.deals.lifecycle import DEAL
from marketplace.deals.models import Deal
from marketplace.mail import MailMessage
from marketplace.notifications import actions
from marketplace.notifications.topics import MESSAGES, TOPICS, Topic, register_message, register_topic
from marketplace.values import clock
from tests import factories
from tests.deals.factories import Trade, deal_in
from tests.negotiation.factories import Cast

Run = Callable[[str], int]


@pytest.fixture
def run(ctx: Flask, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run one job as the worker does until it is not due any more, in batches of 2; return how often it ran."""
    monkeypatch.setattr("marketplace.notifications.digest._PEOPLE", 2)
    for module in ("deals.jobs", "deals.actions.reservation", "negotiation.jobs"):
        monkeypatch.setattr(f"marketplace.{module}._BATCH", 2)

    def until_done(name: str) -> int:
        monkeypatch.setattr(outbox, "JOBS", {name: JOBS[name]})
        db.session.query(outbox.Outbox).filter_by(consumer=outbox.JOB).delete()
        ensure_jobs()
        rounds = 0
        while work_once((outbox.JOB,)):
            rounds += 1
            assert rounds < 20, "it never ends"
        return rounds

    return until_done


def recorded(action: str) -> list[int]:
    return [event.subject_id for event in db.session.query(Event).filter_by(action=action).order_by(Event.id)]


def test_everybody_gets_the_digest_of_the_day(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("marketplace.notifications.topics.TOPICS", TOPICS)
    register_topic(Topic("probe", "Probe", "A probe.", "bell", default="daily"))
    register_message("probe.found", "Inbox")  # a message id that is translated
    try:
        readers = [factories.user(f"Người đọc {number}") for number in range(5)]
        for person in readers:
            actions.notify(person, "probe", "probe:1", "probe.found", {}, "/technologies")
        actions.read_all(factories.actor_of(readers[1]))
        db.session.commit()
        assert run("notifications.digest") == 3
        told = [mail.user_id for mail in db.session.query(MailMessage).filter_by(topic="digest").order_by(MailMessage.id)]
        assert told == [person.id for number, person in enumerate(readers) if number != 1]
        assert run("notifications.digest") == 1
        assert db.session.query(MailMessage).filter_by(topic="digest").count() == 4
    finally:
        del TOPICS["probe"], MESSAGES["probe.found"]


def deals(state: str, count: int, trade: Trade, **changes: object) -> list[int]:
    return [deal_in(state, trade, listing=trade.listing(f"Công nghệ {number}"), **changes).id for number in range(count)]


def test_every_deal_that_stands_still_is_reminded_of_on_the_day(run: Run) -> None:
    long_ago = clock.now() - timedelta(days=DEAL.stall_days["drafting"] + 1)
    made = deals("drafting", 5, Trade(), state_since=long_ago)
    run("deals.remind_of_stalled")
    assert sorted(recorded("deal.reminded")) == made


def test_every_milestone_is_reminded_of_on_the_day(run: Run) -> None:
    trade = Trade()
    for _deal in range(3):
        deal = deal_in("delivering", trade, listing=trade.listing(f"Công nghệ {_deal}"))
        for milestone in deal.milestones:
            milestone.due_on = clock.today() + timedelta(days=3)
    db.session.commit()
    run("deals.remind_of_milestones")
    run("deals.remind_of_milestones")
    assert len(recorded("milestone.reminded")) == len(set(recorded("milestone.reminded"))) == 9


def test_contracts_take_effect_on_their_day_also_behind_those_that_have_to_wait(run: Run) -> None:
    waiting, trade = Trade(), Trade()
    held = deals("signed", 3, waiting, effective_on=clock.today())
    waiting.buyer_org.state = "suspended"
    made = deals("signed", 5, trade, effective_on=clock.today())
    db.session.commit()
    run("deals.take_effect")
    assert recorded("deal.take_effect") == made
    assert {deal.state for deal in db.session.query(Deal).filter(Deal.id.in_(held))} == {"signed"}


def test_ended_licences_are_all_released_on_the_day(run: Run) -> None:
    trade = Trade()
    for number in range(5):
        listing = trade.listing(f"Công nghệ {number}", state="reserved")
        deal_in("effective", trade, listing=listing, exclusive=True, holds_listing=True,
                licensed_until=clock.today() - timedelta(days=1))
    run("deals.release_ended")
    assert db.session.query(Deal).filter(Deal.holds_listing).count() == 0


def test_leads_are_reminded_of_and_lapse_all_in_the_same_hour(run: Run) -> None:
    cast = Cast()
    leads = [cast.interest(cast.listing(f"Công nghệ {number}")) for number in range(5)]
    for lead in leads:
        lead.respond_by = clock.now() + timedelta(hours=3)
    db.session.commit()
    run("leads.remind")
    assert recorded("lead.reminded") == [lead.id for lead in leads]
    for lead in leads:
        lead.respond_by = clock.now() - timedelta(hours=3)
    db.session.commit()
    run("leads.lapse")
    assert sorted(recorded("lead.expire")) == [lead.id for lead in leads]
