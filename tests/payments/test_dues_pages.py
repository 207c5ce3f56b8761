"""Payments between the sides through the web: the panel, the forms, and that outsiders see nothing."""

from __future__ import annotations

import pytest
from flask import Flask

from marketplace.core.extensions import db
from marketplace.core.outbox import drain
from marketplace.deals.record import certificate, sections
from marketplace.files.models import Attachment
from marketplace.notifications.models import Notification
from marketplace.payments.dues.models import Due
from marketplace.values import clock
from tests.deals.test_record_pdf import text_of
from tests.payments.dues_world import AMOUNT, Money, wrong
from tests.statements import statements


@pytest.fixture
def money(ctx: Flask) -> Money:
    return Money()


def test_from_the_panel_to_a_confirmed_payment(ctx: Flask, money: Money) -> None:
    buyer, supplier = money.client(ctx, "buyer"), money.client(ctx, "supplier")
    here = f"/deals/{money.deal.code}"
    assert "Báo đã trả" in buyer.get(here).text.split('id="money"')[1]
    assert "Báo đã trả" not in supplier.get(here).text.split('id="money"')[1].split("</section>")[0]
    assert buyer.post(money.path("claim"), data=money.sent(amount="500 triệu")).status_code == 422
    assert buyer.post(money.path("claim"), data=money.sent()).status_code == 302
    assert supplier.get(money.path()).text.count("FT26001") == 1
    sent = {"amount": "400.000.000", "received_on": clock.format_date(clock.today()), "lock": str(money.due.lock)}
    assert supplier.post(money.path("confirm"), data=sent).status_code == 302
    db.session.expire_all()
    assert money.due.state == "confirmed"
    assert supplier.post(money.path("confirm"), data=sent).status_code == 409
    assert wrong() == []
    said = next(one for one in sections(money.deal) if one["title"] == "Thanh toán giữa các bên")
    assert said["table"]["rows"][0][3:] == ["400.000.000\u00a0₫", "Đã xác nhận thanh toán"]
    assert [row[4] for row in said["table"]["rows"][1:]] == ["Chưa đến hạn", "Chưa đến hạn"]


def test_people_outside_the_deal_see_nothing(ctx: Flask, money: Money) -> None:
    money.claim()
    proof = db.session.query(Attachment).filter_by(subject_kind="due").one()
    for name in ("stranger", "moderator", "leader", "auditor"):
        web = money.client(ctx, name)
        assert web.get(money.path()).status_code == 404, name
        assert web.get(f"/files/{proof.id}/x.pdf").status_code in {403, 404}, name
        assert web.post(money.path("confirm"), data={"amount": "1"}).status_code in {403, 404}, name
    assert 'id="money"' not in money.client(ctx, "auditor").get(f"/deals/{money.deal.code}").text
    officer = money.client(ctx, "officer")
    assert officer.get(money.path()).status_code == 200
    assert 'id="money"' in officer.get(f"/deals/{money.deal.code}").text
    assert ctx.test_client().get(money.path()).status_code in {302, 401}


def test_a_due_of_another_deal_is_not_found(ctx: Flask, money: Money) -> None:
    other = Money()
    web = money.client(ctx, "buyer")
    assert web.get(f"/deals/{money.deal.code}/dues/{other.due.id}").status_code == 404


def test_who_is_told(ctx: Flask, money: Money) -> None:
    money.claim(who=money.payer_editor)
    web = money.client(ctx, "supplier_editor")
    assert web.post(money.path("contest"), data={"reason": " ", "lock": str(money.due.lock)}).status_code == 422
    sent = {"reason": "Chưa nhận được tiền.", "lock": str(money.due.lock)}
    assert web.post(money.path("contest"), data=sent).status_code == 302
    drain()
    rows = db.session.query(Notification).filter(Notification.message.like("due.c%")).all()
    told = {(row.message, row.user_id) for row in rows}
    trade = money.trade
    assert ("due.claim:payee", trade.supplier_user.id) in told
    assert ("due.contest:payer", trade.buyer_user.id) in told
    assert ("due.contest:officers", trade.officer_user.id) in told
    assert not {row.user_id for row in rows} & {trade.stranger_user.id, trade.moderator_user.id}


