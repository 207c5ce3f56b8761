"""Signing in as the demo's people."""

from __future__ import annotations

from playwright.sync_api import Page

from marketplace.pages.demo import DEMO_PASSWORD


def sign_in(page: Page, email: str) -> None:
    page.goto("/login")
    page.fill("input[name=email]", email)
    page.fill("input[name=password]", DEMO_PASSWORD)
    page.press("input[name=password]", "Enter")
    page.wait_for_url(lambda url: "/login" not in url)
