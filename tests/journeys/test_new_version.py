"""A published technology is changed: the old text stays for everybody until the new one is approved."""

from __future__ import annotations

import pytest
from flask import Flask

from tests.journeys.conftest import Decide
from tests.journeys.market import FORECAST, Market

NEW = "Cho thuê dịch vụ dự báo ngập đô thị theo ngõ phố"


@pytest.fixture
def market(app: Flask) -> Market:
    return Market(app)


def rewrite(market: Market, code: str) -> None:
    """Give a published technology another title and submit it."""
    market.supplier.open(f"/my/listings/{code}/review")
    market.supplier.send(f"/{code}/revise")
    market.supplier.send(title=NEW, go="next")
    market.supplier.open(f"/my/listings/{code}/review")
    market.supplier.send(f"/{code}/submit")


def test_the_old_text_stays_until_the_new_one_is_approved(market: Market, decide: Decide) -> None:
    code = market.listing()
    rewrite(market, code)
    market.work()
    for text in (market.visitor.open(f"/technologies/{code}"), market.visitor.open("/technologies?q=du+bao+ngap")):
        assert "bằng ra đa mưa" in text
        assert NEW not in text
    page = decide("listing")
    assert NEW in page, "the moderator read the new title"
    market.work()
    page = market.visitor.open(f"/technologies/{code}")
    assert NEW in page
    assert market.visitor.path.endswith("cho-thue-dich-vu-du-bao-ngap-do-thi-theo-ngo-pho")
    assert code in market.visitor.open("/technologies?q=ngo+pho")
    assert FORECAST["title"] not in market.visitor.open("/technologies?q=ra+da+mua")


def test_a_rejected_version_leaves_the_published_text_alone(market: Market, decide: Decide) -> None:
    code = market.listing()
    rewrite(market, code)
    decide("listing", "reject", reason_code="claims_exaggerated", text="Chưa có số liệu cho từng ngõ.")
    market.work()
    page = market.visitor.open(f"/technologies/{code}")
    assert FORECAST["title"] in page
    assert NEW not in page
    assert "Chưa có số liệu cho từng ngõ." in market.supplier.open(f"/technologies/{code}")
    assert "Chưa có số liệu" not in page
