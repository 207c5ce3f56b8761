"""From registration to a submitted organisation, through the web client."""

from __future__ import annotations

import io
import re

from flask import Flask
from sqlalchemy import select

from marketplace.core.extensions import db
from marketplace.organisations.models import Organisation
from tests.accounts.test_sign_in import REGISTRATION, last_mail, link_in
from tests.factories import PASSWORD, client

PDF = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n"
    b"trailer<</Root 1 0 R>>\n%%EOF"
)


def lock_in(page: str) -> str:
    found = re.search(r'name="lock" value="(\d*)"', page)
    assert found
    return found[1]


def acting_in(page: str) -> str:
    found = re.search(r'name="acting"[^>]*value="(\d*)"', page)
    assert found
    return found[1]


def test_a_person_registers_an_organisation_and_submits_it(app: Flask) -> None:
    web = client(app)
    web.post("/register", data=REGISTRATION)
    web.post(link_in(last_mail(app)))
    web.post("/login", data={"email": "hanh@example.vn", "password": PASSWORD})

    answer = web.post("/my/organisations/new", data={"kind": "startup", "name": "Công ty Cổ phần Sao Mai"})
    assert answer.location == "/my/organisation/edit/identity", answer.text
    sections = {
        "identity": {"kind": "startup", "name": "Công ty Cổ phần Sao Mai", "tax_code": "0100109106",
                     "legal_representative": "Nguyễn Thị Hạnh", "representative_title": "Giám đốc"},
        "address": {"province_code": "01", "ward_code": "00070", "street": "1 Tràng Tiền"},
        "about": {"field_codes": ["1", "2"], "description": "Làm pin thể rắn.", "website": "saomai.vn"},
        "contact": {"email": "lienhe@saomai.vn", "phone": "024 3825 0000"},
    }
    for section, values in sections.items():
        page = web.get(f"/my/organisation/edit/{section}")
        assert page.status_code == 200, section
        answer = web.post(
            f"/my/organisation/edit/{section}", data={**values, "lock": lock_in(page.text), "acting": acting_in(page.text)}
        )
        assert answer.status_code == 302, answer.text
    refused = web.post("/my/organisation/submit")
    assert refused.status_code == 422
    assert "Tài liệu chứng minh" in refused.text

    answer = web.post(
        "/my/organisation/documents",
        data={"kind": "registration", "file": (io.BytesIO(PDF), "Giấy đăng ký.pdf"), "caption": "Bản gốc"},
    )
    assert answer.status_code == 302, answer.text
    assert "Giấy đăng ký.pdf" in web.get("/my/organisation/documents").text

    assert web.post("/my/organisation/submit").status_code == 302
    page = web.get("/my/organisation")
    assert "Chờ xác minh" in page.text or "xem xét" in page.text
    with app.app_context():
        made = db.session.scalars(select(Organisation)).one()
        assert made.state == "submitted"
        assert made.website == "https://saomai.vn"
        assert made.review_due_at is not None
    assert "Sao Mai" in web.get("/account").text
