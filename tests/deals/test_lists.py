"""The list of the own deals: tabs, sides, words, order, pages, export; in a bounded number of statements."""

from __future__ import annotations

import csv
import io
from datetime import timedelta

import pytest
from flask import Flask

from marketplace.core.extensions import db
from marketplace.deals.queries import own_list
from marketplace.deals.queries.own_list import Wanted, counts, listed
from marketplace.values import clock
from tests import factories
from tests.deals.factories import Trade, deal_in
from tests.deals.test_pages import MOST, client
from tests.statements import statements


def test_tabs_sides_words_and_order(trade: Trade) -> None:
    org = trade.supplier_org.id
    earlier = clock.now() - timedelta(days=9)
    first = deal_in("drafting", trade, listing=trade.listing("Lò sấy bơm nhiệt"), state_since=earlier)
    second = deal_in("completed", trade, listing=trade.listing("Cảm biến đo độ ẩm"), price=5, contract_no="88/HĐ")
    deal_in("drafting", Trade())
    db.session.commit()

    def codes(**wanted: str) -> list[str]:
        deals, total = listed(Wanted(org, **wanted), 0, 20)
        assert len(deals) == total
        return [deal.code for deal in deals]

    assert counts(org) == {"": 2, "preparing": 1, "signed": 0, "delivering": 0, "disputed": 0, "completed": 1, "ended": 0}
    assert codes(tab="preparing") == [first.code]
    assert codes(side="buyer") == []
    assert codes(words="cam bien DO AM") == codes(words="88/hđ") == codes(words=second.code.lower()) == [second.code]
    assert codes(words="det nhuom") == [second.code, first.code]  # the other side's name
    assert codes(words="không có") == []
    assert codes(sort="waiting") == codes(sort="price") == [first.code, second.code]


def test_the_page_pages_flags_and_counts_in_few_statements(ctx: Flask, trade: Trade) -> None:
    for number in range(23):
        deal_in("drafting", trade, listing=trade.listing(f"Công nghệ {number}"))
    deal_in("delivering", trade, listing=trade.listing("Chậm trễ"), state_since=clock.now() - timedelta(days=91))
    web = client(ctx, trade, "supplier")
    with statements(ctx) as seen:
        page = web.get("/my/deals?sort=waiting").text
    assert len(seen) <= MOST, len(seen)
    assert "đứng yên 91 ngày" in page and "1–20 trong số 24 kết quả" in page
    assert page.count('class="own"') == 20
    assert web.get("/my/deals?page=2&sort=waiting").text.count('class="own"') == 4
    assert "Không có giao dịch phù hợp" in web.get("/my/deals?q=zzz").text
    assert web.get("/my/deals?stage=nonsense&side=x&sort=y&page=-3").status_code == 200


def test_who_has_no_deal_is_told_how_one_begins(ctx: Flask, trade: Trade) -> None:
    page = client(ctx, trade, "stranger", "en").get("/my/deals").text
    assert "A deal opens when both sides accept" in page


def test_the_export_holds_what_the_page_shows_and_runs_no_formula(ctx: Flask, trade: Trade) -> None:
    deal_in("drafting", trade, listing=trade.listing("=HYPERLINK(1)"))
    deal_in("completed", trade, listing=trade.listing("Đã xong"), value_realised=7)
    deal_in("drafting", Trade())
    answer = client(ctx, trade, "buyer", "en").get("/my/deals.csv")
    rows = list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"))))
    assert {row["Technology"] for row in rows} == {"'=HYPERLINK(1)", "Đã xong"}
    done = next(row for row in rows if row["Technology"] == "Đã xong")
    assert (done["Our side"], done["Value realised (VND)"], done["Stage"]) == ("Transferee", "7", "Completed")
    assert len(client(ctx, trade, "buyer").get("/my/deals.csv?stage=completed").data.decode().splitlines()) == 2


def test_however_many_deals_there_are_all_are_searched_and_downloaded(
    ctx: Flask, trade: Trade, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(own_list, "BATCH", 2)
    found = [deal_in("drafting", trade, listing=trade.listing(f"Lò sấy {number}")).code for number in range(5)]
    db.session.commit()
    officer = factories.client(ctx, factories.user(staff=("deal_officer",)))
    for who, path in ((client(ctx, trade, "supplier"), "/my/deals.csv"), (officer, "/staff/deals/export.csv")):
        for query in ("", "?q=lo+say"):
            rows = list(csv.reader(io.StringIO(who.get(path + query).data.decode("utf-8-sig"))))
            assert sorted(row[0] for row in rows[1:]) == sorted(found), (path, query)
    assert len(listed(Wanted(trade.supplier_org.id, words="lo say"), 0, 20)[0]) == 5


def test_a_visitor_signs_in_first(ctx: Flask, trade: Trade) -> None:
    deal = deal_in("drafting", trade)
    for path in ("/my/deals", "/my/deals.csv", f"/deals/{deal.code}"):
        assert "/login" in factories.client(ctx).get(path).headers["Location"]
