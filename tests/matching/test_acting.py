"""From a match one can act: the requester invites, the supplier answers, operators say why a pair does not fit."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select

from marketplace.authoring import actions as authoring
from marketplace.buyer_requests.actions import move
from marketplace.buyer_requests.kind import KIND
from marketplace.buyer_requests.models import NeedInvitation
from marketplace.core.errors import IllegalMove, NotAllowed, NotFound
from marketplace.core.events import Event
from marketplace.core.extensions import db
from marketplace.core.outbox import drain
from marketplace.matching.actions import invite_to_answer, mark
from marketplace.matching.evaluation import lines, report
from marketplace.notifications.models import Notification
from marketplace.values import clock
from tests import factories
from tests.matching.market import Market


@pytest.fixture
def market(ctx: Flask) -> Market:
    return Market()


def invitations(need_id: int) -> list[tuple[int, int | None]]:
    rows = select(NeedInvitation).where(NeedInvitation.buyer_request_id == need_id)
    return [(one.organisation_id, one.listing_id) for one in db.session.scalars(rows)]


def test_one_press_invites_the_owner_who_is_told_once(market: Market, ctx: Flask) -> None:
    match = market.matched()
    buyer = factories.client(ctx, market.cast.buyer_user, market.cast.org)
    page = buyer.get(f"/needs/{market.need.code}", follow_redirects=True).text
    assert f"/matches/{match.id}/invite" in page
    for _again in range(2):
        assert buyer.post(f"/matches/{match.id}/invite", data={"next": "/dashboard"}).status_code == 302
    assert invitations(market.need.id) == [(market.org.id, match.listing_id)]
    drain()
    told = select(Notification).where(Notification.user_id == market.person.id, Notification.message == "need.invite")
    assert len(db.session.scalars(told).all()) == 1
    page = buyer.get(f"/needs/{market.need.code}", follow_redirects=True).text
    assert f"/matches/{match.id}/invite" not in page and "Đã mời ngày" in page
    supplier = factories.client(ctx, market.person, market.org)
    assert market.need.code in supplier.get("/my/needs/invitations").text
    answer = f"/needs/{market.need.code}/answer?thing={match.listing.code}"
    assert answer in supplier.get(f"/technologies/{match.listing.code}", follow_redirects=True).text


def test_an_invitation_for_a_technology_outlives_the_next_version_of_the_need(market: Market) -> None:
    match = market.matched()
    invite_to_answer(match.id, market.cast.buyer)
    db.session.commit()
    revision = authoring.start_revision(KIND, market.need, market.cast.buyer)
    authoring.submit(KIND, revision, market.cast.buyer, clock.due_at(clock.now(), 2, clock.PUBLIC))
    assert market.need.published_revision is revision
    assert invitations(market.need.id) == [(market.org.id, match.listing_id)]


def test_only_editors_of_the_requester_invite_and_only_while_both_can_be_had(market: Market) -> None:
    match = market.matched()
    stranger = factories.actor_of(market.cast.stranger_user, market.cast.stranger_org)
    for who in (market.supplier, stranger):
        with pytest.raises(NotFound):
            invite_to_answer(match.id, who)
    with pytest.raises(NotAllowed):
        invite_to_answer(match.id, market.cast.colleague)  # a signer, no editor
    move(market.need, "withdraw", market.cast.buyer, reason="Đã tìm được")
    with pytest.raises((IllegalMove, NotFound)):
        invite_to_answer(match.id, market.cast.buyer)
    assert invitations(market.need.id) == []


def test_why_operators_find_pairs_unsuitable_is_counted_by_reason_and_strength(market: Market) -> None:
    match, officer = market.matched(), factories.actor_of(market.cast.moderator_user)
    mark(match.id, "dismiss", officer, "", "price")
    assert report().unsuitable == {"price": {match.strength: 1}}
    assert f"unsuitable price: {match.strength}=1" in list(lines(report()))
    event = db.session.scalars(select(Event).where(Event.action == "match.dismiss")).one()
    assert event.reason_code == "price"
    mark(match.id, "clear", officer)
    assert report().unsuitable == {}
