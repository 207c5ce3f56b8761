"""Signing through the web: each side files its contract; two make it concluded; what is wrong is said beside the field."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from marketplace.core.errors import NotAllowed
from marketplace.core.events import Event
from marketplace.core.extensions import db
from marketplace.deals.actions import signing
from marketplace.deals.actions.transitions import move
from marketplace.deals.models import Deal
from marketplace.values import clock
from tests import factories
from tests.accounts.test_fresh_sign_in import earlier
from tests.buyer_requests.factories import Cast
from tests.deals.factories import Trade, deal_in
from tests.deals.test_pages import client
from tests.files import samples

PDF = b"%PDF-1.7\n1 0 obj <<>> endobj\ntrailer <<>>\n%%EOF\n"


def form(**changes: Any) -> dict[str, Any]:
    return {
        "file": (io.BytesIO(changes.pop("content", PDF)), "hợp đồng.pdf"), "signer_name": "Trần Thị Bình",
        "signer_position": "Viện trưởng", "authority": "legal_representative", "method": "paper_scan",
        "signed_on": clock.format_date(clock.today()), **changes,
    }


def fresh(deal: Deal) -> Deal:
    db.session.expire_all()
    return db.session.get_one(Deal, deal.id)


def post(ctx: Flask, trade: Trade, deal: Deal, who: str, **changes: Any) -> Any:
    return client(ctx, trade, who).post(f"/deals/{deal.code}/signature", data=form(**changes))


def test_both_sides_sign_and_the_later_day_counts(ctx: Flask, trade: Trade) -> None:
    deal = deal_in("awaiting_signature", trade)
    deal.terms.supplier_accepted_at = deal.terms.buyer_accepted_at = clock.now() - timedelta(days=9)
    db.session.commit()
    earlier = clock.format_date(clock.today() - timedelta(days=3))
    assert post(ctx, trade, deal, "supplier", signed_on=earlier).status_code == 302
    assert fresh(deal).state == "awaiting_signature"
    page = client(ctx, trade, "buyer").get(f"/deals/{deal.code}").text
    assert "Một bên đã ký" in page and "Đến lượt bạn" in page
    digital = {"method": "digital", "certificate_serial": "54:01:AF", "signer_name": "Lê Thị Hoa"}
    assert post(ctx, trade, deal, "buyer", **digital).status_code == 302
    deal = fresh(deal)
    assert (deal.state, deal.signed_on, deal.effective_on) == ("signed", clock.today(), clock.today())
    assert signing.files_identical(deal) is True
    assert {one.sha256 for one in deal.signatures} == {one.file.sha256 for one in deal.signatures}
    page = client(ctx, trade, "buyer").get(f"/deals/{deal.code}").text
    assert "Hai bên nộp cùng một tệp" in page and deal.signatures[0].sha256 in page and "54:01:AF" in page
    history = db.session.query(Event.action, Event.actor_id).filter_by(subject_id=deal.id, subject_kind="deal")
    events = [tuple(row) for row in history.order_by(Event.seq)]
    assert events == [("deal.sign", trade.supplier_user.id), ("deal.sign", trade.buyer_user.id), ("deal.conclude", None)]


def test_files_of_two_originals_are_told_apart(ctx: Flask, trade: Trade) -> None:
    deal = deal_in("awaiting_signature", trade)
    post(ctx, trade, deal, "supplier")
    post(ctx, trade, deal, "buyer", content=samples.picture())
    deal = fresh(deal)
    assert deal.state == "signed"
    assert signing.files_identical(deal) is False


@pytest.mark.parametrize("field, changes", [
    ("signed_on", {"signed_on": "31/12/2190"}),
    ("signed_on", {"signed_on": "01/01/2020"}),
    ("signed_on", {"signed_on": ""}),
    ("authority_no", {"authority": "power_of_attorney", "authority_no": " "}),
    ("certificate_serial", {"method": "digital", "certificate_serial": ""}),
    ("method", {"method": "click"}),
    ("file", {"content": samples.office()}),
    ("file", {"content": b"<html>"}),
    ("signer_name", {"signer_name": ""}),
])
def test_what_is_wrong_is_said_beside_the_field_and_nothing_is_signed(
    ctx: Flask, trade: Trade, field: str, changes: dict[str, Any]
) -> None:
    deal = deal_in("awaiting_signature", trade)
    answer = post(ctx, trade, deal, "supplier", **{"signer_position": "Viện trưởng đương nhiệm", **changes})
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text
    assert "Viện trưởng đương nhiệm" in answer.text
    assert fresh(deal).signatures == []


def test_an_editor_cannot_sign_nor_a_side_that_is_not_verified(ctx: Flask, trade: Trade) -> None:
    deal = deal_in("awaiting_signature", trade)
    assert post(ctx, trade, deal, "supplier_editor").status_code == 403
    trade.buyer_org.state = "suspended"
    db.session.commit()
    assert post(ctx, trade, deal, "supplier").status_code == 403
    assert fresh(deal).signatures == []


def test_a_second_click_signs_once_and_says_so(ctx: Flask, trade: Trade) -> None:
    deal = deal_in("awaiting_signature", trade)
    assert post(ctx, trade, deal, "supplier").status_code == 302
    again = post(ctx, trade, deal, "supplier", signer_position="Phó Viện trưởng")
    assert again.status_code == 409
    assert "Bên bạn đã ký" in again.text and "Phó Viện trưởng" in again.text
    assert len(fresh(deal).signatures) == 1


def test_back_to_the_draft_voids_the_round_and_keeps_it_visible(ctx: Flask, trade: Trade) -> None:
    deal = deal_in("awaiting_signature", trade)
    post(ctx, trade, deal, "supplier")
    move(fresh(deal), "redraft", trade.buyer, "", "Sửa điều khoản bảo hành.")
    move(deal, "present", trade.buyer)
    db.session.commit()
    assert (deal.round, deal.valid_signatures) == (2, [])
    page = client(ctx, trade, "supplier").get(f"/deals/{deal.code}").text
    assert "1 chữ ký đã mất giá trị của vòng trước" in page and "Trần Thị Bình" in page
    post(ctx, trade, deal, "buyer")
    assert fresh(deal).state == "awaiting_signature"  # the supplier's old signature does not count
    post(ctx, trade, deal, "supplier")
    assert fresh(deal).state == "signed"


@pytest.mark.parametrize("regime", ["registration", "permit"])
def test_a_transfer_that_needs_a_document_stops_at_signed_and_the_page_says_why(
    ctx: Flask, trade: Trade, regime: str
) -> None:
    deal = deal_in("awaiting_signature", trade, regime=regime, effective_on=clock.today())
    post(ctx, trade, deal, "supplier")
    post(ctx, trade, deal, "buyer")
    deal = fresh(deal)
    assert (deal.state, deal.effective_on) == ("signed", None)
    page = client(ctx, trade, "supplier").get(f"/deals/{deal.code}").text
    assert "Sàn chưa xử lý thủ tục này" in page
    assert "/moves/take_effect" not in page
    due = clock.format_date(clock.today() + timedelta(days=90))
    assert ("Hạn cuối nộp hồ sơ đăng ký" in page) == (regime == "registration")
    assert regime == "permit" or due in page
    refused = client(ctx, trade, "supplier").post(f"/deals/{deal.code}/moves/take_effect")
    assert refused.status_code == 422
    assert fresh(deal).state == "signed"


@pytest.mark.parametrize("state", ["open", "shortlisting", "negotiating"])
def test_the_need_is_solved_when_the_contract_with_its_supplier_is_signed(ctx: Flask, trade: Trade, state: str) -> None:
    need = Cast().in_state(state)
    deal = deal_in("awaiting_signature", trade, need_id=need.id)
    post(ctx, trade, deal, "supplier")
    assert need.state == state
    post(ctx, trade, deal, "buyer")
    db.session.expire_all()
    assert need.state == "solved"


def test_nobody_signs_for_a_side_he_does_not_belong_to(trade: Trade) -> None:
    deal = deal_in("awaiting_signature", trade)
    with pytest.raises(NotAllowed):
        signing.sign(deal, factories.actor_of(trade.officer_user), None, None)  # type: ignore[arg-type]


def test_a_contract_is_signed_after_a_fresh_sign_in_asked_for_before_files_are_chosen(ctx: Flask, trade: Trade) -> None:
    deal = deal_in("awaiting_signature", trade)
    web = earlier(client(ctx, trade, "supplier"))
    address = f"/deals/{deal.code}/signature"
    assert web.get(address).location == f"/verify?next=%2Fdeals%2F{deal.code}%2Fsignature"
    answer = web.post(address, data=form())
    assert answer.status_code == 302 and answer.location.startswith("/verify?next=")
    db.session.expire_all()
    assert deal.signatures == []
    assert earlier(web, 1).post(address, data=form()).status_code == 302
    db.session.expire_all()
    assert len(deal.signatures) == 1
