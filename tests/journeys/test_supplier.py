"""A new person registers, founds an organisation, is verified, lists a technology, is asked for changes, and is found."""

from __future__ import annotations

import io
import re

import pytest
from flask import Flask

from marketplace.core.outbox import drain
from tests.accounts.test_sign_in import REGISTRATION
from tests.factories import PASSWORD
from tests.files import samples as uploads
from tests.journeys.conftest import Decide
from tests.journeys.walking import Walker, last_mail
from tests.listings.test_writing import FORMS

SECTIONS = {
    "identity": {"kind": "startup", "name": "Công ty Cổ phần Sao Mai", "tax_code": "0100109106",
                 "legal_representative": "Nguyễn Thị Hạnh", "representative_title": "Giám đốc"},
    "address": {"province_code": "01", "ward_code": "00070", "street": "1 Tràng Tiền"},
    "about": {"field_codes": ["1", "2"], "description": "Làm màng lọc nước.", "website": "saomai.vn"},
    "contact": {"email": "lienhe@saomai.vn", "phone": "024 3825 0000"},
}


def register(visitor: Walker) -> None:
    """Register, confirm from the mail, sign in."""
    visitor.open("/register")
    visitor.send(**REGISTRATION)
    visitor.open("/login")
    refused = visitor.send(email="hanh@example.vn", password=PASSWORD, status=422)
    assert "xác nhận" in refused, "an address that is not confirmed does not sign in"
    link = re.search(r"https?://[^/]+(/confirm/\S+)", last_mail(visitor.app, "hanh@example.vn"))
    assert link
    visitor.open(link[1])
    assert "đã được xác nhận" in visitor.send()
    visitor.send(email="hanh@example.vn", password=PASSWORD)
    assert "Nguyễn Thị Hạnh" in visitor.page


def found_organisation(person: Walker) -> None:
    """Create an organisation, fill in every section, add its certificate, submit it."""
    person.open("/my/organisations/new")
    person.send(kind="startup", name="Công ty Cổ phần Sao Mai")
    assert person.path == "/my/organisation/edit/identity"
    for section, values in SECTIONS.items():
        person.open(f"/my/organisation/edit/{section}")
        person.send(**values)
    person.open("/my/organisation/documents")
    person.send(kind="registration", file=(io.BytesIO(uploads.PDF), "Giấy đăng ký.pdf"), caption="Bản gốc")
    assert "Giấy đăng ký.pdf" in person.page
    person.open("/my/organisation")
    person.send("/my/organisation/submit")
    assert "Chờ" in person.page


def write_listing(person: Walker) -> str:
    """Write a technology step by step, following the buttons; return its code."""
    person.open("/my/listings/new")
    person.send(title=FORMS["what"]["title"])
    code = person.path.split("/")[3]
    for step, values in FORMS.items():
        assert person.path == f"/my/listings/{code}/edit/{step}"
        person.send(**values, go="next")
    person.send("/edit/files", role="image", file=(io.BytesIO(uploads.picture()), "ảnh.png"), caption="Mặt trước")
    assert "Đã đủ để gửi duyệt" in person.open(f"/my/listings/{code}/review")
    return code


@pytest.fixture
def supplier(app: Flask) -> Walker:
    """The person after registration, with an organisation that waits."""
    person = Walker(app)
    register(person)
    found_organisation(person)
    return person


def test_from_registration_to_being_found_without_diacritics(app: Flask, supplier: Walker, decide: Decide) -> None:
    code = write_listing(supplier)
    assert "chưa được xác minh" in supplier.page, "an organisation nobody verified may write, not submit"

    decide("organisation")
    assert "Đã xác minh" in supplier.open("/my/organisation")
    with app.app_context():
        drain()
    assert "xác minh" in last_mail(app, "hanh@example.vn")

    supplier.open(f"/my/listings/{code}/review")
    assert "Đã gửi" in supplier.send(f"/{code}/submit")
    decide("listing", "request_changes", reason_code="trl_unsupported", text="Xin nêu biên bản thử nghiệm.")
    with app.app_context():
        drain()
    mail = last_mail(app, "hanh@example.vn")
    assert "Mức TRL thiếu căn cứ" in mail
    assert "Xin nêu biên bản thử nghiệm." in mail
    assert code in supplier.open("/dashboard"), "what must be changed needs her today"
    page = supplier.open(f"/my/listings/{code}/edit/maturity")
    assert "Mức TRL thiếu căn cứ" in page
    assert "Xin nêu biên bản thử nghiệm." in page
    supplier.send(trl_evidence="Biên bản thử nghiệm số 12 tại trạm Yên Viên.")
    supplier.open(f"/my/listings/{code}/review")
    supplier.send(f"/{code}/submit")

    visitor = Walker(app)
    visitor.open(f"/technologies/{code}", status=404)
    decide("listing")
    with app.app_context():
        drain()
    found = visitor.open("/technologies?q=mang+loc+nano+nhiem+asen")
    assert code in found
    assert "<mark>Màng lọc nano" in found
    page = visitor.open(f"/technologies/{code}")
    assert "Biên bản thử nghiệm số 12" in page
    assert "Công ty Cổ phần Sao Mai" in page
    assert "Công thức BM-17" not in page
    history = supplier.open(f"/technologies/{code}")
    assert "Đã yêu cầu sửa" in history
    assert "Xin nêu biên bản thử nghiệm." in history
