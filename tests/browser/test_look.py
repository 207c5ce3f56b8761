"""The look in a real browser: no accessibility violation, no sideways scroll, drawers and keys that work.

With `SHOTS` set to a folder, every page is also saved there as a picture.
"""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, Route
from sqlalchemy.exc import OperationalError
from werkzeug.serving import make_server

from marketplace.core.permissions import PUBLIC
from marketplace.pages.styleguide import PARTS
from marketplace.values.money import MoneyError, format_vnd, parse_vnd
from tests.browser.accessibility import violations
from tests.browser.pages import PHONE, Pages
from tests.thorough import ALL

pytestmark = pytest.mark.browser
PATHS = ["", *(f"/{part}" for part, _name, _text in PARTS), "/forms?errors=1"]

#: Each part by turns on a phone in the light and on a desktop in the dark; TESTS=all tries every part in every pair.
LOOKS = [(390, "light"), (1280, "dark"), *([(390, "dark"), (1280, "light")] if ALL else [])]


@pytest.fixture(scope="module")
def address(shared_app: Flask) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, shared_app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join()


@pytest.fixture
def page(pages: Pages) -> Iterator[Page]:
    taken = pages.take(locale="en-US", viewport=PHONE)
    yield taken
    pages.give_back(taken)


@pytest.mark.parametrize(("width", "theme"), LOOKS)
def test_no_component_violates_accessibility(page: Page, pages: Pages, address: str, theme: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme="dark" if theme == "dark" else "light", reduced_motion="reduce")
    problems: list[str] = []
    for path in PATHS if ALL else PATHS[LOOKS.index((width, theme)) :: 2]:
        page.goto(f"{address}/styleguide{path}")
        problems += [f"{path}: {said}" for said in violations(page, contrast=True)]
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            problems.append(f"{path}: scrolls sideways")
        save(page, f"styleguide{path.replace('/', '-').replace('?', '-')}-{width}-{theme}")
    problems += pages.errors[page]
    assert not problems, "\n".join(problems)


def save(page: Page, name: str) -> None:
    folder = os.environ.get("SHOTS")
    if folder:
        page.screenshot(path=str(Path(folder) / f"{name}.png"), full_page=True)


def test_the_filter_drawer_takes_and_returns_the_focus(page: Page, address: str) -> None:
    page.goto(f"{address}/styleguide/lists")
    page.click(".filters-open")
    page.wait_for_function("() => document.activeElement.closest('#filters') !== null")
    page.keyboard.press("Escape")
    page.wait_for_function("() => document.activeElement.classList.contains('filters-open')")
    assert "#" not in page.url


def test_the_menu_opens_without_javascript(browser: Browser, address: str) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 844}, java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{address}/styleguide/lists")
    assert not page.is_visible("#menu")
    page.click(".menu-open")
    assert page.is_visible("#menu")
    context.close()


def test_slash_goes_to_the_search_box(page: Page, address: str) -> None:
    page.goto(f"{address}/styleguide/lists")
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "site-q"


def test_a_queue_works_by_keys(page: Page, address: str) -> None:
    page.goto(f"{address}/styleguide/lists")
    page.evaluate("document.querySelector('[data-claim]').addEventListener('click', () => { document.title = 'claimed'; })")
    page.keyboard.press("j")
    page.keyboard.press("c")
    assert page.title() == "claimed"


AMOUNTS = [
    "0", "1500000", "1.500.000", "1 500 000", "1\u00a0500\u00a0000 ₫", "1,500,000", "1.500", "1.500.000đ", "1.500.000 VNĐ",
    "1.500.000,00 đồng", "1,5 tỷ", "1.5 tỷ", "1.500 tỷ", "1,500 tỷ", "2 tỉ", "2 ty", "500 TRIỆU ĐỒNG", "500tr",
    "12,345 triệu", "200k", "200 ngàn", "2 tỷ 300 triệu", "2tỷ300tr", "2 tỷ 300 triệu 500 nghìn 200 đồng",
    "9 nghìn tỷ", "9.000 tỷ đồng",
    "1.5 billion", "1,5 ty\u0309", "1.000.000.000.000.000", "1.000.000.000.000.001", "9.223.372.036.854.775.808",
    "1.5", "1.50", "12.34.567",
    "1500000.00", "1,500", "2 tỷ 3", "2 tỷ 300", "1 tỷ 2 tỷ", "2 tỷ 3000 triệu", "1.5000 tỷ", "1,5,0 tỷ", "1.500,000.0",
    "", "abc", "tỷ", "₫", "1 tỷ rưỡi", "1e9", "một tỷ", "5 triệu USD", "1..5", "1,", "5.", ",5", "9" * 81, "½", "1,5",
    "-5 triệu", "1,0000000001 tỷ",
]


