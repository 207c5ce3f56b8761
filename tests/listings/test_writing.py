"""A supplier writes a listing step by step, submits it, and changes it once it is published."""

from __future__ import annotations

import io
import unicodedata
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from marketplace.authoring import actions as authoring
from marketplace.core.extensions import db
from marketplace.listings.kind import KIND, STEPS
from marketplace.listings.models import Listing, ListingRevision
from marketplace.listings.queries import path_of
from tests import factories
from tests.factories import version_of
from tests.files import samples as uploads
from tests.listings import samples
from tests.listings.conftest import Cast

WHAT = {
    "title": "Màng lọc nano xử lý nước nhiễm asen",
    "public_summary": unicodedata.normalize("NFD", "Màng lọc giữ lại 99 % asen trong nước ngầm."),
    "object_kinds": ["process", "machinery"],
    "field_code": "2",
    "tags": "màng lọc, asen; asen",
    "language": "vi",
}
USE = {
    "problem_solved": "Nước ngầm có asen.",
    "applications": "Trạm cấp nước.",
    "advantages": "Rẻ.",
    "specs-0-name": "Công suất", "specs-0-value": "500", "specs-0-unit": "l/h",
    "specs-1-name": "", "specs-1-value": "", "specs-1-unit": "",
}
MATURITY = {"trl": "7", "trl_evidence": "Ba trạm thí điểm.", "trl_assessed_by": "self"}
RIGHTS = {
    "owners-0-name": "Viện Nước", "owners-0-share_bp": "66,67",
    "owners-1-name": "Công ty A", "owners-1-share_bp": "33.33 %",
    "right_basis": "own", "funding_source": "private", "origin": "domestic",
    "ip-0-kind": "patent", "ip-0-status": "granted", "ip-0-number": "1-0034567", "ip-0-filed_on": "04/03/2022",
}
TRANSFER = {
    "transfer_right": "use_right", "transfer_forms": ["independent"], "pricing_mode": "fixed", "price_min": "1,5 tỷ",
    "support_kinds": ["training"], "sublicence": "no",
}
CONTACT = {
    "contact_name": "Lê Thị Hoa", "contact_email": "hoa@example.vn", "province_code": "01", "ward_code": "00070",
    "visibility": "public", "confidential_detail": "Công thức BM-17.",
}
FORMS = {"what": WHAT | USE, "maturity": MATURITY | RIGHTS, "transfer": TRANSFER | CONTACT}


@pytest.fixture
def supplier(cast: Cast, ctx: Flask) -> FlaskClient:
    return factories.client(ctx, cast.supplier, cast.org)


def latest(code: str) -> ListingRevision:
    db.session.rollback()
    db.session.expire_all()
    return db.session.query(Listing).filter_by(code=code).one().revisions[-1]


def begin(client: FlaskClient, title: str = "Màng lọc nano xử lý nước nhiễm asen") -> str:
    answer = client.post("/my/listings/new", data={"title": title})
    assert answer.status_code == 302, answer.text
    return str(answer.location).split("/")[3]


def save(client: FlaskClient, code: str, step: str, data: dict[str, Any], go: str = "next") -> Any:
    lock = latest(code).lock
    return client.post(f"/my/listings/{code}/edit/{step}", data={**data, "lock": lock, "go": go})


def send(client: FlaskClient, code: str, verb: str) -> Any:
    """Press a button of the page of review, which sends the version that the page showed."""
    return client.post(f"/my/listings/{code}/{verb}", data={"lock": version_of(client.get(f"/my/listings/{code}/review"))})


def test_every_step_opens(supplier: FlaskClient) -> None:
    code = begin(supplier)
    for step, _label in STEPS:
        assert supplier.get(f"/my/listings/{code}/edit/{step}").status_code == 200, step
    for page in ("review", "preview"):
        assert supplier.get(f"/my/listings/{code}/{page}").status_code == 200
    assert supplier.get(f"/my/listings/{code}/edit/nonsense").status_code == 404


def test_step_by_step_to_submission(supplier: FlaskClient) -> None:
    code = begin(supplier)
    assert "Đối tượng chuyển giao" in supplier.get(f"/my/listings/{code}/review").text
    refused = send(supplier, code, "submit")
    assert refused.status_code == 422
    message = refused.text.split('role="alert"', 1)[1].split("</div></div>", 1)[0]
    assert f'<a href="/my/listings/{code}/edit/' in message and "#public_summary" in message, "it leads to the fields"
    keys = [key for key, _label in STEPS]
    for place, (step, data) in enumerate(FORMS.items()):
        answer = save(supplier, code, step, data)
        assert answer.status_code == 302, (step, answer.text)
        assert answer.location.endswith(keys[keys.index(step) + 1]), place
    image = {"role": "image", "file": (io.BytesIO(uploads.picture()), "ảnh.png"), "caption": "Mặt trước"}
    assert supplier.post(f"/my/listings/{code}/edit/files", data=image).status_code == 302
    save(supplier, code, "what", {**WHAT, **USE, "ipc_codes": "c02f 1/44"})

    revision = latest(code)
    assert revision.public_summary == unicodedata.normalize("NFC", WHAT["public_summary"])
    assert revision.tags == ["màng lọc", "asen"]
    assert revision.specs == [{"name": "Công suất", "value": "500", "unit": "l/h"}]
    assert [row["share_bp"] for row in revision.owners] == [6667, 3333]
    assert revision.ip[0]["filed_on"] == "2022-03-04"
    assert (revision.price_min, revision.sublicence, revision.trl) == (1_500_000_000, False, 7)
    assert revision.ipc_codes == ["C02F 1/44"]
    review = supplier.get(f"/my/listings/{code}/review").text
    assert "Đã đủ để gửi duyệt." in review

    answer = supplier.post(f"/my/listings/{code}/submit", data={"lock": latest(code).lock})
    assert answer.status_code == 302
    assert latest(code).state == "submitted"
    assert latest(code).review_due_at is not None
    assert supplier.get(f"/my/listings/{code}/edit/what").status_code == 302  # read only now
    assert save(supplier, code, "what", WHAT).status_code == 409
    assert send(supplier, code, "withdraw").status_code == 302
    assert latest(code).state == "draft"


