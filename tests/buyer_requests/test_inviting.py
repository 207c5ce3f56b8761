"""Inviting organisations: picked by name with or without marks, in force from publication, told once."""

from __future__ import annotations

import unicodedata

import pytest
from flask import Flask
from sqlalchemy import select

from marketplace.authoring import actions as authoring
from marketplace.buyer_requests import queries
from marketplace.buyer_requests.kind import KIND
from marketplace.buyer_requests.models import BuyerRequest, NeedInvitation, NeedRevision
from marketplace.core.extensions import db
from marketplace.core.outbox import work_once
from marketplace.mail import MailMessage
from tests import factories
from tests.buyer_requests.conftest import Scene
from tests.buyer_requests.factories import Cast, six_clear


def letters() -> list[MailMessage]:
    db.session.commit()
    work_once(["notifications"])
    return list(db.session.scalars(select(MailMessage).where(MailMessage.topic == "enquiries")))


def in_force(need: BuyerRequest) -> set[int]:
    rows = select(NeedInvitation.organisation_id).where(NeedInvitation.buyer_request_id == need.id)
    return set(db.session.scalars(rows))


def test_invitations_are_in_force_from_publication_and_administrators_are_told(cast: Cast) -> None:
    revision = cast.submitted(visibility="invited_only", invited_org_ids=[cast.invited_org.id])
    assert in_force(revision.buyer_request) == set()
    assert letters() == []
    need = cast.publish(revision)
    assert in_force(need) == {cast.invited_org.id}
    assert [one.recipient for one in letters()] == ["huy.ngo@example.vn"]
    assert cast.org.name in letters()[0].body
    assert f"/needs/{need.code}-" in letters()[0].body


def test_nobody_is_told_twice_and_the_uninvited_lose_access(cast: Cast) -> None:
    other = factories.organisation("Trường Đại học Xây dựng", kind="university")
    person = factories.user("Bùi Văn Cường", email="cuong.bui@example.vn")
    factories.member(person, other)
    need = cast.published(visibility="invited_only", invited_org_ids=[cast.invited_org.id])
    for ids in ([cast.invited_org.id, other.id], [other.id], [cast.invited_org.id]):
        revision = authoring.start_revision(KIND, need, cast.buyer)
        authoring.save(KIND, revision, {"invited_org_ids": ids}, cast.buyer, None)
        authoring.submit(KIND, revision, cast.buyer, revision.created_at)
        assert in_force(need) == set(ids)
    assert sorted(one.recipient for one in letters()) == ["cuong.bui@example.vn", "huy.ngo@example.vn"]
    assert not queries.visible([need.id], factories.actor_of(person, other))


def test_organisations_that_are_not_verified_at_publication_are_left_out(cast: Cast) -> None:
    late = factories.organisation("Viện Sắp Đình chỉ")
    revision = cast.submitted(invited_org_ids=[cast.invited_org.id, late.id, cast.org.id + 999])
    late.state = "suspended"
    db.session.flush()
    assert in_force(cast.publish(revision)) == {cast.invited_org.id}


@pytest.mark.parametrize("typed", [
    "Đống Đa", "dong da", "ĐỐNG", unicodedata.normalize("NFD", "đống đa"), "cong nghe dong", "viện  công",
])
def test_organisations_are_found_with_and_without_marks(cast: Cast, typed: str) -> None:
    wanted = factories.organisation("Viện Công nghệ Đống Đa", kind="institute")
    factories.organisation("Viện Đồng hồ", kind="institute", state="submitted")
    assert wanted in queries.find_organisations(typed, cast.org.id)


def test_the_search_leaves_out_the_own_organisation_the_unverified_and_what_does_not_match(cast: Cast) -> None:
    waiting = factories.organisation("Công ty Chờ Duyệt", state="submitted")
    found = queries.find_organisations("công ty", cast.org.id)
    assert cast.org not in found
    assert waiting not in found
    assert cast.stranger_org in found
    assert queries.find_organisations("%", cast.org.id) == []
    assert queries.find_organisations("00000", cast.org.id) == []
    assert queries.find_organisations(cast.invited_org.tax_code, cast.org.id) != []


def test_picking_works_without_javascript(scene: Scene) -> None:
    code = scene.make(lambda cast: cast.draft(visibility="invited_only"))
    client, wanted = scene.client("buyer"), scene.cast.invited_org.id
    with scene.app.app_context():
        lock = db.session.query(NeedRevision).one().lock
    data = {"visibility": "invited_only", "invited_org_ids": "", "confidential_detail": "", "lock": lock}
    address = f"/my/needs/{code}/edit/terms"
    found = client.post(address, data={**data, "invited_org_ids-find": "moi truong", "find-invited_org_ids": "1"})
    assert found.status_code == 200
    assert "Viện Công nghệ Môi trường" in found.text
    assert f'value="{wanted}" checked' not in found.text
    none = client.post(address, data={**data, "invited_org_ids-find": "không có đâu", "find-invited_org_ids": "1"})
    assert "không có đâu" in none.text
    own = str(scene.cast.org.id)
    picked = client.post(address, data={**data, "invited_org_ids": ["", str(wanted), own, "999999", "x", "-1", "9" * 40]})
    assert picked.status_code == 302
    page = client.get(address).text
    assert f'value="{wanted}" checked' in page
    with scene.app.app_context():
        revision = db.session.query(NeedRevision).one()
        assert revision.invited_org_ids == [wanted]
        lock = revision.lock
    assert client.post(address, data={**data, "lock": lock}).status_code == 302
    with scene.app.app_context():
        assert db.session.query(NeedRevision).one().invited_org_ids == []


def test_more_than_fifty_are_refused_on_the_form(scene: Scene) -> None:
    code = scene.make(lambda cast: cast.draft())
    with scene.app.app_context():
        ids = [str(factories.organisation(f"Tổ chức {number}").id) for number in range(51)]
        lock = db.session.query(NeedRevision).one().lock
    data = {"visibility": "public", "invited_org_ids": ids, "confidential_detail": "", "lock": lock}
    answer = scene.client("buyer").post(f"/my/needs/{code}/edit/terms", data=data)
    assert answer.status_code == 422
    assert "tối đa 50 tổ chức" in answer.text


def test_the_invited_see_their_invitations_and_others_do_not(scene: Scene) -> None:
    code = scene.make(lambda cast: cast.published(
        kind="order", six_clear=six_clear(), visibility="invited_only", invited_org_ids=[cast.invited_org.id]))
    assert code in scene.client("invited").get("/my/needs/invitations").text
    assert code not in scene.client("stranger").get("/my/needs/invitations").text
    with scene.app.app_context():
        db.session.query(BuyerRequest).one().state = "suspended"
        db.session.commit()
    assert code not in scene.client("invited").get("/my/needs/invitations").text


def test_the_letter_speaks_the_language_of_its_reader(ctx: Flask) -> None:
    cast = Cast()
    cast.invited_user.locale = "en"
    db.session.commit()
    cast.published(invited_org_ids=[cast.invited_org.id])
    assert letters()[0].subject.startswith("You are invited to answer a technology need")
