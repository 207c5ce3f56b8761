"""A real exchange as `make run` starts it (web, worker, demo data, SQLite, Whoosh) and a real Chromium."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.chromium import ARGS, find
from tests.browser.people import sign_in
from tests.thorough import ALL

ROOT = Path(__file__).resolve().parents[2]
SHOTS = ROOT / "shots"
DESKTOP = {"width": 1280, "height": 900}
PHONE = {"width": 390, "height": 844}
#: Pictures far down are loaded late; a shot of the whole page wants them all, and the header on top.
LOAD_PICTURES = """window.scrollTo({ top: 0, behavior: "instant" }); Promise.all([...document.images].map((one) => {
    one.loading = "eager";
    return one.decode().catch(() => null);
}))"""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep the tests of a file in one process, for they share its exchange; each person's pages are only looked at."""
    for item in items:
        if item.path.parent == ROOT / "tests" / "browser":
            alone = item.path.name == "test_every_page.py"
            item.add_marker(pytest.mark.xdist_group(item.nodeid if alone else item.path.name))


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of an exchange started by `flask up` in an empty data folder; BROWSER_SITE names a running one."""
    if running := os.environ.get("BROWSER_SITE"):
        yield running
        return
    folder, port = tmp_path_factory.mktemp("site"), free_port()
    ours = {"DATA_DIR": str(folder / "data"), "PORT": str(port), "EXCHANGE_ENV": "development", "RATE_LIMITS": "0"}
    env = {**os.environ, **ours}
    for name in ("DATABASE_URL", "SEARCH_URL", "BASE_URL"):
        env.pop(name, None)
    with (folder / "log.txt").open("w") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "flask", "--app", "wsgi", "up"], cwd=ROOT, env=env, stdout=log, stderr=log
        )
        try:
            wait_until_up(f"http://127.0.0.1:{port}/healthz", process, folder / "log.txt")
            yield f"http://127.0.0.1:{port}"
        finally:
            process.send_signal(signal.SIGINT)
            assert process.wait(timeout=40) == 0, (folder / "log.txt").read_text()[-3000:]


def wait_until_up(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 300  # a busy machine makes the demonstration's data slowly
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise AssertionError(f"the exchange stopped: {log.read_text()[-3000:]}")
        try:
            with urllib.request.urlopen(url, timeout=2):
                return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.3)
    raise AssertionError(f"the exchange did not start: {log.read_text()[-3000:]}")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        made = playwright.chromium.launch(executable_path=find(), args=ARGS)
        yield made
        made.close()


@pytest.fixture
def open_page(browser: Browser, site: str) -> Iterator[Callable[..., Page]]:
    """Open pages as different people: `open_page(email="", phone=False, locale="vi")`; fails on console errors."""
    errors: list[str] = []
    contexts = []

    def make(
        email: str = "", *, phone: bool = False, locale: str = "vi", dark: bool = False, javascript: bool = True
    ) -> Page:
        context = browser.new_context(
            base_url=site, viewport=PHONE if phone else DESKTOP, locale="vi-VN" if locale == "vi" else "en-GB",
            color_scheme="dark" if dark else "light", java_script_enabled=javascript, timezone_id="Asia/Ho_Chi_Minh",
        )
        context.add_cookies([{"name": "lang", "value": locale, "url": site}])
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(15_000)
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
        if email:
            sign_in(page, email)
        return page

    yield make
    for context in contexts:
        context.close()
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
