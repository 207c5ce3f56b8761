"""Every main page as the person it is for: answers, keeps the console quiet, fits its width, is accessible.

One page of each template (`places`) is looked at once: by turns on a desktop, Vietnamese and light, and on a phone,
English and dark. The pages in `FACES` get both looks, and contrast is measured on them. TESTS=all opens every page in
all four looks, with contrast; it and SHOTS=1 also photograph them.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple
from urllib.parse import urljoin

import pytest
from playwright.sync_api import Page

from tests.browser.accessibility import violations
from tests.browser.conftest import shoot
from tests.browser.pages import DESKTOP, PHONE
from tests.browser.people import read_if_asked
from tests.browser.places import FACES, PAGES, Place
from tests.thorough import ALL

pytestmark = pytest.mark.browser


class Look(NamedTuple):
    """How a page is looked at."""

    phone: bool
    locale: str
    dark: bool

    def __str__(self) -> str:
        return f"{'phone' if self.phone else 'desktop'}-{self.locale}-{'dark' if self.dark else 'light'}"


LOOKS = (Look(False, "vi", False), Look(True, "en", True), Look(True, "vi", False), Look(False, "en", True))


@pytest.mark.parametrize("who", PAGES, ids=lambda who: who or "visitor")
def test_every_page_is_whole(open_page: Callable[..., Page], who: str) -> None:
    page = open_page(f"{who}@demo.example" if who else "")
    problems: list[str] = []
    paths = addresses(page, [place for place in PAGES[who] if ALL or not place.like])
    for number, look in enumerate(LOOKS if ALL else LOOKS[:2]):
        page.set_viewport_size(PHONE if look.phone else DESKTOP)
        page.emulate_media(color_scheme="dark" if look.dark else "light", reduced_motion="reduce")
        page.request.post(f"/language/{look.locale}?next=/healthz")
        for turn, (place, path) in enumerate(paths.items()):
            its_turn = turn % 2 == number
            if ALL or its_turn or place.name in FACES:
                axe = its_turn or (ALL and number < 2)
                problems += [f"{place.name} ({path}) {look}: {said}" for said in faults(page, path, axe, place.name)]
                shoot(page, f"pages/{who or 'visitor'}-{place.name}-{look}")
    assert not problems, "\n".join(problems)


def addresses(page: Page, places: list[Place]) -> dict[Place, str]:
    """Return the address of each place in the demonstration's data."""
    bodies = {path: page.request.get(path).text() for path in {place.path for place in places if place.follow}}
    found = {place: re.search(rf'href="({place.follow})["?]', bodies[place.path]) for place in places if place.follow}
    for place, link in found.items():
        assert link, f"{place.path} links to no {place.follow}"
    reached = {place: urljoin(link[1], place.then) if (link := found.get(place)) else place.path for place in places}
    for place in (one for one in places if one.after):
        last = re.search(rf'href="({place.after})["#?]', page.request.get(reached[place]).text())
        assert last, f"{reached[place]} links to no {place.after}"
        reached[place] = last[1]
    return reached


def faults(page: Page, path: str, axe: bool, name: str) -> list[str]:
    """Open a page and return what is wrong with it; `axe` looks for violations of WCAG too, on FACES for contrast."""
    answer = page.goto(path, wait_until="load")
    assert answer is not None
    found = [] if answer.status == 200 else [f"status {answer.status}"]
    if name != "asked":
        read_if_asked(page)
    found += violations(page, contrast=ALL or name in FACES) if axe else []
    if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
        found.append("scrolls sideways")
    return found
