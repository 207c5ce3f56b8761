"""Moderating in a real browser: by keyboard, with the reason's text offered, without errors.

Its pages are places of the moderator (`places`); with TESTS=all axe looks at them here in both themes and widths too.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from flask import Flask
from flask_security.utils import hash_password
from playwright.sync_api import Browser, Page, expect
from werkzeug.serving import make_server

from marketplace.core.extensions import db
from tests import factories
from tests.browser.accessibility import violations
from tests.browser.people import follow, read_if_asked
from tests.browser.test_look import save
from tests.moderation.factories import Desk

pytestmark = pytest.mark.browser


@pytest.fixture
def address(app: Flask) -> Iterator[str]:
    app.config["WTF_CSRF_ENABLED"] = True  # the real forms carry their tokens
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join()
    app.config["WTF_CSRF_ENABLED"] = False


@pytest.fixture
def paths(app: Flask) -> dict[str, str]:
    """A desk with a claimed new version, an organisation, a need and a listing that wait."""
    with app.app_context():
        desk = Desk()
        with app.test_request_context():
            desk.moderator_user.password = hash_password(factories.PASSWORD)
        db.session.commit()
        published = desk.published("listing", title="Hệ thống xử lý nước thải chăn nuôi")
        again = desk.resubmit(published, title="Hệ thống xử lý nước thải chăn nuôi bằng màng MBR", trl=8)
        desk.claim(again)
        waiting = desk.submit("listing", title="Máy sấy thăng hoa mini cho dược liệu")
        organisation, need = desk.submit("organisation"), desk.submit("need")
        desk.claim(need, desk.other)
        found = {
            "queue": "/moderation",
            "version": f"/moderation/listing/{again.id}",
            "waiting": f"/moderation/listing/{waiting.id}",
            "organisation": f"/moderation/organisation/{organisation.id}",
            "taken": f"/moderation/need/{need.id}",
            "record": f"/moderation/things/listing/{published.thing.id}",
            "decisions": "/moderation/decided",
            "figures": "/moderation/figures",
            "calendar": "/moderation/calendar",
        }
        db.session.remove()
        return found


def sign_in(browser: Browser, address: str, **options: object) -> tuple[Page, list[str]]:
    """A page of the moderator, and the errors its console will say."""
    context = browser.new_context(base_url=address, **options)  # type: ignore[arg-type]
    page = context.new_page()
    page.goto("/login")
    page.fill("input[name=email]", "ha@example.vn")
    page.fill("input[name=password]", factories.PASSWORD)
    page.press("input[name=password]", "Enter")
    page.wait_for_url(lambda url: "/login" not in url)
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    return page, errors


def test_by_keyboard_from_the_queue_to_the_decision(browser: Browser, address: str, paths: dict[str, str]) -> None:
    page, errors = sign_in(browser, address, viewport={"width": 1440, "height": 900})
    page.goto("/moderation")
    expect(page.locator("table[data-queue] tbody tr")).to_have_count(4)
    heights = page.eval_on_selector_all("table[data-queue] tbody tr", "rows => rows.map(row => row.offsetHeight)")
    assert all(40 <= height <= 48 for height in heights), heights
    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(page.locator("tr.is-current a").first).to_contain_text("Máy sấy")
    page.keyboard.press("c")
    page.wait_for_url(f"**{paths['waiting']}")
    for item in page.locator("fieldset.check").all():
        item.locator("input[value=met]").check()
    page.locator("fieldset.check").nth(2).locator("input[value=problem]").check()
    page.select_option("#reason_code", "right_not_proven")
    expect(page.locator("#text")).to_have_value("Cần tài liệu chứng minh quyền sở hữu hoặc quyền chuyển giao.")
    page.fill("#text", "Tôi viết lời khác.")
    page.select_option("#reason_code", "other")
    expect(page.locator("#text")).to_have_value("Tôi viết lời khác.")
    page.click("button[value=request_changes]")
    page.wait_for_url(f"**{paths['version']}")  # the next case: one's own that is open
    expect(page.locator(".message-success")).to_contain_text("Máy sấy thăng hoa mini")
    assert errors == []
    save(page, "moderation-case")


@pytest.mark.thorough
def test_every_page_is_accessible_and_fits(browser: Browser, address: str, paths: dict[str, str]) -> None:
    for width, scheme in ((1280, "light"), (390, "dark")):
        page, errors = sign_in(browser, address, viewport={"width": width, "height": 844}, color_scheme=scheme)
        for name, path in paths.items():
            page.goto(path)
            read_if_asked(page)
            wide = page.evaluate("document.documentElement.scrollWidth")
            assert wide <= width, f"{name} is {wide} wide on {width}"
            assert not (found := violations(page)), f"{name} {scheme}: {found}"
        assert errors == []
        save(page, f"moderation-{width}")
        page.context.close()


@pytest.mark.thorough  # the same forms are sent without scripts by tests/moderation/test_pages.py
def test_without_javascript_a_case_is_taken_and_approved(browser: Browser, address: str, paths: dict[str, str]) -> None:
    page, _errors = sign_in(browser, address, java_script_enabled=False)
    page.goto(paths["organisation"])
    follow(page.locator("button", has_text="Nhận xử lý").first)
    for item in page.locator("fieldset.check").all():
        item.locator("input[value=met]").check()
    page.click("button[value=approve]")
    expect(page.locator(".message-success")).to_contain_text("Viện Hóa học Ứng dụng")
