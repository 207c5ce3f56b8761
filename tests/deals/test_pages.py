"""Pages of deals: every state for everybody who may look, what stands on them, and how many statements they cost."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from marketplace.core.events import Event
from marketplace.core.extensions import db
from marketplace.deals.lifecycle import DEAL
from marketplace.values import clock
from tests import factories
from tests.deals.factories import Trade, deal_in
from tests.statements import statements

MOST = 24
#: Their mark refuses everybody who is no officer, whatever the address names.
STAFF_ONLY = {"payments.reopen_due", "deals.write_note", "deals.set_officer", "deals.classify", "deals.remind"}


def client(ctx: Flask, trade: Trade, name: str, locale: str = "vi") -> Any:
    org = {"supplier": trade.supplier_org, "supplier_editor": trade.supplier_org, "buyer": trade.buyer_org,
           "buyer_editor": trade.buyer_org, "stranger": trade.stranger_org}.get(name)
    return factories.client(ctx, getattr(trade, f"{name}_user"), org, locale)


def test_a_stranger_and_who_left_find_nothing_at_any_address_of_the_deal(ctx: Flask, trade: Trade) -> None:
    deal = deal_in("delivering", trade)
    for membership in trade.buyer_org.memberships:
        membership.left_at = clock.now()
    factories.member(trade.buyer_user, trade.stranger_org)
    db.session.commit()
    left = factories.client(ctx, trade.buyer_user, trade.stranger_org)
    values: dict[str, Any] = {"code": deal.code, "milestone_id": deal.milestones[0].id, "due_id": 1,
                              "reply": "agree"}
    tried = 0
    for rule in ctx.url_map.iter_rules():
        if not rule.rule.startswith("/deals/<code>") or rule.endpoint in STAFF_ONLY:
            continue
        said = {"deals.answer_milestone": "accept", "payments.move_due": "contest"}
        values["action"] = said.get(rule.endpoint, "cancel")
        path = rule.build({name: values[name] for name in rule.arguments}, append_unknown=False)[1]
        for method in {"GET", "POST"} & (rule.methods or set()):
            for web in (client(ctx, trade, "stranger"), left):
                assert web.open(path, method=method).status_code == 404, (method, path)
            tried += 1
    assert tried >= 15


@pytest.mark.parametrize("state", DEAL.names)
@pytest.mark.parametrize("regime", ["registration", pytest.param("voluntary", marks=pytest.mark.thorough)])
def test_the_record_shows_in_every_state_to_everybody_who_may(ctx: Flask, trade: Trade, state: str, regime: str) -> None:
    deal = deal_in(state, trade, regime=regime)
    for name in ("supplier", "buyer_editor", "officer", "auditor"):
        client(ctx, trade, name).get(f"/deals/{deal.code}")  # the first of a day also records that staff has read it
        for locale in ("vi", "en"):
            with statements(ctx) as seen:
                answer = client(ctx, trade, name, locale).get(f"/deals/{deal.code}")
            assert answer.status_code == 200, (name, state)
            assert deal.frozen_sha256 in answer.text
            assert ("1.200.000.000" if locale == "vi" else "1,200,000,000") in answer.text
            assert len(seen) <= MOST, f"{name}, {state}: {len(seen)} statements"


def test_a_page_that_is_out_of_date_gets_409_with_what_happened_and_what_was_typed(ctx: Flask, trade: Trade) -> None:
    deal = deal_in("delivering", trade)
    supplier, buyer, here = client(ctx, trade, "supplier"), client(ctx, trade, "buyer"), f"/deals/{deal.code}"
    why = {"reason_code": "quality", "reason": "Nước sau lọc còn 14 µg asen mỗi lít."}
    assert buyer.post(f"{here}/moves/dispute?seen=delivering", data=why).status_code == 302
    other = {"reason_code": "payment", "reason": "Chưa trả đợt một."}
    late = supplier.post(f"{here}/moves/dispute?seen=delivering", data=other)
    assert late.status_code == 409
    assert "Chưa trả đợt một." in late.text and "Chậm hoặc không thanh toán" in late.text
    assert "Nước sau lọc còn 14 µg asen mỗi lít." in late.text and "Lê Thị Hoa" in late.text
    assert buyer.post(f"{here}/moves/dispute?seen=delivering", data=why).status_code == 409  # the own second click
    assert db.session.query(Event).filter_by(subject_id=deal.id, action="deal.dispute").count() == 1


def test_a_dispute_during_delivery_is_resolved_and_the_delivery_goes_on(ctx: Flask, trade: Trade) -> None:
    deal = deal_in("delivering", trade)
    supplier, buyer, here = client(ctx, trade, "supplier"), client(ctx, trade, "buyer"), f"/deals/{deal.code}"
    refused = buyer.post(f"{here}/moves/dispute", data={"reason_code": "quality", "reason": ""})
    assert refused.status_code == 422 and "Hãy mô tả nội dung tranh chấp" in refused.text
    assert '<option value="quality" selected>' in refused.text
    uncoded = buyer.post(f"{here}/moves/dispute", data={"reason_code": "", "reason": "Chưa đạt."})
    assert uncoded.status_code == 422 and 'id="reason_code-error"' in uncoded.text
    buyer.post(f"{here}/moves/dispute", data={"reason_code": "quality", "reason": "Chưa đạt 10 µg/l."})
    page = buyer.get(here).text
    assert "Chưa đạt 10 µg/l." in page and "/moves/resume_delivering" in page and "/moves/resume_effective" not in page
    assert "/moves/resume_delivering" not in supplier.get(here).text
    assert supplier.post(f"{here}/moves/resume_delivering", data={"reason": "Xong"}).status_code == 403
    officer = client(ctx, trade, "officer")
    assert "/moves/resume_delivering" in officer.get(here).text
    assert officer.post(f"{here}/moves/resume_delivering", data={"reason": "Hai bên đã thống nhất."}).status_code == 302
    page = supplier.get(here).text
    assert "Hai bên đã thống nhất." in page and "/deliver" in page
    assert trade.officer_user.name not in page


def test_buttons_are_exactly_those_the_table_and_the_guards_allow(ctx: Flask, trade: Trade) -> None:
    later = clock.today() + timedelta(days=5)
    shown = {
        ("terms_agreed", "buyer_editor"): {"draft", "renegotiate", "cancel"},
        ("drafting", "supplier"): {"renegotiate", "cancel"},  # the contract is empty
        ("awaiting_signature", "buyer"): {"redraft", "cancel"},
        ("effective", "supplier"): {"begin_delivery", "dispute"},
        ("effective", "buyer"): {"dispute"},
        ("delivering", "supplier"): {"dispute"},  # nothing is delivered yet
        ("acceptance", "buyer"): {"return_defects", "dispute"},
        ("signed", "officer"): set(),
        ("completed", "buyer"): set(),
    }
    for (state, who), actions in shown.items():
        deal = deal_in(state, trade, **({"effective_on": later} if state == "signed" else {}))
        page = client(ctx, trade, who).get(f"/deals/{deal.code}").text
        assert set(re.findall(r"/moves/(\w+)", page)) == actions, (state, who)


def test_people_s_words_are_inert_on_the_record(ctx: Flask, trade: Trade) -> None:
    nasty = "<script>alert(1)</script><img src=x onerror=alert(2)>"
    deal = deal_in("completed", trade, title=nasty, result=nasty, contract={"technology": nasty, "price": nasty},
                   contract_no=nasty, minutes_no=nasty, terms={"scope": nasty, "penalties": nasty})
    deal.milestones[0].note = deal.milestones[0].title = nasty
    db.session.commit()
    for path in (f"/deals/{deal.code}", "/my/deals"):
        page = client(ctx, trade, "buyer").get(path).text
        assert "<script>alert" not in page and "<img src=x" not in page
