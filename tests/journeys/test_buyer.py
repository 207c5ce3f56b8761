"""An agency posts a problem, step by step with its six points, and sees which technologies fit and why."""

from __future__ import annotations

import pytest
from flask import Flask

from tests.buyer_requests.test_writing import TITLE, steps
from tests.journeys.conftest import Decide
from tests.journeys.market import FORECAST, Market
from tests.journeys.walking import Walker, last_mail


@pytest.fixture
def market(app: Flask) -> Market:
    return Market(app)


def write_need(buyer: Walker) -> str:
    """Write an agency's problem through its forms; return the code."""
    buyer.open("/my/needs/new")
    buyer.send(title=TITLE)
    code = buyer.path.split("/")[3]
    refused = buyer.open(f"/my/needs/{code}/review")
    assert "Còn thiếu" in refused
    for step, values in steps().items():
        buyer.open(f"/my/needs/{code}/edit/{step}")
        buyer.send(**values, go="next")
        assert not buyer.path.endswith(f"/{step}"), f"{step} was not taken: {buyer.page[:400]}"
    return code


def test_an_agency_posts_a_problem_and_sees_why_a_technology_fits(market: Market, decide: Decide) -> None:
    offer, buyer = market.listing(), market.buyer
    unrelated = market.listing(
        title="Máy sấy thăng hoa cho trái cây", title_en="Freeze dryer", public_summary="Sấy lạnh giữ màu và hương.",
        tags=["sấy"], problem_solved="Trái cây hỏng.", applications="Chế biến.", advantages="Giữ vị.")
    code = write_need(buyer)
    buyer.open(f"/my/needs/{code}/review")
    assert "Đã gửi" in buyer.send(f"/{code}/submit")
    decide("need")
    market.work()
    assert code in last_mail(market.app, "tam@xanh.example.vn")

    page = buyer.open(f"/needs/{code}")
    reasons = page.partition('id="matches"')[2].replace("\u00a0", " ")
    assert offer in reasons
    assert FORECAST["title"] in reasons
    assert unrelated not in reasons
    for words in ("Vì sao được ghép", "TRL 6–9", "TRL 8", "500 triệu", "1,2 tỷ", "Mua đứt"):
        assert words in reasons, words
    assert "Phạm Thị Dung" in page, "the six points stand on the page"

    theirs = market.supplier.open(f"/technologies/{offer}")
    assert code in theirs.partition('id="matches"')[2]
    assert code in market.visitor.open("/needs?q=du+bao+ngap")


def test_an_agency_cannot_submit_without_its_six_points(market: Market) -> None:
    buyer = market.buyer
    buyer.open("/my/needs/new")
    buyer.send(title=TITLE)
    code = buyer.path.split("/")[3]
    for step, values in steps().items():
        if step != "six-clear":
            buyer.open(f"/my/needs/{code}/edit/{step}")
            buyer.send(**values, go="next")
    buyer.open(f"/my/needs/{code}/review")
    page = buyer.send(f"/{code}/submit", status=422)
    assert f"/my/needs/{code}/edit/six-clear" in page
