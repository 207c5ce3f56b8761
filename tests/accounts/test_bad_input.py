"""Whatever is sent to a form of people, it answers with a page: no 500, nothing saved."""

from __future__ import annotations

import unicodedata
from contextlib import closing
from typing import Any

import pytest
from flask import Flask
from flask_security import hash_password
from sqlalchemy import func, select

from marketplace.accounts.models import User
from marketplace.core.extensions import db
from tests import factories
from tests.cases import try_each
from tests.factories import PASSWORD, client
from tests.snapshot import Snapshot

NASTY = {
    "nul": "a\x00b@example.vn",
    "huge": "x" * 100_000,
    "nfd": unicodedata.normalize("NFD", "Đặng Hữu@ví.dụ"),
    "right to left": "\u202eabc@example.vn",
    "html": "<script>alert(1)</script>@example.vn",
    "sql": "' OR 1=1 --",
    "emoji": "🙂" * 50,
    "only spaces": "   \t  ",
    "format": "%(email)s %s {0}",
}


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        ("/login", ("email", "password", "next")),
        ("/register", ("email", "password", "password_confirm", "name", "next", "terms")),
        ("/reset", ("email",)),
        ("/confirm", ("email",)),
        ("/tf-validate", ("code",)),
        ("/mf-recovery", ("code",)),
        ("/tf-rescue", ("help_setup",)),
        ("/tf-select", ("which",)),
    ],
)
def test_forms_of_visitors(ctx: Flask, path: str, fields: tuple[str, ...]) -> None:
    def check(said: str) -> None:
        answer = client(ctx).post(path, data=dict.fromkeys(fields, NASTY[said]))
        assert answer.status_code < 500
        assert "<script>alert" not in answer.text
        assert db.session.scalar(select(func.count()).select_from(User)) == 0

    try_each(NASTY, check)


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        ("/account", ("name", "phone", "locale", "lock")),
        ("/change", ("password", "new_password", "new_password_confirm")),
        ("/verify", ("password", "next")),
        ("/tf-setup", ("setup", "phone")),
        ("/tf-setup/damaged", ("code",)),
        ("/account/act-for", ("organisation", "next")),
        ("/my/organisations/new", ("kind", "name")),
        ("/my/organisation/edit/identity", ("kind", "name", "name_en", "tax_code", "legal_representative", "lock")),
        ("/my/organisation/edit/address", ("province_code", "ward_code", "street", "lock")),
        ("/my/organisation/edit/about", ("field_codes", "description", "website")),
        ("/my/organisation/edit/contact", ("email", "phone")),
        ("/my/organisation/documents", ("kind", "file", "caption")),
        ("/my/organisation/members/invite", ("email", "roles")),
        ("/staff/grant", ("email", "role", "reason")),
    ],
)
def test_forms_of_signed_in_people(ctx: Flask, path: str, fields: tuple[str, ...]) -> None:
    person = factories.user(staff=("admin",), password=hash_password(PASSWORD))
    org = factories.organisation(state="draft")
    factories.member(person, org)

    def check(said: str) -> None:
        snapshot.restore()
        answer = client(ctx, person, org).post(path, data=dict.fromkeys(fields, NASTY[said]))
        assert answer.status_code < 500
        assert "<script>alert" not in answer.text

    with closing(Snapshot()) as snapshot:
        try_each(NASTY, check)


@pytest.mark.parametrize("body", ["[1]", '"x"', "{", '{"email": {"a": 1}, "password": [1]}', "null"])
@pytest.mark.parametrize("path", ["/login", "/register", "/reset", "/confirm"])
def test_these_pages_take_forms_only(ctx: Flask, path: str, body: Any) -> None:
    answer = client(ctx).post(path, data=body, content_type="application/json")
    assert answer.status_code in {400, 415}


def test_signing_in_with_an_absurdly_long_password_is_just_wrong(ctx: Flask) -> None:
    person = factories.user(email="dai@example.vn")
    answer = client(ctx).post("/login", data={"email": person.email, "password": PASSWORD * 5000})
    assert answer.status_code == 422
