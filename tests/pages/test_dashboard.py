"""What the dashboard links to is there: every tab it names exists, nothing leads its reader to a refusal."""

from __future__ import annotations

import re
from html import unescape

import pytest
from flask import Flask

from marketplace.buyer_requests import queries as needs
from marketplace.listings import queries as listings
from tests import factories
from tests.buyer_requests.factories import Cast
from tests.listings import samples


@pytest.fixture
def cast(ctx: Flask) -> Cast:
    return Cast()


def links(page: str) -> list[str]:
    main = page[page.index("<main"):page.index("</main>")]
    return [unescape(link) for link in re.findall(r'href="([^"#]+)"', main)]


def test_the_owners_lines_lead_to_tabs_that_exist(ctx: Flask, cast: Cast) -> None:
    samples.published(cast.buyer_user, cast.org, cast.moderator_user, state="stale")
    samples.draft(cast.buyer_user, cast.org)
    cast.draft()
    page = factories.client(ctx, cast.buyer_user, cast.org).get("/dashboard").get_data(as_text=True)
    tabs = {"/my/listings": set(listings.TABS), "/my/needs": set(needs.TABS)}
    asked = [re.fullmatch(r"(/my/\w+)\?state=(\w+)", link) for link in links(page)]
    found = [(match[1], match[2]) for match in asked if match]
    assert {path for path, _tab in found} == set(tabs)
    assert not [one for one in found if one[1] not in tabs[one[0]]]


@pytest.mark.parametrize("role", ["moderator", "admin", "manager", "leadership", "auditor", "deal_officer"])
def test_no_line_leads_staff_to_a_refusal(ctx: Flask, cast: Cast, role: str) -> None:
    cast.submitted()
    client = factories.client(ctx, factories.user("Người Điều Hành", staff=(role,)))
    page = client.get("/dashboard").get_data(as_text=True)
    refused = [link for link in links(page) if link.startswith("/") and client.get(link).status_code >= 400]
    assert not refused
