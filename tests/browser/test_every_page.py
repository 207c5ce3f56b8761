"""Every main page as the person it is for: answers, keeps the console quiet, fits its width, is accessible.

Each page is looked at once: by turns on a desktop, Vietnamese and light, and on a phone, English and dark. The pages in
`FACES` get both looks. TESTS=all gives every page all four looks; it and SHOTS=1 also photograph them.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple
from urllib.parse import urljoin

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.browser.conftest import DESKTOP, PHONE, shoot
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
#: Pages that everybody sees first.
FACES = ("home", "technologies", "technology", "need", "dashboard", "listing-use", "need-own", "queue", "case-listing")


class Place(NamedTuple):
    """A page: its address, or the first link on it whose address matches `follow`, or what lies at `then` from there."""

    name: str
    path: str
    follow: str = ""
    then: str = ""


TECHNOLOGY = r"/technologies/CN-\d{4}-\d+-[a-z0-9-]+"
NEED = r"/needs/NC-\d{4}-\d+-[a-z0-9-]+"
LEAD = r"/leads/QT-\d{4}-\d+"
DEAL = r"/deals/GD-\d{4}-\d+"
DRAFT = r"/my/(?:listings/CN|needs/NC)-\d{4}-\d+/edit/[a-z-]+"
PAGES: dict[str, list[Place]] = {
    "": [
        Place("home", "/"),
        Place("technologies", "/technologies?q=nuoc+thai"),
        Place("technologies-nothing", "/technologies?q=xyzzy+khong+co&field=2"),
        Place("technology", "/technologies?q=nuoc+thai", TECHNOLOGY),
        Place("needs", "/needs"),
        Place("need", "/needs?q=rau", NEED),
        Place("organisations", "/organisations"),
        Place("organisation", "/organisations", r"/organisations/[a-z0-9-]+"),
        Place("search-help", "/search/help"),
        Place("about", "/about"),
        Place("terms", "/terms"),
        Place("sign-in", "/login"),
        Place("register", "/register"),
        Place("forgotten", "/reset"),
        Place("mailbox", "/mailbox"),
    ],
    "supplier": [
        Place("dashboard", "/dashboard"),
        Place("my-listings", "/my/listings"),
        Place("new-listing", "/my/listings/new"),
        *(
            Place(f"listing-{step}", "/my/listings", DRAFT, step)
            for step in ("what", "use", "maturity", "rights", "transfer", "contact", "files")
        ),
        Place("listing-review", "/my/listings", DRAFT, "../review"),
        Place("listing-own", "/my/listings", TECHNOLOGY),
        Place("my-organisation", "/my/organisation"),
        Place("members", "/my/organisation/members"),
        Place("invitations", "/my/needs/invitations"),
        Place("leads", "/my/leads"),
        Place("lead", "/my/leads", LEAD),
        Place("deals", "/my/deals"),
        Place("deal", "/my/deals", DEAL),
        Place("searches", "/my/searches"),
        Place("account", "/account"),
        Place("inbox", "/inbox"),
        Place("notifications", "/account/notifications"),
    ],
    "buyer": [
        Place("dashboard", "/dashboard"),
        Place("my-needs", "/my/needs"),
        Place("leads", "/my/leads"),
        Place("lead", "/my/leads?sort=oldest", LEAD),
        Place("deal", "/my/deals", DEAL),
        Place("need-own", "/my/needs", NEED),
        Place("new-need", "/my/needs/new"),
        *(
            Place(f"need-{step}", "/my/needs", DRAFT, step)
            for step in ("problem", "result", "terms", "choosing", "six-clear")
        ),
    ],
    "agency": [
        Place("dashboard", "/dashboard"),
        Place("need-review", "/my/needs", r"/my/needs/NC-\d{4}-\d+/review"),
    ],
    "founder": [
        Place("dashboard", "/dashboard"),
        Place("organisation-identity", "/my/organisation/edit/identity"),
        Place("organisation-address", "/my/organisation/edit/address"),
        Place("organisation-documents", "/my/organisation/documents"),
    ],
    "moderator": [
        Place("dashboard", "/dashboard"),
        Place("queue", "/moderation"),
        Place("case-organisation", "/moderation?kind=organisation", r"/moderation/organisation/\d+"),
        Place("case-listing", "/moderation?kind=listing", r"/moderation/listing/\d+"),
        Place("case-need", "/moderation?kind=need", r"/moderation/need/\d+"),
        Place("decided", "/moderation/decided"),
        Place("figures", "/moderation/figures"),
        Place("calendar", "/moderation/calendar"),
        Place("imports", "/imports"),
        Place("held", "/staff/held-notifications"),
    ],
    "officer": [
        Place("dashboard", "/dashboard"),
        Place("deals", "/staff/deals"),
        Place("deal", "/staff/deals?stage=disputed", DEAL),
        Place("complaints", "/staff/complaints"),
        Place("complaint", "/staff/complaints", r"/complaints/KN-\d{4}-\d+"),
        Place("lead", "/staff/leads", LEAD),
    ],
    "manager": [
        Place("dashboard", "/dashboard"),
        Place("deliveries", "/staff/deliveries"),
        Place("leads", "/staff/leads"),
        Place("introduce", "/staff/leads/introduce"),
        Place("matching", "/staff/matching"),
    ],
    "leader": [Place("dashboard", "/dashboard"), Place("figures", "/moderation/figures")],
    "admin": [
        Place("dashboard", "/dashboard"),
        Place("staff", "/staff"),
        Place("background", "/staff/background"),
        Place("texts", "/staff/texts"),
        Place("text-edit", "/staff/texts/terms/vi"),
    ],
}


@pytest.mark.timeout(300)
@pytest.mark.parametrize("who", PAGES, ids=lambda who: who or "visitor")
def test_every_page_is_whole(open_page: Callable[..., Page], who: str) -> None:
    page = open_page(f"{who}@demo.example" if who else "")
    problems: list[str] = []
    paths = {place.name: resolve(page, place) for place in PAGES[who]}
    for number, look in enumerate(LOOKS if ALL else LOOKS[:2]):
        page.set_viewport_size(PHONE if look.phone else DESKTOP)
        page.emulate_media(color_scheme="dark" if look.dark else "light", reduced_motion="reduce")
        page.goto(f"/language/{look.locale}?next=/healthz")
        for turn, (name, path) in enumerate(paths.items()):
            its_turn = turn % 2 == number
            if ALL or its_turn or name in FACES:
                axe = its_turn or (ALL and number < 2)
                problems += [f"{name} ({path}) {look}: {said}" for said in faults(page, path, axe=axe)]
                shoot(page, f"pages/{who or 'visitor'}-{name}-{look}")
    assert not problems, "\n".join(problems)


def resolve(page: Page, place: Place) -> str:
    """Return the address of the place in the demonstration's data."""
    if not place.follow:
        return place.path
    body = page.request.get(place.path).text()
    found = re.search(rf'href="({place.follow})["?]', body)
    assert found, f"{place.path} links to no {place.follow}"
    return urljoin(found[1], place.then) if place.then else found[1]


def faults(page: Page, path: str, *, axe: bool) -> list[str]:
    """Open a page and return what is wrong with it; `axe` looks for violations of WCAG too."""
    answer = page.goto(path, wait_until="load")
    assert answer is not None
    found = [] if answer.status == 200 else [f"status {answer.status}"]
    for violation in Axe().run(page).response["violations"] if axe else ():
        found += [f"{violation['id']} {node['html'][:160]}" for node in violation["nodes"]]
    if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
        found.append("scrolls sideways")
    return found
