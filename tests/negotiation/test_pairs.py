"""Officers see strong pairs that nobody acted on, introduce them with one press, and remind of what stands still."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select

from marketplace.accounts.models import User
from marketplace.core.errors import IllegalMove, NotAllowed
from marketplace.core.events import Event
from marketplace.core.extensions import db
from marketplace.core.outbox import drain
from marketplace.core.reminder import next_reminder_on
from marketplace.matching.actions import invite_to_answer
from marketplace.matching.models import Match
from marketplace.negotiation.actions import begin
from marketplace.negotiation.actions.moves import remind_of_turn
from marketplace.negotiation.models import Lead
from marketplace.negotiation.queries.pairs import PairFilters, untouched
from marketplace.notifications.models import Notification
from marketplace.values import clock
from tests import factories
from tests.matching.market import Market


@pytest.fixture
def market(ctx: Flask) -> Market:
    return Market()


@pytest.fixture
def officer_user(ctx: Flask) -> User:
    return factories.user("Bùi Minh Đức", staff=("deal_officer",))


def strong(market: Market) -> Match:
    match = market.matched()
    assert match.strength == "strong"
    return match


def test_a_strong_pair_is_introduced_with_one_press(market: Market, ctx: Flask, officer_user: User) -> None:
    match, officer = strong(market), factories.client(ctx, officer_user)
    page = officer.get("/staff/pairs").text
    assert market.need.code in page and match.listing.code in page
    assert officer.get("/staff/pairs.csv").text.count(match.listing.code) == 1
    assert officer.post(f"/staff/pairs/{match.id}/introduce", data={}).status_code == 302
    lead = db.session.scalars(select(Lead)).one()
    assert (lead.origin, lead.listing_id, lead.need_id) == ("introduction", match.listing_id, market.need.id)
    told = db.session.scalars(select(Event).where(Event.action == "lead.introduce")).one()
    assert "phù hợp về" in told.reason
    assert officer.get("/staff/pairs").text.count(match.listing.code) == 0
    assert officer.post(f"/staff/pairs/{match.id}/introduce", data={}).status_code == 302  # pressed in a second tab
    assert len(db.session.scalars(select(Lead)).all()) == 1


def test_a_bad_introduction_is_refused_with_what_was_typed(market: Market, ctx: Flask, officer_user: User) -> None:
    match, officer = strong(market), factories.client(ctx, officer_user)
    answer = officer.post(f"/staff/pairs/{match.id}/introduce", data={"note": "Ngắn quá"})
    assert answer.status_code == 422 and "Ngắn quá" in answer.text
    assert db.session.scalars(select(Lead)).all() == []


def test_only_officers_see_the_list_and_nobody_introduces_their_own(market: Market, ctx: Flask) -> None:
    match = strong(market)
    others = (market.cast.buyer_user, market.cast.org), (market.person, market.org), (market.cast.moderator_user, None)
    for person, org in others:
        client = factories.client(ctx, person, org)
        assert client.get("/staff/pairs").status_code == 403
        assert client.post(f"/staff/pairs/{match.id}/introduce", data={}).status_code == 403
    own = factories.user("Cán bộ của bên cung", staff=("deal_officer",))
    factories.member(own, market.org)
    assert factories.client(ctx, own).post(f"/staff/pairs/{match.id}/introduce", data={}).status_code == 422
    assert db.session.scalars(select(Lead)).all() == []


@pytest.mark.parametrize("done", ["contact", "invite", "dismiss"])
def test_a_pair_that_somebody_acted_on_is_not_listed(market: Market, done: str, officer_user: User) -> None:
    match, officer = strong(market), factories.actor_of(officer_user)
    assert list(untouched(PairFilters(), officer)) == [match.id]
    if done == "contact":
        begin.express_interest(match.listing, market.cast.buyer, "Chúng tôi quan tâm đến công nghệ của quý viện.")
    elif done == "invite":
        invite_to_answer(match.id, market.cast.buyer)
    else:
        match.mark = "dismissed"
    db.session.flush()
    assert list(untouched(PairFilters(), officer)) == []


def test_the_list_is_searched_without_marks_but_never_by_a_hidden_requester(market: Market, officer_user: User) -> None:
    match, officer = strong(market), factories.actor_of(officer_user)
    for words, found in (("nuoc thai det nhuom ozon", True), ("VIEN NUOC", True), ("hoai duc", False), ("đèn led", False)):
        assert list(untouched(PairFilters(words), officer)) == ([match.id] if found else []), words
    for sort in ("deadline", "newest"):
        assert list(untouched(PairFilters("", sort), officer)) == [match.id]


def test_a_reminder_reaches_whose_turn_it_is_once_in_three_working_days(market: Market, officer_user: User) -> None:
    match, officer = strong(market), factories.actor_of(officer_user)
    lead = begin.express_interest(match.listing, market.cast.buyer, "Chúng tôi quan tâm đến công nghệ của quý viện.")
    for who in (market.cast.buyer, market.supplier):
        with pytest.raises(NotAllowed):
            remind_of_turn(lead, who)
    remind_of_turn(lead, officer)
    with pytest.raises(IllegalMove):
        remind_of_turn(lead, officer)
    again = next_reminder_on(lead, "lead.remind")
    assert again is not None and again > clock.today()
    db.session.commit()
    drain()
    told = select(Notification.user_id).where(Notification.message.like("lead.remind%"))
    assert db.session.scalars(told).all() == [market.person.id]
    with clock.fixed(clock.from_local(again)):
        assert next_reminder_on(lead, "lead.remind") is None
        remind_of_turn(lead, officer)
    begin.withdraw(lead, market.cast.buyer, "changed_mind", "")
    with pytest.raises(IllegalMove):
        remind_of_turn(lead, officer)
