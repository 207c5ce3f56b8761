"""Object-level security: who gets what on every route with an id, and the rule's two faces."""

from __future__ import annotations

from contextlib import closing
from itertools import product

import pytest
from flask import Flask
from sqlalchemy import select

from marketplace.core.access import GUEST, Actor
from marketplace.core.extensions import db
from marketplace.files import actions as files
from marketplace.files.models import Attachment
from marketplace.listings import queries
from marketplace.listings.lifecycle import LISTING
from marketplace.listings.models import Listing
from marketplace.organisations.lifecycle import ORGANISATION
from tests import factories
from tests.cases import try_each
from tests.files import samples as uploads
from tests.listings import samples
from tests.listings.conftest import Cast
from tests.snapshot import Snapshot
from tests.thorough import sqlite_first

READERS = ("guest", "alone", "newcomer", "buyer", "supplier", "colleague", "moderator")


def person(cast: Cast, name: str) -> tuple:
    orgs = {"supplier": cast.org, "colleague": cast.org, "buyer": cast.other, "newcomer": cast.unverified}
    return (getattr(cast, name, None), orgs.get(name))


#: State of the listing (and visibility) → who may open the public page.
INSIDE = {"supplier", "colleague", "moderator"}
EVERYBODY = set(READERS)
PAGE = {
    ("published", "public"): EVERYBODY,
    ("stale", "public"): EVERYBODY,
    ("reserved", "public"): EVERYBODY,
    ("published", "members"): {"buyer", *INSIDE},
    ("unpublished", "public"): INSIDE,
    ("suspended", "public"): INSIDE,
    ("removed", "public"): INSIDE,
    ("transferred", "public"): INSIDE,
    ("deleted", "public"): set(),
}


@sqlite_first
@pytest.mark.parametrize(("state", "visibility"), PAGE)
def test_who_opens_the_page(ctx: Flask, cast: Cast, state: str, visibility: str) -> None:
    listing = samples.published(cast.supplier, cast.org, cast.moderator, state=state, visibility=visibility)
    path = queries.path_of(listing)
    opened = {name for name in READERS if factories.client(ctx, *person(cast, name)).get(path).status_code == 200}
    assert opened == PAGE[state, visibility]


def test_a_suspended_organisation_hides_its_listings(ctx: Flask, cast: Cast, listing: Listing) -> None:
    path = queries.path_of(listing)
    cast.org.state = "suspended"
    db.session.commit()
    opened = {name for name in READERS if factories.client(ctx, *person(cast, name)).get(path).status_code == 200}
    assert opened == INSIDE
    assert queries.documents([listing.id]) == {}


#: Route (of a published listing with a draft on its way) → who gets past 403/404.
ROUTES = {
    "GET /technologies/{code}/confidential": {"supplier", "colleague"},
    "GET /my/listings/{code}/review": {"supplier", "colleague"},
    "GET /my/listings/{code}/preview": {"supplier", "colleague"},
    "GET /my/listings/{code}/edit/what": {"supplier"},
    "POST /my/listings/{code}/edit/what": {"supplier"},
    "POST /my/listings/{code}/submit": {"supplier"},
    "POST /my/listings/{code}/revise": {"supplier"},
    "POST /my/listings/{code}/files/{file}/caption": {"supplier"},
    "POST /technologies/{code}/moves/confirm": {"supplier"},
    "POST /technologies/{code}/moves/unpublish": {"supplier"},
    "POST /technologies/{code}/moves/suspend": {"moderator"},
    "POST /technologies/{code}/enquiry": {"alone", "newcomer", "buyer", "moderator"},
}


