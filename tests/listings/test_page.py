"""The public page: address, tiers, enquiry, confidential part, moves."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime

import pytest
from flask import Flask
from sqlalchemy import select

from marketplace.authoring.enquiries import Enquiry
from marketplace.core.events import Event
from marketplace.core.extensions import db
from marketplace.core.outbox import drain
from marketplace.listings.models import Listing
from marketplace.listings.queries import path_of
from marketplace.mail import MailMessage
from tests import factories
from tests.listings.conftest import Cast


def test_the_address_is_stable(ctx: Flask, listing: Listing) -> None:
    client = factories.client(ctx)
    path = path_of(listing)
    assert path == f"/technologies/{listing.code}-mang-loc-nano-xu-ly-nuoc-nhiem-asen"
    assert client.get(path).status_code == 200
    for wrong in (f"/technologies/{listing.code}", f"/technologies/{listing.code}-cu", path + "x"):
        answer = client.get(wrong)
        assert (answer.status_code, answer.location) == (301, path)
    for missing in ("/technologies/CN-2026-999999", "/technologies/khong-co", "/technologies/CN-1-2-<script>"):
        assert client.get(missing).status_code == 404


def test_the_page_says_it_in_schema_org_words(ctx: Flask, listing: Listing) -> None:
    listing.published_at = datetime(2026, 10, 15, 18, 30, tzinfo=UTC)  # the next day in Vietnam
    listing.published_revision.title = "Máy </script><script>alert(1)</script> lọc nước"
    db.session.commit()
    page = factories.client(ctx).get(path_of(listing)).text
    block = re.search(r'<script type="application/ld\+json">(.*?)</script>', page)
    assert block is not None
    said = json.loads(block[1])
    assert (said["@type"], said["sku"], said["offers"]["price"]) == ("Product", listing.code, 1_500_000_000)
    assert said["releaseDate"] == "2026-10-16"
    assert "<script>alert" not in page


def test_tiers(ctx: Flask, cast: Cast, listing: Listing) -> None:
    path = path_of(listing)
    readers = {
        "guest": (factories.client(ctx), False),
        "newcomer": (factories.client(ctx, cast.newcomer, cast.unverified), False),
        "alone": (factories.client(ctx, cast.alone), False),
        "buyer": (factories.client(ctx, cast.buyer, cast.other), True),
        "colleague": (factories.client(ctx, cast.colleague, cast.org), True),
        "moderator": (factories.client(ctx, cast.moderator), True),
    }
    for name, (client, members) in readers.items():
        page = client.get(path)
        assert page.status_code == 200
        assert ("hoa@example.vn" in page.text) is members, name
        assert ("Chi tiết dành cho thành viên." in page.text) is members, name
        assert "BM-17" not in page.text, name


def test_the_confidential_part_opens_to_the_owner_and_is_recorded(ctx: Flask, cast: Cast, listing: Listing) -> None:
    path = path_of(listing) + "/confidential"
    for person, org in ((cast.buyer, cast.other), (cast.alone, None), (cast.moderator, None)):
        answer = factories.client(ctx, person, org).get(path)
        assert answer.status_code == 403
        assert "BM-17" not in answer.text
    assert factories.client(ctx).get(path).status_code in {302, 401}
    answer = factories.client(ctx, cast.colleague, cast.org).get(path)
    assert answer.status_code == 200
    assert "BM-17" in answer.text
    reads = list(db.session.scalars(select(Event).where(Event.action == "listing.confidential_read")))
    assert [event.actor_id for event in reads] == [cast.colleague.id]


def test_an_enquiry_is_logged_and_mailed_once(ctx: Flask, cast: Cast, listing: Listing) -> None:
    client = factories.client(ctx, cast.buyer, cast.other)
    text = "Chúng tôi muốn thử nghiệm tại hai xã, xin gửi báo giá."
    for _again in range(2):
        answer = client.post(path_of(listing) + "/enquiry", data={"text": text, "acting": cast.other.id})
        assert answer.status_code == 302
    assert db.session.query(Enquiry).count() == 1
    db.session.rollback()
    drain()
    mails = {mail.recipient: mail.body for mail in db.session.query(MailMessage)}
    assert set(mails) == {cast.supplier.email, "hoa@example.vn"}
    assert all(text in body and cast.buyer.email in body for body in mails.values())
    page = factories.client(ctx, cast.supplier, cast.org).get(path_of(listing)).text
    assert text in page and cast.buyer.email in page, "the inbox leads to the question"
    assert text not in factories.client(ctx, cast.alone).get(path_of(listing)).text


@pytest.mark.parametrize("text", ["", "ngắn", "x" * 4001])
def test_a_bad_enquiry_says_what_is_wrong(ctx: Flask, cast: Cast, listing: Listing, text: str) -> None:
    client = factories.client(ctx, cast.buyer, cast.other)
    answer = client.post(path_of(listing) + "/enquiry", data={"text": text})
    assert answer.status_code == 422
    assert db.session.query(Enquiry).count() == 0


def test_nobody_asks_their_own_organisation(ctx: Flask, cast: Cast, listing: Listing) -> None:
    client = factories.client(ctx, cast.supplier, cast.org)
    assert client.post(path_of(listing) + "/enquiry", data={"text": "x" * 30}).status_code == 403


def test_owner_takes_offline_and_back(ctx: Flask, cast: Cast, listing: Listing) -> None:
    client, path = factories.client(ctx, cast.supplier, cast.org), path_of(listing)
    assert client.post(path + "/moves/unpublish", data={}).status_code == 422
    assert client.post(path + "/moves/unpublish", data={"reason": "Đang cập nhật"}).status_code == 302
    assert factories.client(ctx).get(path).status_code == 404
    assert client.get(path).status_code == 200
    assert client.post(path + "/moves/republish", data={}).status_code == 302
    assert factories.client(ctx).get(path).status_code == 200


def test_a_moderator_suspends_with_a_coded_reason(ctx: Flask, cast: Cast, listing: Listing) -> None:
    client, path = factories.client(ctx, cast.moderator), path_of(listing)
    assert client.post(path + "/moves/suspend", data={"reason": "x"}).status_code == 422
    data = {"reason": "Có đơn khiếu nại", "reason_code": "complaint"}
    assert client.post(path + "/moves/suspend", data=data).status_code == 302
    assert factories.client(ctx, cast.buyer, cast.other).get(path).status_code == 404
    assert client.get(path).status_code == 200
    assert client.post(path + "/moves/restore", data=data).status_code == 302
    assert factories.client(ctx).get(path).status_code == 200


@pytest.mark.parametrize("move", ["go_stale", "expire", "reserve", "transfer", "publish", "delete", "nonsense"])
def test_no_button_makes_the_systems_moves(ctx: Flask, cast: Cast, listing: Listing, move: str) -> None:
    client = factories.client(ctx, cast.supplier, cast.org)
    assert client.post(path_of(listing) + f"/moves/{move}", data={"reason": "x"}).status_code == 409
    db.session.expire_all()
    assert db.session.get_one(Listing, listing.id).state == "published"