def test_a_stale_form_keeps_what_was_typed(ctx: Flask, money: Money) -> None:
    buyer = money.client(ctx, "buyer")
    old = money.sent(reference="FT26001-GIU-LAI-TRONG-BIEU-MAU", lock=str(money.due.lock - 1))
    answer = buyer.post(money.path("claim"), data=old)
    assert answer.status_code == 409 and "FT26001-GIU-LAI-TRONG-BIEU-MAU" in answer.text


def test_a_waiver_and_an_opening_again_through_the_web(ctx: Flask, money: Money) -> None:
    buyer, supplier, officer = (money.client(ctx, name) for name in ("buyer", "supplier", "officer"))
    second = money.dues[1]
    asked = supplier.post(money.path("ask_waiver", second), data={"reason": "Bù chậm", "lock": str(second.lock)})
    assert asked.status_code == 302
    lock = db.session.get_one(Due, second.id, populate_existing=True).lock
    assert "đề nghị miễn khoản này" in buyer.get(money.path(due=second)).text
    assert buyer.post(money.path("waive", second), data={"lock": str(lock)}).status_code == 302
    money.claim()
    money.confirm()
    texts = {"payer_text": "Chuyển nhầm.", "payee_text": "Chưa nhận.", "reason": "", "lock": str(money.due.lock)}
    assert officer.post(money.path("reopen"), data=texts).status_code == 422
    assert officer.post(money.path("reopen"), data={**texts, "reason": "Ngân hàng hoàn tiền."}).status_code == 302
    page = supplier.get(money.path()).text
    assert "Chuyển nhầm." in page and "Mở lại ngày" in page
    assert money.due.rest == AMOUNT


def test_the_page_of_a_deal_asks_no_more_for_more_payments(ctx: Flask, money: Money) -> None:
    web = money.client(ctx, "buyer")
    web.get(f"/deals/{money.deal.code}")
    with statements(ctx) as seen:
        web.get(f"/deals/{money.deal.code}")
    assert len(seen) <= 24, len(seen)
    with statements(ctx) as seen:
        web.get(money.path())
    assert len(seen) <= 20, len(seen)


def test_record_and_certificate_say_what_is_paid_and_what_is_open(ctx: Flask) -> None:
    """Signed, accepted and paid are three facts, each from its own column; a deal is completed with open payments."""
    money = Money("completed", milestones=["accepted"] * 3)
    first = money.claim(150_000_000)
    money.confirm(150_000_000, due=first)
    for parts in (sections(money.deal), certificate(money.deal)):
        said = next(one for one in parts if one["title"] == "Thanh toán giữa các bên")
        facts = {label: value.replace("\u00a0", " ") for label, value in said["facts"]}
        assert facts == {
            "Đã ký": f"{money.deal.signed_on:%d/%m/%Y}", "Đã nghiệm thu": "3 trên 3 mốc",
            "Đã được bên nhận xác nhận thanh toán": "150.000.000 ₫", "Còn chưa được xác nhận thanh toán": "1.050.000.000 ₫"}
    buyer = money.client(ctx, "buyer")
    page = buyer.get(f"/deals/{money.deal.code}")
    assert "certificate.pdf" in page.text
    answer = buyer.get(f"/deals/{money.deal.code}/certificate.pdf")
    text = text_of(answer.data)
    assert answer.mimetype == "application/pdf" and "150.000.000 ₫" in text.replace("\u00a0", " ")
    assert "Giấy xác nhận giao dịch công nghệ" in text and "Diễn biến" not in text
    assert buyer.get(f"/deals/{Money().deal.code}/certificate.pdf").status_code == 404, "of completed deals only"