@sqlite_first
def test_who_may_use_each_route(ctx: Flask, cast: Cast, listing: Listing) -> None:
    owner = factories.client(ctx, cast.supplier, cast.org)
    owner.post(f"/my/listings/{listing.code}/revise", data={})
    draft = db.session.scalars(select(Attachment).order_by(Attachment.id.desc())).first()
    ids = {"code": listing.code, "file": draft.id}
    data = {"reason": "Lý do", "reason_code": "complaint", "text": "Xin báo giá cho hai trạm cấp nước."}

    def check(case: tuple[str, str]) -> None:
        route, name = case
        method, path = route.split(" ")
        snapshot.restore()
        web = factories.client(ctx, *person(cast, name))
        answer = web.open(path.format(**ids), method=method, data=data if method == "POST" else None)
        refused = answer.status_code in {401, 403, 404} or (answer.status_code == 302 and "/login" in answer.location)
        assert refused is (name not in ROUTES[route]), (answer.status_code, answer.location)
        assert answer.status_code < 500

    with closing(Snapshot()) as snapshot:
        try_each(product(ROUTES, READERS), check, name=" by ".join)


TIERS = {
    "public": EVERYBODY,
    "members": {"buyer", "supplier", "colleague", "moderator"},
    "confidential": {"supplier", "colleague"},
    "staff": {"supplier", "colleague", "moderator"},
}


@sqlite_first
@pytest.mark.parametrize("tier", TIERS)
def test_files_follow_the_page_and_their_tier(ctx: Flask, cast: Cast, tier: str) -> None:
    revision = samples.draft(cast.supplier, cast.org)
    owner = factories.actor_of(cast.supplier, cast.org)
    stored = files.store_upload(uploads.upload(uploads.PDF, "Hồ sơ.pdf"), owner)
    attachment = files.attach(stored, revision, "document", tier)
    db.session.commit()
    address = f"/files/{attachment.id}/ho-so.pdf"

    def readers() -> set[str]:
        return {
            name for name in READERS
            if factories.client(ctx, *person(cast, name)).get(address, follow_redirects=True).status_code == 200
        }

    assert readers() == {"supplier", "colleague"}  # a draft is nobody else's
    revision.state, revision.submitted_at, revision.decided_at = "approved", revision.saved_at, revision.saved_at
    listing = revision.listing
    listing.published_revision, listing.published_at = revision, revision.saved_at
    db.session.flush()
    listing.state = "published"
    db.session.commit()
    assert readers() == TIERS[tier]
    db.session.get_one(Listing, listing.id).state = "suspended"
    db.session.commit()
    assert readers() == TIERS[tier] & INSIDE


def tokens_see(listing: Listing, actor: Actor) -> bool:
    return bool(set(queries.audience(listing)) & set(actor.audience()))


@pytest.mark.parametrize("visibility", ["public", "members"])
def test_sql_and_tokens_are_one_rule(cast: Cast, visibility: str) -> None:
    listing = samples.published(cast.supplier, cast.org, cast.moderator, visibility=visibility)
    actors = [GUEST, *(factories.actor_of(*person(cast, name)) for name in READERS if name != "guest")]
    for state in LISTING.names:
        for org_state in ORGANISATION.names:
            listing.state, listing.organisation.state = state, org_state
            listing.organisation.verified_at = listing.organisation.verified_at or listing.created_at
            db.session.flush()
            assert (listing.id in queries.documents([listing.id])) == bool(queries.audience(listing)), (state, org_state)
            for actor in actors:
                by_sql = listing.id in queries.visible([listing.id], actor)
                assert by_sql == tokens_see(listing, actor), (state, org_state, actor.name)


def test_the_search_document_holds_the_public_tier_only(listing: Listing) -> None:
    document = queries.documents([listing.id])[listing.id]
    everything = repr(document)
    for secret in ("BM-17", "Chi tiết dành cho thành viên", "hoa@example.vn", "Lê Thị Hoa", "3826"):
        assert secret not in everything
    assert document.facets["price"] == ("1b-5b",)
    assert document.facets["trl"] == ("7",)
    assert document.facets["place"] == ("01",)
    assert queries.all_ids() == [listing.id]
