"""Fees: amounts, the tariff by two people, what is free, the commission of a completed deal."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from marketplace.core.access import SYSTEM
from marketplace.core.errors import IllegalMove, Invalid, NotAllowed
from marketplace.core.events import Event
from marketplace.core.extensions import db
from marketplace.core.outbox import drain
from marketplace.core.proposals import Proposal, decide
from marketplace.notifications.models import Notification
from marketplace.payments.fees import actions, queries
from marketplace.payments.fees.amounts import basis_points, by_bands, parse_bands, share, vat_of
from marketplace.payments.fees.lifecycle import CHARGE
from marketplace.payments.fees.models import Charge
from marketplace.payments.fees.proposals import propose_rule, propose_to_waive, propose_waiver
from marketplace.payments.fees.vat_table import VAT_RULES, vat_rule
from marketplace.values import clock
from tests.deals.factories import Trade, deal_in
from tests.deals.test_delivery import acceptance
from tests.deals.test_pages import client
from tests.lifecycle_matrix import check_table
from tests.payments.world import BANDS, RULE, WAIVER, Desk

#: Lines (net, basis points) of an invoice, and the VAT of each: rounded once per rate, half up.
ROUNDING = (
    ([(1_000_000, 1_000)], [100_000]),
    ([(5, 1_000)], [1]),  # half a đồng up
    ([(4, 1_000)], [0]),
    ([(15, 1_000), (15, 1_000)], [2, 1]),  # 3 in all, not 2 + 2
    ([(14, 1_000), (14, 1_000), (14, 1_000)], [2, 1, 1]),  # 4.2 in all: 4, not 1 + 1 + 1
    ([(6, 800), (7, 800)], [0, 1]),  # 1.04 in all: the larger remainder gets it
    ([(15, 1_000), (15, 800)], [2, 1]),  # two rates are two sums
    ([(333_333, 1_000), (333_333, 1_000), (333_334, 1_000)], [33_333, 33_333, 33_334]),
    ([(7, 0), (15, 1_000)], [0, 2]),
)


@pytest.mark.once
def test_vat_is_rounded_once_for_each_rate_of_an_invoice() -> None:
    for lines, expected in ROUNDING:
        assert vat_of(lines) == expected, lines


@pytest.mark.once
@given(st.lists(st.tuples(st.integers(0, 10**12), st.sampled_from((0, 800, 1_000))), max_size=12))
def test_vat_of_lines_sums_to_that_of_the_invoice(lines: list[tuple[int, int]]) -> None:
    found = vat_of(lines)
    for rate in (0, 800, 1_000):
        of_rate = [place for place, line in enumerate(lines) if line[1] == rate]
        assert sum(found[place] for place in of_rate) == share(sum(lines[place][0] for place in of_rate), rate)
    assert all(abs(vat * 10_000 - net * rate) < 10_000 for vat, (net, rate) in zip(found, lines, strict=True))


@pytest.mark.once
def test_a_value_pays_by_the_band_in_which_it_lies() -> None:
    for value, fee in ((0, 5_000_000), (1, 5_000_000), (250_000_025, 5_000_001), (999_999_999, 20_000_000),
                       (1_000_000_000, 15_000_000), (10**12, 50_000_000)):
        assert by_bands(value, BANDS) == fee, value


@pytest.mark.once
def test_bands_are_written_one_on_a_line_without_gaps() -> None:
    assert parse_bands("0; 1 tỷ; 2; 5 triệu\n\n1 tỷ; ; 1,5 %; ; 50 triệu") == BANDS
    for text in ("", "0; 1 tỷ; 2", "0; 1 tỷ; 2\n2 tỷ; ; 1", "1; ; 2", "0; ; 2; 5; 4", "0; ; hai", "0; ; 101",
                 "0; ; 1; ; ; 9", "0; ; 1\n0; ; 1", "a; ; 1", "0; 5; 1\n5; 5; 1\n5; ; 1", "0; ; ²"):
        with pytest.raises(Invalid):
            parse_bands(text)
    assert [basis_points(text) for text in ("1", "1,5", "0.25 %", "", "1,555", "-1")] == [100, 150, 25, None, None, None]


@pytest.mark.once
def test_a_vat_rate_ends_on_its_day_and_says_honestly_what_was_read() -> None:
    assert vat_rule("reduced", date(2026, 12, 31)).rate_bp == 800
    assert vat_rule("reduced", date(2027, 1, 1)).rate_bp == vat_rule("standard", date(2027, 1, 1)).rate_bp == 1_000
    assert all(rule.source for rule in VAT_RULES) and not any(rule.read for rule in VAT_RULES)


@pytest.mark.once
def test_the_lifecycle_of_a_charge_is_its_table() -> None:
    check_table(CHARGE)


def test_a_line_of_the_tariff_takes_two_people_and_is_followed_not_edited(ctx: Flask) -> None:
    desk, today = Desk(), clock.today()
    values = {**RULE, "from_on": today.isoformat()}
    with pytest.raises(Invalid, match="past"):
        propose_rule({**values, "from_on": (today - timedelta(days=1)).isoformat()}, "Lý do", desk.first)
    made = propose_rule(values, "Theo quyết định", desk.first)
    assert queries.tariff(today) == []
    decide(made, "approve", desk.second)
    db.session.commit()
    [rule] = queries.tariff(today)
    assert (rule.written_by_id, rule.approved_by_id, rule.bands) == (desk.first.user_id, desk.second.user_id, BANDS)
    with pytest.raises(Invalid, match="later"):
        propose_rule(values, "Lần nữa", desk.first)
    later = today + timedelta(days=10)
    next_one = propose_rule({**values, "from_on": later.isoformat(), "base": "fixed", "amount": 1_000_000, "bands": []},
                            "Giảm phí", desk.second)
    desk.rule(today + timedelta(days=5))
    assert decide(next_one, "approve", desk.manager) == "outdated", "another row of this code came in between"
    follower = desk.rule(later, base="fixed", amount=1_000_000, bands=[], to_on=(later + timedelta(days=9)).isoformat())
    assert queries.tariff(today) == [rule] and queries.tariff(later) == [follower]
    assert queries.tariff(later + timedelta(days=10)) == []


def test_a_completed_deal_is_charged_its_commission_once(ctx: Flask) -> None:
    desk, trade = Desk(), Trade()
    desk.rule()
    deal = deal_in("acceptance", trade)
    sent = acceptance(value_realised="1150000000")
    assert client(ctx, trade, "buyer").post(f"/deals/{deal.code}/acceptance", data=sent).status_code == 302
    [made] = db.session.query(Charge)
    assert (made.org_id, made.net, made.vat_bp, made.vat) == (trade.supplier_org.id, 17_250_000, 1_000, 1_725_000)
    assert (made.state, made.of_code, made.key) == ("pending", deal.code, f"commission:deal:{deal.id}:1")
    actions.charge_commission(deal, SYSTEM)
    assert db.session.query(Charge).count() == 1


def test_without_a_tariff_or_a_value_nothing_is_charged(ctx: Flask) -> None:
    desk, trade = Desk(), Trade()
    actions.charge_commission(deal_in("completed", trade), SYSTEM)
    desk.rule(payer="buyer")
    actions.charge_commission(deal_in("completed", trade, listing=trade.listing("Khác"), value_realised=0), SYSTEM)
    assert db.session.query(Charge).count() == 0
    actions.charge_commission(deal_in("completed", trade, listing=trade.listing("Nữa")), SYSTEM)
    assert [one.org_id for one in db.session.query(Charge)] == [trade.buyer_org.id]


def test_what_is_free_for_an_organisation_stands_as_waived_with_its_decision(ctx: Flask) -> None:
    desk, trade = Desk(), Trade()
    desk.rule()
    made = propose_waiver({**WAIVER, "from_on": clock.today().isoformat()}, "Nghị quyết của thành phố", desk.first)
    decide(made, "approve", desk.manager)
    actions.charge_commission(deal_in("completed", trade), SYSTEM)  # the supplier is an institute
    db.session.commit()
    [charge] = db.session.query(Charge)
    assert (charge.state, charge.waived_reason, charge.waiver_rule_id is None) == ("waived", "02/QĐ-SGD", False)
    drain()
    told = db.session.query(Notification).filter_by(org_id=trade.supplier_org.id)
    assert {one.message for one in told} == {"charge.waive:owner"}


def test_waiving_one_charge_takes_two_people(ctx: Flask) -> None:
    desk, trade = Desk(), Trade()
    desk.rule()
    actions.charge_commission(deal_in("completed", trade), SYSTEM)
    [charge] = db.session.query(Charge)
    db.session.commit()
    first, here = desk.client(ctx, "first"), f"/money/charges/{charge.id}"
    assert first.post(f"{here}/waive", data={"reason": ""}).status_code == 422
    assert first.post(f"{here}/waive", data={"reason": "Giao dịch đầu tiên"}).status_code == 302
    [made] = db.session.query(Proposal)
    db.session.refresh(charge)
    assert charge.state == "pending", "proposed is not waived"
    assert first.post(f"/staff/proposals/{made.id}/approve").status_code == 403
    assert desk.client(ctx, "second").post(f"/staff/proposals/{made.id}/approve").status_code == 302
    db.session.expire_all()
    assert (charge.state, charge.waived_reason) == ("waived", "Giao dịch đầu tiên")
    assert "Giao dịch đầu tiên" in first.get(here).text
    with pytest.raises(Invalid):
        propose_to_waive(charge, "Lần nữa", desk.first)
    with pytest.raises(IllegalMove):
        actions.move(charge, "invoice", SYSTEM)
    with pytest.raises(NotAllowed):
        actions.waive(charge, trade.supplier, "Tự miễn")
    assert db.session.query(Event).filter_by(action="charge.waive").count() == 1


def test_pages_of_the_tariff(ctx: Flask) -> None:
    desk = Desk()
    guest = client(ctx, Trade(), "stranger")
    assert "Hiện sàn không thu phí" in guest.get("/fees").text
    desk.rule(illustrative=True)
    desk.waiver()
    page = guest.get("/fees").text
    assert "Biểu phí minh họa" in page and "tối thiểu 5.000.000" in page and "02/QĐ-SGD" in page and "10\u00a0%" in page
    assert guest.get("/money/fees").status_code == 403
    auditor, first = desk.client(ctx, "auditor"), desk.client(ctx, "first")
    assert "Quyết định 01/QĐ-SGD" in auditor.get("/money/fees").text
    assert auditor.get("/money/fees/new").status_code == 403 == desk.client(ctx, "leader").get("/money/charges").status_code
    said = {
        "code": "promotion", "kind": "listing_promotion", "name_vi": "Giới thiệu", "name_en": "Promotion", "base": "fixed",
        "amount": "", "payer": "supplier", "vat_rule": "standard", "from_on": clock.format_date(clock.today()),
        "source": "Quyết định 05", "reason": "Bắt đầu thu",
    }
    refused = first.post("/money/fees/new", data=said)
    assert refused.status_code == 422 and "Phí cố định cần có số tiền" in refused.text and "Quyết định 05" in refused.text
    assert "Dòng 1" in first.post("/money/fees/new", data={**said, "base": "bands", "bands": "0; x"}).text
    assert first.post("/money/fees/new", data={**said, "amount": "2 triệu"}).status_code == 302
    [made] = db.session.query(Proposal)
    shown = desk.client(ctx, "second").get(f"/staff/proposals/{made.id}").text
    assert "2.000.000" in shown and "Quyết định 05" in shown
    free = {**{name: said[name] for name in ("name_vi", "name_en", "from_on", "reason")}, "code": "startups",
            "fee_kinds": "listing_promotion", "org_kinds": "startup", "decision_no": "07/QĐ"}
    assert first.post("/money/fees/free/new", data=free).status_code == 302
    listed = first.get("/money/charges.csv")
    assert listed.status_code == 200 and "Tổ chức" in listed.text
