"""The dashboard says what deals need of whom today, one click from where it is done."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from marketplace.core.extensions import db
from marketplace.negotiation.actions import terms
from marketplace.values import clock, money
from tests import factories
from tests.deals.factories import Trade, deal_in
from tests.negotiation import terms_samples
from tests.negotiation.factories import Cast
from tests.statements import statements


@pytest.fixture
def trade(ctx: Any) -> Trade:
    return Trade()


def today(app: Flask, person: Any, org: Any = None) -> str:
    answer = factories.client(app, person, org).get("/dashboard")
    assert answer.status_code == 200
    return str(answer.text)


#: Whose turn it is in each state; the others have nothing to do.
TURNS = {
    "terms_agreed": "both", "drafting": "both", "awaiting_signature": "both", "effective": "supplier",
    "acceptance": "buyer", "completed": "nobody", "cancelled": "nobody", "negotiating": "both",
}


@pytest.mark.parametrize(("state", "turn"), TURNS.items())
def test_a_deal_stands_with_whose_turn_it_is(app: Flask, trade: Trade, state: str, turn: str) -> None:
    deal = deal_in(state, trade)
    for side, person, org in (("supplier", trade.supplier_user, trade.supplier_org),
                              ("buyer", trade.buyer_user, trade.buyer_org)):
        shown = deal.code in today(app, person, org)
        assert shown == (turn in {side, "both"}), side
    assert deal.code not in today(app, trade.stranger_user, trade.stranger_org)


def test_the_link_leads_to_a_page_that_has_the_next_step(app: Flask, trade: Trade) -> None:
    deal = deal_in("effective", trade)
    page = today(app, trade.supplier_user, trade.supplier_org)
    assert f'href="/deals/{deal.code}#deal-next"' in page
    record = factories.client(app, trade.supplier_user, trade.supplier_org).get(f"/deals/{deal.code}")
    assert record.status_code == 200
    assert 'id="deal-next"' in record.text


def test_what_is_overdue_comes_first_and_says_so(app: Flask, trade: Trade) -> None:
    deal_in("terms_agreed", trade, listing=trade.listing("Việc thường"))
    late = deal_in("delivering", trade, listing=trade.listing("Việc quá hạn"))
    late.milestones[0].due_on = clock.today() - timedelta(days=3)
    db.session.commit()
    page = today(app, trade.supplier_user, trade.supplier_org)
    assert page.index("Việc quá hạn") < page.index("Việc thường")
    assert "quá hạn" in page


def test_who_delivers_sees_the_own_next_step_while_another_is_checked(app: Flask, trade: Trade) -> None:
    deal = deal_in("delivering", trade, milestones=["delivered", "planned", "planned"])
    deal.milestones[1].due_on = clock.today() - timedelta(days=5)
    db.session.commit()
    supplier, buyer = today(app, trade.supplier_user, trade.supplier_org), today(app, trade.buyer_user, trade.buyer_org)
    assert "Tiếp theo là mốc 2" in supplier and "quá hạn" in supplier
    assert "Mốc 1" in buyer and "quá hạn" not in buyer


def test_who_waits_too_long_for_the_other_side_sees_that_too(app: Flask, trade: Trade) -> None:
    deal = deal_in("acceptance", trade, state_since=clock.now() - timedelta(days=60))
    page = today(app, trade.supplier_user, trade.supplier_org)
    assert "Đã 60 ngày chưa có gì mới" in page
    assert f'href="/leads/{deal.lead.code}#thread"' in page


def test_terms_to_accept_are_one_click_away(ctx: Flask) -> None:
    app, cast = ctx, Cast()
    lead = cast.lead_in("negotiating")
    terms.propose(lead, cast.supplier, terms_samples.values(), "Đề nghị đầu tiên.", based_on=0)
    db.session.commit()
    page = today(app, cast.buyer_user, cast.buyer_org)
    assert "Phiên bản điều khoản số 1 đang chờ bạn trả lời" in page
    assert f'href="/leads/{lead.code}/terms/1"' in page
    assert "/terms/1" not in today(app, cast.supplier_user, cast.supplier_org)


def test_sums_of_the_largest_deals_can_be_shown(app: Flask, trade: Trade) -> None:
    for number in range(3):
        deal_in("drafting", trade, listing=trade.listing(f"Lớn {number}"), price=money.MAX_AMOUNT)
    assert factories.client(app, trade.officer_user).get("/staff/deals").status_code == 200
    assert "Lớn 0" in factories.client(app, trade.officer_user).get("/staff/deals").text
    today(app, trade.officer_user)


def test_deals_that_stand_still_are_marked(app: Flask, trade: Trade) -> None:
    deal_in("drafting", trade, state_since=clock.now() - timedelta(days=60))
    assert "đứng yên" in today(app, trade.buyer_user, trade.buyer_org)


def test_an_officer_sees_what_needs_an_officer(app: Flask, trade: Trade) -> None:
    disputed = deal_in("disputed", trade, listing=trade.listing("Một"))
    waits = deal_in("signed", trade, listing=trade.listing("Hai"), regime="unclassified", control_class="")
    page = today(app, trade.officer_user)
    for words in ("1 giao dịch đang tranh chấp", "1 giao dịch chờ phân loại pháp lý",
                  "2 giao dịch chưa có cán bộ phụ trách"):
        assert words in page, words
    assert "/moderation" not in page
    assert 'href="/staff/deals?stage=live&amp;regime=unclassified"' in page
    there = factories.client(app, trade.officer_user).get("/staff/deals?stage=live&regime=unclassified").text
    assert waits.code in there and disputed.code not in there


def test_many_deals_cost_no_more_statements(app: Flask, trade: Trade) -> None:
    for number in range(12):
        deal_in("drafting", trade, listing=trade.listing(f"Công nghệ số {number}"))
    client = factories.client(app, trade.buyer_user, trade.buyer_org)
    client.get("/dashboard")
    with statements(app) as asked:
        page = client.get("/dashboard").text
    assert len(asked) <= 24, len(asked)
    assert page.count('class="own"') >= 8
