"""Files of a deal: both sides and officers read them, officers' readings are recorded, nobody else knows of them."""

from __future__ import annotations

import io
from typing import Any

import pytest
from flask import Flask

from marketplace.core.events import Event, record
from marketplace.core.extensions import db
from marketplace.deals.models import Deal
from marketplace.files.models import Attachment
from marketplace.values import clock
from tests.deals.factories import Trade, deal_in
from tests.deals.test_pages import client
from tests.deals.test_signing import PDF, fresh


def add(ctx: Flask, trade: Trade, deal: Deal, who: str = "supplier", **changes: Any) -> Any:
    data = {"role": "draft_contract", "caption": "Bản 2", "file": (io.BytesIO(PDF), "dự thảo.pdf"), **changes}
    return client(ctx, trade, who).post(f"/deals/{deal.code}/files", data=data)


def attachment(deal: Deal) -> Attachment:
    return db.session.query(Attachment).filter_by(subject_kind="deal", subject_id=deal.id).one()


def readings(deal: Deal) -> int:
    return db.session.query(Event).filter_by(subject_kind="deal", subject_id=deal.id, action="deal.file_read").count()


@pytest.fixture
def deal(ctx: Flask, trade: Trade) -> Deal:
    made = deal_in("delivering", trade)
    assert add(ctx, trade, made).status_code == 302
    return made


def test_both_sides_read_without_a_trace_and_an_officer_with_one(ctx: Flask, trade: Trade, deal: Deal) -> None:
    path = f"/files/{attachment(deal).id}/confidential/x.pdf"
    for who in ("supplier", "buyer_editor"):
        assert client(ctx, trade, who).get(path).data == PDF
    assert readings(deal) == 0
    assert client(ctx, trade, "officer").get(path).data == PDF
    assert readings(deal) == 1
    page = client(ctx, trade, "buyer").get(f"/deals/{deal.code}").text
    assert "Cán bộ sàn đã đọc một tệp" in page and "cán bộ của sàn" in page
    assert trade.officer_user.name not in page


def test_strangers_leadership_moderators_and_who_left_get_nothing(ctx: Flask, trade: Trade, deal: Deal) -> None:
    path = f"/files/{attachment(deal).id}/confidential/x.pdf"
    buyer = client(ctx, trade, "buyer")
    assert buyer.get(path).status_code == 200
    for membership in trade.buyer_org.memberships:
        membership.left_at = clock.now()
    db.session.commit()
    assert buyer.get(path).status_code == 404
    for who in ("stranger", "leader", "auditor", "moderator"):
        assert client(ctx, trade, who).get(path).status_code == 404, who
    assert readings(deal) == 0
    page = client(ctx, trade, "auditor").get(f"/deals/{deal.code}").text
    assert "dự thảo.pdf" not in page and "Chỉ hai bên và cán bộ theo dõi giao dịch được đọc tệp" in page


def test_a_double_click_keeps_one_file_and_one_event(ctx: Flask, trade: Trade, deal: Deal) -> None:
    assert add(ctx, trade, deal).status_code == 302
    assert attachment(deal).caption == "Bản 2"
    assert db.session.query(Event).filter_by(subject_id=deal.id, action="deal.file_added").count() == 1


@pytest.mark.parametrize("changes", [
    {"role": "signed_contract"}, {"role": "no such"}, {"file": (io.BytesIO(b"MZ\x90"), "a.exe")}, {"file": None},
])
def test_what_does_not_belong_into_the_file_is_refused_and_the_words_stay(
    ctx: Flask, trade: Trade, changes: dict[str, Any]
) -> None:
    deal = deal_in("drafting", trade)
    answer = add(ctx, trade, deal, caption="Ý kiến của phòng pháp chế", **changes)
    assert answer.status_code == 422
    assert "Ý kiến của phòng pháp chế" in answer.text
    assert db.session.query(Attachment).filter_by(subject_kind="deal").count() == 0


def test_only_the_sides_add_files_and_none_to_a_deal_that_ended(ctx: Flask, trade: Trade) -> None:
    deal = deal_in("drafting", trade)
    assert add(ctx, trade, deal, "stranger").status_code == 404
    assert add(ctx, trade, deal, "officer").status_code == 403
    assert add(ctx, trade, deal_in("cancelled", trade)).status_code == 409
    assert add(ctx, trade, fresh(deal_in("completed", trade)), role="evidence").status_code == 302


def test_the_history_names_files_to_their_readers_and_folds_what_is_old(ctx: Flask, trade: Trade, deal: Deal) -> None:
    def history(who: str) -> str:
        return str(client(ctx, trade, who).get(f"/deals/{deal.code}").text.split('id="history"')[1].split("</section>")[0])

    for who in ("supplier", "buyer", "officer"):
        assert "Đã thêm tệp" in history(who) and "dự thảo.pdf" in history(who), who
    assert "Đã thêm tệp" in history("auditor") and "dự thảo.pdf" not in history("auditor")
    assert "mục cũ hơn" not in history("buyer")
    for number in range(20):
        record(deal, "deal.contract_saved", trade.supplier, data={"fields": ["contract_no"], "lock": number})
    db.session.commit()
    newest, older = history("buyer").split("8 mục cũ hơn")  # with the readings by officer and auditor
    assert newest.count('class="event ') + newest.count('class="event"') == 15
    assert "<details" in newest and "dự thảo.pdf" in older and "dự thảo.pdf" not in newest
