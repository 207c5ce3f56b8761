"""Several tabs: one acts for another organisation, or holds an older text. Nothing typed is lost or overwritten."""

from __future__ import annotations

import pytest
from flask import Flask

from marketplace.core.extensions import db
from marketplace.organisations.models import Organisation
from tests import factories
from tests.journeys.market import Market
from tests.journeys.walking import Form, Walker

TYPED = "Một đoạn rất dài mà không ai muốn gõ lại lần nữa"


@pytest.fixture
def market(app: Flask) -> Market:
    return Market(app)


@pytest.fixture
def other_id(market: Market) -> int:
    """A second organisation of the supplier."""
    with market.app.app_context():
        other = factories.organisation("Viện Dự báo Thứ Hai")
        factories.member(market.person("supplier"), other)
        return other.id


def switch(who: Walker, org_id: int) -> None:
    """Act for another organisation in a second tab."""
    who.open("/dashboard")
    who.send("/account/act-for", organisation=str(org_id))


def send_stale(who: Walker, path: str, other_id: int, **typed: str) -> str:
    """Open a form, act for another organisation in another tab, then send the form."""
    who.open(path)
    form: Form = who.form("")
    switch(who, other_id)
    answer = who.post(form, typed)
    assert answer.status_code == 409, path
    return answer.get_data(as_text=True)


@pytest.mark.parametrize(
    ("path", "typed"),
    [
        ("/my/listings/new", {"title": TYPED}),
        ("/my/needs/new", {"title": TYPED}),
        ("/my/organisation/edit/about", {"description": TYPED}),
        ("/my/organisation/edit/identity", {"legal_representative": TYPED}),
        ("/my/organisation/members", {}),
    ],
)
def test_a_tab_that_acts_for_another_organisation_changes_nothing(
    market: Market, other_id: int, path: str, typed: dict[str, str]
) -> None:
    if path.endswith("/members"):
        who = market.supplier
        who.open(path)
        form = who.form("/members/invite")
        switch(who, other_id)
        answer = who.post(form, {"email": "khach.moi.tham.gia@example.vn", "roles": ["editor"]})
        assert answer.status_code == 409
        assert "khach.moi.tham.gia@example.vn" in answer.get_data(as_text=True)
        return
    page = send_stale(market.supplier, path, other_id, **typed)
    assert TYPED in page, "what was typed is still there"
    with market.app.app_context():
        assert db.session.query(Organisation).filter(Organisation.description == TYPED).count() == 0
    assert TYPED not in market.supplier.open("/my/listings") + market.supplier.open("/my/needs")


def test_a_step_sent_for_the_wrong_organisation_keeps_its_text(market: Market, other_id: int) -> None:
    code, who = market.draft(), market.supplier
    who.open(f"/my/listings/{code}/edit/what")
    form = who.form("")
    switch(who, other_id)
    answer = who.post(form, {"advantages": TYPED})
    assert answer.status_code in {404, 409}
    assert TYPED in answer.get_data(as_text=True)
    switch(who, market.org_id)
    assert TYPED not in who.open(f"/my/listings/{code}/review")


def test_of_two_tabs_the_second_is_shown_what_the_first_wrote(market: Market) -> None:
    code, one, two = market.draft(), market.supplier, market.colleague
    for who in (one, two):
        who.open(f"/my/listings/{code}/edit/what")
    late = two.form("")
    one.send(advantages="Bản của Hoa")
    answer = two.post(late, {"advantages": TYPED})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert TYPED in page
    assert "Bản của Hoa" in page
    assert "Bản của Hoa" in one.open(f"/my/listings/{code}/review")
    two.post(two.form(""), {"advantages": TYPED})  # seen, and decided
    assert TYPED in one.open(f"/my/listings/{code}/review")


def test_of_two_administrators_the_second_is_told(market: Market) -> None:
    one = market.supplier
    with market.app.app_context():
        person = factories.user("Đinh Thị Quý", email="quy@nhue.example.vn")
        factories.member(person, db.session.get_one(Organisation, market.org_id))
        two = Walker(market.app, person, db.session.get_one(Organisation, market.org_id))
    for who in (one, two):
        who.open("/my/organisation/edit/about")
    late = two.form("")
    one.send(description="Chúng tôi dự báo ngập.")
    answer = two.post(late, {"description": TYPED})
    assert answer.status_code == 409
    assert TYPED in answer.get_data(as_text=True)
    assert "Chúng tôi dự báo ngập." in one.open("/my/organisation")
