"""Pages of Chromium that are used again: a new context costs two processor seconds (a process, style sheets, fonts).

A page that was given back has forgotten its cookies and what scripts kept; only its cache of files stays.
"""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Error, Page

DESKTOP = {"width": 1280, "height": 900}
PHONE = {"width": 390, "height": 844}
SECONDS = 60  # that a page may take on a machine that does much else; the whole test has its own limit
FORGET = "try { localStorage.clear(); sessionStorage.clear(); } catch { /* a page without an origin */ }"


class Pages:
    """The pages of one Chromium, and what their consoles said since each was taken."""

    def __init__(self, browser: Browser) -> None:
        self.browser = browser
        self.free: dict[tuple[Any, ...], list[Page]] = {}
        self.taken: dict[Page, tuple[Any, ...]] = {}
        self.errors: dict[Page, list[str]] = {}

    def take(
        self, *, base_url: str | None = None, locale: str = "vi-VN", javascript: bool = True,
        viewport: dict[str, int] = DESKTOP, dark: bool = False, cookies: Any = (),
    ) -> Page:
        """Return a page as of somebody who comes for the first time, with these cookies."""
        key = (base_url, locale, javascript)
        page = free.pop() if (free := self.free.get(key)) else self._new(*key)
        self.taken[page], self.errors[page] = key, []
        page.set_viewport_size(viewport)  # type: ignore[arg-type]
        page.emulate_media(color_scheme="dark" if dark else "light", reduced_motion="no-preference")
        page.context.add_cookies(cookies)
        return page

    def give_back(self, page: Page) -> list[str]:
        """Make a page ready for the next one; return the errors that its console said."""
        key, said = self.taken.pop(page), self.errors.pop(page)
        try:
            page.wait_for_load_state()  # a test may end while its last button leads on
            page.evaluate(FORGET)
            page.goto("about:blank")
            page.unroute_all(behavior="ignoreErrors")
            page.context.clear_cookies()
        except Error:  # in the middle of something: the next test begins with another, this one ends with Chromium
            pass
        else:
            self.free.setdefault(key, []).append(page)
        return said

    def _new(self, base_url: str | None, locale: str, javascript: bool) -> Page:
        context: BrowserContext = self.browser.new_context(
            base_url=base_url, locale=locale, java_script_enabled=javascript, timezone_id="Asia/Ho_Chi_Minh",
        )
        page = context.new_page()
        page.set_default_timeout(SECONDS * 1000)
        page.on("pageerror", lambda error: self._said(page, error))
        page.on("console", lambda message: self._said(page, message))
        return page

    def _said(self, page: Page, what: Error | ConsoleMessage) -> None:
        if page in self.errors and (isinstance(what, Error) or what.type == "error"):
            self.errors[page].append(str(what) if isinstance(what, Error) else what.text)
