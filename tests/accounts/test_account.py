"""One's own account page, the actor behind every request, and the local mailbox."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from marketplace import create_app, mail
from marketplace.accounts.models import User
from marketplace.core.events import Event
from marketplace.core.extensions import db
from tests import factories
from tests.conftest import make_settings
from tests.factories import client
from tests.statements import statements


def test_the_profile_is_saved_and_the_history_names_the_fields_only(ctx: Flask) -> None:
    person = factories.user()
    web = client(ctx, person)
    answer = web.post("/account", data={"name": "Trần Văn Đạt", "phone": "+84 90 123 4567", "locale": "en"})
    assert answer.location == "/account"
    db.session.expire_all()
    assert db.session.get_one(User, person.id).name == "Trần Văn Đạt"
    event = db.session.scalars(select(Event).where(Event.action == "user.change_profile")).one()
    assert event.data == {"fields": ["locale", "name", "phone"]}


@pytest.mark.parametrize(
    "change", [{"phone": "gọi cho tôi"}, {"phone": "1" * 40}, {"name": ""}, {"name": "x" * 500}, {"locale": "xx"}]
)
def test_a_bad_profile_is_refused_with_what_was_typed(ctx: Flask, change: dict[str, str]) -> None:
    person = factories.user("Nguyễn Văn An")
    data = {"name": "Tên Mới Gõ", "phone": "", "locale": "vi", **change}
    answer = client(ctx, person).post("/account", data=data)
    assert answer.status_code == 422
    if "name" not in change:
        assert "Tên Mới Gõ" in answer.text
    db.session.expire_all()
    assert db.session.get_one(User, person.id).name == "Nguyễn Văn An"


def test_a_form_opened_for_another_organisation_is_refused_and_nothing_is_lost(ctx: Flask) -> None:
    person = factories.user()
    first, second = factories.organisation(), factories.organisation()
    for org in (first, second):
        factories.member(person, org)
    typed = "Một tên rất dài vừa mới gõ xong"
    web = client(ctx, person, second)
    answer = web.post("/account", data={"name": typed, "locale": "vi", "acting": str(first.id)})
    assert answer.status_code == 409
    assert typed in answer.text


def test_the_actor_costs_at_most_three_statements_and_the_bell_one(ctx: Flask) -> None:
    person = factories.user(staff=("moderator",))
    for _number in range(5):
        factories.member(person, factories.organisation())
    web = client(ctx, person)
    with statements(ctx) as seen:
        assert web.get("/my/organisations/new").status_code == 200
    assert len(seen) <= 3 + 1, "\n".join(seen)
    with statements(ctx) as seen:
        assert web.get("/my/organisations").status_code == 200
    assert len(seen) <= 3 + 1 + 2, "\n".join(seen)


def test_a_guest_costs_no_statement(ctx: Flask) -> None:
    with statements(ctx) as seen:
        assert client(ctx).get("/login").status_code == 200
    assert seen == []


def test_switching_the_organisation(ctx: Flask) -> None:
    person, stranger = factories.user(), factories.user()
    first, second, foreign = (factories.organisation(name) for name in ("Viện Một", "Viện Hai", "Viện Lạ"))
    factories.member(person, first)
    factories.member(person, second, "editor")
    factories.member(stranger, foreign)
    web = client(ctx, person)
    assert "Viện Một" in web.get("/my/organisation").text, "the first membership counts without a choice"
    answer = web.post("/account/act-for", data={"organisation": second.id, "next": "/my/organisation"})
    assert answer.location == "/my/organisation"
    assert "Viện Hai" in web.get("/my/organisation").text
    assert web.post("/account/act-for", data={"organisation": foreign.id}).status_code == 404
    assert web.post("/account/act-for", data={"organisation": "'; --"}).status_code == 404
    assert web.post("/account/act-for", data={"organisation": second.id, "next": "//evil"}).location == "/dashboard"
    web.post("/account/act-for", data={"organisation": "none"})
    assert web.get("/my/organisation").status_code == 403


def test_signing_out_forgets_the_organisation(ctx: Flask) -> None:
    person = factories.user()
    org = factories.organisation()
    factories.member(person, org)
    web = client(ctx, person, org)
    web.post("/logout")
    with web.session_transaction() as session:
        assert "acting" not in session


def test_the_local_mailbox_shows_mails_and_nothing_of_their_text_runs(ctx: Flask) -> None:
    mail.queue("a", "x@example.vn", "Xin chào <b>", "Mở http://127.0.0.1:8000/confirm/abc\n<script>alert(1)</script>\n")
    db.session.commit()
    web = client(ctx)
    assert "Xin chào &lt;b&gt;" in web.get("/mailbox").text
    page = web.get("/mailbox/1").text
    assert '<a href="http://127.0.0.1:8000/confirm/abc"' in page
    assert "<script>alert" not in page
    assert web.get("/mailbox/99").status_code == 404


def test_production_has_no_mailbox_page(tmp_path: Path, database_url: str) -> None:
    settings = make_settings(
        tmp_path, database_url, EXCHANGE_ENV="production", BASE_URL="https://san.example.vn",
        MAIL_URL="smtp://localhost:25", MAIL_FROM="a@san.example.vn", SEARCH_URL="whoosh://",
        RATE_LIMIT_STORAGE="redis://127.0.0.1:1", ALLOW_SQLITE="1", SECRET_KEY="f3Kq9-Zt0pLw7_VbXs2mYc8RdJhN5uGa1EoT",
        TRUSTED_PROXIES="0", TRUSTED_HOSTS="san.example.vn",
    )
    web = create_app(settings).test_client()
    for path in ("/mailbox", "/mailbox/1"):
        assert web.get(path, base_url="https://san.example.vn").status_code == 403
