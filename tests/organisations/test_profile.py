"""The profile form: what it keeps, what it refuses, and that nothing typed is lost."""

from __future__ import annotations

import io
import unicodedata
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from marketplace.browse.indexing import rebuild
from marketplace.core.errors import Invalid
from marketplace.core.events import Event
from marketplace.core.extensions import db
from marketplace.organisations.actions import profile
from marketplace.organisations.models import Organisation
from tests import factories
from tests.organisations.factories import COMPLETE, admin_of, complete, document, web_of

IDENTITY = {"kind": "enterprise", "name": "Công ty Máy Móc", "legal_representative": "Trần Thị Bình"}


def fresh(organisation: Organisation) -> Organisation:
    db.session.expire_all()
    return db.session.get_one(Organisation, organisation.id)


@pytest.mark.parametrize(
    ("section", "values", "complaint"),
    [
        ("identity", {**IDENTITY, "tax_code": "0100109107"}, "kiểm tra"),
        ("identity", {**IDENTITY, "tax_code": "0000000000"}, "kiểm tra"),
        ("identity", {**IDENTITY, "tax_code": "abc"}, "chữ số"),
        ("identity", {**IDENTITY, "tax_code": "0100109106-000"}, "kiểm tra"),
        ("identity", {**IDENTITY, "tax_code": "001099012345"}, "cá nhân, hộ kinh doanh"),
        ("identity", {**IDENTITY, "tax_code": "9" * 60}, "40 ký tự"),
        ("identity", {**IDENTITY, "kind": "empire"}, "Lựa chọn không hợp lệ"),
        ("identity", {**IDENTITY, "name": "x" * 301}, "300 ký tự"),
        ("identity", {**IDENTITY, "name": "Viện Nướ\u0441 Hồng Giang"}, "nhiều bảng chữ"),  # a Cyrillic letter
        ("identity", {**IDENTITY, "name": " \u200b "}, "Tên tiếng Việt"),
        ("address", {"province_code": "99", "ward_code": ""}, "tỉnh, thành phố trong danh sách"),
        ("address", {"province_code": "01", "ward_code": "26734"}, "thuộc tỉnh, thành phố này"),
        ("address", {"province_code": "", "ward_code": "00070"}, "thuộc tỉnh, thành phố này"),
        ("about", {"field_codes": ["77"], "description": "x"}, "lựa chọn"),
        ("about", {"description": "x" * 5001}, "5000 ký tự"),
        ("about", {"website": "javascript:alert(1)"}, "địa chỉ web"),
        ("about", {"website": "http://["}, "địa chỉ web"),
        ("about", {"website": "https://user:pass@x.vn"}, "địa chỉ web"),
        ("contact", {"email": "không phải", "phone": ""}, "thư điện tử không hợp lệ"),
        ("contact", {"email": "", "phone": "gọi tôi"}, "số điện thoại"),
    ],
)
def test_bad_input_is_explained_and_kept(ctx: Flask, section: str, values: dict[str, Any], complaint: str) -> None:
    thing = complete()
    answer = web_of(ctx, thing).post(f"/my/organisation/edit/{section}", data={**values, "lock": thing.lock})
    assert answer.status_code == 422
    assert complaint in answer.text
    assert fresh(thing).lock == thing.lock, "nothing was saved"


def test_text_is_stored_as_nfc_and_shown_as_text(ctx: Flask) -> None:
    thing = complete()
    web = web_of(ctx, thing)
    nfd = unicodedata.normalize("NFD", "Viện  Nghiên cứu Đổi mới\x00 <script>")
    answer = web.post(
        "/my/organisation/edit/identity", data={**IDENTITY, "name": nfd, "tax_code": "0100109106 ", "lock": thing.lock}
    )
    assert answer.status_code == 302, answer.text
    saved = fresh(thing)
    assert saved.name == "Viện Nghiên cứu Đổi mới <script>"
    assert saved.tax_code == "0100109106"
    assert "Đổi mới &lt;script&gt;" in web.get("/my/organisation").text


