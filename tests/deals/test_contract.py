"""The contract through the web: what is missing, two tabs, too late, complete."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

from flask import Flask

from marketplace.core.events import Event
from marketplace.core.extensions import db
from marketplace.deals.lifecycle import DEAL
from marketplace.deals.models import Deal
from marketplace.values import clock
from marketplace.vocabulary import CONTRACT_ITEMS
from tests.bad_input.pages import form_to
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
    none = client(ctx, trade, "buyer").post(f"/deals/{deal.code}/contract", data=texts(item_liability="Không có số."))
    assert none.status_code == 409 and "Không có số." in none.text
    assert 'name="lock" value="2"' in late.text  # having seen it, the next save decides
    assert save(ctx, trade, deal, "buyer", 2, item_warranty="Bảo hành 24 tháng").status_code == 302
    assert fresh(deal).contract["warranty"] == "Bảo hành 24 tháng"


def opened(web: Any, deal: Deal) -> dict[str, str]:
    """What the form of the contract holds when a browser opens it."""
    path = f"/deals/{deal.code}/contract"
    return form_in(web.get(path).text, path)


def form_in(page: str, path: str) -> dict[str, str]:
    form = form_to(page, path, path, "contract_no")
    assert form is not None
    return {name: values[0].strip() for name, values in form.data().items()}


def test_a_stale_tab_gives_way_where_nothing_was_typed_and_shows_what_both_wrote(ctx: Flask, trade: Trade) -> None:
    deal = deal_in("drafting", trade, contract=full_contract(), contract_no="20/2026")
    path, web = f"/deals/{deal.code}/contract", client(ctx, trade, "supplier")
    first, second = opened(web, deal), opened(client(ctx, trade, "buyer"), deal)
    day = clock.format_date(clock.today() + timedelta(days=40))
    theirs = {**first, "contract_no": "21/2026", "effective_on": day, "item_price": "Giá mới của bên giao",
              "item_warranty": "Bảo hành 12 tháng"}
    assert web.post(path, data=theirs).status_code == 302
    later = clock.format_date(clock.today() + timedelta(days=50))
    mine = {**second, "contract_no": "99/2026", "effective_on": later, "item_penalties": "Phạt 8 %",
            "item_warranty": "Bảo hành 24 tháng"}
    late = client(ctx, trade, "buyer").post(path, data=mine)
    assert late.status_code == 409
    beside = re.findall(r'<details class="disclosure" open>.*?disclosure-body running">(.*?)</div>', late.text)
    assert beside == ["21/2026", day, "Bảo hành 12 tháng"]
    summary = late.text.split("error-summary-title")[2].split("</ul>")[0]
    assert re.findall(r'href="#(\w+)"', summary) == ["contract_no", "effective_on", "item_warranty"]
    kept = form_in(late.text, path)
    assert (kept["contract_no"], kept["effective_on"]) == ("99/2026", later)
    assert (kept["item_warranty"], kept["item_penalties"]) == ("Bảo hành 24 tháng", "Phạt 8 %")
    assert kept["item_price"] == "Giá mới của bên giao"  # untouched here: the newer text stands
    assert client(ctx, trade, "buyer").post(path, data=kept).status_code == 302
    deal = fresh(deal)
    assert (deal.contract["price"], deal.contract["penalties"]) == ("Giá mới của bên giao", "Phạt 8 %")
    assert (deal.contract_no, clock.format_date(deal.effective_on)) == ("99/2026", later)


def test_a_third_save_in_between_is_a_conflict_again(ctx: Flask, trade: Trade) -> None:
    deal = deal_in("drafting", trade, contract=full_contract())
    path, web = f"/deals/{deal.code}/contract", client(ctx, trade, "supplier")
    mine = {**opened(web, deal), "item_other": "Của tôi"}
    assert web.post(path, data={**opened(web, deal), "item_other": "Lần một"}).status_code == 302
    kept = form_in(web.post(path, data=mine).text, path)
    assert web.post(path, data={**opened(web, deal), "item_other": "Lần hai"}).status_code == 302
    again = web.post(path, data=kept)
    assert again.status_code == 409 and "Lần hai" in again.text and "Của tôi" in again.text
    assert fresh(deal).contract["other"] == "Lần hai"


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
    for state in set(DEAL.names) - {"drafting"}:
        other = deal_in(state, trade)
        answer = client(ctx, trade, "supplier").get(f"/deals/{other.code}/contract")
        assert answer.headers["Location"] == f"/deals/{other.code}", state
