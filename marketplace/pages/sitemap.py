"""What search engines are told: where private pages begin (RFC 9309), and which pages are there (sitemaps.org)."""

from __future__ import annotations

from flask import Blueprint, Response, current_app
from flask.typing import ResponseReturnValue
from markupsafe import escape
from sqlalchemy import select

from marketplace.buyer_requests import visibility as needs
from marketplace.buyer_requests.models import BuyerRequest, NeedRevision
from marketplace.buyer_requests.on_publish import address_of as need_address
from marketplace.core.access import GUEST, access
from marketplace.core.extensions import db, limiter
from marketplace.core.permissions import PUBLIC
from marketplace.core.short_cache import kept
from marketplace.listings import visibility as listings
from marketplace.listings.models import Listing, ListingRevision
from marketplace.listings.queries import address_of as listing_address
from marketplace.organisations.models import Organisation
from marketplace.organisations.visibility import listed

bp = Blueprint("sitemap", __name__)
#: The newest of each kind; a sitemap may name 50,000 addresses.
MOST = 10_000
PRIVATE = ("/my/", "/staff/", "/moderation/", "/account", "/inbox", "/dashboard", "/leads/", "/deals/", "/language/")
PAGES = ("/", "/technologies", "/needs", "/organisations", "/about", "/regulation", "/terms", "/privacy")


@bp.get("/robots.txt")
@limiter.exempt
@access(PUBLIC)
def robots() -> ResponseReturnValue:
    """Keep robots from pages that are for the people signed in, and name the map of all others."""
    base = current_app.extensions["settings"].base_url
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in PRIVATE), "", f"Sitemap: {base}/sitemap.xml"]
    return Response("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


@bp.get("/sitemap.xml")
@access(PUBLIC)
def sitemap() -> ResponseReturnValue:
    """Name what every guest may read, by its one address."""
    return Response(kept("sitemap", _sitemap), content_type="application/xml; charset=utf-8")


def _sitemap() -> str:
    base = current_app.extensions["settings"].base_url
    rows = "".join(f"<url><loc>{escape(base + path)}</loc></url>\n" for path in [*PAGES, *_paths()])
    return ('<?xml version="1.0" encoding="UTF-8"?>\n'
            f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{rows}</urlset>\n')


def _paths() -> list[str]:
    offered = select(Listing.code, ListingRevision.title).join(Listing.published_revision).where(listings.visible_to(GUEST))
    asked = select(BuyerRequest.code, NeedRevision.title).join(BuyerRequest.published_revision)
    asked = asked.where(needs.visible_to(GUEST))
    slugs = select(Organisation.slug).where(listed()).order_by(Organisation.id.desc()).limit(MOST)
    newest = db.session.execute(offered.order_by(Listing.published_at.desc(), Listing.id.desc()).limit(MOST))
    open_ = db.session.execute(asked.order_by(BuyerRequest.published_at.desc(), BuyerRequest.id.desc()).limit(MOST))
    return [
        *(listing_address(code, title) for code, title in newest),
        *(need_address(code, title) for code, title in open_),
        *(f"/organisations/{slug}" for slug in db.session.scalars(slugs)),
    ]
