"""Violations of WCAG on a page, by axe."""

from __future__ import annotations

from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.thorough import ALL

#: Axe fetches every style sheet again for two rules: one is off by default, one is about sound, which no page has.
OPTIONS: dict[str, Any] = {"resultTypes": ["violations"], "preload": ALL}
_AXE = Axe()


def violations(page: Page, impacts: tuple[str, ...] = (), *, contrast: bool = ALL) -> list[str]:
    """Return what violates WCAG on the page as it stands, a line for each element; of these impacts, if any are given.

    Contrast is two thirds of axe's time and follows from the style sheet: it is looked for where every component stands
    (the style guide) and on the pages everybody sees, and on every page with TESTS=all.
    """
    page.wait_for_load_state("load")  # a link that was pressed may have begun the next page only
    options = {**OPTIONS, "rules": {"color-contrast": {"enabled": contrast}}}
    found = _AXE.run(page, options=options).response["violations"]
    asked = [one for one in found if not impacts or one["impact"] in impacts]
    return [f"{one['id']} {node['html'][:160]}" for one in asked for node in one["nodes"]]
