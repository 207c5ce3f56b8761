"""Turns, clocks and lapsing: an interest is answered within ten working days, with a reminder before."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from marketplace.core.calendar_days import set_day
from marketplace.core.events import Event
from marketplace.core.extensions import db
from marketplace.core.outbox import JOBS, work_once
from marketplace.negotiation import jobs
from marketplace.negotiation.actions import begin, messages, terms
from marketplace.negotiation.models import Lead
from marketplace.negotiation.queries import lead_lists
from marketplace.notifications.models import Notification
from marketplace.values import clock
from tests.negotiation.factories import QUESTION, Cast, once
from tests.negotiation.terms_samples import proposed

#: A Monday; the ten working days after it end on Monday 16 November 2026.
MONDAY = datetime(2026, 11, 2, 3, tzinfo=clock.ZONE)


@contextmanager
def at(days: float) -> Iterator[None]:
    with clock.fixed(MONDAY + timedelta(days=days)):
        yield


def events(lead: Lead, action: str) -> list[Event]:
    return list(db.session.scalars(select(Event).where(Event.subject_kind == "lead", Event.subject_id == lead.id,
                                                       Event.action == f"lead.{action}")))


def test_the_counterpart_has_ten_working_days(ctx: Flask) -> None:
    with at(0):
        cast = Cast()
        lead = cast.interest()
    assert lead.respond_by == clock.end_of_day(datetime(2026, 11, 16).date())
    assert lead.waiting_on == "supplier"


def test_days_the_state_declares_free_do_not_count(ctx: Flask) -> None:
    with at(0):
        cast = Cast()
        manager = cast.moderator
        set_day(datetime(2026, 11, 5).date(), False, "Bão số 9", manager)
        lead = cast.interest()
    assert lead.respond_by == clock.end_of_day(datetime(2026, 11, 17).date())


def test_a_question_passes_the_turn_and_the_answer_gives_it_back_each_with_full_time(ctx: Flask) -> None:
    with at(0):
        cast = Cast()
        lead = cast.interest()
    with at(7):
        number = once()
        begin.ask(lead, cast.supplier, QUESTION, once=number)
        assert (lead.state, lead.waiting_on) == ("contacted", "buyer")
        assert lead.respond_by == clock.end_of_day(datetime(2026, 11, 23).date())
        assert begin.ask(lead, cast.supplier, QUESTION, once=number) is None
        assert len(events(lead, "ask")) == 1
    with at(8):
        messages.post(lead, cast.buyer, "Khoảng 60 m³ mỗi giờ.", once=once())
        assert lead.waiting_on == "supplier"
        assert lead.respond_by == clock.end_of_day(datetime(2026, 11, 25).date())  # the 24th is a public holiday
    with at(9):
        messages.post(lead, cast.buyer, "Bổ sung: pH từ 6 đến 9.", once=once())
        assert lead.respond_by == clock.end_of_day(datetime(2026, 11, 25).date())  # writing again buys no time
    begin.accept(lead, cast.supplier)
    assert (lead.waiting_on, lead.respond_by, lead.terms_open) == ("buyer", None, True)


@pytest.mark.parametrize("state", ["suggested", "contacted"])
def test_a_reminder_comes_once_two_working_days_before(ctx: Flask, state: str) -> None:
    with at(0):
        lead = Cast().lead_in(state)
    for days, expected in ((9.5, 0), (10.5, 1), (11.5, 1), (14.5, 1)):  # Wednesday; Thursday 12th; Friday; the day itself
        with at(days):
            jobs.remind()
        assert len(events(lead, "reminded")) == expected, days
    assert events(lead, "reminded")[0].data["respond_by"] == lead.respond_by.isoformat() if lead.respond_by else False
    assert lead.state == state
    db.session.commit()
    with at(14.6):
        while work_once(["notifications"]):
            pass
    reminded = set(db.session.scalars(select(Notification.org_id).where(Notification.message.contains("reminded"))))
    # An introduction that nobody took up waits for both; an interest for who has to answer.
    assert reminded == ({lead.supplier_org_id, lead.buyer_org_id} if state == "suggested" else {lead.supplier_org_id})


def test_a_new_clock_is_reminded_of_anew(ctx: Flask) -> None:
    with at(0):
        cast = Cast()
        lead = cast.interest()
    with at(14):
        jobs.remind()
        begin.ask(lead, cast.supplier, QUESTION, once=once())
        db.session.commit()
    with at(28):
        jobs.remind()
    assert len(events(lead, "reminded")) == 2


def test_what_is_not_answered_in_time_lapses(ctx: Flask) -> None:
    with at(0):
        cast = Cast()
        contacted, suggested, talking = cast.interest(), cast.introduction(), cast.lead_in("negotiating")
    with at(14.5):
        jobs.lapse()
        assert {lead.state for lead in (contacted, suggested)} == {"contacted", "suggested"}
    with at(15):
        jobs.lapse()
        jobs.lapse()
    assert (contacted.state, suggested.state, talking.state) == ("expired", "expired", "negotiating")
    assert [event.data["why"] for event in events(contacted, "expire")] == ["unanswered"]
    assert (contacted.waiting_on, contacted.respond_by) == ("", None)
    assert contacted.listing is not None
    assert begin.express_interest(contacted.listing, cast.buyer, QUESTION) is not contacted  # one may ask again


def test_a_conversation_in_which_nothing_happens_for_120_days_lapses(ctx: Flask) -> None:
    with at(0):
        cast = Cast()
        idle, busy = cast.lead_in("negotiating"), cast.lead_in("negotiating")
    with at(60):
        messages.post(busy, cast.buyer, "Chúng tôi vẫn quan tâm.", once=once())
    with at(119):
        jobs.lapse()
        assert idle.state == "negotiating"
    with at(121):
        jobs.lapse()
    assert (idle.state, busy.state) == ("expired", "negotiating")
    assert not idle.terms_open


def test_the_worker_runs_both_jobs_every_hour(ctx: Flask) -> None:
    for name in ("leads.remind", "leads.lapse"):
        assert JOBS[name].next_run(MONDAY) == MONDAY + timedelta(hours=1)


def test_a_message_does_not_give_away_the_turn_while_terms_wait_for_an_answer(app: Flask, ctx: Flask) -> None:
    cast = Cast()
    lead = cast.lead_in("negotiating")
    messages.post(lead, cast.buyer, "Chúng tôi chờ đề xuất của viện.", once=once())
    assert lead.waiting_on == "supplier"  # without terms it is the other side's turn to write
    proposed(cast, lead, "supplier")
    messages.post(lead, cast.buyer, "Mốc 2 nghĩa là gì?", once=once())
    assert lead.waiting_on == "buyer"
    messages.post(lead, cast.supplier, "Là ngày chạy thử.", once=once())
    assert lead.waiting_on == "buyer"
    db.session.commit()
    assert [one.id for one in lead_lists.waiting(cast.buyer_org.id)[0]] == [lead.id]
    page = cast.client(app, "buyer").get(f"/leads/{lead.code}").text
    assert "Chờ bạn" in page and "Chờ bên kia" not in page


def test_a_conversation_that_became_a_deal_is_nobody_s_turn_whoever_writes(app: Flask, ctx: Flask) -> None:
    cast = Cast()
    lead = cast.lead_in("negotiating")
    terms.accept(proposed(cast, lead, "supplier"), cast.buyer)
    messages.post(lead, cast.supplier, "Cảm ơn, hẹn gặp ở buổi ký.", once=once())
    assert (lead.state, lead.waiting_on) == ("converted", "")
    lead.waiting_on = "buyer"  # as messages left it before
    db.session.commit()
    for name, path in (("buyer", "/my/leads"), ("buyer", f"/leads/{lead.code}"), ("officer", f"/leads/{lead.code}")):
        page = cast.client(app, name).get(path).text
        assert "Đã thành giao dịch" in page
        assert not [word for word in ("Chờ bạn</span>", "hourglass-split", "#moves") if word in page], path
