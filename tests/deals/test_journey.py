"""From the accepted version to the end, through the web only, by both sides: an exclusive licence and a cancelled deal."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import Flask
from sqlalchemy import select

from marketplace.core.events import Event
from marketplace.core.extensions import db
from marketplace.core.history_check import broken_links
from marketplace.deals.actions import reservation
from marketplace.deals.models import Deal
from marketplace.listings.models import Listing
from marketplace.negotiation.actions import moves
from marketplace.values import clock
from tests.deals.factories import days_later
from tests.deals.test_delivery import acceptance
from tests.deals.test_signing import form
from tests.negotiation.factories import Cast
from tests.negotiation.terms_samples import EXCLUSIVE, proposed


def opened(cast: Cast, ctx: Flask, **said: Any) -> tuple[Deal, Listing]:
    """A deal that the buyer opened by accepting the supplier's version on its page."""
    lead = cast.interest()
    moves.accept(lead, cast.supplier)
    version = proposed(cast, lead, **said)
    answer = cast.client(ctx, "buyer").post(f"/leads/{lead.code}/terms/{version.number}/accept")
    assert answer.status_code == 302
    db.session.expire_all()
    deal = db.session.scalars(select(Deal)).one()
    assert answer.headers["Location"] == f"/deals/{deal.code}"
    return deal, db.session.get_one(Listing, deal.listing_id)


def test_the_conversation_and_its_terms_lead_to_the_deal_they_became(cast: Cast, ctx: Flask) -> None:
    talking = cast.lead_in("negotiating")
    deal, _listing = opened(cast, ctx)
    pages = [("buyer", ""), ("supplier", ""), ("officer", ""), ("buyer", "/terms/1"), ("supplier", "/terms/1")]
    for name, below in pages:
        page = cast.client(ctx, name).get(f"/leads/{deal.lead.code}{below}").text
        assert f'href="/deals/{deal.code}"' in page, (name, below)
        assert "Đã thống nhất điều khoản" in page
    assert "/deals/" not in cast.client(ctx, "buyer").get(f"/leads/{talking.code}").text.split("<main")[1]


def press(web: Any, path: str, **data: Any) -> None:
    answer = web.post(path, data=data)
    assert answer.status_code == 302, (path, answer.status_code, answer.text[-3000:])


def test_an_exclusive_licence_from_acceptance_to_its_last_day(cast: Cast, ctx: Flask) -> None:
    deal, listing = opened(cast, ctx, **EXCLUSIVE, term_months=12)
    supplier, buyer, here = cast.client(ctx, "supplier"), cast.client(ctx, "buyer"), f"/deals/{deal.code}"
    assert (deal.state, listing.state) == ("terms_agreed", "reserved")
    press(supplier, f"{here}/moves/draft?seen=terms_agreed")
    press(buyer, f"{here}/contract", lock="1", item_liability="Bồi thường thiệt hại thực tế.", contract_no="15/HĐ")
    press(supplier, f"{here}/moves/present?seen=drafting")
    press(cast.client(ctx, "supplier_signer"), f"{here}/signature", **form())
    press(cast.client(ctx, "buyer_signer"), f"{here}/signature", **form())
    press(buyer, f"{here}/moves/take_effect?seen=signed")
    press(supplier, f"{here}/moves/begin_delivery?seen=effective")
    for milestone in db.session.get_one(Deal, deal.id).milestones:
        press(supplier, f"{here}/milestones/{milestone.id}/deliver", note="Đã bàn giao theo biên bản.")
    press(buyer, f"{here}/moves/dispute?seen=delivering", reason_code="documents", reason="Thiếu bản vẽ.")
    press(buyer, f"{here}/moves/resume_delivering?seen=disputed", reason="Đã nhận đủ bản vẽ.")
    press(supplier, f"{here}/moves/hand_over?seen=delivering")
    press(buyer, f"{here}/moves/return_defects?seen=acceptance", reason="Rò nước ở cột lọc số 2.")
    press(supplier, f"{here}/moves/hand_over?seen=delivering")
    press(buyer, f"{here}/acceptance", **acceptance())
    db.session.expire_all()
    assert (deal.state, deal.value_realised, listing.state) == ("completed", 1_150_000_000, "reserved")
    assert deal.licensed_until is not None and listing.licensed_until == deal.licensed_until
    left = (deal.licensed_until - clock.today()).days
    with days_later(left):
        assert reservation.release_ended() == 0  # its last day
    with days_later(left + 1):
        assert reservation.release_ended() == 1
    assert listing.state == "published"
    assert supplier.get(f"{here}/record.pdf").data.startswith(b"%PDF")
    told = list(db.session.scalars(select(Event.action).where(Event.subject_kind == "deal").order_by(Event.seq)))
    assert told.index("deal.agree") < told.index("deal.conclude") < told.index("deal.dispute") < told.index("deal.complete")
    assert list(broken_links()) == []


def test_a_deal_is_negotiated_again_cancelled_and_its_technology_is_free(cast: Cast, ctx: Flask) -> None:
    deal, listing = opened(cast, ctx, **EXCLUSIVE)
    supplier, buyer, here = cast.client(ctx, "supplier"), cast.client(ctx, "buyer"), f"/deals/{deal.code}"
    press(buyer, f"{here}/moves/renegotiate?seen=terms_agreed", reason="Cần giảm phạm vi và giá.")
    db.session.expire_all()
    assert (deal.state, listing.state, deal.lead.terms_open) == ("negotiating", "reserved", True)
    version = proposed(cast, deal.lead, "buyer", **EXCLUSIVE, price=900_000_000, milestones=[
        {"title": "Một lần", "deliverable": "Toàn bộ", "amount": 900_000_000,
         "due_on": (clock.today() + timedelta(days=40)).isoformat()}])
    press(supplier, f"/leads/{deal.lead.code}/terms/{version.number}/accept")
    db.session.expire_all()
    assert (deal.state, deal.price, [one.amount for one in deal.milestones]) == ("terms_agreed", 900_000_000, [900_000_000])
    press(supplier, f"{here}/moves/draft?seen=terms_agreed")
    assert "900.000.000" in db.session.get_one(Deal, deal.id).contract["price"]
    press(buyer, f"{here}/moves/renegotiate?seen=drafting", reason="Thêm đào tạo.")
    left_open = proposed(cast, db.session.get_one(Deal, deal.id).lead, "supplier", **EXCLUSIVE)
    press(buyer, f"{here}/moves/cancel?seen=negotiating", reason="Ngân sách không được duyệt.")
    db.session.expire_all()
    assert (deal.state, deal.holds_listing, listing.state) == ("cancelled", False, "published")
    assert (deal.lead.terms_open, left_open.state) == (False, "superseded")
    assert "Ngân sách không được duyệt." in supplier.get(here).text
