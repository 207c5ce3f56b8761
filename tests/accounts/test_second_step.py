"""A second step: which sessions were made with one, and the roles that count only in those; answers of passkeys once."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from marketplace.accounts.models import StaffGrant, UsedAnswer, User, UserSession
from marketplace.accounts.sessions import AT_MOST
from marketplace.core.config import Settings
from marketplace.core.extensions import db
from marketplace.values import clock
from tests import factories
from tests.accounts.test_passwords import signed_in
from tests.accounts.test_sign_in import registered
from tests.accounts.test_two_factor import half_signed_in, set_up
from tests.factories import client
from tests.organisations.test_concurrency import together


def asking(app: Flask, monkeypatch: pytest.MonkeyPatch, **changes: bool) -> None:
    settings: Settings = app.extensions["settings"]
    monkeypatch.setitem(app.extensions, "settings", replace(settings, **changes))


def staff_with_password(app: Flask) -> tuple[str, FlaskClient]:
    email = registered(app)
    with app.app_context():
        person = db.session.scalars(select(User)).one()
        db.session.add(StaffGrant(user_id=person.id, role="admin", granted_at=clock.now(), reason="thử"))
        db.session.commit()
    return email, signed_in(app, email)


def made_with_two(app: Flask) -> list[bool]:
    with app.app_context():
        return list(db.session.scalars(select(UserSession.second_factor).order_by(UserSession.id)))


def test_a_role_of_the_staff_waits_for_the_second_step(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    asking(app, monkeypatch, staff_two_step=True)
    _email, web = staff_with_password(app)
    assert web.get("/staff").location == "/account/second-step"
    assert web.post("/staff/grant", data={"email": "x@example.vn"}).status_code == 403
    assert "Ứng dụng xác thực" in web.get("/account/second-step").text
    assert "Vai trò của bạn cần đăng nhập hai bước" in web.get("/account").text
    set_up(web)
    assert made_with_two(app) == [True]
    assert web.get("/staff").status_code == 200, "whoever sets it up has shown the code"
    assert web.post("/tf-setup", data={"setup": "disable"}).status_code == 302
    assert made_with_two(app) == [False]
    assert web.get("/staff").status_code == 302


def test_a_session_by_code_or_recovery_code_has_the_role(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    asking(app, monkeypatch, staff_two_step=True)
    with time_machine.travel(clock.now(), tick=False) as moment:
        email, web = staff_with_password(app)
        device = set_up(web)
        moment.shift(timedelta(minutes=2))
        other = half_signed_in(app, email)
        assert other.post("/tf-validate", data={"code": device.generate().token}).status_code == 302
        assert other.get("/staff").status_code == 200
        assert other.post("/account/sign-out-everywhere").status_code == 302
        assert other.get("/staff").status_code == 200, "the new secret of the same session goes on with its steps"


def test_off_by_default_outside_production(app: Flask) -> None:
    _email, web = staff_with_password(app)
    assert web.get("/staff").status_code == 200


def test_organisations_ask_their_signers_where_the_setting_says_so(ctx: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    person, org = factories.user(), factories.organisation()
    factories.member(person, org, "admin", "editor")
    db.session.commit()
    web = client(ctx, person, org)
    assert web.get("/my/organisation/documents").status_code == 200
    asking(ctx, monkeypatch, organisation_two_step=True)
    assert web.get("/my/organisation/documents").location == "/account/second-step"
    assert web.get("/my/listings").status_code == 200, "an editor's rights stay"


def test_an_answer_of_a_passkey_is_taken_once_of_twenty_at_once(app: Flask) -> None:
    webs = [client(app) for _ in range(20)]
    statuses = together([(web, "/wan-signin/one-token", {"credential": "{}"}) for web in webs])
    assert sorted(statuses) == [302, *[409] * 19]
    with app.app_context():
        assert len(db.session.scalars(select(UsedAnswer)).all()) == 1


def test_nobody_has_more_than_fifty_sessions(app: Flask) -> None:
    email = registered(app)
    with app.app_context():
        person = db.session.scalars(select(User)).one()
        now = clock.now()
        db.session.add_all(
            UserSession(digest=str(number), user_id=person.id, uniquifier=person.fs_uniquifier, made_at=now, seen_at=now,
                        ends_at=now + timedelta(days=1), stay=False)
            for number in range(AT_MOST + 5)
        )
        db.session.commit()
    web = signed_in(app, email)
    assert web.get("/account").status_code == 200
    with app.app_context():
        held = list(db.session.scalars(select(UserSession.digest).order_by(UserSession.id)))
        assert len(held) == AT_MOST
        assert held[0] == "6", "the oldest give way"


def test_nobody_ends_the_session_of_another(ctx: Flask) -> None:
    mine, theirs = factories.user(), factories.user()
    web, other = client(ctx, mine), client(ctx, theirs)
    row = db.session.scalars(select(UserSession).where(UserSession.user_id == theirs.id)).one()
    assert web.post(f"/account/sessions/{row.id}/end").status_code == 302
    assert other.get("/account").status_code == 200
