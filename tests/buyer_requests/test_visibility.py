"""Who may see which need: the rule's two faces agree, and every address with an id obeys it."""

from __future__ import annotations

import io
import re
from dataclasses import replace

import pytest
from flask import Flask
from pypdf import PdfWriter
from sqlalchemy import select

from marketplace.authoring import actions as authoring
from marketplace.buyer_requests import queries
from marketplace.buyer_requests.kind import KIND
from marketplace.buyer_requests.lifecycle import NEED, VISIBLE_STATES
from marketplace.buyer_requests.models import BuyerRequest, NeedRevision
from marketplace.core.access import GUEST, SYSTEM, Actor
from marketplace.core.extensions import db
from marketplace.files import actions as files
from marketplace.files.models import Attachment
from tests.buyer_requests.conftest import Scene
from tests.buyer_requests.factories import SECRET, Cast, six_clear
from tests.files import samples
from tests.thorough import sqlite_first

VISIBILITIES = ("public", "requester_hidden", "invited_only")
EVERYBODY = {"", "buyer", "colleague", "invited", "stranger", "moderator"}
INSIDE = {"buyer", "colleague", "moderator"}


def readers(cast: Cast) -> dict[str, Actor]:
    return {
        "": GUEST, "buyer": cast.buyer, "colleague": cast.colleague, "invited": cast.invited,
        "stranger": cast.stranger, "moderator": cast.moderator,
    }


@pytest.mark.parametrize("visibility", VISIBILITIES)
def test_sql_and_tokens_say_the_same_in_every_state(ctx: Flask, visibility: str) -> None:
    cast = Cast()
    need = cast.published(visibility=visibility, invited_org_ids=[cast.invited_org.id])
    for verified in (True, False):
        cast.org.state = "verified" if verified else "suspended"
        for state in NEED.names:
            need.state = state
            db.session.flush()
            tokens = set(queries.audience(need))
            for name, actor in readers(cast).items():
                by_token = bool(tokens & set(actor.audience()))
                by_sql = need.id in queries.visible([need.id], actor)
                assert by_sql == by_token, f"{name or 'guest'}, {state}, {visibility}, verified={verified}"
                assert by_token is (verified and state in VISIBLE_STATES and _reaches(name, visibility))


def _reaches(name: str, visibility: str) -> bool:
    return visibility != "invited_only" or name in {"buyer", "colleague", "invited"}


def test_a_suspended_invited_organisation_sees_nothing_of_an_invited_only_need(cast: Cast) -> None:
    need = cast.published(visibility="invited_only", invited_org_ids=[cast.invited_org.id])
    cast.invited_org.state = "suspended"
    db.session.flush()
    assert not queries.visible([need.id], cast.invited)
    assert not set(queries.audience(need)) & set(cast.invited.audience())


def test_the_system_sees_all_that_is_live_and_nobody_what_was_never_published(cast: Cast) -> None:
    need = cast.published(visibility="invited_only", invited_org_ids=[cast.invited_org.id])
    draft = cast.draft().buyer_request
    assert set(queries.visible([need.id, draft.id], SYSTEM)) == {need.id}
    assert not queries.visible([need.id, draft.id], cast.stranger)
    for reader, expected in ((SYSTEM, [need.id]), (cast.stranger, [])):
        assert list(db.session.scalars(select(BuyerRequest.id).where(queries.visible_to(reader)))) == expected


def whole_pdf() -> bytes:
    """Return a PDF with a page: documents of a hidden requester are written anew before they are passed on."""
    writer, out = PdfWriter(), io.BytesIO()
    writer.add_blank_page(100, 100)
    writer.write(out)
    return out.getvalue()


def attach(need: BuyerRequest, name: str, tier: str, actor: Actor) -> Attachment:
    stored = files.store_upload(samples.upload(whole_pdf(), name), actor)
    made = files.attach(stored, need.published_revision, "document", tier)
    db.session.commit()
    return made


