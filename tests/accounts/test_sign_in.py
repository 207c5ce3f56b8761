"""Register → confirm → sign in → out, as a person does it in the browser."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from sqlalchemy import select

from marketplace.accounts.consumers import LETTER
from marketplace.accounts.models import User
from marketplace.core.extensions import db
from marketplace.core.outbox import work_once
from marketplace.mail import MailMessage
from tests.factories import PASSWORD, client


def last_mail(app: Flask) -> MailMessage:
    with app.app_context():
        while work_once((LETTER,)):  # letters that the page leaves to the worker
            pass
        message = db.session.scalar(select(MailMessage).order_by(MailMessage.id.desc()).limit(1))
        assert message is not None, "no mail was queued"
        return message


def link_in(message: MailMessage) -> str:
    found = re.search(r"https?://[^/]+(/\S+)", message.body)
    assert found, message.body
    return found[1]


REGISTRATION = {
    "name": "Nguyễn Thị  Hạnh",
    "email": "Hanh@Example.vn",
    "password": PASSWORD,
    "password_confirm": PASSWORD,
    "terms": "y",
}


def registered(app: Flask) -> str:
    """Register and confirm; return the address."""
    web = client(app)
    web.post("/register", data=REGISTRATION)
    web.post(link_in(last_mail(app)))
    return "hanh@example.vn"


def test_a_person_registers_confirms_and_signs_in(app: Flask) -> None:
    web = client(app)
    page = web.get("/register")
    assert page.status_code == 200
    assert "Đăng ký" in page.text
    assert not re.search(r'name="terms"[^>]*checked', page.text)

    answer = web.post("/register", data=REGISTRATION)
    assert answer.status_code == 302, answer.text
    message = last_mail(app)
    assert message.recipient == "hanh@example.vn"
    assert message.body.startswith("Kính gửi quý vị")

    refused = web.post("/login", data={"email": "hanh@example.vn", "password": PASSWORD})
    assert refused.status_code == 422
    assert "xác nhận địa chỉ" in refused.text

    assert "Xác nhận địa chỉ của tôi" in web.get(link_in(message)).text
    answer = web.post(link_in(message))
    assert answer.status_code == 302
    assert "Địa chỉ của bạn đã được xác nhận" in web.get(answer.location).text

    answer = web.post("/login", data={"email": " HANH@example.vn", "password": PASSWORD})
    assert answer.status_code == 302
    assert answer.location == "/dashboard"
    page = web.get("/account")
    assert page.status_code == 200
    assert "Nguyễn Thị Hạnh" in page.text

    web.post("/logout")
    assert web.get("/account").status_code == 302


def test_the_password_is_stored_as_argon2_and_the_consent_with_its_time(app: Flask) -> None:
    registered(app)
    with app.app_context():
        user = db.session.scalars(select(User)).one()
        assert user.password is not None
        assert user.password.startswith("$argon2id$")
        assert user.terms_accepted_at is not None
        assert user.name == "Nguyễn Thị Hạnh"


@pytest.mark.parametrize("locale", ["vi", "en"])
def test_pages_of_signing_in_render(app: Flask, locale: str) -> None:
    web = client(app, locale=locale)
    for path in ("/login", "/register", "/reset", "/confirm"):
        assert web.get(path).status_code == 200, path
