"""A real exchange as `make run` starts it (web, worker, demo data, SQLite, Whoosh) and a real Chromium."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.browser.chromium import ARGS, find
from tests.browser.exchange import copy_of, demonstration, running
from tests.browser.pages import DESKTOP, PHONE, SECONDS, Pages
from tests.browser.people import sign_in
from tests.thorough import ALL

ROOT = Path(__file__).resolve().parents[2]
SHOTS = ROOT / "shots"
#: One process of the web is enough for one Chromium: each more costs a start and has its own pages to learn. The first
#: start, which makes the demonstration, and TESTS=all have the two that `make run` starts.
WEB = {} if ALL else {"WEB_CONCURRENCY": "1"}
#: Pictures far down are loaded late; a shot of the whole page wants them all, and the header on top.
LOAD_PICTURES = """window.scrollTo({ top: 0, behavior: "instant" }); Promise.all([...document.images].map((one) => {
    one.loading = "eager";
    return one.decode().catch(() => null);
}))"""


#: The longest first, so that two processes end together. What needs no exchange comes before: its data are being made.
ORDER = (
    "test_look.py", "test_moderating.py", "test_writing.py", "test_trading.py", "test_journeys.py", "test_every_page.py",
)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the browser's tests in order and give them time: each needs only its process's exchange, none another test."""
    places = {name: place for place, name in enumerate(ORDER)}
    ours = [item for item in items if item.path.parent == ROOT / "tests" / "browser"]
    for item in ours:
        item.add_marker(pytest.mark.timeout(900))
    ours.sort(key=lambda item: places.get(item.path.name, len(ORDER)))
    mine = set(ours)
    items[:] = [*(item for item in items if item not in mine), *ours]


@pytest.fixture(scope="session")
def site() -> Iterator[str]:
    """The address of an exchange of this process's own with the demonstration; BROWSER_SITE names a running one."""
    if already := os.environ.get("BROWSER_SITE"):
        yield already
        return
    made = os.environ.get("BROWSER_DATA")  # tests.browser.run has begun it
    with nullcontext(Path(made)) if made else demonstration() as folder, running(copy_of(folder), **WEB) as address:
        yield address


@pytest.fixture(scope="session")
def signed_in() -> dict[str, Any]:
    """The cookies of each person who has signed in to this process's exchange."""
    return {}


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    expect.set_options(timeout=SECONDS * 1000)
    with sync_playwright() as playwright:
        made = playwright.chromium.launch(executable_path=find(), args=ARGS)
        yield made
        made.close()


@pytest.fixture(scope="session")
def pages(browser: Browser) -> Pages:
    return Pages(browser)


@pytest.fixture
def open_page(pages: Pages, site: str, signed_in: dict[str, Any]) -> Iterator[Callable[..., Page]]:
    """Open pages as different people: `open_page(email="", phone=False, locale="vi")`; fails on console errors.

    A person signs in by the form once in each process; later pages begin with the cookies of then.
    """
    opened: list[Page] = []

    def make(
        email: str = "", *, phone: bool = False, locale: str = "vi", dark: bool = False, javascript: bool = True
    ) -> Page:
        page = pages.take(
            base_url=site, locale="vi-VN" if locale == "vi" else "en-GB", javascript=javascript,
            viewport=PHONE if phone else DESKTOP, dark=dark,
            cookies=[*signed_in.get(email, []), {"name": "lang", "value": locale, "url": site}],
        )
        opened.append(page)
        if email and email not in signed_in:
            sign_in(page, email)
            signed_in[email] = [cookie for cookie in page.context.cookies() if cookie["name"] != "lang"]
        return page

    yield make
    errors = [error for page in opened for error in pages.give_back(page)]
    assert [error for error in errors if "404" not in error and "422" not in error and "409" not in error] == []


def shoot(page: Page, name: str) -> None:
    """Save a screenshot of the whole page under shots/, with SHOTS=1 or TESTS=all."""
    if not (ALL or os.environ.get("SHOTS")):
        return
    path = SHOTS / f"{name}.png"
    path.parent.mkdir(parents=True, exist_ok=True)
    page.evaluate(LOAD_PICTURES)
    page.screenshot(path=str(path), full_page=True)
    assert path.stat().st_size > 5_000
