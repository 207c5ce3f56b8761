"""Beginning and deleting: a double click begins one draft, a deleted draft lets go of its files."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask
from sqlalchemy import func, select

from marketplace.authoring import actions as authoring
from marketplace.buyer_requests.models import BuyerRequest
from marketplace.core.extensions import db
from marketplace.files.models import Attachment
from marketplace.listings.kind import KIND
from marketplace.listings.models import Listing
from marketplace.organisations.models import Organisation
from tests import factories
from tests.listings import samples

PAGES = {"/my/listings/new": Listing, "/my/needs/new": BuyerRequest}


@pytest.mark.parametrize("path", PAGES)
def test_a_double_click_begins_one_draft(app: Flask, path: str) -> None:
    with app.app_context():
        org, person = factories.organisation("Viện Nước"), factories.user("Lê Thị Hoa")
        factories.member(person, org)
        clients = [factories.client(app, person, org) for _each in range(3)]
        assert clients[0].post(path, data={"title": "Bản nháp trước đó"}).status_code == 302
        db.session.remove()
    with ThreadPoolExecutor(3) as pool:
        answers = list(pool.map(lambda one: one.post(path, data={"title": "Máy lọc nước lợ"}), clients))
    assert {answer.status_code for answer in answers} == {302}
    assert len({answer.headers["Location"] for answer in answers}) == 1
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(PAGES[path])) == 2


def test_a_double_click_registers_one_organisation(ctx: Flask) -> None:
    web = factories.client(ctx, factories.user())
    for _click in range(2):
        assert web.post("/my/organisations/new", data={"kind": "startup", "name": "Công ty Mới"}).status_code == 302
    assert db.session.scalar(select(func.count(Organisation.id))) == 1
    web.post("/my/organisations/new", data={"kind": "startup", "name": "Công ty Khác"})
    assert db.session.scalar(select(func.count(Organisation.id))) == 2


def test_a_deleted_draft_lets_go_of_its_files_and_no_others(ctx: Flask) -> None:
    org, person, moderator = factories.organisation(), factories.user(), factories.user(staff=("moderator",))
    factories.member(person, org)
    listing = samples.published(person, org, moderator)
    actor = factories.actor_of(person, org)
    before = db.session.scalar(select(func.count(Attachment.id)))
    draft = authoring.start_revision(KIND, listing, actor)
    assert db.session.scalar(select(func.count(Attachment.id))) > before
    authoring.owner_move(KIND, draft, "delete", actor)
    db.session.commit()
    assert db.session.scalar(select(func.count(Attachment.id))) == before
