"""What opens when both sides agree: the deal with its frozen copy, schedule, regime and reservation."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from marketplace.core.errors import IllegalMove, NotAllowed
from marketplace.core.events import Event, history, transition
from marketplace.core.extensions import db
from marketplace.core.history_check import broken_links
from marketplace.deals.lifecycle import DEAL
from marketplace.deals.models import Deal, Milestone
from marketplace.deals.snapshot import digest
from marketplace.deals.timeline import timeline
from marketplace.listings.models import Listing
from marketplace.negotiation.actions import moves, terms
from marketplace.negotiation.models import Lead
from tests.negotiation.factories import Cast
from tests.negotiation.terms_samples import EXCLUSIVE, PRICE, milestones, proposed

OWNERSHIP: dict[str, Any] = {"transfer_right": "ownership", "exclusivity": "", "term_months": None}


def talks(cast: Cast, listing: Listing | None = None) -> Lead:
    lead = cast.interest(listing)
    moves.accept(lead, cast.supplier)
    db.session.commit()
    return lead


def agree(cast: Cast, lead: Lead, **said: Any) -> Deal:
    """Both sides accept a version of the supplier; committed."""
    terms.accept(proposed(cast, lead, **said), cast.buyer)
    db.session.commit()
    return db.session.scalars(select(Deal).where(Deal.lead_id == lead.id)).one()


def renegotiate(cast: Cast, deal: Deal) -> None:
    """What `deals` does at that move, committed."""
    transition(deal, DEAL, "renegotiate", cast.buyer, {"buyer"}, reason="Cần đổi phạm vi.")
    terms.open_terms(deal.lead)
    db.session.commit()


def test_a_deal_takes_over_what_was_agreed(cast: Cast) -> None:
    lead = talks(cast)
    deal = agree(cast, lead)
    assert deal.code.startswith("GD-")
    assert (deal.state, deal.price, deal.exclusive, deal.holds_listing) == ("terms_agreed", PRICE, False, False)
    parties = (lead.listing_id, lead.supplier_org_id, lead.buyer_org_id)
    assert (deal.listing_id, deal.supplier_org_id, deal.buyer_org_id) == parties
    assert (deal.title, deal.regime, deal.control_class) == ("Màng lọc nano xử lý nước nhiễm asen", "voluntary", "ordinary")
    rows = [(one.position, one.title, one.due_on.isoformat(), one.amount, one.state) for one in deal.milestones]
    wanted = [(number, row["title"], row["due_on"], row["amount"], "planned") for number, row in enumerate(milestones(), 1)]
    assert rows == wanted
    assert sum(one.amount for one in deal.milestones) == deal.price
    assert deal.frozen_sha256 == digest(deal.frozen)


def test_everything_that_happened_is_an_event_of_its_subject(cast: Cast) -> None:
    lead = talks(cast)
    deal = agree(cast, lead, **EXCLUSIVE)
    base = {"lead_id": lead.id, "listing_id": lead.listing_id, "need_id": None, "supplier_org_id": lead.supplier_org_id,
            "buyer_org_id": lead.buyer_org_id}
    opened, agreed = db.session.scalars(history("deal", deal.id).order_by(None).order_by(Event.seq)).all()
    assert (opened.action, opened.from_state, opened.to_state) == ("deal.open", "", "")
    about = {**base, "deal_id": deal.id, "side": "buyer"}
    assert opened.data == {**about, "number": 1, "regime": "voluntary", "exclusive": True}
    assert (agreed.action, agreed.from_state, agreed.to_state) == ("deal.agree", "negotiating", "terms_agreed")
    assert agreed.data["sha256"] == deal.frozen_sha256
    reserved = db.session.scalars(select(Event).where(Event.action == "listing.reserve")).one()
    assert (reserved.actor_id, reserved.on_behalf_of) == (None, None), "the listing's history names no buyer"
    assert reserved.data == about
    converted = db.session.scalars(select(Event).where(Event.action == "lead.convert")).one()
    assert converted.data == {**base, "side": "buyer", "number": 1}
    assert list(broken_links()) == []


@pytest.mark.parametrize("said", [EXCLUSIVE, {"exclusivity": "sole"}, OWNERSHIP])
@pytest.mark.parametrize("state", ["published", "stale"])
def test_terms_that_exclude_others_reserve_the_technology(cast: Cast, said: dict[str, Any], state: str) -> None:
    lead = talks(cast, cast.listing(state=state))
    deal = agree(cast, lead, **said)
    assert (deal.exclusive, deal.holds_listing) == (True, True)
    assert db.session.get_one(Listing, lead.listing_id).state == "reserved"


@pytest.mark.parametrize(
    ("state", "said", "open_to"),
    [
        ("published", {}, True), ("stale", {}, True), ("unpublished", {}, True),
        ("reserved", {}, False), ("suspended", {}, False), ("removed", {}, False), ("transferred", {}, False),
        ("unpublished", EXCLUSIVE, False), ("reserved", EXCLUSIVE, False), ("suspended", EXCLUSIVE, False),
        ("transferred", EXCLUSIVE, False), ("removed", EXCLUSIVE, False),
    ],
)
def test_only_what_is_free_can_be_dealt_in(cast: Cast, state: str, said: dict[str, Any], open_to: bool) -> None:
    lead = talks(cast)
    version = proposed(cast, lead, **said)
    lead.listing.state = state
    db.session.commit()
    if open_to:
        terms.accept(version, cast.buyer)
        return
    with pytest.raises(IllegalMove, match="Nothing was accepted"):
        terms.accept(version, cast.buyer)
    db.session.rollback()
    assert (version.state, version.buyer_accepted_at, lead.state) == ("proposed", None, "negotiating")
    assert db.session.scalar(select(Deal.id)) is None


def test_nobody_gets_alone_what_another_live_deal_is_about(cast: Cast) -> None:
    listing = cast.listing()
    first = agree(cast, talks(cast, listing))
    other = Cast("Công ty Thứ Hai")
    other.supplier, other.supplier_org = cast.supplier, cast.supplier_org
    version = proposed(other, talks(other, listing), **EXCLUSIVE)
    with pytest.raises(IllegalMove, match="Another deal"):
        terms.accept(version, other.buyer)
    db.session.rollback()
    first.state = "cancelled"
    db.session.commit()
    terms.accept(version, other.buyer)
    assert listing.state == "reserved"


@pytest.mark.parametrize(
    ("control", "said", "listed", "regime"),
    [
        ("ordinary", {}, {"funding_source": "state_budget"}, "registration"),
        ("ordinary", {}, {"funding_source": "mixed", "result_certificate_no": "7/GCN"}, "voluntary"),
        ("encouraged", {"direction": "in"}, {}, "registration"),
        ("restricted", {}, {}, "permit"),
        ("", {}, {}, "unclassified"),
        ("ordinary", {}, {"funding_source": ""}, "unclassified"),
        ("ordinary", {"funding_source": "private"}, {"funding_source": ""}, "voluntary"),
        ("ordinary", {"funding_source": "private"}, {"funding_source": "state_budget"}, "registration"),
    ],
)
def test_the_regime_follows_from_listing_and_terms(
    cast: Cast, control: str, said: dict[str, Any], listed: dict[str, Any], regime: str
) -> None:
    listing = cast.listing(control_class=control, **listed)
    deal = agree(cast, talks(cast, listing), **said)
    assert (deal.regime, deal.control_class) == (regime, control)


def test_a_banned_technology_opens_no_deal(cast: Cast) -> None:
    lead = talks(cast)
    version = proposed(cast, lead)
    lead.listing.published_revision.control_class = "banned"
    db.session.commit()
    with pytest.raises(NotAllowed, match="banned"):
        terms.accept(version, cast.buyer)


def test_a_need_without_a_listing_is_dealt_in_by_its_name(cast: Cast) -> None:
    lead = cast.answer(hidden=True)
    moves.accept(lead, cast.buyer)
    deal = agree(cast, lead, funding_source="private", **EXCLUSIVE)
    assert (deal.title, deal.listing_id, deal.need_id) == (lead.need.published_revision.title, None, lead.need_id)
    assert (deal.regime, deal.exclusive, deal.holds_listing) == ("unclassified", True, False)
    assert deal.frozen["listing"] is None


@pytest.mark.parametrize("state", ["shortlisting", "open", "negotiating"])
def test_a_need_that_is_being_shortlisted_moves_on(cast: Cast, state: str) -> None:
    lead = cast.answer()
    moves.accept(lead, cast.buyer)
    lead.need.state = state
    agree(cast, lead, funding_source="private")
    assert lead.need.state == ("negotiating" if state == "shortlisting" else state)
    moved = db.session.scalars(select(Event).where(Event.action == "need.negotiate")).all()
    assert [event.actor_id for event in moved] == ([None] if state == "shortlisting" else [])


@pytest.mark.parametrize("state", ["suspended", "removed"])
def test_a_need_the_exchange_has_stopped_opens_no_deal(cast: Cast, state: str) -> None:
    lead = cast.answer()
    moves.accept(lead, cast.buyer)
    version = proposed(cast, lead, funding_source="private")
    lead.need.state = state
    with pytest.raises(IllegalMove, match="suspended or removed"):
        terms.accept(version, cast.buyer)


def test_new_terms_take_the_place_of_the_old_ones(cast: Cast) -> None:
    lead = talks(cast)
    deal = agree(cast, lead)
    code, former, first = deal.code, deal.frozen_sha256, deal.terms_id
    renegotiate(cast, deal)
    again = agree(cast, lead, price=900_000_000, milestones=milestones(900_000_000, 2), **EXCLUSIVE)
    assert (again.id, again.code, again.state) == (deal.id, code, "terms_agreed")
    assert (again.price, again.exclusive, again.holds_listing) == (900_000_000, True, True)
    assert again.terms_id != first
    assert again.frozen_sha256 == digest(again.frozen) != former
    assert [one.amount for one in again.milestones] == [450_000_000, 450_000_000]
    assert len(list(db.session.scalars(select(Milestone).where(Milestone.retired_at.is_(None))))) == 2
    agreed = db.session.scalars(history("deal", deal.id)).first()
    assert agreed is not None
    assert (agreed.data["former_sha256"], agreed.data["sha256"]) == (former, again.frozen_sha256)
    assert (lead.state, lead.terms_open) == ("converted", False)


def test_a_line_of_the_schedule_that_stays_keeps_its_row_under_new_terms(cast: Cast) -> None:
    lead = talks(cast)
    first = milestones(900_000_000, 3)
    deal = agree(cast, lead, price=900_000_000, milestones=first)
    before = {one.title: one.id for one in deal.milestones}
    titles = [row["title"] for row in first]
    renegotiate(cast, deal)
    changed = {**first[1], "amount": 200_000_000, "due_on": first[2]["due_on"]}
    added = {**first[0], "title": "Đào tạo vận hành", "amount": 400_000_000}
    again = agree(cast, lead, price=900_000_000, milestones=[added, first[0], changed])
    assert [one.position for one in again.milestones] == [1, 2, 3]
    assert [one.title for one in again.milestones] == ["Đào tạo vận hành", titles[0], titles[1]]
    new, third, second = again.milestones
    assert (second.id, third.id) == (before[titles[1]], before[titles[0]])  # moved, or its figures changed: the same line
    assert new.id not in before.values()
    assert (second.amount, second.due_on.isoformat()) == (200_000_000, first[2]["due_on"])
    left = db.session.get_one(Milestone, before[titles[2]])  # retired, not deleted
    assert left.retired_at is not None and left not in again.milestones
    retired = db.session.scalars(history("milestone", left.id)).one()
    assert (retired.action, retired.data["title"], retired.data["amount"]) == ("milestone.retire", titles[2], left.amount)
    [said] = [one["detail"] for one in timeline(again, cast.supplier) if one["label"] == "Mốc được đưa ra khỏi tiến độ"]
    assert said == f"{titles[2]}, 300.000.000\u00a0₫"
    renegotiate(cast, deal)
    once_more = agree(cast, lead, price=900_000_000, milestones=first)
    assert [one.position for one in once_more.milestones] == [1, 2, 3] and left not in once_more.milestones


def test_lines_of_one_title_are_told_apart_by_what_they_say(cast: Cast) -> None:
    lead = talks(cast)
    rows = [{**row, "title": "Thanh toán", "due_on": milestones()[0]["due_on"], "amount": amount}
            for row, amount in zip(milestones(), (100_000_000, 200_000_000, 600_000_000), strict=True)]
    deal = agree(cast, lead, price=900_000_000, milestones=rows)
    ids = [one.id for one in deal.milestones]
    renegotiate(cast, deal)
    again = agree(cast, lead, price=900_000_000, milestones=[rows[2], rows[0], rows[1]])
    assert [one.id for one in again.milestones] == [ids[2], ids[0], ids[1]]


def test_a_reservation_follows_the_terms_in_force(cast: Cast) -> None:
    lead = talks(cast)
    deal = agree(cast, lead, **EXCLUSIVE)
    for said, state in ((EXCLUSIVE, "reserved"), ({}, "published"), (OWNERSHIP, "reserved")):
        renegotiate(cast, deal)
        agree(cast, lead, **said)
        assert lead.listing.state == state
        assert deal.holds_listing == (state == "reserved")
    moved = select(Event.action).where(Event.subject_kind == "listing").order_by(Event.id)
    assert list(db.session.scalars(moved)) == ["listing.reserve", "listing.release", "listing.reserve"]


def test_a_class_given_by_an_officer_outlives_new_terms(cast: Cast) -> None:
    lead = talks(cast, cast.listing(control_class=""))
    deal = agree(cast, lead)
    deal.control_class, deal.regime = "ordinary", "voluntary"
    db.session.commit()
    renegotiate(cast, deal)
    agree(cast, lead, direction="out")
    assert (deal.control_class, deal.regime) == ("ordinary", "registration")


def test_a_deal_beyond_negotiating_takes_no_new_terms(cast: Cast) -> None:
    lead = talks(cast)
    deal = agree(cast, lead)
    lead.terms_open = True  # as if somebody had forgotten to move the deal
    version = proposed(cast, lead)
    with pytest.raises(IllegalMove):
        terms.accept(version, cast.buyer)
    assert deal.terms_id != version.id