def test_a_stale_form_gets_409_with_what_was_typed(ctx: Flask) -> None:
    thing = complete()
    web, old = web_of(ctx, thing), thing.lock
    first = web.post("/my/organisation/edit/contact", data={"email": "moi@x.vn", "phone": "", "lock": old})
    assert first.status_code == 302
    answer = web.post("/my/organisation/edit/contact", data={"email": "khac@x.vn", "phone": "", "lock": old})
    assert answer.status_code == 409
    assert "khac@x.vn" in answer.text
    assert fresh(thing).email == "moi@x.vn"
    without = web.post("/my/organisation/edit/contact", data={"email": "khac@x.vn", "phone": ""})
    assert without.status_code == 409 and "khac@x.vn" in without.text
    assert fresh(thing).email == "moi@x.vn"
    assert factories.version_of(without) == str(fresh(thing).lock), "the page says that it replaces; the next save decides"


def test_the_same_form_twice_is_silence(ctx: Flask) -> None:
    thing = complete()
    web, data = web_of(ctx, thing), {"email": "moi@x.vn", "phone": "02438250000", "lock": thing.lock}
    for _twice in range(2):
        assert web.post("/my/organisation/edit/contact", data=data).status_code == 302
    edits = db.session.scalars(select(Event).where(Event.action == "organisation.edit")).all()
    assert len(edits) == 1
    assert edits[0].data == {"fields": ["email"]}, "the history holds no personal data"


def test_a_form_opened_for_another_organisation_changes_nothing(ctx: Flask) -> None:
    thing, other = complete(), complete(name="Tổ chức khác")
    person = admin_of(thing)
    factories.member(person, other)
    web = factories.client(ctx, person, other)
    typed = "Một đoạn giới thiệu dài vừa gõ xong"
    answer = web.post("/my/organisation/edit/about", data={"description": typed, "acting": thing.id, "lock": 1})
    assert answer.status_code == 409
    assert typed in answer.text
    assert fresh(other).description == COMPLETE["description"]


def test_choosing_a_province_without_javascript_shows_its_wards(ctx: Flask) -> None:
    thing = complete()
    web = web_of(ctx, thing)
    page = web.post(
        "/my/organisation/edit/address",
        data={"province_code": "79", "ward_code": "00070", "street": "Chưa lưu", "show_wards": "1", "lock": thing.lock},
    )
    assert page.status_code == 200
    assert "Sài Gòn" in page.text
    assert "Chưa lưu" in page.text
    assert fresh(thing).street == COMPLETE["street"]
    wards = web.get("/places/01/wards").get_json()
    assert ["00070", "Phường Hoàn Kiếm"] in wards
    assert web.get("/places/xx/wards").status_code == 404


def test_a_verified_organisation_is_told_before_a_change_that_costs_its_verification(ctx: Flask) -> None:
    thing = complete("verified", tax_code="0100109106")
    web = web_of(ctx, thing)
    assert "phải xác minh lại" in web.get("/my/organisation/edit/identity").text
    data = {"kind": "enterprise", "name": thing.name, "tax_code": "0300588569",
            "legal_representative": "Trần Thị Bình", "lock": thing.lock}
    asked = web.post("/my/organisation/edit/identity", data=data)
    assert asked.status_code == 422
    assert "đánh dấu vào ô xác nhận" in asked.text
    assert fresh(thing).state == "verified"
    assert web.post("/my/organisation/edit/identity", data={**data, "accept_recheck": "y"}).status_code == 302
    assert fresh(thing).state == "needs_info"
    last = db.session.scalars(select(Event).order_by(Event.id.desc()).limit(1)).one()
    assert (last.action, last.actor_id) == ("organisation.recheck", None)
    assert last.data == {"fields": ["tax_code"]}


def test_other_facts_of_a_verified_organisation_change_freely(ctx: Flask) -> None:
    thing = complete("verified")
    web = web_of(ctx, thing)
    data = {"kind": "enterprise", "name": thing.name, "name_en": "Machines Ltd", "tax_code": thing.tax_code,
            "legal_representative": thing.legal_representative, "lock": thing.lock}
    assert web.post("/my/organisation/edit/identity", data=data).status_code == 302
    assert (fresh(thing).state, fresh(thing).name_en) == ("verified", "Machines Ltd")


