"""Every action × state × role of a deal: by the table, and through the verb with its guards; what follows from moves."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from marketplace.core.access import SYSTEM, Actor
from marketplace.core.errors import DomainError, IllegalMove, Invalid, Missing, NotAllowed
from marketplace.core.events import Event
from marketplace.core.extensions import db
from marketplace.deals.actions.transitions import move
from marketplace.deals.lifecycle import DEAL, MILESTONE
from marketplace.deals.models import Deal
from marketplace.deals.requirements import offered
from marketplace.files import actions as files
from marketplace.listings.models import Listing
from marketplace.values import clock
from tests.deals.factories import Trade, add_signature, deal_in, full_contract
from tests.files import samples as uploads
from tests.lifecycle_matrix import REASON, check_table


def test_every_move_of_the_table() -> None:
    check_table(DEAL, roles=("officer", "claimant", "respondent"))


def test_every_move_of_a_milestone_in_the_table() -> None:
    check_table(MILESTONE)


def ready(deal: Deal, trade: Trade) -> Deal:
    """Make every guard content, so that only the table decides."""
    deal.contract = full_contract()
    deal.minutes_no, deal.minutes_on, deal.result, deal.value_realised = "01", clock.today(), "Đạt", 1
    deal.ending_asked_by, deal.ending_code = "supplier", "mutual"
    stored = files.store_upload(uploads.upload(uploads.picture(), "biên bản.png"), trade.buyer)
    for role in ("minutes", "evidence"):
        files.attach(stored, deal, role, "confidential")
    for milestone in deal.milestones:
        milestone.state, milestone.delivered_at = "delivered", clock.now()
    if deal.state == "awaiting_signature":
        for side in ("supplier", "buyer"):
            add_signature(deal, trade, side)
    db.session.commit()
    return deal


def expected(deal: Deal, action: str, roles: frozenset[str]) -> str | type[DomainError]:
    """What the raw rows say must happen; silence is the state it has."""
    rows = [row for row in DEAL.table if row.action == action]
    mine = [row for row in rows if set(row.roles) & roles]
    for row in mine:
        if deal.state in row.from_states:
            wrong_way = action.startswith("resume_") and action != "resume_delivering"
            return IllegalMove if wrong_way else row.to_state
    if any(deal.state in row.settled for row in mine):
        return deal.state
    somebody_may = any(deal.state in row.from_states for row in rows)
    return NotAllowed if somebody_may or not mine else IllegalMove


@pytest.mark.parametrize("state", DEAL.names)
def test_the_verb_allows_exactly_what_the_table_allows(trade: Trade, state: str) -> None:
    deal = ready(deal_in(state, trade), trade)
    people: dict[str, Actor] = {
        "supplier": trade.supplier, "buyer": trade.buyer, "officer": trade.officer, "moderator": trade.moderator,
        "leader": trade.leader, "stranger": trade.stranger, "system": SYSTEM,
    }
    for name, actor in people.items():
        for action in DEAL.actions:
            want = expected(deal, action, deal.roles_of(actor))
            code = {"dispute": "late", "terminate": deal.ending_code}.get(action, "")
            try:
                move(deal, action, actor, code, REASON)
                result: Any = deal.state
            except DomainError as error:
                result = type(error)
            assert result == want, f"{action} of a deal {state} by {name}"
            db.session.rollback()


def test_only_the_way_back_to_the_origin_of_a_dispute_is_offered(trade: Trade) -> None:
    deal = deal_in("disputed", trade, disputed_from="acceptance")
    assert offered(deal, trade.buyer) == {"resume_acceptance"}
    assert offered(deal, trade.officer) == {"resume_acceptance"}
    assert offered(deal, trade.supplier) == set()


def test_a_dispute_during_delivery_is_resolved_where_it_began(trade: Trade) -> None:
    deal = deal_in("delivering", trade)
    with pytest.raises(Invalid) as caught:
        move(deal, "dispute", trade.buyer, "no such code", "Chậm ba tuần.")
    assert caught.value.field == "reason_code"
    event = move(deal, "dispute", trade.buyer, "late", "Chậm ba tuần.")
    assert event is not None
    assert (event.reason_code, event.reason, event.data["side"]) == ("late", "Chậm ba tuần.", "buyer")
    assert (deal.state, deal.disputed_from, deal.disputed_by) == ("disputed", "delivering", "buyer")
    with pytest.raises(NotAllowed):
        move(deal, "resume_delivering", trade.supplier, "", "Chúng tôi đã giao.")
    move(deal, "resume_delivering", trade.buyer, "", "Hai bên thống nhất lịch mới.")
    assert (deal.state, deal.disputed_from, deal.disputed_by) == ("delivering", "", "")


def test_the_contract_goes_to_signature_only_complete_and_in_dong(trade: Trade) -> None:
    deal = deal_in("drafting", trade, contract={**full_contract(), "warranty": " ", "definitions": ""})
    with pytest.raises(Missing) as lacks:
        move(deal, "present", trade.supplier)
    assert lacks.value.fields == ["warranty"]
    deal.contract = {**full_contract(), "price": "50.000 USD theo tỷ giá ngày thanh toán", "definitions": "", "other": ""}
    with pytest.raises(Invalid) as foreign:
        move(deal, "present", trade.supplier)
    assert foreign.value.field == "item_price"
    deal.contract = {**deal.contract, "price": "1.200.000.000 ₫"}
    move(deal, "present", trade.supplier)
    assert deal.state == "awaiting_signature"


def test_a_contract_without_a_schedule_is_not_signed(trade: Trade) -> None:
    deal = deal_in("drafting", trade, contract=full_contract(), terms={"milestones": []})
    with pytest.raises(Invalid, match="milestone"):
        move(deal, "present", trade.buyer)


@pytest.mark.parametrize("action, state", [("draft", "terms_agreed"), ("present", "drafting"), ("take_effect", "signed"),
                                           ("complete", "acceptance")])
def test_moves_that_bind_need_both_organisations_verified(trade: Trade, action: str, state: str) -> None:
    deal = ready(deal_in(state, trade), trade)
    trade.supplier_org.state = "suspended"
    with pytest.raises(NotAllowed, match="verified"):
        move(deal, action, trade.buyer)
    assert deal.state == state


@pytest.mark.parametrize("regime", ["registration", "permit", "unclassified"])
def test_other_regimes_stop_at_signed(trade: Trade, regime: str) -> None:
    deal = deal_in("signed", trade, regime=regime, effective_on=clock.today())
    for actor in (trade.supplier, trade.buyer, SYSTEM):
        with pytest.raises(Invalid):
            move(deal, "take_effect", actor)
    assert deal.state == "signed"


def test_a_contract_takes_effect_on_the_agreed_day_and_not_before(trade: Trade) -> None:
    deal = deal_in("signed", trade, effective_on=clock.today().replace(year=clock.today().year + 1))
    with pytest.raises(Invalid, match="takes effect on"):
        move(deal, "take_effect", trade.buyer)
    deal.effective_on = clock.today()
    move(deal, "take_effect", trade.buyer)
    assert deal.state == "effective"


def test_handing_over_needs_every_milestone_delivered(trade: Trade) -> None:
    deal = deal_in("delivering", trade, milestones=["accepted", "delivered", "returned"])
    with pytest.raises(Invalid, match="milestone"):
        move(deal, "hand_over", trade.supplier)
    deal.milestones[2].state = "delivered"
    move(deal, "hand_over", trade.supplier)
    assert deal.state == "acceptance"


def reserved(trade: Trade) -> Listing:
    return trade.listing(state="reserved")


@pytest.mark.parametrize("state, action", [("drafting", "cancel"), ("delivering", "terminate")])
def test_leaving_a_deal_releases_the_technology_and_closes_the_terms(trade: Trade, state: str, action: str) -> None:
    listing = reserved(trade)
    deal = deal_in(state, trade, listing=listing, holds_listing=True, exclusive=True, ending_asked_by="supplier",
                   ending_code="mutual")
    deal.lead.terms_open = True
    move(deal, action, trade.buyer, deal.ending_code, REASON)
    assert (listing.state, deal.holds_listing, deal.lead.terms_open) == ("published", False, False)


def test_negotiating_again_opens_the_terms_and_keeps_the_technology_reserved(trade: Trade) -> None:
    listing = reserved(trade)
    deal = deal_in("terms_agreed", trade, listing=listing, holds_listing=True, exclusive=True)
    move(deal, "draft", trade.supplier)
    deal.contract = {**deal.contract, "penalties": "12 % theo thỏa thuận riêng"}
    move(deal, "renegotiate", trade.buyer, "", "Giảm phạm vi.")
    assert (deal.lead.terms_open, listing.state, deal.holds_listing) == (True, "reserved", True)
    assert deal.contract["price"] == ""  # it said what the old terms say
    assert deal.contract["penalties"] == "12 % theo thỏa thuận riêng"  # written by hand


def test_ownership_passes_when_the_deal_is_completed(trade: Trade) -> None:
    listing = reserved(trade)
    deal = deal_in("acceptance", trade, listing=listing, holds_listing=True, exclusive=True,
                   terms={"transfer_right": "ownership", "exclusivity": "", "term_months": None})
    move(ready(deal, trade), "complete", trade.buyer)
    assert (deal.state, listing.state, deal.holds_listing) == ("completed", "transferred", False)
    assert deal.completed_at is not None
    assert {one.state for one in deal.milestones} == {"accepted"}


def test_an_exclusive_licence_ends_with_its_term_counted_from_the_day_of_effect(trade: Trade) -> None:
    listing = reserved(trade)
    deal = deal_in("signed", trade, listing=listing, holds_listing=True, exclusive=True, effective_on=clock.today(),
                   terms={"exclusivity": "exclusive", "term_months": 12})
    move(deal, "take_effect", SYSTEM)
    assert deal.licensed_until is not None
    assert 363 <= (deal.licensed_until - clock.today()).days <= 366
    assert listing.licensed_until == deal.licensed_until


def test_completing_needs_someone_who_may_bind_and_all_the_proof(trade: Trade) -> None:
    deal = deal_in("acceptance", trade)
    with pytest.raises(NotAllowed):
        move(deal, "complete", trade.buyer_editor)
    with pytest.raises(Invalid):
        move(deal, "complete", trade.buyer)
    assert deal.state == "acceptance"


def test_every_move_is_an_event_that_says_who_for_whom_and_about_what(trade: Trade) -> None:
    deal = deal_in("terms_agreed", trade)
    move(deal, "draft", trade.supplier_editor)
    event = db.session.query(Event).filter_by(subject_kind="deal", subject_id=deal.id).one()
    assert (event.action, event.from_state, event.to_state) == ("deal.draft", "terms_agreed", "drafting")
    assert (event.actor_id, event.on_behalf_of) == (trade.supplier_editor.user_id, trade.supplier_org.id)
    assert event.data == {
        "lead_id": deal.lead_id, "deal_id": deal.id, "listing_id": deal.listing_id, "need_id": None, "side": "supplier",
        "supplier_org_id": trade.supplier_org.id, "buyer_org_id": trade.buyer_org.id,
    }


def test_the_draft_is_filled_in_from_the_terms_in_vietnamese(trade: Trade, ctx: Flask) -> None:
    deal = deal_in("terms_agreed", trade)
    with ctx.test_request_context(headers={"Cookie": "lang=en"}):
        move(deal, "draft", trade.buyer)
    assert "1.200.000.000" in deal.contract["price"]
    assert "Chuyển quyền sử dụng" in deal.contract["right"]
    assert "36 tháng" in deal.contract["term"]
    assert deal.contract["schedule"].count("\n") == 2
    assert deal.contract["liability"] == ""
