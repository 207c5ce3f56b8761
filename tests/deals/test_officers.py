"""What the exchange's staff see and do: every deal's stage and age, notes, officer, legal class; never the messages."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from marketplace.core.access import SYSTEM
from marketplace.core.errors import IllegalMove, Invalid, NotAllowed
from marketplace.core.events import Event
from marketplace.core.extensions import db
from marketplace.deals.actions import officers, transitions
from marketplace.deals.models import Deal, DealNote
from marketplace.deals.queries import staff_list
from marketplace.values import clock
from tests import factories
from tests.deals.factories import PRICE, Trade, deal_in


@pytest.fixture
def trade(ctx: Any) -> Trade:
    return Trade()


def last(deal: Deal) -> Event:
    found = db.session.scalars(
        select(Event).where(Event.subject_kind == "deal", Event.subject_id == deal.id).order_by(Event.seq.desc())
    ).first()
    assert found is not None
    return found


def test_staff_see_stage_age_and_who_stands_still(app: Flask, trade: Trade) -> None:
    old = deal_in("drafting", trade, listing=trade.listing("Cảm biến đo mặn"), state_since=clock.now() - timedelta(days=40))
    deal_in("delivering", trade, listing=trade.listing("Màng lọc nano"))
    page = factories.client(app, trade.officer_user).get("/staff/deals").text
    assert old.code in page and "Cảm biến đo mặn" in page and "Màng lọc nano" in page
    assert "đứng yên" in page
    only = factories.client(app, trade.officer_user).get("/staff/deals?stalled=1").text
    assert "Cảm biến đo mặn" in only and "Màng lọc nano" not in only


def test_the_list_is_found_by_name_without_marks_and_exported(app: Flask, trade: Trade) -> None:
    deal_in("signed", trade, listing=trade.listing("Cảm biến đo mặn"))
    client = factories.client(app, trade.leader_user)
    assert "Cảm biến" in client.get("/staff/deals?q=vien cong nghe moi truong").text
    assert "Cảm biến" not in client.get("/staff/deals?q=khong co").text
    rows = client.get("/staff/deals/export.csv").data.decode("utf-8-sig").splitlines()
    assert len(rows) == 2
    assert str(PRICE) in rows[1]


def test_leadership_sees_the_list_and_no_record(app: Flask, trade: Trade) -> None:
    deal = deal_in("signed", trade)
    client = factories.client(app, trade.leader_user)
    page = client.get("/staff/deals").text
    assert deal.code in page and f'href="/deals/{deal.code}' not in page
    assert f'href="/deals/{deal.code}' in factories.client(app, trade.auditor_user).get("/staff/deals").text
    for path in (f"/deals/{deal.code}", f"/deals/{deal.code}/record.pdf"):
        assert client.get(path).status_code == 404, path


@pytest.mark.parametrize("words", ["mang loc", "MÀNG LỌC", "nano mang", "det nhuom ASEN", "màng lọc"])
def test_words_are_found_whatever_their_case_and_marks(app: Flask, trade: Trade, words: str) -> None:
    deal_in("signed", trade, listing=trade.listing("Màng lọc nano xử lý nước nhiễm asen"))
    deal_in("signed", trade, listing=trade.listing("Cảm biến đo mặn"))
    page = factories.client(app, trade.officer_user).get("/staff/deals", query_string={"q": words}).text
    assert "Màng lọc nano" in page and "Cảm biến đo mặn" not in page


def test_a_code_is_found_alone_and_only_within_the_stage(app: Flask, trade: Trade) -> None:
    deal = deal_in("signed", trade, listing=trade.listing("Cảm biến đo mặn"))
    other = deal_in("signed", trade, listing=trade.listing("Màng lọc nano"))
    client = factories.client(app, trade.officer_user)
    page = client.get(f"/staff/deals?q={deal.code.lower()}").text
    assert f"/deals/{deal.code}" in page and f"/deals/{other.code}" not in page
    assert f"/deals/{deal.code}" not in client.get(f"/staff/deals?stage=completed&q={deal.code}").text


def test_deals_are_narrowed_to_a_legal_regime_on_the_page_and_in_the_export(app: Flask, trade: Trade) -> None:
    waits = deal_in("signed", trade, listing=trade.listing("Lò sấy bơm nhiệt"), regime="unclassified", control_class="")
    deal_in("signed", trade, listing=trade.listing("Màng lọc nano"))
    client = factories.client(app, trade.officer_user)
    page = client.get("/staff/deals?regime=unclassified").text
    assert waits.code in page and "Màng lọc nano" not in page
    assert '<option value="unclassified" selected>' in page
    assert "/staff/deals/export.csv?stage=live&amp;regime=unclassified" in page
    rows = client.get("/staff/deals/export.csv?regime=unclassified").data.decode("utf-8-sig").splitlines()
    assert len(rows) == 2 and waits.code in rows[1] and "Sàn chưa xác định chế độ pháp lý" in rows[1]
    assert "Màng lọc nano" in client.get("/staff/deals?regime=nonsense").text


def test_only_completed_deals_count_as_value_realised(app: Flask, trade: Trade) -> None:
    for state in ("signed", "completed", "terminated"):
        deal_in(state, trade, listing=trade.listing(state))
    found = staff_list.figures()
    assert (found.completed_this_year, found.realised_this_year, found.agreed_live) == (1, PRICE, PRICE)
    assert found.stage("ended") == 1


@pytest.mark.parametrize("address", ["/staff/deals", "/staff/deals/export.csv"])
def test_the_parties_do_not_open_the_list(app: Flask, trade: Trade, address: str) -> None:
    assert factories.client(app, trade.buyer_user).get(address).status_code == 403
    assert factories.client(app).get(address).status_code in {302, 401}


def test_a_note_is_written_once_and_only_officers_read_it(app: Flask, trade: Trade) -> None:
    deal = deal_in("drafting", trade)
    client = factories.client(app, trade.officer_user)
    for _twice in range(2):
        assert client.post(f"/deals/{deal.code}/notes", data={"text": "Hẹn hai bên thứ Sáu"}).status_code == 302
    assert db.session.scalars(select(DealNote.text)).all() == ["Hẹn hai bên thứ Sáu"]
    assert last(deal).action == "deal.note"
    record = factories.client(app, trade.buyer_user).get(f"/deals/{deal.code}/record.pdf")
    assert record.status_code == 200
    for person in (trade.buyer_user, trade.leader_user):
        answer = factories.client(app, person).post(f"/deals/{deal.code}/notes", data={"text": "Tôi"})
        assert answer.status_code == 403


@pytest.mark.parametrize("side", ["supplier", "buyer"])
def test_staff_who_belong_to_a_side_do_not_learn_that_a_note_was_written_nor_by_whom(
    app: Flask, trade: Trade, side: str
) -> None:
    deal = deal_in("drafting", trade)
    inside = factories.user("Người trong cuộc", staff=("deal_officer",))
    factories.member(inside, getattr(trade, f"{side}_org"))
    officers.write_note(deal, trade.officer, "Hẹn hai bên thứ Sáu")
    officers.set_officer(deal, trade.officer, trade.officer_user.id)
    db.session.commit()
    page = factories.client(app, inside).get(f"/deals/{deal.code}").text
    assert "Ghi chú nội bộ" not in page and trade.officer_user.name not in page
    assert "cán bộ của sàn" in page
    page = factories.client(app, trade.officer_user).get(f"/deals/{deal.code}").text
    assert "Ghi chú nội bộ" in page and trade.officer_user.name in page


def test_an_empty_note_is_refused_beside_the_field(app: Flask, trade: Trade) -> None:
    deal = deal_in("drafting", trade)
    answer = factories.client(app, trade.officer_user).post(f"/deals/{deal.code}/notes", data={"text": "  "})
    assert answer.status_code == 422
    assert "note-text" in answer.text or "Hãy viết từ 1 đến" in answer.text


def test_a_deal_is_given_to_an_officer_who_belongs_to_neither_side(app: Flask, trade: Trade) -> None:
    deal = deal_in("drafting", trade)
    inside = factories.user("Người trong cuộc", staff=("deal_officer",))
    factories.member(inside, trade.buyer_org)
    db.session.commit()
    officers.set_officer(deal, trade.officer, trade.officer_user.id)
    assert (deal.officer_id, last(deal).action) == (trade.officer_user.id, "deal.officer")
    with pytest.raises(Invalid):
        officers.set_officer(deal, trade.officer, inside.id)
    with pytest.raises(NotAllowed):
        officers.set_officer(deal, factories.actor_of(inside, trade.buyer_org), inside.id)
    officers.set_officer(deal, trade.officer, None)
    assert deal.officer_id is None


@pytest.mark.parametrize(
    ("control_class", "funding", "regime"),
    [("ordinary", "private", "voluntary"), ("ordinary", "state_budget", "registration"),
     ("restricted", "private", "permit"), ("banned", "private", "banned")],
)
def test_classifying_follows_the_table_of_law(trade: Trade, control_class: str, funding: str, regime: str) -> None:
    deal = deal_in("signed", trade, regime="unclassified", control_class="")
    officers.classify(deal, trade.officer, control_class, funding, "Hồ sơ kèm theo")
    assert (deal.regime, last(deal).data["regime"]) == (regime, regime)
    with pytest.raises(IllegalMove):
        officers.classify(deal, trade.officer, "ordinary", "private", "Lần nữa")


def test_a_certificate_that_the_listing_named_counts_when_an_officer_classifies(trade: Trade) -> None:
    deal = deal_in("signed", trade, regime="unclassified", control_class="")
    fields = {**deal.frozen["listing"]["fields"], "result_certificate_no": "123/KQ"}
    deal.frozen = {**deal.frozen, "listing": {**deal.frozen["listing"], "fields": fields}}
    officers.classify(deal, trade.officer, "ordinary", "state_budget", "Đã đối chiếu giấy chứng nhận")
    assert (deal.regime, deal.classified_funding) == ("voluntary", "state_budget")


def test_a_banned_technology_goes_nowhere_but_out(trade: Trade) -> None:
    for state, action in (("terms_agreed", "draft"), ("drafting", "present"), ("awaiting_signature", "conclude")):
        deal = deal_in(state, trade, listing=trade.listing(state), regime="banned", control_class="banned")
        with pytest.raises(Invalid) as caught:
            transitions.move(deal, action, SYSTEM if action == "conclude" else trade.supplier)
        assert "banned" in caught.value.message
        transitions.move(deal, "cancel", trade.buyer, reason="Công nghệ bị cấm chuyển giao")
        assert deal.state == "cancelled"


def test_classifying_needs_a_reason_and_known_codes(trade: Trade) -> None:
    deal = deal_in("signed", trade, regime="unclassified", control_class="")
    for codes, field in ((("x", "private", "vì"), "control_class"), (("ordinary", "x", "vì"), "funding_source"),
                         (("ordinary", "private", " "), "reason")):
        with pytest.raises(Invalid) as caught:
            officers.classify(deal, trade.officer, *codes)
        assert caught.value.field == field
    assert deal.regime == "unclassified"