def test_while_it_is_submitted_nothing_can_be_changed(ctx: Flask) -> None:
    thing = complete("submitted")
    answer = web_of(ctx, thing).post("/my/organisation/edit/contact", data={"email": "x@y.vn", "lock": thing.lock})
    assert answer.status_code == 409
    assert fresh(thing).email == COMPLETE["email"]


def test_a_personal_number_is_masked_for_editors(ctx: Flask) -> None:
    thing = complete(kind="individual", tax_code="001099012345")
    assert "001099012345" in web_of(ctx, thing).get("/my/organisation").text
    page = web_of(ctx, thing, "editor").get("/my/organisation").text
    assert "001099012345" not in page
    assert "•••345" in page


def test_an_organisation_is_found_by_its_tax_code_and_a_person_is_not(ctx: Flask) -> None:
    complete("verified", "Công ty Hồ Tây", tax_code="0100109106")
    complete("verified", "Nguyễn Văn Sáng Chế", kind="individual", tax_code="001099012345")
    rebuild()
    web = ctx.test_client()
    assert "Công ty Hồ Tây" in web.get("/organisations?q=0100109106").text
    for asked in ("001099012345", "0010990*"):
        assert "Nguyễn Văn Sáng Chế" not in web.get(f"/organisations?q={asked}").text


@pytest.mark.parametrize(
    ("content", "name"),
    [(b"MZ" + b"\x00" * 100, "ho-so.pdf"), (b"<html><script>1</script>", "ho-so.pdf"), (b"", "rong.pdf")],
)
def test_a_wrong_file_is_refused(ctx: Flask, content: bytes, name: str) -> None:
    thing = complete()
    web = web_of(ctx, thing)
    answer = web.post(
        "/my/organisation/documents", data={"kind": "registration", "file": (io.BytesIO(content), name)}
    )
    assert answer.status_code == 422
    assert web.post("/my/organisation/documents", data={"kind": "registration"}).status_code == 422


def test_a_document_is_removed_only_by_its_own_organisation(ctx: Flask) -> None:
    thing, other = complete(), complete(name="Khác")
    mine, theirs = document(thing), document(other)
    web = web_of(ctx, thing)
    assert web.post(f"/my/organisation/documents/{theirs.id}/remove").status_code == 404
    assert web.post(f"/my/organisation/documents/{mine.id}/remove").status_code == 302


@pytest.mark.parametrize("data", [{}, {"kind": "enterprise", "name": ""}, {"kind": "x", "name": "Tên"}])
def test_a_new_organisation_needs_kind_and_name(ctx: Flask, data: dict[str, str]) -> None:
    answer = factories.client(ctx, factories.user()).post("/my/organisations/new", data=data)
    assert answer.status_code == 422
    assert db.session.scalars(select(Organisation)).all() == []


def test_two_organisations_of_one_name_get_different_addresses(ctx: Flask) -> None:
    for _person in range(2):
        web = factories.client(ctx, factories.user())
        web.post("/my/organisations/new", data={"kind": "startup", "name": "Ấn Độ Mới"})
    slugs = db.session.scalars(select(Organisation.slug)).all()
    assert "an-do-moi" in slugs
    assert len(set(slugs)) == 2


def test_a_name_of_an_organisation_bears_no_address(ctx: Flask) -> None:
    web = factories.client(ctx, factories.user())
    bad = {"kind": "enterprise", "name": "Trúng thưởng tại http://evil.example"}
    refused = web.post("/my/organisations/new", data=bad)
    assert refused.status_code == 422 and "không được chứa địa chỉ" in refused.text
    thing = complete()
    actor = factories.actor_of(admin_of(thing), thing)
    for field in ("name", "name_en", "legal_representative"):
        with pytest.raises(Invalid):
            profile.change(thing, actor, {field: "Mở www.evil.example ngay"})


def test_one_person_has_few_organisations_in_draft(ctx: Flask) -> None:
    web = factories.client(ctx, factories.user())
    answers = [web.post("/my/organisations/new", data={"kind": "enterprise", "name": f"Công ty Nháp {number}"})
               for number in range(profile.MOST_DRAFTS + 1)]
    assert [answer.status_code for answer in answers] == [302] * profile.MOST_DRAFTS + [422]