#: (address, who gets 200 per visibility); everybody else gets 404, or the sign-in page where that comes first.
PAGES = [
    ("/needs/{code}", {"public": EVERYBODY, "requester_hidden": EVERYBODY, "invited_only": INSIDE | {"invited"}}),
    ("/needs/{code}.jsonld", {"public": EVERYBODY, "requester_hidden": EVERYBODY, "invited_only": INSIDE | {"invited"}}),
    ("/needs/{code}/confidential/1", {key: {"buyer", "colleague"} for key in VISIBILITIES}),
    ("/my/needs/{code}/review", {key: {"buyer", "colleague"} for key in VISIBILITIES}),
    ("{public_file}", {"public": EVERYBODY, "requester_hidden": EVERYBODY, "invited_only": INSIDE | {"invited"}}),
    ("{members_file}", {
        "public": EVERYBODY - {""}, "requester_hidden": EVERYBODY - {""}, "invited_only": INSIDE | {"invited"}}),
    ("{confidential_file}", {key: {"buyer", "colleague"} for key in VISIBILITIES}),
]


@sqlite_first
@pytest.mark.parametrize("visibility", VISIBILITIES)
@pytest.mark.parametrize("state", ["open", "suspended"])
def test_every_address_with_an_id_obeys_the_rule(scene: Scene, visibility: str, state: str) -> None:
    with scene.app.app_context():
        cast = scene.cast
        need = cast.published(
            kind="order", six_clear=six_clear(), visibility=visibility, invited_org_ids=[cast.invited_org.id])
        ids = {tier: attach(need, f"{tier}.pdf", tier, cast.buyer).id for tier in ("public", "members", "confidential")}
        need.state = state
        db.session.commit()
        code = need.code
    places = {
        "code": code, "public_file": f"/files/{ids['public']}/x.pdf", "members_file": f"/files/{ids['members']}/x.pdf",
        "confidential_file": f"/files/{ids['confidential']}/confidential/x.pdf",
    }
    for template, allowed in PAGES:
        path = template.format(**places)
        for name in sorted(EVERYBODY):
            may = allowed[visibility]
            if state == "suspended":
                may = may & INSIDE
            answer = scene.client(name).get(path, follow_redirects=True)
            got = answer.status_code == 200 and answer.request.path != "/login"
            assert got is (name in may), f"{name or 'guest'} {path} {visibility} {state}: {answer.status_code}"
            if not got and answer.request.path != "/login":
                assert answer.status_code in {403, 404}


def test_drafts_are_nobody_elses_business(scene: Scene) -> None:
    code = scene.make(lambda cast: cast.draft(kind="order", six_clear=six_clear()))
    for name in sorted(EVERYBODY):
        for path in (f"/needs/{code}", f"/needs/{code}.jsonld", f"/my/needs/{code}/review", f"/my/needs/{code}/edit/terms"):
            answer = scene.client(name).get(path, follow_redirects=True)
            got = answer.status_code == 200 and answer.request.path != "/login"
            mine = name == "buyer" or (name == "colleague" and not path.endswith("edit/terms"))
            assert got is (mine and not path.endswith(".jsonld")), f"{name} {path}: {answer.status_code}"


@sqlite_first
def test_moves_by_others_are_refused_and_change_nothing(scene: Scene) -> None:
    code = scene.make(lambda cast: cast.published(kind="order", six_clear=six_clear()))
    for name, status in {"colleague": 403, "stranger": 403, "invited": 403, "moderator": 403}.items():
        for action in ("shortlist", "withdraw", "extend"):
            form = {"reason": "Không cần nữa.", "answer_deadline": "01/01/2030"}
            answer = scene.client(name).post(f"/needs/{code}/move/{action}", data=form)
            assert answer.status_code in {status, 422}, f"{name} {action}: {answer.status_code}"
    with scene.app.app_context():
        assert db.session.query(BuyerRequest).one().state == "open"


