"""A double click, or a page sent again by Back: one effect, and never an error page of ours."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import func, select

from marketplace.accounts.models import StaffGrant
from marketplace.authoring.enquiries import Enquiry
from marketplace.buyer_requests.models import BuyerRequest
from marketplace.core.events import Event
from marketplace.core.extensions import db
from marketplace.files.models import Attachment
from marketplace.listings.models import Listing
from marketplace.organisations.models import Invitation, Organisation
from tests import factories
from tests.files import samples as uploads
from tests.journeys.market import Market
from tests.journeys.walking import Walker
from tests.moderation.factories import form_of


@pytest.fixture
def market(app: Flask) -> Market:
    return Market(app)


def twice(who: Walker, to: str, **changes: object) -> list[int]:
    """Send the form of this page that goes to `to` two times as it stands; return both answers."""
    form = who.form(to)
    return [who.post(form, {k: v() if callable(v) else v for k, v in changes.items()}).status_code for _click in range(2)]


def count(market: Market, what: Callable[[], object]) -> int:
    with market.app.app_context():
        return int(db.session.scalar(what()) or 0)  # type: ignore[call-overload]  # a select of a count


def events(action: str) -> Callable[[], object]:
    return lambda: select(func.count()).select_from(Event).where(Event.action == action)


def test_submitting_taking_back_and_deleting(market: Market) -> None:
    code, who = market.draft(), market.supplier
    for move in ("submit", "withdraw", "delete"):
        who.open(f"/my/listings/{code}/review")
        first, second = twice(who, f"/{code}/{move}")
        assert (first, second in {200, 404, 409}) == (200, True), (move, first, second)
    assert [count(market, events(f"listing.{move}")) for move in ("submit", "withdraw")] == [1, 1]
    assert count(market, lambda: select(func.count()).select_from(Listing).where(Listing.state == "deleted")) <= 1


def test_a_claim_and_a_decision(market: Market, moderator: Walker) -> None:
    code = market.draft()
    market.supplier.open(f"/my/listings/{code}/review")
    market.supplier.send(f"/{code}/submit")
    page = moderator.open("/moderation?kind=listing")
    claim = next(part for part in page.split('"') if part.endswith("/claim"))
    assert twice(moderator, claim) == [200, 200]
    moderator.open(claim.removesuffix("/claim"))
    first, second = twice(moderator, "/decide", **form_of("listing", "approve"))
    assert (first, second in {200, 409}) == (200, True), second
    for action in ("listing.claim", "listing.approve", "listing.publish"):
        assert count(market, events(action)) == 1, action


def test_questions_to_both_sides(market: Market) -> None:
    listing, need = market.listing(), market.need()
    market.buyer.open(f"/technologies/{listing}")
    assert 500 not in twice(market.buyer, "/enquiry", text="Xin cho biết thời gian lắp đặt.")
    market.supplier.open(f"/needs/{need}")
    assert 500 not in twice(market.supplier, "/enquiry", text="Xin cho biết số điểm đo.")
    for kind in ("listing", "need"):
        assert count(market, lambda kind=kind: select(func.count()).where(Enquiry.subject_kind == kind)) == 1


def test_an_invitation_and_a_document(market: Market) -> None:
    who = market.supplier
    who.open("/my/organisation/members")
    assert 500 not in twice(who, "/invite", email="khach@example.vn", roles=["editor"])
    waiting = lambda: select(func.count()).select_from(Invitation).where(  # noqa: E731 - said once, counted later
        Invitation.accepted_at.is_(None), Invitation.revoked_at.is_(None))
    assert count(market, waiting) == 1
    with market.app.app_context():
        db.session.get_one(Organisation, market.org_id).state = "needs_info"
        db.session.commit()
    who.open("/my/organisation/documents")
    assert 500 not in twice(who, "", kind="tax", caption="Thông báo",
                            file=lambda: (io.BytesIO(uploads.PDF), "thông báo.pdf"))
    assert count(market, lambda: select(func.count()).select_from(Attachment).where(
        Attachment.subject_kind == "organisation")) == 1


def test_a_picture_of_a_technology(market: Market) -> None:
    code = market.draft(picture=False)
    market.supplier.open(f"/my/listings/{code}/edit/files")
    twice(market.supplier, "/edit/files", role="image", caption="Mặt trước",
          file=lambda: (io.BytesIO(uploads.picture()), "ảnh.png"))
    assert count(market, lambda: select(func.count()).select_from(Attachment)) == 1


def test_a_new_version_is_begun_once(market: Market) -> None:
    code = market.listing()
    market.supplier.open(f"/my/listings/{code}/review")
    assert twice(market.supplier, f"/{code}/revise") == [200, 200]
    with market.app.app_context():
        assert len(db.session.query(Listing).filter_by(code=code).one().revisions) == 2


def test_a_need_is_extended_once(market: Market) -> None:
    code = market.need()
    market.buyer.open(f"/needs/{code}")
    day = (market.day(60)).strftime("%d/%m/%Y")
    assert 500 not in twice(market.buyer, "/move/extend", answer_deadline=day, reason="Nhiều bên xin thêm thời gian.")
    assert count(market, events("need.extend")) == 1
    with market.app.app_context():
        assert db.session.query(BuyerRequest).filter_by(code=code).one().answer_deadline == market.day(60)


def test_suspending(market: Market, moderator: Walker) -> None:
    moderator.open(f"/moderation/things/organisation/{market.org_id}")
    assert 500 not in twice(moderator, f"/{market.org_id}/suspend", reason_code="complaint", reason="Có đơn khiếu nại.")
    assert count(market, events("organisation.suspend")) == 1


def test_a_staff_role(market: Market) -> None:
    with market.app.app_context():
        chief = Walker(market.app, factories.user("Hoàng Văn Sáng", email="sang@example.vn", staff=("admin",)))
    chief.open("/staff")
    assert 500 not in twice(chief, "/staff/grant", email="hoa@nhue.example.vn", role="moderator", reason="Tổ kiểm duyệt.")
    waiting = lambda: select(func.count()).select_from(StaffGrant).where(  # noqa: E731 - said once, counted later
        StaffGrant.role == "moderator", StaffGrant.reason == "Tổ kiểm duyệt.")
    assert count(market, waiting) == 1
