"""Twenty presses at the same moment: one invitation, one introduction, one reminder."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import func, select

from marketplace.buyer_requests.models import NeedInvitation
from marketplace.core.events import Event
from marketplace.core.extensions import db
from marketplace.negotiation.models import Lead
from tests import factories
from tests.matching.market import Market
from tests.organisations.test_concurrency import together

CROWD = 20


def count(action: str) -> int:
    return db.session.scalar(select(func.count()).select_from(Event).where(Event.action == action)) or 0


@pytest.mark.parametrize("action", ["invite", "introduce"])
def test_pressed_by_twenty_at_once_it_happens_once(app: Flask, action: str) -> None:
    with app.app_context():
        market = Market()
        match = market.matched()
        officer = factories.client(app, factories.user("Bùi Minh Đức", staff=("deal_officer",)))
        buyer = factories.client(app, market.cast.buyer_user, market.cast.org)
        web, path = (buyer, f"/matches/{match.id}/invite") if action == "invite" else (
            officer, f"/staff/pairs/{match.id}/introduce")
    statuses = together([(web, path, {})] * CROWD)
    assert set(statuses) <= {302, 409, 503} and 302 in statuses
    with app.app_context():
        assert count("need.invite" if action == "invite" else "lead.introduce") == 1
        table = NeedInvitation if action == "invite" else Lead
        assert db.session.scalar(select(func.count()).select_from(table)) == 1


def test_reminded_by_twenty_at_once_they_are_reminded_once(app: Flask) -> None:
    with app.app_context():
        market = Market()
        match = market.matched()
        officer = factories.client(app, factories.user("Bùi Minh Đức", staff=("deal_officer",)))
        assert officer.post(f"/staff/pairs/{match.id}/introduce", data={}).status_code == 302
        lead = db.session.scalars(select(Lead)).one().code
    statuses = together([(officer, f"/leads/{lead}/remind", {})] * CROWD)
    assert statuses.count(302) == 1 and set(statuses) <= {302, 409, 503}
    with app.app_context():
        assert count("lead.remind") == 1
