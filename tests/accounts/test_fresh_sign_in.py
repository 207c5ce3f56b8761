"""What a borrowed session must not do asks once more who is there, and loses nothing of what was typed."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from flask_security.utils import hash_password

from marketplace import create_app
from marketplace.accounts.models import User
from marketplace.core.config import SettingsError
from marketplace.core.extensions import db
from marketplace.organisations.models import Invitation, Membership
from marketplace.values import clock
from tests import factories
from tests.accounts.test_passwords import signed_in
from tests.accounts.test_sign_in import registered
from tests.accounts.test_staff import open_roles
from tests.accounts.test_two_factor import set_up
from tests.conftest import make_settings
from tests.factories import PASSWORD, client

HERE = {"Sec-Fetch-Site": "same-origin"}
REASON = "Nhận nhiệm vụ kiểm duyệt từ hôm nay theo quyết định của sàn"


def earlier(web: FlaskClient, minutes: float = 16) -> FlaskClient:
    """Let the person of a browser have signed in so long ago."""
    with web.session_transaction() as held:
        held["fs_paa"] = clock.now().timestamp() - minutes * 60
    return web


def confirmed(web: FlaskClient, address: str, **shown: str) -> str:
    """Show who one is on the page of an address; return where it leads."""
    page = web.get(address)
    assert page.status_code == 200 and "Xác nhận đó là bạn" in page.text
    answer = web.post(address, data=shown)
    assert answer.status_code == 302, answer.text
    return str(answer.location)


def with_password(ctx: Flask, person: User) -> User:
    """Give a person of the factories a password."""
    with ctx.test_request_context():

        person.password = hash_password(PASSWORD)
    db.session.commit()
    return person


def test_a_role_is_granted_after_the_password_once_more_and_the_fields_are_kept(ctx: Flask) -> None:
    boss, person = with_password(ctx, factories.user(staff=("admin",))), factories.user("Lê Thị Mai")
    web = earlier(client(ctx, boss))
    data = {"email": person.email, "role": "moderator", "reason": REASON}
    answer = web.post("/staff/grant", data=data, headers={**HERE, "Referer": "http://localhost/staff"})
    assert answer.status_code == 302 and answer.location.startswith("/verify?next=%2Fstaff%3Funsent%3D")
    assert open_roles(person) == set()
    refused = web.post(answer.location, data={"password": "sai hoàn toàn"})
    assert refused.status_code == 422
    back = confirmed(web, answer.location, password=PASSWORD)
    page = web.get(back).text
    assert REASON in page and f'value="{person.email}"' in page and "chưa được gửi" in page
    assert open_roles(person) == set(), "nothing is sent before the person sends it"
    assert web.post("/staff/grant", data=data).location == "/staff"
    assert open_roles(person) == {"moderator"}


def test_roles_in_an_organisation_too(ctx: Flask) -> None:
    boss, colleague, org = factories.user(), factories.user(), factories.organisation()
    factories.member(boss, org)
    membership = factories.member(colleague, org, "editor")
    web = earlier(client(ctx, boss, org))
    address = f"/my/organisation/members/{membership.id}"
    assert web.get(address).status_code == 200, "reading needs nothing"
    for path, data in (
        (address, {"roles": ["admin"]}), (f"{address}/remove", {}),
        ("/my/organisation/members/invite", {"email": "moi@example.vn", "roles": ["admin"]}),
    ):
        answer = web.post(path, data=data)
        assert answer.status_code == 302 and answer.location.startswith("/verify?next="), path
    db.session.expire_all()
    assert db.session.get_one(Membership, membership.id).roles == ["editor"]
    assert db.session.query(Invitation).count() == 0


def test_programs_get_a_problem_document(ctx: Flask) -> None:
    web = earlier(client(ctx, factories.user(staff=("admin",))))
    answer = web.post("/staff/grant", data={"reason": REASON}, headers={"Accept": "application/json"})
    assert answer.status_code == 403
    assert answer.content_type == "application/problem+json"
    assert answer.get_json()["confirm"] == "/verify"


def test_what_could_not_be_kept_is_shown_for_copying(ctx: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(ctx.extensions, "keep_form", lambda *_rest: "")
    web = earlier(client(ctx, factories.user(staff=("admin",))))
    answer = web.post("/staff/grant", data={"email": "a@example.vn", "reason": REASON})
    assert answer.status_code == 403
    assert REASON in answer.text and 'href="/verify?next=%2Fstaff"' in answer.text


def test_who_may_not_do_it_at_all_is_not_asked(ctx: Flask) -> None:
    assert earlier(client(ctx, factories.user())).post("/staff/grant", data={"reason": REASON}).status_code == 403


def test_a_code_of_the_app_does_instead_of_the_password_once(app: Flask) -> None:
    with time_machine.travel(clock.now(), tick=False) as moment:
        web = signed_in(app, registered(app))
        assert "one-time-code" not in earlier(web).get("/verify").text, "who has no app is not asked for a code"
        device = set_up(earlier(web, 0))
        moment.shift(timedelta(minutes=20))
        address = web.get("/tf-setup").location
        assert address == "/verify?next=%2Ftf-setup"
        assert web.post(address, data={"code": "000000"}).status_code == 422
        code = device.generate().token
        assert confirmed(web, address, code=code) == "/tf-setup"
        assert web.get("/tf-setup").status_code == 200
        assert earlier(web).post(address, data={"code": code}).status_code == 422, "no code counts twice"


def test_the_own_second_step_and_passkeys_ask_for_it(app: Flask) -> None:
    web = earlier(signed_in(app, registered(app)))
    for method, path in (
        ("GET", "/tf-setup"), ("POST", "/tf-setup"), ("GET", "/mf-recovery-codes"), ("POST", "/mf-recovery-codes"),
        ("GET", "/wan-register"), ("POST", "/wan-register"), ("POST", "/wan-delete"),
    ):
        answer = web.open(path, method=method, data={"name": "Máy tính", "setup": "authenticator"})
        assert answer.status_code == 302 and answer.location.startswith("/verify?next="), (method, path)


def test_the_own_password_and_the_end_of_the_account_ask_for_the_password_itself(app: Flask) -> None:
    web = signed_in(app, registered(app))
    new = {"new_password": "Quyển sổ tay xanh lá 77", "new_password_confirm": "Quyển sổ tay xanh lá 77"}
    assert web.post("/change", data=new).status_code == 422
    assert web.post("/account/close", data={}).status_code == 422


def test_signing_out_elsewhere_asks_for_it_and_is_no_fresh_sign_in(app: Flask) -> None:
    web = earlier(signed_in(app, registered(app)))
    for path in ("/account/sign-out-everywhere", "/account/sessions/1/end"):
        assert web.post(path).location.startswith("/verify?next="), path
    assert earlier(web, 14).post("/account/sign-out-everywhere").location == "/account"
    with web.session_transaction() as held:
        assert clock.now().timestamp() - held["fs_paa"] > 13 * 60, "a new cookie is no fresh sign-in"


def test_a_moment_of_the_future_is_not_fresh(app: Flask) -> None:
    web = earlier(signed_in(app, registered(app)), -60)
    assert web.get("/tf-setup").location.startswith("/verify")
    assert web.post("/account/sign-out-everywhere").location.startswith("/verify")


def test_the_operators_choose_for_how_long(tmp_path: Any, app: Flask, database_url: str) -> None:
    made = create_app(make_settings(tmp_path, database_url, FRESH_SIGN_IN_MINUTES="30"))
    made.config["WTF_CSRF_ENABLED"] = False
    with made.app_context():
        web = client(made, factories.user(staff=("admin",)))
        assert earlier(web, 29).post("/staff/grant", data={}).status_code == 422
        assert earlier(web, 31).post("/staff/grant", data={}).status_code == 302
    with pytest.raises(SettingsError, match="FRESH_SIGN_IN_MINUTES"):
        make_settings(tmp_path, database_url, FRESH_SIGN_IN_MINUTES="0")


def test_what_asks_for_it_is_this(app: Flask) -> None:
    """A new page that grants, signs or takes bank details belongs here, with `requires_fresh_sign_in` under `@access`."""
    marked = {name: getattr(view, "__fresh__", None) for name, view in app.view_functions.items()}
    assert {name: sorted(methods) for name, methods in marked.items() if methods} == {
        "accounts.grant_role": ["POST"], "accounts.end_role": ["POST"], "accounts.change_account": ["POST"],
            "accounts.end_session": ["POST"], "accounts.sign_out_everywhere": ["POST"],
        "organisations.invite": ["POST"], "organisations.member": ["POST"], "organisations.remove_member": ["POST"],
        "deals.signature": ["GET", "POST"], "proposals.decide_one": ["POST"],
        "payments.new_bank_account": ["POST"], "payments.change_bank_account": ["POST"],
        "payments.retire_bank_account": ["POST"], "payments.enter_payee_bank_account": ["POST"],
        "payments.remove_payee_bank_account": ["POST"],
    }
    doors = {name for name in marked if re.search(r"grant|roles?$|invite$|sign(ature)?$|bank", name.rpartition(".")[2])}
    doors -= {"matching.invite", "payments.payee_bank_account"}  # no access comes of the one, the other only shows
    assert doors - {name for name, methods in marked.items() if methods} <= set(), doors
