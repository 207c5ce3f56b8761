"""The frozen copy: complete, provable, without what few may read, and untouched by whatever happens afterwards."""

from __future__ import annotations

import copy
import hashlib
import json
import unicodedata
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from marketplace.authoring import actions as authoring
from marketplace.buyer_requests import actions as needs
from marketplace.buyer_requests.kind import KIND as NEED
from marketplace.core.extensions import db
from marketplace.deals import record
from marketplace.deals.models import Deal
from marketplace.deals.snapshot import canonical, digest, freeze
from marketplace.files import actions as files
from marketplace.listings import actions as listings
from marketplace.listings.kind import KIND as LISTING
from marketplace.negotiation.actions import moves, terms
from marketplace.negotiation.models import Lead, Terms
from marketplace.values import clock
from tests import factories
from tests.files import samples as uploads
from tests.negotiation.factories import Cast
from tests.negotiation.terms_samples import proposed, values

NOTE = "Lời nhắn riêng giữa hai bên"
REASON = "Lý do để thử nghiệm"


@pytest.fixture
def cast(ctx: Flask) -> Cast:
    made = Cast()
    made.buyer_org.kind = "enterprise"  # agencies ask in another way
    db.session.commit()
    return made


@pytest.fixture
def lead(cast: Cast) -> Lead:
    """Talks about a technology and a need, with terms that the buyer is to accept."""
    made = cast.interest(cast.listing(nda_required=True), cast.need(confidential_detail="Số liệu mật của nhà máy"))
    moves.accept(made, cast.supplier)
    terms.propose(made, cast.supplier, values(), NOTE, based_on=0)
    db.session.commit()
    return made


@pytest.fixture
def deal(cast: Cast, lead: Lead) -> Deal:
    terms.accept(terms.numbered(lead, 1), cast.buyer)
    db.session.commit()
    return db.session.scalars(select(Deal)).one()


def test_it_says_who_what_and_on_which_terms(deal: Deal, lead: Lead, cast: Cast) -> None:
    frozen = deal.frozen
    assert set(frozen) == {"listing", "need", "supplier", "buyer", "terms", "frozen_at"}
    revision = lead.listing.published_revision
    assert (frozen["listing"]["code"], frozen["listing"]["title"]) == (lead.listing.code, revision.title)
    assert frozen["listing"]["fields"]["specs"] == revision.specs
    assert frozen["need"]["title"] == lead.need.published_revision.title
    assert frozen["supplier"] == {
        "name": cast.supplier_org.name, "name_en": "", "tax_code": cast.supplier_org.tax_code, "address": "Hà Nội",
        "representative": "Trần Thị Bình", "representative_title": "",
    }
    said = frozen["terms"]
    assert {name: said[name] for name in values()} == values()
    assert set(values()) | {"number", "side", "created_at"} <= set(said)
    moments = [datetime.fromisoformat(moment) for moment in (said["buyer_accepted_at"], frozen["frozen_at"])]
    assert sorted(moments) == moments
    assert moments[1] <= datetime.now(UTC)


def test_it_holds_nothing_that_few_may_read(deal: Deal, cast: Cast) -> None:
    text = canonical(deal.frozen)
    people = (cast.supplier_user.name, cast.buyer_user.name)
    secrets = ("BM-17", "Số liệu mật", NOTE, "hoa@example.vn", "024 3826 0000", *people)
    assert [one for one in secrets if one in text] == []


def test_anybody_can_compute_its_digest_again(deal: Deal) -> None:
    text = json.dumps(deal.frozen, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    assert hashlib.sha256(unicodedata.normalize("NFC", text).encode()).hexdigest() == deal.frozen_sha256
    changed = copy.deepcopy(deal.frozen)
    changed["terms"]["milestones"][0]["amount"] += 1
    assert digest(changed) != deal.frozen_sha256


def test_it_is_nfc_whatever_was_typed(cast: Cast, lead: Lead) -> None:
    lead.listing.published_revision.specs = [{"name": unicodedata.normalize("NFD", "Công suất"), "value": "5", "unit": ""}]
    frozen = freeze(lead, db.session.scalars(select(Terms)).one())
    assert frozen["listing"]["fields"]["specs"][0]["name"] == "Công suất"
    assert digest(frozen) == digest(json.loads(json.dumps(frozen)))


def shown(deal: Deal) -> tuple[Any, ...]:
    """The copy, its digest, and what page and PDF make of it."""
    return copy.deepcopy(deal.frozen), deal.frozen_sha256, digest(deal.frozen), record.sections(deal)


def untouched(deal_id: int, before: tuple[Any, ...]) -> None:
    db.session.commit()
    db.session.expire_all()
    after = shown(db.session.get_one(Deal, deal_id))
    assert after == before
    assert after[1] == after[2]


def test_nothing_that_happens_afterwards_changes_it(deal: Deal, lead: Lead, cast: Cast) -> None:
    """New versions, names, offline, suspended, removed: of the technology, the need and both organisations."""
    known = deal.id, shown(deal)
    supplier = factories.actor_of(cast.supplier_user, cast.supplier_org)
    buyer = factories.actor_of(cast.buyer_user, cast.buyer_org)
    for kind, thing, owner in ((LISTING, lead.listing, supplier), (NEED, lead.need, buyer)):
        publish_another_title(kind, thing, owner, cast)
        assert thing.published_revision.title == "Một tên hoàn toàn khác"
        untouched(*known)
    listings.move(lead.listing, "unpublish", supplier, reason=REASON)
    untouched(*known)
    listings.move(lead.listing, "republish", supplier)
    for action in ("suspend", "remove"):
        listings.move(lead.listing, action, cast.moderator, reason_code="complaint", reason=REASON)
        needs.move(lead.need, action, cast.moderator, reason_code="complaint", reason=REASON)
        untouched(*known)
    for org in (cast.supplier_org, cast.buyer_org):
        org.name, org.street, org.legal_representative, org.state = "Tên mới", "Phố mới", "Người mới", "suspended"
    untouched(*known)
    assert deal.title == "Màng lọc nano xử lý nước nhiễm asen"


def publish_another_title(kind: Any, thing: Any, owner: Any, cast: Cast) -> None:
    revision = authoring.start_revision(kind, thing, owner)
    if kind is LISTING:
        picture = files.store_upload(uploads.upload(uploads.picture(), "ảnh.png"), owner)
        files.attach(picture, revision, "image")
    authoring.save(kind, revision, {"title": "Một tên hoàn toàn khác"}, owner, revision.lock)
    authoring.submit(kind, revision, owner, clock.due_at(clock.now(), 2, clock.PUBLIC), revision.lock)
    if revision.state != "approved":
        authoring.moderate(kind, revision, "claim", cast.moderator)
        authoring.moderate(kind, revision, "approve", cast.moderator)
    db.session.commit()


def test_a_later_proposal_changes_nothing_before_it_is_accepted(deal: Deal, lead: Lead, cast: Cast) -> None:
    known = deal.id, shown(deal)
    deal.state = "negotiating"
    terms.open_terms(lead)
    proposed(cast, lead, term_months=60)
    untouched(*known)
