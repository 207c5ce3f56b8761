"""Two-step sign-in: set up, sign in, no code twice, recovery codes, turn off."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from flask_security.recovery_codes import MfRecoveryCodesUtil
from passlib.totp import TOTP
from sqlalchemy import select

from marketplace.accounts.models import User
from marketplace.core.events import Event
from marketplace.core.extensions import db
from marketplace.values import clock
from tests.accounts.test_passwords import signed_in
from tests.accounts.test_sign_in import registered
from tests.factories import PASSWORD, client


def set_up(web: FlaskClient) -> TOTP:
    """Turn two-step sign-in on; return the authenticator app."""
    page = web.post("/tf-setup", data={"setup": "authenticator"})
    assert page.status_code == 200
    key = re.search(r'<span class="code">([A-Z0-9-]+)</span>', page.text)
    action = re.search(r'action="(/tf-setup/[^"]+)"', page.text)
    assert key, page.text
    assert action
    device = TOTP(key[1])
    wrong = web.post(action[1], data={"code": "000000"})
    assert wrong.location == "/tf-setup"
    done = web.post(action[1], data={"code": device.generate().token})
    assert done.location == "/account", done.text
    return device


def half_signed_in(app: Flask, email: str) -> FlaskClient:
    web = client(app)
    answer = web.post("/login", data={"email": email, "password": PASSWORD})
    assert answer.location == "/tf-validate?next=/dashboard", answer.location
    assert web.get("/account").status_code == 302, "the password alone must not be enough"
    return web


@pytest.fixture
def moment():
    with time_machine.travel(clock.now(), tick=False) as traveller:
        yield traveller


def test_a_code_is_asked_for_and_taken_once(app: Flask, moment: time_machine.Coordinates) -> None:
    email = registered(app)
    device = set_up(signed_in(app, email))
    web = half_signed_in(app, email)
    assert "ứng dụng xác thực" in web.get("/tf-validate").text
    assert web.post("/tf-validate", data={"code": "123456"}).status_code == 422
    moment.shift(timedelta(minutes=2))
    code = device.generate().token
    assert web.post("/tf-validate", data={"code": code}).location == "/dashboard"
    assert web.get("/account").status_code == 200

    other = half_signed_in(app, email)
    again = other.post("/tf-validate", data={"code": code})
    assert again.status_code == 422, "a code that was used is not taken again"


def test_a_recovery_code_works_once(app: Flask, moment: time_machine.Coordinates) -> None:
    email = registered(app)
    web = signed_in(app, email)
    set_up(web)
    page = web.post("/mf-recovery-codes")
    codes = re.findall(r"[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}", page.text)
    assert len(set(codes)) == 10
    with app.app_context():
        stored = db.session.scalars(select(User)).one().mf_recovery_codes
        assert stored
        assert all(code.startswith("$argon2") for code in stored), "codes are stored hashed"
    assert codes[0] not in web.get("/mf-recovery-codes?show_codes=1").text, "codes are shown once"
    web = half_signed_in(app, email)
    assert web.post("/mf-recovery", data={"code": "aaaa-bbbb-cccc"}).status_code == 422
    assert web.post("/mf-recovery", data={"code": codes[0]}).status_code == 302
    assert web.get("/account").status_code == 200
    again = half_signed_in(app, email)
    assert again.post("/mf-recovery", data={"code": codes[0]}).status_code == 422


def test_codes_that_an_older_release_kept_encrypted_go_on_working(app: Flask) -> None:
    email = registered(app)
    set_up(signed_in(app, email))
    with app.test_request_context():
        theirs = MfRecoveryCodesUtil(app)
        old = theirs.create_recovery_codes(db.session.scalars(select(User)).one())
        db.session.commit()
    web = half_signed_in(app, email)
    assert web.post("/mf-recovery", data={"code": old[3]}).status_code == 302
    assert half_signed_in(app, email).post("/mf-recovery", data={"code": old[3]}).status_code == 422


def test_a_browser_forgets_at_the_end_of_a_session_what_pages_stored(app: Flask) -> None:
    web = signed_in(app, registered(app))
    assert web.post("/logout").headers["Clear-Site-Data"] == '"storage"'


def test_turning_it_off_is_recorded(app: Flask) -> None:
    email = registered(app)
    web = signed_in(app, email)
    set_up(web)
    assert web.post("/tf-setup", data={"setup": "disable"}).location == "/account"
    signed_in(app, email)
    with app.app_context():
        actions = list(db.session.scalars(select(Event.action).where(Event.subject_kind == "user")))
    assert "user.two_factor_on" in actions
    assert "user.two_factor_off" in actions


def test_an_old_session_is_asked_for_the_password_before_it_changes_two_step_sign_in(app: Flask) -> None:
    email = registered(app)
    web = signed_in(app, email)
    with time_machine.travel(clock.now() + timedelta(hours=2)):
        answer = web.get("/tf-setup")
        assert answer.status_code == 302
        assert answer.location.startswith("/verify")
        assert web.post("/verify", data={"password": PASSWORD}).status_code == 302
        assert web.get("/tf-setup").status_code == 200


def test_somebody_without_app_and_codes_can_ask_for_help(app: Flask) -> None:
    email = registered(app)
    set_up(signed_in(app, email))
    web = half_signed_in(app, email)
    page = web.post("/tf-rescue", data={"help_setup": "help"})
    assert page.status_code == 200
    assert "Người vận hành đã nhận được thông báo" in page.text


def test_an_operator_resets_the_second_step(app: Flask) -> None:
    email = registered(app)
    there = signed_in(app, email)
    set_up(there)
    assert app.test_cli_runner().invoke(args=["reset-two-step", "nobody@example.vn"]).exit_code == 2
    assert app.test_cli_runner().invoke(args=["reset-two-step", email]).exit_code == 0
    assert there.get("/account").status_code == 302, "every session ends"
    signed_in(app, email)