def test_the_confidential_part_opens_to_the_moderator_who_has_the_case_and_each_reading_is_logged(scene: Scene) -> None:
    with scene.app.app_context():
        cast = scene.cast
        need = cast.published(kind="order", six_clear=six_clear())
        revision = authoring.start_revision(KIND, need, cast.buyer)
        authoring.save(KIND, revision, {"context": "Đổi bối cảnh."}, cast.buyer, None)
        authoring.submit(KIND, revision, cast.buyer, revision.created_at)
        db.session.commit()
        path = f"/needs/{need.code}/confidential/2"
    assert scene.client("moderator").get(path).status_code == 403
    with scene.app.app_context():
        revision = db.session.get_one(NeedRevision, revision.id)
        authoring.moderate(KIND, revision, "claim", scene.cast.moderator)
        db.session.commit()
    page = scene.client("moderator").get(path)
    assert page.status_code == 200
    assert SECRET in page.get_data(as_text=True)
    assert SECRET in scene.client("colleague").get(path).get_data(as_text=True)
    history = scene.client("buyer").get(f"/needs/{need.code}", follow_redirects=True).get_data(as_text=True)
    assert history.count("Đã đọc phần bảo mật") == 2
    assert "Đặng Thu Hà" not in history  # the parties do not read moderators' names


def test_the_confidential_part_stands_on_no_other_page(scene: Scene) -> None:
    code = scene.make(lambda cast: cast.published(kind="order", six_clear=six_clear()))
    for name in sorted(EVERYBODY):
        client = scene.client(name)
        for path in (f"/needs/{code}", f"/needs/{code}.jsonld", f"/my/needs/{code}/review", "/my/needs", "/my/needs.csv"):
            assert SECRET not in client.get(path, follow_redirects=True).get_data(as_text=True), f"{name} {path}"


@sqlite_first
def test_any_spelling_of_the_address_leads_to_the_canonical_one(scene: Scene) -> None:
    code = scene.make(lambda cast: cast.published(kind="order", six_clear=six_clear()))
    canonical = f"/needs/{code}-xu-ly-nuoc-thai-det-nhuom-dat-cot-a"
    client = scene.client()
    for path in (f"/needs/{code}", f"/needs/{code}-cu", f"/needs/{code.lower()}-x-y-z"):
        answer = client.get(path + "?a=1")
        assert (answer.status_code, answer.headers["Location"]) == (301, canonical + "?a=1")
    assert client.get(canonical).status_code == 200
    for path in ("/needs/nonsense-at-all", "/needs/NC-20-x", "/needs/NC-2026-999999", "/needs/a-b-c-d.jsonld"):
        assert client.get(path).status_code == 404, path


def test_a_person_of_two_organisations_reads_but_does_not_act_for_the_other(cast: Cast) -> None:
    need = cast.published(visibility="invited_only", invited_org_ids=[cast.invited_org.id])
    both = replace(cast.stranger, org_ids=frozenset({cast.stranger_org.id, cast.org.id}))
    assert queries.readable(need.code, both) is need
    assert need.roles_of(both) == frozenset()


def test_contact_details_are_for_people_of_verified_organisations(scene: Scene) -> None:
    code = scene.make(lambda cast: cast.published(kind="order", six_clear=six_clear()))
    shown = {
        name: bool(re.search("hoa@nhuom", scene.client(name).get(f"/needs/{code}", follow_redirects=True).text))
        for name in sorted(EVERYBODY)
    }
    assert shown == {"": False, "buyer": True, "colleague": True, "invited": True, "stranger": True, "moderator": True}
    with scene.app.app_context():
        db.session.merge(scene.cast.stranger_org).state = "submitted"
        db.session.commit()
    assert "hoa@nhuom" not in scene.client("stranger").get(f"/needs/{code}", follow_redirects=True).text
