"""Passkeys with Chromium's own virtual authenticator: add, sign in, second step, once more, remove; no answer twice."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from flask import Flask
from flask_security.utils import hash_password
from playwright.sync_api import Browser, BrowserContext, Page, Request, expect
from sqlalchemy import select
from werkzeug.serving import make_server

from marketplace.accounts.models import Passkey, UsedAnswer, User, UserSession
from marketplace.core.extensions import db
from tests import factories

pytestmark = pytest.mark.browser
AUTHENTICATOR = {
    "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
    "isUserVerified": True, "automaticPresenceSimulation": True,
}


@pytest.fixture
def address(app: Flask) -> Iterator[str]:
    """The exchange under a name: an address of numbers has no passkeys."""
    app.config["WTF_CSRF_ENABLED"] = True
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://localhost:{server.port}"
    server.shutdown()
    thread.join()
    app.config["WTF_CSRF_ENABLED"] = False


@pytest.fixture
def person(app: Flask) -> int:
    with app.app_context():
        made = factories.user("Lê Thị Hoa", email="hoa@example.vn")
        with app.test_request_context():
            made.password = hash_password(factories.PASSWORD)
        db.session.commit()
        return made.id


@pytest.fixture
def context(browser: Browser, address: str) -> Iterator[BrowserContext]:
    made = browser.new_context(base_url=address, locale="vi-VN", reduced_motion="reduce")
    yield made
    made.close()


def with_device(page: Page, **changes: object) -> None:
    """Give the browser a device that keeps passkeys and finds its owner's finger at once."""
    tool = page.context.new_cdp_session(page)
    tool.send("WebAuthn.enable")
    tool.send("WebAuthn.addVirtualAuthenticator", {"options": {**AUTHENTICATOR, **changes}})


def by_password(page: Page) -> None:
    page.goto("/login")
    page.fill("input[name=email]", "hoa@example.vn")
    page.fill("input[name=password]", factories.PASSWORD)
    page.press("input[name=password]", "Enter")


def add(page: Page, name: str = "Máy tính") -> None:
    page.goto("/account")
    page.fill("#passkeys input[name=name]", name)
    page.click("#passkeys form.form button.btn-primary")
    page.wait_for_url("**/account#passkeys")
    expect(page.locator("#passkeys table")).to_contain_text(name)


def sign_out(page: Page) -> None:
    page.context.clear_cookies()


def strong(app: Flask, person: int) -> list[bool]:
    with app.app_context():
        rows = select(UserSession.second_factor).where(UserSession.user_id == person).order_by(UserSession.id)
        return list(db.session.scalars(rows))


def test_a_passkey_is_added_signs_in_and_is_removed(app: Flask, person: int, context: BrowserContext) -> None:
    page = context.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    with_device(page)
    by_password(page)
    page.wait_for_url("**/dashboard")
    assert strong(app, person) == [False]
    add(page)
    assert strong(app, person) == [True], "whoever has just shown the device need not show it again"
    with app.app_context():
        kept = db.session.scalars(select(Passkey)).one()
        assert (kept.name, kept.user_id, kept.usage) == ("Máy tính", person, "first")

    sign_out(page)
    page.goto("/login?next=/account")
    page.click("text=Đăng nhập bằng khóa truy cập")
    page.wait_for_url("**/account")
    assert strong(app, person)[-1:] == [True]

    page.click("#passkeys table button")
    page.wait_for_url("**/account#passkeys")
    expect(page.locator("#passkeys table")).to_have_count(0)
    assert set(strong(app, person)) == {False}, "without a second step no session has been made with one"
    assert not said, said


def signed_out_with_a_passkey(context: BrowserContext) -> Page:
    """A page of somebody who has added a passkey and is signed out again."""
    page = context.new_page()
    with_device(page)
    by_password(page)
    page.wait_for_url("**/dashboard")
    add(page)
    sign_out(page)
    return page


def test_after_the_password_a_passkey_is_the_second_step(app: Flask, person: int, context: BrowserContext) -> None:
    page = signed_out_with_a_passkey(context)
    by_password(page)
    page.wait_for_url("**/wan-signin?next=/dashboard")
    assert context.request.get("/account", max_redirects=0).status == 302, "the password alone is not enough"
    page.click("text=Dùng khóa truy cập")
    page.wait_for_url("**/dashboard")
    assert strong(app, person)[-1:] == [True]


def test_an_answer_that_was_captured_signs_nobody_in(app: Flask, person: int, context: BrowserContext) -> None:
    page = signed_out_with_a_passkey(context)
    sent: list[Request] = []
    page.on("request", lambda one: sent.append(one) if one.method == "POST" and "/wan-signin/" in one.url else None)
    page.goto("/login")
    page.click("text=Đăng nhập bằng khóa truy cập")
    page.wait_for_url("**/dashboard")
    assert len(sent) == 1
    with app.app_context():  # as passkeys that are kept in an account of a maker: they count nothing
        db.session.scalars(select(Passkey)).one().sign_count = 0
        db.session.commit()
        assert len(db.session.scalars(select(UsedAnswer)).all()) == 2
    app.config["WTF_CSRF_ENABLED"] = False  # the thief has a token of their own
    thief = app.test_client()
    fields = dict(part.split("=", 1) for part in (sent[0].post_data or "").split("&"))
    again = thief.post(urlsplit(sent[0].url).path, data=sent[0].post_data, content_type="application/x-www-form-urlencoded",
                       base_url=f"http://{urlsplit(sent[0].url).netloc}")
    assert "credential" in fields
    assert again.status_code == 409
    assert thief.get("/account").status_code == 302


def test_a_device_that_asks_for_no_finger_is_refused(app: Flask, person: int, context: BrowserContext) -> None:
    page = context.new_page()
    with_device(page, isUserVerified=False)
    by_password(page)
    page.wait_for_url("**/dashboard")
    page.goto("/account")
    page.fill("#passkeys input[name=name]", "Máy lạ")
    page.click("#passkeys form.form button.btn-primary")
    expect(page.locator("[data-passkey-failed]")).to_be_visible()
    with app.app_context():
        assert db.session.scalars(select(Passkey)).all() == []


def test_the_owner_of_an_old_session_shows_the_passkey_instead_of_the_password(
    app: Flask, person: int, context: BrowserContext
) -> None:
    page = context.new_page()
    with_device(page)
    by_password(page)
    page.wait_for_url("**/dashboard")
    add(page)
    page.goto("/verify?next=/account")
    page.click("text=Dùng khóa truy cập")
    page.wait_for_url("**/account")


def test_without_scripts_codes_are_offered(app: Flask, person: int, browser: Browser, address: str) -> None:
    made = browser.new_context(base_url=address, java_script_enabled=False)
    page = made.new_page()
    page.goto("/wan-signin")
    page.click("main form button")
    expect(page.locator("[data-passkey-without]")).to_be_visible()
    made.close()
    with app.app_context():
        assert db.session.get(User, person) is not None
