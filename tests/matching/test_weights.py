"""Weights are data: an operator changes them with a reason, it is history, and everything is matched anew."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from marketplace.core.errors import Invalid, NotAllowed
from marketplace.core.events import Event
from marketplace.core.extensions import db
from marketplace.core.outbox import drain
from marketplace.matching import actions, full_pass
from marketplace.matching.formula import DEFAULT_WEIGHTS
from marketplace.matching.models import Match, MatchRun
from marketplace.matching.weights import current_weights
from marketplace.values import clock
from tests import factories
from tests.buyer_requests.factories import days
from tests.matching.market import LAMP, Market, best

SUBJECT_ONLY = {**dict.fromkeys(DEFAULT_WEIGHTS, 0), "text": 100}


@pytest.fixture
def market(ctx: Flask) -> Market:
    return Market()


def operator() -> object:
    return factories.actor_of(factories.user("Trần Điều Hành", staff=("manager",)))


def test_new_weights_are_recorded_and_all_matches_computed_with_them(market: Market) -> None:
    match = market.matched(price_min=2_300_000_000)
    before = match.score
    actions.reweigh(SUBJECT_ONLY, clock.today(), "Thử nghiệm", operator())
    db.session.commit()
    drain()
    after = best(market.need)[0]
    assert after.score > before
    assert {row["factor"]: row["weight"] for row in after.factors} == SUBJECT_ONLY
    event = db.session.scalars(select(Event).where(Event.action == "match_weights.set")).one()
    assert (event.reason, event.data["to"], event.data["from"]) == ("Thử nghiệm", SUBJECT_ONLY, dict(DEFAULT_WEIGHTS))


def test_weights_of_a_later_day_wait_for_that_day(market: Market) -> None:
    actions.reweigh(SUBJECT_ONLY, days(3), "Từ tuần sau", operator())
    db.session.commit()
    assert current_weights() == DEFAULT_WEIGHTS
    assert current_weights(clock.now() + timedelta(days=4)) == SUBJECT_ONLY
    assert db.session.scalars(select(MatchRun)).all() == []


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"text": 47}, "text"), ({"text": 10, "field": 47}, "text"), ({"trl": -1, "text": 60}, "trl"),
     ({"place": 101}, "place")],
)
def test_weights_that_do_not_add_up_are_refused(market: Market, changes: dict[str, int], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        actions.reweigh({**DEFAULT_WEIGHTS, **changes}, clock.today(), "x", operator())
    assert refused.value.field == field


def test_others_cannot_change_them_nor_without_a_reason_nor_for_the_past(market: Market) -> None:
    with pytest.raises(NotAllowed):
        actions.reweigh(SUBJECT_ONLY, clock.today(), "x", market.cast.moderator)
    with pytest.raises(NotAllowed):
        actions.begin_rematch(market.cast.buyer)
    for day, note in ((clock.today(), " "), (days(-1), "x")):
        with pytest.raises(Invalid):
            actions.reweigh(SUBJECT_ONLY, day, note, operator())


def test_a_full_pass_finds_what_single_changes_find_and_drops_what_is_gone(market: Market, ctx: Flask) -> None:
    market.offer()
    market.offer(title="Màng lọc MBR xử lý nước thải dệt nhuộm")
    market.offer(**LAMP)
    drain()
    wanted = {(one.listing_id, one.score, one.need_rank, one.listing_rank) for one in db.session.scalars(select(Match))}
    assert len(wanted) == 2
    stale = db.session.scalars(select(Match)).first()
    db.session.delete(stale)
    marked = best(market.need)
    marked[-1].score = 1
    db.session.commit()
    output = ctx.test_cli_runner().invoke(args=["rematch"]).output
    assert "3 listings, 2 pairs compared" in output
    db.session.expire_all()
    rows = {(one.listing_id, one.score, one.need_rank, one.listing_rank) for one in db.session.scalars(select(Match))}
    assert rows == wanted


def test_a_pass_goes_on_in_slices_where_it_stopped_also_in_another_process(
    market: Market, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(3):
        market.offer(title=f"Xử lý nước thải dệt nhuộm, đời {number}")
    drain()
    monkeypatch.setattr(full_pass, "BATCH", 1)
    run = full_pass.begin("nightly")
    db.session.commit()
    batches = 0
    while not full_pass.step(run, seconds=0):
        full_pass._BOARDS.clear()
        batches += run.done > batches
    assert (batches, run.done, run.total) == (3, 3, 3)
    assert [one.need_rank for one in best(market.need)] == [1, 2, 3]


def test_a_later_pass_replaces_the_one_under_way(market: Market) -> None:
    market.offer()
    first = full_pass.begin("nightly")
    second = full_pass.begin("weights")
    db.session.commit()
    drain()
    assert (first.done, second.done) == (0, 1)
    assert second.finished_at is not None


def test_operators_see_the_formula_and_change_it_on_the_page(market: Market, ctx: Flask) -> None:
    manager = factories.client(ctx, factories.user("Trần Điều Hành", staff=("manager",)), locale="en")
    page = manager.get("/staff/matching").get_data(as_text=True)
    assert "Weights in force" in page
    good = {**{name: str(value) for name, value in SUBJECT_ONLY.items()}, "note": "Thử",
            "effective_on": clock.format_date(clock.today())}
    bad = manager.post("/staff/matching/weights", data={**good, "text": "99"})
    assert bad.status_code == 422
    assert "sum to 100" in bad.get_data(as_text=True)
    assert manager.post("/staff/matching/weights", data=good).status_code == 302
    assert current_weights() == SUBJECT_ONLY
    moderator = factories.client(ctx, market.cast.moderator_user)
    assert "Đặt trọng số" not in moderator.get("/staff/matching").get_data(as_text=True)
    assert moderator.post("/staff/matching/weights", data=good).status_code == 403
    assert factories.client(ctx, market.cast.buyer_user, market.cast.org).get("/staff/matching").status_code == 403


def test_why_not_names_the_excluding_factor_of_any_pair(market: Market, ctx: Flask) -> None:
    excluded, own = market.offer(trl=3), market.cast.published(title="Nhu cầu khác")
    lamp = market.offer(**LAMP)
    drain()
    staff = factories.client(ctx, market.cast.moderator_user, locale="en")

    def asked(need: str, listing: str) -> tuple[int, str]:
        answer = staff.get(f"/staff/matching/why?need={need}&listing={listing}")
        return answer.status_code, answer.get_data(as_text=True)

    status, page = asked(market.need.code, excluded.code)
    assert status == 200
    assert "Excluded by: Readiness (TRL)" in page
    assert "Less ready than the least that is asked for, by 3." in page
    assert "the score is too low" in asked(own.code, lamp.code)[1]
    status, page = asked("NC-2000-000001", lamp.code)
    assert status == 422
    assert "nothing published under this code" in page
    assert asked("", "")[0] == 422
    assert staff.get("/staff/matching/why").status_code == 200
    buyer = factories.client(ctx, market.cast.buyer_user, market.cast.org)
    assert buyer.get(f"/staff/matching/why?need={own.code}&listing={lamp.code}").status_code == 403


def test_why_not_does_not_open_needs_for_the_invited_to_other_staff(market: Market, ctx: Flask) -> None:
    listing = market.offer()
    secret = market.cast.published(title="Chỉ mời xem", visibility="invited_only",
                                   invited_org_ids=[market.cast.invited_org.id])
    officer = factories.client(ctx, factories.user("Cán bộ hồ sơ", staff=("deal_officer",)))
    answer = officer.get(f"/staff/matching/why?need={secret.code}&listing={listing.code}")
    assert answer.status_code == 422
    assert "Chỉ mời xem" not in answer.get_data(as_text=True)
