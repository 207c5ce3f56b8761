"""A supplier writes a listing step by step."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient

from marketplace.extensions import db
from marketplace.listings.models import Listing, ListingRevision
from tests import factories

STEPS = ("what", "use", "maturity", "rights", "transfer", "files", "contact")


@pytest.fixture
def supplier(ctx: Flask) -> FlaskClient:
    person, org = factories.user(), factories.organisation("Viện Nước")
    factories.member(person, org)
    return factories.client(ctx, person, org)


def revision_of(client: FlaskClient, code: str) -> ListingRevision:
    db.session.expire_all()
    return db.session.query(Listing).filter_by(code=code).one().revisions[-1]


def begin(client: FlaskClient, title: str = "Màng lọc nano xử lý nước nhiễm asen") -> str:
    answer = client.post("/my/listings/new", data={"title": title})
    assert answer.status_code == 302, answer.text
    return str(answer.location).split("/")[3]


def test_every_step_opens(supplier: FlaskClient) -> None:
    code = begin(supplier)
    for step in STEPS:
        page = supplier.get(f"/my/listings/{code}/edit/{step}")
        assert page.status_code == 200, step
    assert supplier.get(f"/my/listings/{code}/review").status_code == 200
    assert supplier.get(f"/my/listings/{code}/edit/nonsense").status_code == 404
