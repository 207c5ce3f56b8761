"""The search box in a real browser: suggestions by keyboard, Enter never stolen, recent searches private and clearable."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.accessibility import violations

pytestmark = pytest.mark.browser


@pytest.fixture
def page(open_page: Callable[..., Page]) -> Page:
    return open_page()


def test_arrows_choose_escape_closes_and_enter_searches_what_is_typed(page: Page, site: str) -> None:
    page.goto(site + "/technologies")
    box = page.get_by_role("combobox").first
    expect(box).to_have_attribute("aria-expanded", "false")
    box.press_sequentially("nuoc th")
    options = page.get_by_role("option")
    expect(options.first).to_be_visible()
    expect(box).to_have_attribute("aria-expanded", "true")
    assert not violations(page, ("serious", "critical"))
    box.press("ArrowDown")
    expect(options.first).to_have_attribute("aria-selected", "true")
    assert box.get_attribute("aria-activedescendant") == options.first.get_attribute("id")
    box.press("Escape")
    expect(options.first).to_be_hidden()
    box.press_sequentially("ả")
    expect(options.first).to_be_visible()
    box.press("Enter")  # nothing is chosen: the text itself is searched
    page.wait_for_url("**/technologies?q=nuoc+th*")


def test_a_chosen_line_is_opened_and_searches_are_remembered_until_cleared(page: Page, site: str) -> None:
    page.goto(site + "/technologies?q=nước")
    page.goto(site + "/organisations")
    box = page.get_by_role("combobox").first
    box.focus()
    recent = page.get_by_role("option", name="nước", exact=True)
    expect(recent).to_be_visible()
    page.get_by_role("button", name="Xóa tìm kiếm gần đây").click()
    expect(recent).to_be_hidden()
    page.reload()
    page.get_by_role("combobox").first.focus()
    expect(recent).to_have_count(0)
    box = page.get_by_role("combobox").first
    box.press_sequentially("cam bien")
    title = page.get_by_role("group", name="Công nghệ").get_by_role("option").first
    expect(title).to_be_visible()
    wanted = title.get_attribute("href") or ""
    while title.get_attribute("aria-selected") != "true":
        box.press("ArrowDown")
    box.press("Enter")
    page.wait_for_url("**" + wanted)
