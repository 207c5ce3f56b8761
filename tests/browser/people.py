"""What people do on every page: sign in as one of the demo's people, follow a link."""

from __future__ import annotations

from playwright.sync_api import Locator, Page

from marketplace.pages.demo import DEMO_PASSWORD


def sign_in(page: Page, email: str) -> None:
    page.goto("/login")
    page.fill("input[name=email]", email)
    page.fill("input[name=password]", DEMO_PASSWORD)
    page.press("input[name=password]", "Enter")
    page.wait_for_url(lambda url: "/login" not in url)


def read_if_asked(page: Page) -> None:
    """Press the button of a page that asks before a reading is recorded: an address that is typed comes from nowhere."""
    button = page.locator("form[action='/readings'] button")
    if button.count():
        follow(button)


def follow(link: Locator) -> None:
    """Press a link or a button that leads on and wait for its page: what is asked at once would be asked of the old one."""
    with link.page.expect_navigation():
        link.click()


def unfold(page: Page) -> None:
    """Open the groups of optional fields of a step, one press each."""
    closed = page.locator("form details.disclosure:not([open]) > summary").filter(visible=True)
    while closed.count():
        closed.first.click()
