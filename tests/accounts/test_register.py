"""What registration refuses, and what it never tells."""

from __future__ import annotations

import unicodedata
from typing import Any

import pytest
from flask import Flask
from flask_security.utils import hash_data, verify_hash
from passlib.context import CryptContext
from sqlalchemy import func, select

from marketplace.accounts.models import User
from marketplace.core.extensions import db
from marketplace.mail import MailMessage
from marketplace.values.text import bears_address
from tests import factories
from tests.accounts.test_sign_in import REGISTRATION, last_mail, link_in
from tests.factories import PASSWORD, client


def people(app: Flask) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(User)) or 0


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"email": "không phải thư"}, "Địa chỉ thư điện tử không hợp lệ"),
        ({"email": ""}, "Hãy nhập địa chỉ thư điện tử"),
        ({"email": "a" * 300 + "@example.vn"}, "Địa chỉ thư điện tử không hợp lệ"),
        ({"password": "ngan", "password_confirm": "ngan"}, "ít nhất 10 ký tự"),
        ({"password_confirm": "khac-han-mat-khau"}, "Hai mật khẩu không giống nhau"),
        ({"password": "aaaaaaaaaaaa", "password_confirm": "aaaaaaaaaaaa"}, "khó đoán hơn"),
        ({"password": "NguyenThiHanh", "password_confirm": "NguyenThiHanh"}, "khó đoán hơn"),
        ({"password": "x1y2" * 100, "password_confirm": "x1y2" * 100}, "200"),
        ({"name": "H"}, "Họ và tên"),
        ({"name": "H" * 201}, "Họ và tên"),
        ({"terms": ""}, "điều khoản"),
    ],
)
def test_bad_input_is_explained_and_nothing_is_saved(app: Flask, change: dict[str, Any], complaint: str) -> None:
    data = {name: value for name, value in {**REGISTRATION, **change}.items() if value != "" or name != "terms"}
    answer = client(app).post("/register", data=data)
    assert answer.status_code == 422
    assert complaint in answer.text
    assert people(app) == 0
    if "name" not in change:
        assert "Nguyễn Thị Hạnh" in answer.text, "what was typed must stay"


def test_the_name_is_kept_in_nfc_without_control_characters(app: Flask) -> None:
    name = unicodedata.normalize("NFD", "Đặng  Hữu\u200b Phúc\x07 <b>")
    assert client(app).post("/register", data={**REGISTRATION, "name": name}).status_code == 302
    with app.app_context():
        user = db.session.scalars(select(User)).one()
        assert user.name == "Đặng Hữu Phúc <b>"
    page = client(app, user).get("/account")
    assert "Đặng Hữu Phúc &lt;b&gt;" in page.text


def test_an_address_that_is_taken_gets_a_mail_and_the_page_says_the_same(app: Flask) -> None:
    web = client(app)
    first = web.post("/register", data=REGISTRATION)
    seen_first = web.get(first.location).text
    web = client(app)
    second = web.post("/register", data={**REGISTRATION, "email": "HANH@example.vn"})
    seen_second = web.get(second.location).text
    assert (first.status_code, first.location) == (second.status_code, second.location)
    assert "hanh@example.vn" in seen_first
    assert "hanh@example.vn" in seen_second
    assert people(app) == 1
    assert last_mail(app).subject == "Bạn đã có tài khoản"


def test_a_double_click_makes_one_account(app: Flask) -> None:
    web = client(app)
    for _attempt in range(2):
        assert web.post("/register", data=REGISTRATION).status_code == 302
    assert people(app) == 1


def test_the_confirmation_link_works_once_and_not_when_damaged(app: Flask) -> None:
    web = client(app)
    web.post("/register", data=REGISTRATION)
    link = link_in(last_mail(app))
    damaged = web.get(link[:-3] + "abc")
    assert damaged.location == "/confirm"
    assert "không hợp lệ" in web.get(damaged.location).text
    assert web.post(link).location == "/login"
    again = web.get(link)
    assert "đã được xác nhận trước đó" in web.get(again.location).text


def test_opening_the_link_confirms_nobody(app: Flask) -> None:
    web = client(app)
    web.post("/register", data=REGISTRATION)
    link = link_in(last_mail(app))
    for method in ("HEAD", "GET"):
        assert web.open(link, method=method).status_code == 200
        assert confirmed(app) == []
    assert web.post(link).location == "/login"
    assert confirmed(app) == ["hanh@example.vn"]


def confirmed(app: Flask) -> list[str]:
    with app.app_context():
        return list(db.session.scalars(select(User.email).where(User.confirmed_at.is_not(None))))


BAIT = ("Bạn trúng thưởng! Nhận tại http://evil.example/qua", "www.evil.example", "Trúng thưởng: evil.example/win",
        "lienhe@evil.example", "Nhận quà ở evil.com.vn ngay", "ＥＶＩＬ．ＣＯＭ")


def test_a_name_bears_no_address_and_the_letter_to_a_stranger_no_name(app: Flask) -> None:
    for name in BAIT:
        refused = client(app).post("/register", data={**REGISTRATION, "name": name})
        assert refused.status_code == 422 and "không được chứa địa chỉ" in refused.text, name
    assert people(app) == 0
    client(app).post("/register", data={**REGISTRATION, "name": "Chúc mừng bạn trúng thưởng"})
    assert "trúng thưởng" not in last_mail(app).body


def test_an_address_in_a_name_is_told_from_titles_and_initials() -> None:
    good = ("PGS.TS. Nguyễn Văn A", "TP.HCM", "Công ty TNHH A.B.C", "X Co.Ltd", "Th.S Lê", "Công ty Đầu tư Q.1", "TS.Vũ Hà")
    assert [name for name in good if bears_address(name)] == []
    assert [name for name in BAIT if not bears_address(name)] == []


def test_a_new_confirmation_link_can_be_asked_for_without_telling_who_is_registered(app: Flask) -> None:
    web = client(app)
    web.post("/register", data=REGISTRATION)
    texts = []
    web.get("/confirm")  # shows what registration said
    for address in ("hanh@example.vn", "nobody@example.vn"):
        page = web.post("/confirm", data={"email": address})
        assert page.status_code == 200
        texts.append(page.text.replace(address, "ADDRESS"))
    assert texts[0] == texts[1]
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(MailMessage)) == 2


def test_links_in_mails_use_our_address_not_the_host_header(app: Flask) -> None:
    web = client(app)
    web.post("/register", data=REGISTRATION, headers={"Host": "evil.example"})
    assert "evil.example" not in last_mail(app).body
    assert app.extensions["settings"].base_url + "/confirm/" in last_mail(app).body


def test_mails_come_in_the_language_of_the_person(app: Flask) -> None:
    with app.app_context():
        user = factories.user("Ann Lee", email="ann@example.vn", locale="en")
        db.session.expunge(user)
    client(app, locale="vi").post("/reset", data={"email": "ann@example.vn"})
    assert last_mail(app).subject == "Choose a new password"
    assert PASSWORD not in last_mail(app).body


def test_links_made_with_the_older_digest_are_still_read(ctx: Flask) -> None:
    older = CryptContext(schemes=["sha256_crypt"], sha256_crypt__rounds=1000).hash("ann@example.vn")
    assert verify_hash(older, "ann@example.vn")
    assert not verify_hash(older, "bob@example.vn")
    assert hash_data("ann@example.vn").startswith("$pbkdf2-sha256$")
