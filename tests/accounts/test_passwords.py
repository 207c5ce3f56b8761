"""Sign in, reset, change, and what that does to other sessions."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from flask import Flask
from sqlalchemy import select

from marketplace.accounts.models import User
from marketplace.core.extensions import db
from tests.accounts.test_sign_in import last_mail, link_in, registered
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
        texts.append(answer.text.replace(address, "ADDRESS"))
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
