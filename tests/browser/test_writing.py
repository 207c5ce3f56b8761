"""Writing a listing in a real browser: saving as one goes, rows, two tabs, wards.

Its pages are places of the supplier (`places`); with TESTS=all axe looks at every step on both widths here too.
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
from marketplace.listings.kind import STEPS
from marketplace.listings.queries import path_of
from tests import factories
from tests.browser.accessibility import violations
from tests.browser.test_look import save
from tests.listings import samples

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
    """A draft and a published listing of hoa@example.vn."""
    with app.app_context():
        person, org = factories.user("Lê Thị Hoa", email="hoa@example.vn"), factories.organisation("Viện Nước")
        factories.member(person, org)
        with app.test_request_context():
            person.password = hash_password(factories.PASSWORD)
        db.session.commit()
        listing = samples.published(person, org, factories.user(staff=("moderator",)))
        draft = samples.draft(person, org, title="Cảm biến đo độ đục", advantages="").listing.code
        found = {"public": path_of(listing), "draft": f"/my/listings/{draft}"}
        db.session.remove()
        return found


def sign_in(browser: Browser, address: str, width: int = 1280) -> Page:
    page = browser.new_page(viewport={"width": width, "height": 900}, reduced_motion="reduce")
    page.goto(f"{address}/login")
    page.fill("input[name=email]", "hoa@example.vn")
    page.fill("input[name=password]", factories.PASSWORD)
    page.press("input[name=password]", "Enter")
    page.wait_for_load_state("networkidle")
    return page


@pytest.mark.thorough
@pytest.mark.parametrize("width", [390, 1280])
def test_pages_are_accessible_and_fit(browser: Browser, address: str, paths: dict[str, str], width: int) -> None:
    page = sign_in(browser, address, width)
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("console", lambda said: problems.append(said.text) if said.type == "error" else None)
    draft = paths["draft"]
    shown = [paths["public"], "/my/listings", "/my/listings/new", f"{draft}/review", f"{draft}/preview"]
    for path in [*shown, *(f"{draft}/edit/{step}" for step, _label in STEPS)]:
        page.goto(address + path)
        problems += [f"{path}: {said}" for said in violations(page)]
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            problems.append(f"{path}: scrolls sideways")
        save(page, "listings" + path.replace("/", "-") + f"-{width}")
    page.close()
    assert not problems, "\n".join(problems)


def test_saved_as_one_goes_and_two_tabs(browser: Browser, address: str, paths: dict[str, str]) -> None:
    one, two = sign_in(browser, address), sign_in(browser, address)
    step = f"{address}{paths['draft']}/edit/what"
    one.goto(step)
    two.goto(step)
    assert "Ưu điểm" in one.inner_text("[data-missing]")
    one.fill("#advantages", "Đo liên tục, không cần hóa chất.")
    expect(one.locator("[data-saved]").first).to_contain_text("Đã lưu", timeout=10_000)
    expect(one.locator("[data-missing]")).not_to_contain_text("Ưu điểm")
    two.fill("#advantages", "Bản của thẻ thứ hai.")
    two.click("button[name=go][value=stay]")
    two.wait_for_selector(".message-warning")
    assert "Đo liên tục" in two.inner_text(".message-warning")
    assert two.input_value("#advantages") == "Bản của thẻ thứ hai."
    two.click("button[name=go][value=stay]")
    two.wait_for_selector(".message-success")
    one.reload()
    assert one.input_value("#advantages") == "Bản của thẻ thứ hai."
    one.click("button[name=add-specs]")
    one.wait_for_selector("[name=specs-1-name]")
    assert one.url.endswith("#specs")
    one.goto(f"{address}{paths['draft']}/edit/transfer")
    one.select_option("#province_code", "79")
    expect(one.locator("#ward_code option").nth(100)).to_be_attached()
    one.close()
    two.close()
