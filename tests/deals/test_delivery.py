"""Milestones, acceptance and endings through the web, in the order of a delivery."""

from __future__ import annotations

import io
from typing import Any

import pytest
from flask import Flask

from marketplace.core.errors import IllegalMove, Invalid, NotAllowed
from marketplace.core.events import Event
from marketplace.core.extensions import db
from marketplace.core.outbox import work_once
from marketplace.deals.actions import milestones, termination
from marketplace.deals.conditions import ENDABLE
from marketplace.deals.lifecycle import DEAL, MILESTONE
from marketplace.deals.models import Milestone
from marketplace.files.models import Attachment
from marketplace.notifications.models import Notification
from marketplace.values import clock
from tests.deals.factories import Trade, deal_in
from tests.deals.test_pages import client
from tests.deals.test_signing import PDF, fresh


def paper(name: str = "biên bản.pdf") -> tuple[io.BytesIO, str]:
    return io.BytesIO(PDF), name


def acceptance(**changes: Any) -> dict[str, Any]:
    return {
        "minutes_no": "05/BBNT", "minutes_on": clock.format_date(clock.today()), "minutes": paper(),
        "result": "Asen sau lọc 6 µg/l, đạt mức 10 µg/l.", "value_realised": "1,15 tỷ", "evidence": paper("kết quả đo.pdf"),
        **changes,
    }


def test_a_delivery_from_effect_to_completion_with_a_return_on_the_way(ctx: Flask, trade: Trade) -> None:
    deal = deal_in("effective", trade)
    supplier, buyer = client(ctx, trade, "supplier"), client(ctx, trade, "buyer")
    here = f"/deals/{deal.code}"
    assert supplier.post(f"{here}/moves/begin_delivery?seen=effective").status_code == 302
    first, second, third = (one.id for one in fresh(deal).milestones)
    for one in (first, second, third):
        sent = {"note": "Đã bàn giao theo biên bản.", "file": paper(f"bàn giao {one}.pdf")}
        assert supplier.post(f"{here}/milestones/{one}/deliver", data=sent).status_code == 302
    assert buyer.post(f"{here}/milestones/{first}/accept").status_code == 302
    assert buyer.post(f"{here}/milestones/{second}/return", data={"reason": " "}).status_code == 422
    assert buyer.post(f"{here}/milestones/{second}/return", data={"reason": "Thiếu bản vẽ hoàn công."}).status_code == 302
    told = supplier.get(here).text.split('class="deal-next-what">')[1].split("</p>")[0]
    assert told.startswith("Mốc 2 bị trả lại: “Thiếu bản vẽ hoàn công.”."), "though the third one waits to be checked"
    assert supplier.post(f"{here}/moves/hand_over").status_code == 422  # the second one is with the supplier again
    assert "Thiếu bản vẽ hoàn công." in supplier.get(f"{here}/milestones/{second}/deliver").text
    assert supplier.post(f"{here}/milestones/{second}/deliver", data={"note": "Đã bổ sung."}).status_code == 302
    assert supplier.post(f"{here}/moves/hand_over?seen=delivering").status_code == 302
    assert buyer.post(f"{here}/acceptance", data=acceptance()).status_code == 302
    deal = fresh(deal)
    assert (deal.state, deal.value_realised, deal.minutes_no) == ("completed", 1_150_000_000, "05/BBNT")
    assert {one.state for one in deal.milestones} == {"accepted"}
    assert all(one.accepted_at for one in deal.milestones)
    roles = {row.role for row in db.session.query(Attachment).filter_by(subject_kind="deal", subject_id=deal.id)}
    assert roles == {"minutes", "evidence"}
    page = supplier.get(here).text
    assert "1.150.000.000" in page and "Asen sau lọc 6 µg/l" in page


