"""Sign in, reset, change, and what that does to other sessions."""

from __future__ import annotations

import re
import time
from urllib.parse import urlsplit

import pytest
from flask import Flask
from sqlalchemy import select

from marketplace.accounts.models import User
from marketplace.core.extensions import db
from tests.accounts.test_sign_in import REGISTRATION, last_mail, link_in, registered
from tests.factories import PASSWORD, client

NEW = "Con-song-xanh-chay-qua-lang"


def signed_in(app: Flask, email: str, password: str = PASSWORD, **more: str) -> object:
    web = client(app)
    answer = web.post("/login", data={"email": email, "password": password, **more})
    assert answer.status_code == 302, answer.text
    return web


def test_the_same_sentence_for_a_wrong_password_and_an_unknown_address(app: Flask) -> None:
    email = registered(app)
    texts = []
    for address in (email, "nobody@example.vn"):
        answer = client(app).post("/login", data={"email": address, "password": "sai-mat-khau-roi"})
        assert answer.status_code == 422
        assert "Địa chỉ thư hoặc mật khẩu không đúng" in answer.text
        texts.append(re.sub(r'(name="csrf_token" value=")[^"]+', r"\1", answer.text.replace(address, "ADDRESS")))
    assert texts[0] == texts[1]


def test_a_closed_account_cannot_sign_in_and_loses_its_session(app: Flask) -> None:
    email = registered(app)
    web = signed_in(app, email)
    with app.app_context():
        db.session.scalars(select(User)).one().active = False
        db.session.commit()
    assert web.get("/account").status_code == 302
    assert client(app).post("/login", data={"email": email, "password": PASSWORD}).status_code == 422


def test_a_forgotten_password_is_replaced_through_a_link_that_works_once(app: Flask) -> None:
    email = registered(app)
    other = signed_in(app, email)
    web = client(app)
    known = web.post("/reset", data={"email": email})
    link = link_in(last_mail(app))
    unknown = web.post("/reset", data={"email": "nobody@example.vn"})
    assert known.text.replace(email, "A") == unknown.text.replace("nobody@example.vn", "A")

    assert web.get(link).status_code == 200
    weak = web.post(link, data={"password": "ngan", "password_confirm": "ngan"})
    assert weak.status_code == 422
    done = web.post(link, data={"password": NEW, "password_confirm": NEW})
    assert done.location == "/login"
    assert last_mail(app).subject == "Mật khẩu của bạn đã được thay đổi"
    assert other.get("/account").status_code == 302, "every session ends"
    assert web.get(link).location == "/reset", "the link is spent"
    assert client(app).post("/login", data={"email": email, "password": PASSWORD}).status_code == 422
    signed_in(app, email, NEW)


def test_changing_the_password_keeps_this_session_and_ends_the_others(app: Flask) -> None:
    email = registered(app)
    here, there = signed_in(app, email), signed_in(app, email, remember="y")
    wrong = here.post("/change", data={"password": "sai", "new_password": NEW, "new_password_confirm": NEW})
    assert wrong.status_code == 422
    assert "Mật khẩu không đúng" in wrong.text
    done = here.post("/change", data={"password": PASSWORD, "new_password": NEW, "new_password_confirm": NEW})
    assert done.location == "/account"
    assert here.get("/account").status_code == 200
    assert there.get("/account").status_code == 302


def test_signing_out_everywhere_keeps_only_this_session(app: Flask) -> None:
    email = registered(app)
    here, there = signed_in(app, email), signed_in(app, email, remember="y")
    assert here.post("/account/sign-out-everywhere").status_code == 302
    assert here.get("/account").status_code == 200
    assert there.get("/account").status_code == 302


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example", "/\\evil.example"])
def test_signing_in_never_leads_out_of_the_site(app: Flask, target: str) -> None:
    email = registered(app)
    answer = client(app).post(f"/login?next={target}", data={"email": email, "password": PASSWORD, "next": target})
    parts = urlsplit(answer.location or "")
    assert (parts.scheme, parts.netloc) == ("", "")
    assert not parts.path.startswith(("//", "/\\"))


def test_signing_in_returns_to_the_page_that_asked(app: Flask) -> None:
    email = registered(app)
    web = client(app)
    asked = web.get("/account")
    assert asked.location == "/login?next=%2Faccount"
    page = web.get(asked.location)
    assert 'value="/account"' in page.text
    answer = web.post("/login", data={"email": email, "password": PASSWORD, "next": "/account"})
    assert answer.location == "/account"


def test_forms_of_signing_in_need_the_csrf_token(app: Flask) -> None:
    email = registered(app)
    web = client(app)
    app.config["WTF_CSRF_ENABLED"] = True
    try:
        for path in ("/login", "/register", "/reset"):
            assert web.post(path, data={"email": email, "password": PASSWORD}).status_code == 400
    finally:
        app.config["WTF_CSRF_ENABLED"] = False


#: What is tried first, here and everywhere.
TRIED_FIRST = (
    "password123", "1234567890", "qwertyuiop", "iloveyou123", "matkhau123", "Password1!", "admin12345", "P@ssw0rd2026",
    "Mậtkhẩu123", "anhyeuem123", "emyeuanh1992", "toiyeuvietnam", "congnghe2026", "hanoi123456", "12345678910",
    "1q2w3e4r5t", "sangiaodich1", "0987654321", "qazwsxedc123", "Vietnam@2026",
)
OWN = ("nguyenthihanh", "NguyenThiHanh1", "hanh.nguyen85", "Hanh.Nguyen85@Example.vn", "nguyenhanh2026")


def test_passwords_that_everybody_tries_first_are_refused_beside_the_field(app: Flask) -> None:
    web = client(app)
    person = {**REGISTRATION, "email": "hanh.nguyen85@example.vn"}
    for password in (*TRIED_FIRST, *OWN):
        answer = web.post("/register", data={**person, "password": password, "password_confirm": password})
        assert answer.status_code == 422, password
        field = answer.text[answer.text.index('id="password"') :][:1500]
        assert "bị thử trước tiên" in field or "khó đoán hơn" in field, password
    with app.app_context():
        assert db.session.scalar(select(User.id)) is None


def test_they_are_refused_in_every_place_that_takes_a_password(app: Flask) -> None:
    email = registered(app)
    web = signed_in(app, email)
    wanted = {"new_password": "matkhau123", "new_password_confirm": "matkhau123"}
    changed = web.post("/change", data={"password": PASSWORD, **wanted})
    assert changed.status_code == 422 and "bị thử trước tiên" in changed.text
    client(app).post("/reset", data={"email": email})
    link = link_in(last_mail(app))
    reset = client(app).post(link, data={"password": "qwertyuiop", "password_confirm": "qwertyuiop"})
    assert reset.status_code == 422 and "bị thử trước tiên" in reset.text
    made = app.test_cli_runner().invoke(
        args=["create-operator", "op@example.vn", "--name", "Vân", "--password-stdin"], input="password123\n"
    )
    assert made.exit_code == 2 and "tried first" in made.output


@pytest.mark.parametrize(
    "password", ["bốn con ngựa chạy đêm", "kjh3hd8sk2x", "Con-song-xanh-chay-qua-lang", "con bo an co, con meo ngu " * 4]
)
def test_passwords_nobody_tries_are_taken_and_quickly(app: Flask, password: str) -> None:
    began = time.perf_counter()
    answer = client(app).post("/register", data={**REGISTRATION, "password": password, "password_confirm": password})
    assert answer.status_code == 302, answer.text
    assert time.perf_counter() - began < 2
