"""Two people at the same moment: an administrator stays, a person joins once, a tax code has one holder."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, update

from marketplace.core.errors import Invalid
from marketplace.core.extensions import db
from marketplace.organisations.actions import members
from marketplace.organisations.models import Invitation, Membership
from marketplace.values import clock
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


def test_an_invitation_taken_back_by_another_request_is_not_accepted_and_the_reverse(ctx: Flask) -> None:
    thing = complete("verified")
    boss = factories.actor_of(admin_of(thing), thing)
    person = factories.user(email="moi@example.vn")

    def meanwhile(invitation: Invitation, **values: object) -> None:
        changed = update(Invitation).where(Invitation.id == invitation.id).values(**values)
        db.session.execute(changed.execution_options(synchronize_session=False))

    with ctx.test_request_context():
        invitation = members.invite(thing, boss, "moi@example.vn", ["admin"])
    assert invitation.revoked_at is None
    meanwhile(invitation, revoked_at=clock.now())
    with pytest.raises(Invalid):
        members.accept(invitation, factories.actor_of(person))
    with ctx.test_request_context():
        another = members.invite(thing, boss, "moi@example.vn", ["editor"])
    assert another.accepted_at is None
    meanwhile(another, accepted_at=clock.now())
    members.revoke_invitation(thing, boss, another.id)
    db.session.expire_all()
    assert another.revoked_at is None


def test_accepting_and_taking_back_at_once_leaves_one_of_both(app: Flask) -> None:
    with app.app_context():
        thing = complete("verified")
        boss = factories.client(app, admin_of(thing), thing)
        boss.post("/my/organisation/members/invite", data={"email": "moi@example.vn", "roles": ["admin"]})
        person = factories.user(email="moi@example.vn")
        link, taken_back = link_in(last_mail(app)), db.session.scalar(select(Invitation.id))
        guest = factories.client(app, person)
    together([(guest, link, {}), (boss, f"/my/organisation/invitations/{taken_back}/revoke", {})] * 2)
    with app.app_context():
        found = db.session.scalars(select(Invitation)).one()
        assert (found.accepted_at is None) != (found.revoked_at is None)
        joined = db.session.scalar(select(func.count()).select_from(Membership).where(Membership.user_id == person.id))
        assert joined == (found.accepted_at is not None)


def test_one_address_registered_twice_at_once_makes_one_account(app: Flask) -> None:
    webs = [factories.client(app) for _number in range(3)]
    statuses = together([(web, "/register", REGISTRATION) for web in webs])
    assert set(statuses) <= {302, 409}
    with app.app_context():
        assert last_mail(app).recipient == "hanh@example.vn"
