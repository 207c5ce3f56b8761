"""Matches on both pages: found, explained, kept current, marked by operators, and leaking nothing."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import select

from marketplace.core.access import GUEST
from marketplace.core.errors import Invalid, NotAllowed
from marketplace.core.events import Event, transition
from marketplace.core.extensions import db
from marketplace.core.outbox import drain
from marketplace.listings.kind import KIND as LISTING_KIND
from marketplace.matching import queries
from marketplace.matching.actions import mark
from marketplace.matching.models import Match
from tests import factories
from tests.listings import samples
from tests.matching.market import LAMP, Market, best


@pytest.fixture
def market(ctx: Flask) -> Market:
    return Market()


def test_a_need_finds_its_listing_and_says_why(market: Market) -> None:
    fitting = market.offer()
    market.offer(**LAMP)
    drain()
    found = best(market.need)
    assert [one.listing_id for one in found] == [fitting.id]
    reasons = {row["factor"]: row for row in found[0].factors}
    assert set(reasons) == {"text", "field", "trl", "money", "form", "place", "control"}
    assert {reasons[name]["verdict"] for name in ("text", "trl", "money", "form", "place")} == {"fits"}
    assert found[0].strength == "strong"


def test_misfits_are_said_and_lower_the_score(market: Market) -> None:
    cheap, dear = market.offer(), market.offer(price_min=2_300_000_000, field_code="4", province_code="79")
    drain()
    scores = {one.listing_id: one for one in best(market.need)}
    assert scores[cheap.id].score > scores[dear.id].score
    verdicts = {row["factor"]: row["verdict"] for row in scores[dear.id].factors}
    assert verdicts["money"] == verdicts["field"] == verdicts["place"] == "misfits"


@pytest.mark.parametrize(
    "values",
    [{"trl": 5}, {"price_min": 4_000_000_000}, {"cooperation_forms": ["invest"]},
     {"cooperation_forms": [], "transfer_forms": ["franchise"]}],
)
def test_a_hard_constraint_excludes_and_its_end_brings_the_match_back(market: Market, values: dict[str, object]) -> None:
    listing = market.offer(**values)
    drain()
    assert best(market.need) == []
    assert db.session.scalars(select(Match)).all() == []
    market.revise(listing, trl=8, price_min=1_200_000_000, cooperation_forms=["buy"], transfer_forms=["independent"])
    assert [one.listing_id for one in best(market.need)] == [listing.id]


def test_the_listing_sees_the_need_whichever_came_first(market: Market) -> None:
    listing = market.offer()
    drain()
    assert [one.buyer_request_id for one in queries.for_listing(listing.id, GUEST).matches] == [market.need.id]
    second = market.cast.published(title="Nước thải dệt nhuộm tại làng nghề cần xử lý màu")
    drain()
    db.session.expire_all()
    assert {one.buyer_request_id for one in queries.for_listing(listing.id, GUEST).matches} == {market.need.id, second.id}


def test_what_goes_offline_leaves_and_comes_back(market: Market) -> None:
    listing = market.offer()
    drain()
    staff = factories.actor_of(market.cast.moderator_user)
    transition(listing, LISTING_KIND.lifecycle, "suspend", staff, listing.roles_of(staff), reason_code="complaint",
               reason="Có khiếu nại")
    db.session.commit()
    assert best(market.need) == []  # at once, before the worker
    drain()
    assert db.session.scalars(select(Match)).all() == []
    transition(listing, LISTING_KIND.lifecycle, "restore", staff, listing.roles_of(staff), reason="xong")
    db.session.commit()
    drain()
    assert [one.listing_id for one in best(market.need)] == [listing.id]


def test_a_new_version_moves_the_match(market: Market) -> None:
    listing = market.offer(price_min=2_300_000_000)
    drain()
    before = best(market.need)[0].score
    market.revise(listing, price_min=1_000_000_000)
    assert best(market.need)[0].score > before


def test_own_needs_are_no_match_for_own_listings(market: Market) -> None:
    samples.published(market.cast.buyer_user, market.cast.org, market.cast.moderator_user,
                      title="Xử lý nước thải dệt nhuộm nội bộ", tags=["nước thải", "dệt nhuộm"])
    drain()
    assert best(market.need) == []


def test_an_operator_suggests_and_dismisses_and_it_is_history(market: Market) -> None:
    market.offer()
    drain()
    match = best(market.need)[0]
    staff = factories.actor_of(market.cast.moderator_user)
    with pytest.raises(NotAllowed):
        mark(match.id, "suggest", market.cast.buyer)
    with pytest.raises(Invalid):
        mark(match.id, "dismiss", staff, "  ")
    mark(match.id, "dismiss", staff, "Sai quy mô", "scale")
    db.session.commit()
    assert best(market.need) == []
    assert [one.mark for one in queries.for_need(market.need.id, staff).matches] == ["dismissed"]
    drain()  # recomputing keeps the mark
    mark(match.id, "clear", staff)
    mark(match.id, "suggest", staff, "Đã làm việc với hai bên")
    db.session.commit()
    assert best(market.need)[0].mark == "suggested"
    actions = db.session.scalars(select(Event.action).where(Event.subject_kind == "match").order_by(Event.seq)).all()
    assert list(actions) == ["match.dismiss", "match.clear", "match.suggest"]


def test_both_pages_show_the_reasons_in_the_readers_language(market: Market, ctx: Flask) -> None:
    listing = market.offer()
    drain()
    for locale, sentence in (("vi", "Giá nằm trong kinh phí"), ("en", "The price lies within the budget")):
        visitor = factories.client(ctx, locale=locale)
        for path in (f"/needs/{market.need.code}", f"/technologies/{listing.code}"):
            page = visitor.get(path, follow_redirects=True).get_data(as_text=True)
            assert sentence in page, path
            assert "nước thải" in page


def test_the_confidential_part_never_makes_or_explains_a_match(market: Market, ctx: Flask) -> None:
    market.offer(title="Đèn trồng cây", tags=["nông nghiệp"], public_summary="Đèn LED.", problem_solved="Thiếu sáng.",
                 applications="Nhà kính.", advantages="Tiết kiệm.",
                 confidential_detail="xử lý nước thải dệt nhuộm đạt cột A", members_detail="nước thải dệt nhuộm")
    drain()
    assert best(market.need) == []


def test_a_hidden_requester_stays_hidden_in_the_match(market: Market, ctx: Flask) -> None:
    listing = market.offer()
    market.cast.published(title="Nước thải dệt nhuộm của đơn vị ẩn tên", visibility="requester_hidden")
    drain()
    page = factories.client(ctx).get(f"/technologies/{listing.code}", follow_redirects=True).get_data(as_text=True)
    assert "đơn vị ẩn tên" in page
    hidden = page[page.index("đơn vị ẩn tên") - 2500 : page.index("đơn vị ẩn tên") + 2500]
    assert "Ẩn tên bên có nhu cầu" in hidden


def test_an_invited_only_need_is_shown_to_the_invited_listing_only(market: Market, ctx: Flask) -> None:
    listing = market.offer()
    secret = market.cast.published(title="Nước thải dệt nhuộm chỉ mời", visibility="invited_only",
                                   invited_org_ids=[market.org.id])
    drain()
    path = f"/technologies/{listing.code}"
    visitor = factories.client(ctx).get(path, follow_redirects=True).get_data(as_text=True)
    invited = factories.client(ctx, market.person, market.org).get(path, follow_redirects=True).get_data(as_text=True)
    assert secret.code not in visitor
    assert secret.code in invited


def test_operators_mark_on_the_page_and_others_cannot(market: Market, ctx: Flask) -> None:
    market.offer()
    drain()
    match = best(market.need)[0]
    staff = factories.client(ctx, market.cast.moderator_user)
    buyer = factories.client(ctx, market.cast.buyer_user, market.cast.org)
    assert buyer.post(f"/matches/{match.id}/dismiss", data={"reason": "x"}).status_code == 403
    assert factories.client(ctx).post(f"/matches/{match.id}/dismiss", data={"reason": "x"}).status_code in {302, 401}
    assert staff.post(f"/matches/{match.id}/dismiss", data={}).status_code == 422
    assert staff.post(f"/matches/{match.id}/dismiss", data={"reason_code": "other"}).status_code == 422
    assert staff.post(f"/matches/{match.id}/dismiss", data={"reason_code": "nonsense", "reason": "x"}).status_code == 422
    answer = staff.post(f"/matches/{match.id}/dismiss", data={"reason_code": "subject", "next": "//evil.example"})
    assert answer.headers["Location"] == "/"
    assert staff.post("/matches/999999/suggest", data={}).status_code == 404


def test_nobody_marks_the_matches_of_their_own_organisation(market: Market) -> None:
    market.offer()
    drain()
    match = best(market.need)[0]
    for org in (market.org, market.cast.org):
        insider = replace(market.cast.moderator, org_ids=frozenset({org.id}))
        with pytest.raises(NotAllowed):
            mark(match.id, "suggest", insider)
