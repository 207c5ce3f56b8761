"""Every action × state × role of a complaint, through the real verb."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from flask import Flask

from marketplace.core.access import SYSTEM, Actor
from marketplace.core.calendar_days import set_day
from marketplace.core.extensions import db
from marketplace.negotiation.actions import complaints
from marketplace.negotiation.lifecycle import COMPLAINT
from marketplace.negotiation.models import Complaint
from marketplace.values import clock
from tests.lifecycle_matrix import check_table
from tests.negotiation.factories import Cast


def test_every_move_of_the_table() -> None:
    check_table(COMPLAINT)


def test_the_verb_knows_who_is_who(ctx: Any) -> None:
    cast = Cast()
    lead = cast.lead_in("negotiating")
    made = complaints.open_complaint(lead, cast.buyer, "conduct", "Bên kia viết những lời không phù hợp.")
    people: dict[str, Actor] = {
        "complainant": cast.buyer, "respondent": cast.supplier, "officer": cast.officer, "stranger": cast.stranger,
    }
    assert {name: made.roles_of(actor) for name, actor in people.items()} == {
        "complainant": {"complainant"}, "respondent": {"respondent"}, "officer": {"officer"}, "stranger": frozenset(),
    }
    assert made.roles_of(SYSTEM) == {"system"}
    complaints.move(made, "triage", cast.officer)
    complaints.move(made, "ask_party", cast.officer, "Xin giải trình.")
    complaints.move(made, "answer", cast.supplier, "Chúng tôi đã xin lỗi.")
    complaints.move(made, "resolve", cast.officer, "Hai bên đã hòa giải.")
    assert (made.state, made.outcome, made.officer_id) == ("resolved", "Hai bên đã hòa giải.", cast.officer_user.id)
    assert made.closed_at is not None
    assert db.session.get(Complaint, made.id) is made


def test_a_new_complaint_was_sent_and_waits_to_be_taken_up(app: Flask, ctx: Any) -> None:
    cast = Cast()
    lead = cast.lead_in("negotiating")
    made = complaints.open_complaint(lead, cast.buyer, "conduct", "Bên kia viết những lời không phù hợp.")
    db.session.commit()
    path = f"/complaints/{made.code}"
    page = cast.client(app, "officer").get(path).text.split("<main")[1]
    for said in ("Chờ tiếp nhận", "Tiếp nhận xử lý", "Đã gửi khiếu nại", "Thông tin", "chưa có"):
        assert said in page, said
    assert "Đã tiếp nhận" not in page and "Giới thiệu" not in page.split("<footer")[0]
    assert "chưa có" in cast.client(app, "buyer").get(path).text
    complaints.move(made, "triage", cast.officer)
    db.session.commit()
    assert "Đặng Thu Hà" in cast.client(app, "officer").get(path).text
    assert "cán bộ của sàn" in cast.client(app, "buyer").get(path).text
    assert "Đặng Thu Hà" not in cast.client(app, "buyer").get(path).text


def test_an_answer_to_a_complaint_is_due_by_the_working_calendar(ctx: Any) -> None:
    friday = datetime(2026, 10, 16, 3, 0, tzinfo=UTC)
    cast = Cast()
    with clock.fixed(friday):
        said = (cast.buyer, "conduct", "Bên kia viết những lời không phù hợp.")
        plain = complaints.open_complaint(cast.lead_in("negotiating"), *said)
        set_day(date(2026, 10, 19), False, "Bão số 12", SYSTEM)
        later = complaints.open_complaint(cast.lead_in("negotiating"), *said)
    first = clock.local(plain.due_at).date()
    assert clock.local(later.due_at).date() == clock.add_working_days(first, 1, clock.PUBLIC)