def test_an_amount_is_echoed_exactly_as_the_server_reads_it(page: Page, address: str) -> None:
    page.goto(f"{address}/styleguide/forms")
    wrong = []
    for typed in AMOUNTS:
        try:
            expected = format_vnd(parse_vnd(typed))
        except MoneyError:
            expected = ""
        page.fill("#price", typed)
        echo = page.text_content("#price-echo") or ""
        if echo != expected:
            wrong.append((typed, echo, expected))
    assert not wrong


def test_limits_are_counted_live(page: Page, address: str) -> None:
    page.goto(f"{address}/styleguide/forms")
    page.fill("#title", "Đ" * 301)
    assert "is-over" in (page.get_attribute("#title-count", "class") or "")
    page.fill("#keywords", "a, b, c, d, e, f")
    assert page.inner_text("#keywords-count").startswith("6 / 5")


def test_the_theme_button_is_remembered(page: Page, address: str) -> None:
    page.set_viewport_size({"width": 1280, "height": 900})
    page.goto(f"{address}/styleguide")
    page.click(".site-header [data-theme-toggle]")
    page.goto(f"{address}/styleguide/lists")
    assert page.get_attribute("html", "data-theme") == "dark"


def answer_autosaves(page: Page, posted: list[str]) -> None:
    def answer(route: Route) -> None:
        posted.append(route.request.post_data or "")
        route.fulfill(json={"lock": 4, "saved": "10:42", "missing_html": "<p id='told'>đủ</p>"})

    page.route("**/autosave", answer)


def test_a_draft_saves_itself_and_takes_the_new_lock(page: Page, address: str) -> None:
    posted: list[str] = []
    answer_autosaves(page, posted)
    page.goto(f"{address}/styleguide/forms")
    page.fill("#title", "Màng lọc sinh học")
    page.wait_for_selector("[data-saved]:has-text('10:42')")
    assert len(posted) == 1
    assert page.input_value("[data-lock]") == "4"


def test_leaving_by_a_link_saves_first(page: Page, address: str) -> None:
    posted: list[str] = []
    answer_autosaves(page, posted)
    page.goto(f"{address}/styleguide/forms")
    page.fill("#title", "Màng lọc sinh học")
    page.click(".brand")
    page.wait_for_url(f"{address}/")
    assert len(posted) == 1


def test_pressing_save_waits_for_the_save_under_way(page: Page, address: str) -> None:
    page.goto(f"{address}/styleguide/forms")
    page.evaluate("""() => {
        window.fetch = async (url, options) => {
            await new Promise((done) => { window.release = done; });
            return Response.json({ lock: 9, saved: "10:42" });
        };
    }""")
    page.fill("#title", "Màng lọc sinh học")
    page.wait_for_function("() => window.release !== undefined")
    page.click(".form-buttons .btn-primary")
    with page.expect_request(lambda request: request.method == "POST") as sent:
        page.evaluate("window.release()")
    page.wait_for_load_state()
    body = sent.value.post_data or ""
    assert '"lock"' in body or "lock=9" in body
    assert "9" in body.split("lock")[1][:40]


def test_a_filter_does_not_jump(page: Page, address: str) -> None:
    page.set_viewport_size({"width": 1280, "height": 500})
    page.route("**/technologies?*", lambda route: route.fulfill(status=204))
    page.goto(f"{address}/styleguide/lists")
    page.evaluate("document.querySelector('#filters').action = location.pathname")
    page.evaluate("window.scrollTo({ top: 240, behavior: 'instant' })")
    with page.expect_navigation():
        page.check("#f-field-2")
    page.wait_for_function("() => document.activeElement.id === 'f-field-2'")
    assert page.evaluate("window.scrollY") > 100


@pytest.mark.parametrize(("width", "theme"), [(390, "light"), (1280, "dark")])
def test_the_page_of_a_busy_database_is_as_usable_as_any(
    page: Page, address: str, shared_app: Flask, monkeypatch: pytest.MonkeyPatch, width: int, theme: str
) -> None:
    """The 503 page, which asks nothing of the database: opened, and as the answer to a form whose texts it keeps."""
    def busy(*_args: object, **_values: object) -> None:
        raise OperationalError("SELECT 1", {}, sqlite3.OperationalError("database is locked"))

    busy.__access__ = PUBLIC  # type: ignore[attr-defined]  # in place of views that everybody may open
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme="dark" if theme == "dark" else "light", reduced_motion="reduce")
    page.goto(f"{address}/reset")
    page.get_by_role("textbox").first.fill("lan.ho@example.vn")
    for endpoint in ("pages.home", "security.forgot_password"):
        monkeypatch.setitem(shared_app.view_functions, endpoint, busy)
    for opened in (lambda: page.get_by_role("textbox").first.press("Enter"), lambda: page.goto(address)):
        with page.expect_response(lambda answer: answer.request.is_navigation_request()) as got:
            opened()
        assert got.value.status == 503
        assert page.get_by_role("heading", level=1).count() == 1
        assert not violations(page, contrast=True)
        assert not page.evaluate("document.documentElement.scrollWidth > innerWidth")
        save(page, f"503-{width}-{theme}")
