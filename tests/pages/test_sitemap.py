"""What search engines and other sites are told: only what guests may read, by its one address, with a picture."""

from __future__ import annotations

import io
from xml.etree import ElementTree as ET

import pytest
from flask import Flask
from PIL import Image

from marketplace.listings.card import _font, wrapped
from marketplace.listings.queries import path_of
from tests import factories
from tests.buyer_requests.factories import Cast
from tests.listings import samples


@pytest.fixture
def cast(ctx: Flask) -> Cast:
    return Cast()


def test_the_map_names_what_guests_may_read_and_nothing_else(cast: Cast, ctx: Flask) -> None:
    base = ctx.extensions["settings"].base_url
    listing = samples.published(cast.buyer_user, cast.org, cast.moderator_user)
    members = samples.published(cast.buyer_user, cast.org, cast.moderator_user, visibility="members")
    need = cast.published()
    invited = cast.published(title="Nhu cầu chỉ mời", visibility="invited_only", invited_org_ids=[cast.invited_org.id])
    guest = factories.client(ctx)
    root = ET.fromstring(guest.get("/sitemap.xml").data)
    named = [one.text or "" for one in root.iter("{http://www.sitemaps.org/schemas/sitemap/0.9}loc")]
    assert base + path_of(listing) in named and len(named) == len(set(named))
    assert any(need.code in one for one in named)
    assert not any(members.code in one or invited.code in one for one in named)
    for one in named:
        assert guest.get(one.removeprefix(base)).status_code == 200, one
    robots = guest.get("/robots.txt").text
    assert f"Sitemap: {base}/sitemap.xml" in robots and "Disallow: /my/" in robots


def test_a_technology_says_what_other_sites_show_of_it(cast: Cast, ctx: Flask) -> None:
    base = ctx.extensions["settings"].base_url
    listing = samples.published(cast.buyer_user, cast.org, cast.moderator_user)
    members = samples.published(cast.buyer_user, cast.org, cast.moderator_user, visibility="members")
    guest = factories.client(ctx)
    page = guest.get(path_of(listing)).text
    card = f"/technologies/{listing.code}/card.png"
    assert f'<meta property="og:image" content="{base}{card}">' in page
    assert f'<link rel="canonical" href="{base}{path_of(listing)}">' in page and page.count('rel="canonical"') == 1
    with Image.open(io.BytesIO(guest.get(card).data)) as picture:
        assert picture.format == "PNG" and picture.size == (1200, 630)
    inside = factories.client(ctx, cast.buyer_user, cast.org)
    assert "og:image" not in inside.get(path_of(members)).text
    assert inside.get(f"/technologies/{members.code}/card.png").status_code == 404


def test_long_titles_are_broken_and_end_in_dots() -> None:
    font = _font("Bold", 56)
    for text in ("Công nghệ " * 60, "x" * 400, "", "Ngắn"):
        lines = wrapped(text, font, 1040, 4)
        assert 1 <= len(lines) <= 4 and all(font.getlength(line) <= 1040 for line in lines)
        assert lines[-1].endswith("…") == (len(text) > 100)
