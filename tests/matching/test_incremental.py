"""A change is matched with what it can touch and with nothing else; both sides' lists stay right."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from marketplace.core.access import GUEST
from marketplace.core.events import transition
from marketplace.core.extensions import db
from marketplace.core.outbox import drain
from marketplace.listings.kind import KIND as LISTING_KIND
from marketplace.listings.models import Listing
from marketplace.matching import incremental, queries, store
from marketplace.matching.incremental import refresh_listing, refresh_need
from marketplace.matching.models import Match
from tests import factories
from tests.matching.market import LAMP, Market, best

SUBJECTS = ("sấy thăng hoa dược liệu", "đèn tín hiệu giao thông", "truy xuất nguồn gốc nông sản", "chẩn đoán hình ảnh phổi")


@pytest.fixture
def market(ctx: Flask) -> Market:
    return Market()


class Counted:
    """The engine, counting what it is asked."""

    def __init__(self, engine: Any) -> None:
        self.engine, self.queries = engine, 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self.engine, name)

    def query(self, query: Any) -> Any:
        self.queries += 1
        return self.engine.query(query)


@pytest.fixture
def engine(ctx: Flask) -> Iterator[Counted]:
    real = ctx.extensions["search_engine"]
    ctx.extensions["search_engine"] = counted = Counted(real)
    yield counted
    ctx.extensions["search_engine"] = real


def about(market: Market, subject: str) -> None:
    market.cast.published(
        title=f"Cần {subject}", summary=f"Tìm công nghệ {subject}.", context=f"Hiện thiếu {subject}.",
        current_state="Chưa có.", criteria=[{"name": "Giá", "weight": 100}], target_result=f"Có {subject}.",
        tags=[subject], target_measures=[{"name": "Chỉ tiêu", "baseline": "1", "target": "2", "unit": "%"}],
    )


def pairs() -> set[tuple[int, int]]:
    return {(row[0], row[1]) for row in db.session.execute(select(Match.buyer_request_id, Match.listing_id))}


def test_a_new_listing_is_compared_only_with_needs_about_its_subject(market: Market, engine: Counted) -> None:
    for subject in SUBJECTS * 3:
        about(market, subject)
    drain()
    listing = market.offer()
    engine.queries = 0
    drain()
    assert engine.queries == 1
    assert pairs() == {(market.need.id, listing.id)}
    work = refresh_listing(listing.id)
    assert (work.queries, work.pairs, work.refilled) == (1, 1, [])


def test_a_changed_need_is_compared_with_its_candidates_and_its_old_pairs(market: Market, engine: Counted) -> None:
    listings = [market.offer(title=f"Xử lý nước thải dệt nhuộm, đời {number}") for number in range(3)]
    market.offer(**LAMP)
    drain()
    work = refresh_need(market.need.id)
    assert (work.queries, work.pairs) == (1, len(listings))


def test_a_change_of_another_subject_leaves_the_rows_alone(market: Market) -> None:
    match = market.matched()
    before = match.computed_at
    market.offer(**LAMP)
    drain()
    db.session.expire_all()
    assert match.computed_at == before


def test_a_full_list_takes_the_better_and_is_refilled_when_one_leaves(
    market: Market, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "KEEP", 2)
    monkeypatch.setattr(incremental, "KEEP", 2)
    prices = (2_400_000_000, 2_200_000_000, 1_000_000_000, 1_100_000_000)
    offers = [market.offer(title=f"Xử lý nước thải dệt nhuộm, đời {n}", price_min=price) for n, price in enumerate(prices)]
    drain()
    ranked = [one.listing_id for one in best(market.need) if one.need_rank]
    assert sorted(ranked) == sorted([offers[2].id, offers[3].id])
    leave(market, offers[2])
    ranked = [one.listing_id for one in best(market.need) if one.need_rank]
    assert len(ranked) == 2
    assert offers[3].id in ranked


def leave(market: Market, listing: Listing) -> None:
    staff = factories.actor_of(market.cast.moderator_user)
    transition(listing, LISTING_KIND.lifecycle, "suspend", staff, listing.roles_of(staff), reason_code="complaint",
               reason="Có khiếu nại")
    db.session.commit()
    drain()


def test_a_need_for_the_invited_takes_no_place_in_the_list_of_others(market: Market) -> None:
    listing = market.offer()
    drain()
    secret = market.cast.published(title="Xử lý nước thải dệt nhuộm chỉ mời", visibility="invited_only",
                                   invited_org_ids=[market.cast.invited_org.id])
    drain()
    rows = {row.buyer_request_id: row for row in db.session.scalars(select(Match).where(Match.listing_id == listing.id))}
    assert rows[market.need.id].listing_rank == 1
    assert rows[secret.id].listing_rank is None
    assert rows[secret.id].need_rank == 1
    assert [one.buyer_request_id for one in queries.for_listing(listing.id, GUEST).matches] == [market.need.id]
