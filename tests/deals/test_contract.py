"""The contract through the web: what is missing, two tabs, too late, complete."""

from __future__ import annotations

from typing import Any

from flask import Flask

from marketplace.deals.lifecycle import DEAL
from marketplace.deals.models import Deal
from marketplace.events import Event
from marketplace.extensions import db
from marketplace.vocabulary import CONTRACT_ITEMS
from tests.deals.factories import Trade, deal_in, full_contract
from tests.deals.test_pages import client
from tests.deals.test_signing import fresh


def texts(**changes: str) -> dict[str, str]:
    return {**{f"item_{code}": text for code, text in full_contract().items()}, "contract_no": "7/HĐ", **changes}


def save(ctx: Flask, trade: Trade, deal: Deal, who: str, lock: int, **changes: str) -> Any:
    return client(ctx, trade, who).post(f"/deals/{deal.code}/contract", data={"lock": str(lock), **texts(**changes)})


def test_the_law_s_items_block_signing_while_empty_and_the_page_names_them(ctx: Flask, trade: Trade) -> None:
    deal = deal_in("terms_agreed", trade)
    web = client(ctx, trade, "supplier")
    assert web.post(f"/deals/{deal.code}/moves/draft").status_code == 302
    page = web.get(f"/deals/{deal.code}").text
    assert "còn 1 nội dung luật định bị để trống" in page and "#item_liability" in page
    refused = web.post(f"/deals/{deal.code}/moves/present?seen=drafting")
    assert refused.status_code == 422
    assert "Hợp đồng chưa đầy đủ" in refused.text
    assert save(ctx, trade, deal, "buyer", 1, item_liability="Bồi thường thiệt hại thực tế.").status_code == 302
    page = web.get(f"/deals/{deal.code}").text
    assert "Đã đủ các nội dung theo Điều 23" in page
    assert web.post(f"/deals/{deal.code}/moves/present?seen=drafting").status_code == 302
    deal = fresh(deal)
    assert (deal.state, deal.contract_no, deal.contract_lock) == ("awaiting_signature", "7/HĐ", 2)


def test_two_tabs_save_and_the_second_sees_the_first_s_text_and_keeps_its_own(ctx: Flask, trade: Trade) -> None:
    deal = deal_in("drafting", trade)
    assert save(ctx, trade, deal, "supplier", 1, item_warranty="Bảo hành 12 tháng").status_code == 302
    late = save(ctx, trade, deal, "buyer", 1, item_warranty="Bảo hành 24 tháng")
    assert late.status_code == 409
    assert "Bảo hành 12 tháng" in late.text and "Bảo hành 24 tháng" in late.text
    assert fresh(deal).contract["warranty"] == "Bảo hành 12 tháng"
    assert 'name="lock" value="2"' in late.text  # having seen it, the next save decides
    assert save(ctx, trade, deal, "buyer", 2, item_warranty="Bảo hành 24 tháng").status_code == 302
    assert fresh(deal).contract["warranty"] == "Bảo hành 24 tháng"


def test_a_double_click_saves_once(ctx: Flask, trade: Trade) -> None:
    deal = deal_in("drafting", trade)
    assert [save(ctx, trade, deal, "supplier", 1).status_code for _click in range(2)] == [302, 302]
    events = db.session.query(Event).filter_by(subject_id=deal.id, action="deal.contract_saved").all()
    assert len(events) == 1
    assert set(events[0].data["fields"]) == {*CONTRACT_ITEMS.codes, "contract_no"}


def test_saving_after_it_went_to_signature_keeps_what_was_typed_on_the_page(ctx: Flask, trade: Trade) -> None:
    deal = deal_in("awaiting_signature", trade)
    late = save(ctx, trade, deal, "buyer", 1, item_penalties="Phạt 12 % giá trị phần vi phạm")
    assert late.status_code == 409
    assert "Phạt 12 % giá trị phần vi phạm" in late.text and "Chờ ký" in late.text
    assert fresh(deal).contract["penalties"] != "Phạt 12 % giá trị phần vi phạm"


def test_the_day_of_effect_cannot_lie_before_the_deal(ctx: Flask, trade: Trade) -> None:
    deal = deal_in("drafting", trade)
    answer = save(ctx, trade, deal, "buyer", 1, effective_on="01/01/2020")
    assert answer.status_code == 422
    assert 'id="effective_on-error"' in answer.text
    assert fresh(deal).contract == {}


def test_only_the_sides_write_and_only_while_it_is_drafted(ctx: Flask, trade: Trade) -> None:
    deal = deal_in("drafting", trade)
    assert save(ctx, trade, deal, "stranger", 1).status_code == 404
    assert save(ctx, trade, deal, "officer", 1).status_code == 403
    for state in set(DEAL.states) - {"drafting"}:
        other = deal_in(state, trade)
        answer = client(ctx, trade, "supplier").get(f"/deals/{other.code}/contract")
        assert answer.headers["Location"] == f"/deals/{other.code}", state