def test_one_press_is_one_line_of_the_inbox_and_acting_on_the_page_reads_it(ctx: Flask, trade: Trade) -> None:
    deal = deal_in("delivering", trade)
    supplier, buyer = client(ctx, trade, "supplier"), client(ctx, trade, "buyer")
    here, first = f"/deals/{deal.code}", deal.milestones[0].id
    buyer_id = trade.buyer_user.id
    sent = {"note": "Đã bàn giao theo biên bản.", "file": paper("bàn giao.pdf")}
    assert supplier.post(f"{here}/milestones/{first}/deliver", data=sent).status_code == 302
    while work_once(["notifications"]):
        pass
    rows = db.session.query(Notification).filter_by(user_id=buyer_id).all()
    assert [(row.message, row.read_at) for row in rows] == [("milestone.deliver:buyer", None)]
    assert buyer.post(f"{here}/milestones/{first}/accept").status_code == 302
    db.session.expire_all()
    assert db.session.query(Notification).filter_by(user_id=buyer_id, read_at=None).count() == 0


@pytest.mark.parametrize("field, changes", [
    ("minutes_no", {"minutes_no": " "}),
    ("minutes_on", {"minutes_on": "31/12/2190"}),
    ("minutes_on", {"minutes_on": "01/01/2000"}),
    ("result", {"result": ""}),
    ("value_realised", {"value_realised": ""}),
    ("value_realised", {"value_realised": "-5"}),
    ("value_realised", {"value_realised": "1000,5"}),
    ("minutes", {"minutes": None}),
    ("evidence", {"evidence": None}),
    ("evidence", {"evidence": (io.BytesIO(b"MZ"), "a.exe")}),
])
def test_acceptance_says_beside_the_field_what_is_wrong(
    ctx: Flask, trade: Trade, field: str, changes: dict[str, Any]
) -> None:
    deal = deal_in("acceptance", trade)
    sent = {name: value for name, value in acceptance(**changes).items() if value is not None}
    answer = client(ctx, trade, "buyer").post(f"/deals/{deal.code}/acceptance", data=sent)
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text
    assert field == "result" or "Asen sau lọc 6 µg/l" in answer.text
    assert (fresh(deal).state, deal.value_realised) == ("acceptance", None)


def test_a_deal_worth_nothing_is_completed_with_zero(ctx: Flask, trade: Trade) -> None:
    deal = deal_in("acceptance", trade)
    sent = acceptance(value_realised="0")
    assert client(ctx, trade, "buyer").post(f"/deals/{deal.code}/acceptance", data=sent).status_code == 302
    assert (fresh(deal).state, deal.value_realised) == ("completed", 0)


def test_the_other_side_and_editors_do_not_complete(ctx: Flask, trade: Trade) -> None:
    deal = deal_in("acceptance", trade)
    for who in ("supplier", "buyer_editor"):
        answer = client(ctx, trade, who).post(f"/deals/{deal.code}/acceptance", data=acceptance())
        assert answer.status_code == 403, who
    assert fresh(deal).state == "acceptance"


def test_milestones_move_by_their_table_and_only_while_the_deal_is_delivered(trade: Trade) -> None:
    verbs = {
        "deliver": lambda one, actor: milestones.deliver(one, actor, "Đã giao."),
        "accept": milestones.accept,
        "return": lambda one, actor: milestones.give_back(one, actor, "Chưa đạt."),
    }
    people = {"supplier": trade.supplier, "buyer": trade.buyer, "officer": trade.officer, "stranger": trade.stranger}
    for state in MILESTONE.names:
        one = deal_in("delivering", trade, milestones=[state, "planned", "planned"]).milestones[0]
        for action, verb in verbs.items():
            for role, actor in people.items():
                rows = [row for row in MILESTONE.rows(action) if role in row.roles and state in row.from_states]
                try:
                    verb(one, actor)
                    assert [row.to_state for row in rows] == [one.state], (action, state, role)
                except (NotAllowed, IllegalMove):
                    assert not rows, (action, state, role)
                db.session.rollback()


@pytest.mark.parametrize("state", sorted(set(DEAL.names) - {"delivering"}))
def test_no_milestone_moves_in_another_state_of_the_deal(trade: Trade, state: str) -> None:
    one: Milestone = deal_in(state, trade, milestones=["planned", "delivered", "planned"]).milestones[0]
    with pytest.raises(IllegalMove):
        milestones.deliver(one, trade.supplier, "Đã giao.")
    with pytest.raises(IllegalMove):
        milestones.accept(one.deal.milestones[1], trade.buyer)
    assert milestones.offered(one, trade.supplier) == frozenset()


