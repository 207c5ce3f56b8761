"""A small catalogue, indexed by the worker as in life."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from flask import Flask

from marketplace.buyer_requests.models import BuyerRequest
from marketplace.core.outbox import drain
from marketplace.listings.models import Listing
from tests import factories
from tests.buyer_requests.factories import Cast
from tests.listings import samples
from tests.remembered import remembered


@dataclass
class Catalogue:
    """What the tests search."""

    cast: Cast
    membrane: Listing
    light: Listing
    members_only: Listing
    dyeing: BuyerRequest
    hidden: BuyerRequest
    invited: BuyerRequest


@pytest.fixture
@remembered
def catalogue(ctx: Flask) -> Catalogue:
    cast = Cast()
    supplier_org = factories.organisation("Viện Nước Thử Nghiệm", kind="institute")
    supplier = factories.user("Phạm Văn Nam")
    factories.member(supplier, supplier_org)

    def listing(**values: object) -> Listing:
        return samples.published(supplier, supplier_org, cast.moderator_user, **values)

    made = Catalogue(
        cast=cast,
        membrane=listing(),
        light=listing(
            title="Điều khiển đèn giao thông bằng trí tuệ nhân tạo", title_en="Traffic lights controlled by AI",
            public_summary="Hệ thống điều khiển đèn tín hiệu tại ngã tư.", tags=["giao thông"], field_code="2", trl=5,
            problem_solved="Ùn tắc giờ cao điểm.", applications="Ngã tư đô thị.", advantages="Giảm ùn tắc.",
            object_kinds=["software"], specs=[{"name": "Số nút", "value": "12", "unit": "nút"}], price_min=800_000_000,
        ),
        members_only=listing(title="Cảm biến quang học đo bụi mịn", visibility="members", tags=["bụi mịn"], trl=4),
        dyeing=cast.published(),
        hidden=cast.published(title="Giám sát bụi mịn tại công trường", visibility="requester_hidden"),
        invited=cast.published(
            title="Bảo mật dữ liệu camera", visibility="invited_only", invited_org_ids=[cast.invited_org.id]
        ),
    )
    drain()
    return made
