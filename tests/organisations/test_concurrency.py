"""Two people at the same moment: an administrator stays, a person joins once, a tax code has one holder."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from marketplace.core.extensions import db
from marketplace.organisations.models import Membership
from tests import factories
from tests.accounts.test_sign_in import REGISTRATION, last_mail, link_in
from tests.organisations.factories import admin_of, complete


def together(calls: list[tuple[FlaskClient, str, dict[str, str]]]) -> list[int]:
    """Send the posts at the same moment; return their status codes."""
    barrier = Barrier(len(calls))

    def send(call: tuple[FlaskClient, str, dict[str, str]]) -> int:
        web, path, data = call
        barrier.wait()
        return web.post(path, data=data).status_code

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(send, calls))


def test_two_administrators_who_leave_at_once_leave_one_behind(app: Flask) -> None:
    with app.app_context():
        thing = complete()
        webs = [factories.client(app, admin_of(thing), thing) for _number in range(2)]
    statuses = together([(web, "/my/organisation/leave", {}) for web in webs])
    assert sorted(statuses) == [302, 422]
    with app.app_context():
        left = db.session.scalars(select(Membership).where(Membership.left_at.is_(None))).all()
        assert [("admin" in row.roles) for row in left] == [True]


def test_one_invitation_accepted_twice_at_once_makes_one_member(app: Flask) -> None:
    with app.app_context():
        thing = complete("verified")
        boss = factories.client(app, admin_of(thing), thing)
        boss.post("/my/organisation/members/invite", data={"email": "moi@example.vn", "roles": ["editor"]})
        person = factories.user(email="moi@example.vn")
        link = link_in(last_mail(app))
        webs = [factories.client(app, person) for _number in range(3)]
    statuses = together([(web, link, {}) for web in webs])
    assert set(statuses) <= {302, 409}
    assert 302 in statuses
    with app.app_context():
        rows = select(func.count()).select_from(Membership).where(Membership.user_id == person.id)
        assert db.session.scalar(rows) == 1


def test_one_address_registered_twice_at_once_makes_one_account(app: Flask) -> None:
    webs = [factories.client(app) for _number in range(3)]
    statuses = together([(web, "/register", REGISTRATION) for web in webs])
    assert set(statuses) <= {302, 409}
    with app.app_context():
        assert last_mail(app).recipient == "hanh@example.vn"