def test_the_form_of_a_step_that_is_not_open_leads_to_the_deal_and_changes_nothing(ctx: Flask, trade: Trade) -> None:
    drafted, handed = deal_in("drafting", trade), deal_in("acceptance", trade)
    before, web = db.session.query(Event).count(), client(ctx, trade, "supplier")
    for deal in (drafted, handed):
        here, forms = f"/deals/{deal.code}", ("signature", "acceptance", f"milestones/{deal.milestones[0].id}/deliver")
        answers = [web.get(f"{here}/{form}") for form in forms]
        assert [(one.status_code, one.location) for one in answers] == [(302, here)] * 3
    assert client(ctx, trade, "buyer").get(f"/deals/{handed.code}/acceptance").status_code == 200
    db.session.expire_all()
    assert (drafted.state, handed.state, db.session.query(Event).count()) == ("drafting", "acceptance", before)


def test_a_milestone_of_another_deal_is_not_found(ctx: Flask, trade: Trade) -> None:
    deal, other = deal_in("delivering", trade), deal_in("delivering", trade)
    foreign = other.milestones[0].id
    web = client(ctx, trade, "supplier")
    assert web.get(f"/deals/{deal.code}/milestones/{foreign}/deliver").status_code == 404
    assert web.post(f"/deals/{deal.code}/milestones/{foreign}/deliver", data={"note": "x"}).status_code == 404


@pytest.mark.parametrize("state", ENDABLE)
def test_ending_needs_both_sides(ctx: Flask, trade: Trade, state: str) -> None:
    deal = deal_in(state, trade)
    supplier, buyer, here = client(ctx, trade, "supplier"), client(ctx, trade, "buyer"), f"/deals/{deal.code}/ending"
    assert supplier.post(here, data={"reason_code": "no such"}).status_code == 422
    assert supplier.post(here, data={"reason_code": "other", "reason": ""}).status_code == 422
    asked = {"reason_code": "funding", "reason": "Hết kinh phí chương trình."}
    assert supplier.post(here, data=asked).status_code == 302
    assert supplier.post(here, data=asked).status_code == 409  # it waits for an answer
    assert "Hết kinh phí chương trình." in buyer.get(f"/deals/{deal.code}").text
    assert supplier.post(f"{here}/agree").status_code == 403  # nobody ends it alone
    assert buyer.post(f"{here}/refuse", data={"reason": " "}).status_code == 422
    assert buyer.post(f"{here}/refuse", data={"reason": "Chúng tôi vẫn cần công nghệ."}).status_code == 302
    assert buyer.post(f"{here}/agree").status_code == 403  # nothing is asked any more
    assert (fresh(deal).state, deal.ending_asked_by) == (state, "")
    assert supplier.post(here, data=asked).status_code == 302
    assert buyer.post(f"{here}/agree").status_code == 302
    deal = fresh(deal)
    assert (deal.state, deal.ending_asked_by, deal.disputed_from) == ("terminated", "", "")
    last = db.session.query(Event).filter_by(subject_id=deal.id, action="deal.terminate").one()
    assert (last.reason_code, last.reason, last.data["side"]) == ("funding", "Hết kinh phí chương trình.", "buyer")


def test_the_own_request_can_be_taken_back(trade: Trade) -> None:
    deal = deal_in("delivering", trade)
    termination.ask_ending(deal, trade.supplier, "mutual", "")
    with pytest.raises(NotAllowed):
        termination.withdraw_ending(deal, trade.buyer)
    termination.withdraw_ending(deal, trade.supplier)
    assert deal.ending_asked_by == ""


@pytest.mark.parametrize("state", sorted(set(DEAL.names) - set(ENDABLE)))
def test_nobody_asks_to_end_a_deal_in_another_state(trade: Trade, state: str) -> None:
    with pytest.raises(IllegalMove):
        termination.ask_ending(deal_in(state, trade), trade.buyer, "mutual", "")


def test_asking_to_end_needs_someone_who_may_bind_and_a_reason(trade: Trade) -> None:
    deal = deal_in("delivering", trade)
    with pytest.raises(NotAllowed):
        termination.ask_ending(deal, trade.supplier_editor, "mutual", "")
    with pytest.raises(Invalid):
        termination.ask_ending(deal, trade.supplier, "other", " ")