def test_a_double_submit_is_one_submission(supplier: FlaskClient, cast: Cast) -> None:
    revision = samples.draft(cast.supplier, cast.org)
    code, lock = revision.listing.code, revision.lock
    first = supplier.post(f"/my/listings/{code}/submit", data={"lock": lock})
    second = supplier.post(f"/my/listings/{code}/submit", data={"lock": lock})
    assert (first.status_code, second.status_code) == (302, 409)
    assert latest(code).state == "submitted"


def test_a_protected_change_waits_for_review_while_the_old_text_stays(supplier: FlaskClient, cast: Cast, listing: Listing,
                                                                     ctx: Flask) -> None:
    code, path = listing.code, path_of(listing)
    assert supplier.post(f"/my/listings/{code}/revise", data={}).status_code == 302
    text = {**WHAT, "title": "Màng lọc hoàn toàn mới cho asen"}
    assert save(supplier, code, "what", text).status_code == 302
    assert send(supplier, code, "submit").status_code == 302
    assert latest(code).state == "submitted"
    guest = factories.client(ctx)
    assert "hoàn toàn mới" not in guest.get(path).text
    staff = factories.actor_of(db.session.merge(cast.moderator))
    for action in ("claim", "approve"):
        authoring.moderate(KIND, latest(code), action, staff)
        db.session.commit()
    new = path_of(latest(code).listing)
    assert guest.get(path).location == new
    assert "hoàn toàn mới" in guest.get(new).text
    assert [revision.state for revision in latest(code).listing.revisions] == ["superseded", "approved"]


def test_a_free_change_is_published_at_once(supplier: FlaskClient, listing: Listing, ctx: Flask) -> None:
    code = listing.code
    supplier.post(f"/my/listings/{code}/revise", data={})
    contact = {**samples.COMPLETE, "contact_phone": "0912 345 678"}
    names = ("contact_name", "contact_email", "contact_phone", "province_code", "members_detail", "confidential_detail")
    data = {**{name: contact[name] for name in names}, "visibility": "public"}
    assert save(supplier, code, "contact", data).status_code == 302, "a page opened before steps were joined saves its part"
    assert "công bố ngay" in supplier.get(f"/my/listings/{code}/review").text
    assert send(supplier, code, "submit").status_code == 302
    revision = latest(code)
    assert (revision.state, revision.listing.published_revision_id) == ("approved", revision.id)
    assert revision.listing.state == "published"


def test_changes_asked_for_are_shown_and_can_be_submitted_again(supplier: FlaskClient, cast: Cast) -> None:
    revision = samples.submitted(cast.supplier, cast.org)
    code, staff = revision.listing.code, factories.actor_of(cast.moderator)
    authoring.moderate(KIND, revision, "claim", staff)
    authoring.moderate(KIND, revision, "request_changes", staff, reason_code="trl_unsupported", reason="Cần biên bản đo.")
    db.session.commit()
    page = supplier.get(f"/my/listings/{code}/edit/maturity").text
    assert "Cần biên bản đo." in page
    assert "Mức TRL thiếu căn cứ" in page
    assert send(supplier, code, "submit").status_code == 302


def test_an_unverified_organisation_drafts_but_does_not_submit(cast: Cast, ctx: Flask) -> None:
    client = factories.client(ctx, cast.newcomer, cast.unverified)
    code = begin(client)
    assert "chưa được xác minh" in client.get(f"/my/listings/{code}/review").text
    assert send(client, code, "submit").status_code == 403


def test_deleting_a_draft_takes_the_never_published_listing_along(supplier: FlaskClient, listing: Listing) -> None:
    code = begin(supplier)
    assert send(supplier, code, "delete").status_code == 302
    assert supplier.get(f"/my/listings/{code}/review").status_code == 404
    supplier.post(f"/my/listings/{listing.code}/revise", data={})
    assert send(supplier, listing.code, "delete").status_code == 302
    assert latest(listing.code).listing.state == "published"


@pytest.mark.parametrize("title", ["", "   ", "x" * 301, "\u200b\u0000"])
def test_a_thing_begins_with_a_title(supplier: FlaskClient, title: str) -> None:
    answer = supplier.post("/my/listings/new", data={"title": title})
    assert answer.status_code == 422
    assert db.session.query(Listing).count() == 0
