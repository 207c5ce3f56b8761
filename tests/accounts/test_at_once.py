"""Secrets that work once work once also when they are sent several times at the same moment."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from flask_security import hash_password
from passlib.exc import UsedTokenError
from sqlalchemy import select, update

from marketplace.accounts.models import User
from marketplace.core.errors import Stale
from marketplace.core.extensions import db
from marketplace.values import clock
from tests import factories
from tests.accounts.test_passwords import signed_in
from tests.accounts.test_sign_in import last_mail, link_in, registered
from tests.accounts.test_two_factor import half_signed_in, set_up
from tests.organisations.test_concurrency import together


class Match:
    """What passlib says of a code that fits."""

    counter = 57_000_000


def behind(user: User, **values: object) -> None:
    """Change the row as another request does: the object in hand does not know."""
    db.session.execute(
        update(User).where(User.id == user.id).values(**values).execution_options(synchronize_session=False)
    )


def test_a_one_time_code_that_another_request_took_meanwhile_is_not_taken(ctx: Flask) -> None:
    codes = ctx.extensions["security"]._totp_factory
    user = factories.user()
    assert user.totp_counter is None
    behind(user, totp_counter=Match.counter)
    with pytest.raises(UsedTokenError):
        codes.set_last_counter(user, Match)
    behind(user, totp_counter=Match.counter - 1)
    codes.set_last_counter(user, Match)
    assert user.totp_counter == Match.counter


def test_a_recovery_code_that_another_request_took_meanwhile_is_not_taken(ctx: Flask) -> None:
    datastore = ctx.extensions["security"].datastore
    user = factories.user(mf_recovery_codes=["one", "two"])
    assert list(user.mf_recovery_codes or ()) == ["one", "two"]
    behind(user, mf_recovery_codes=["two"])
    with pytest.raises(Stale):
        datastore.mf_delete_recovery_code(user, 0)


def test_a_password_that_another_request_replaced_meanwhile_is_not_replaced(ctx: Flask) -> None:
    datastore = ctx.extensions["security"].datastore
    user = factories.user(password=hash_password("cũ cũ cũ cũ 12"))
    assert user.password
    behind(user, password=hash_password("mới mới mới 12"))
    user.password = hash_password("kẻ lạ đặt 12345")
    with pytest.raises(Stale):
        datastore.put(user)


def test_one_code_sent_by_many_at_once_signs_one_in(app: Flask) -> None:
    with time_machine.travel(clock.now(), tick=False) as moment:
        email = registered(app)
        device = set_up(signed_in(app, email))
        webs = [half_signed_in(app, email) for _number in range(5)]
        moment.shift(timedelta(minutes=2))
        code = device.generate().token
        statuses = together([(web, "/tf-validate", {"code": code}) for web in webs])
        assert statuses.count(302) == 1, statuses
        opened = [web.get("/account").status_code for web in webs]
    assert opened.count(200) == 1, opened


def test_one_link_for_a_new_password_sent_many_times_at_once_sets_one(app: Flask) -> None:
    email = registered(app)
    factories.client(app).post("/reset", data={"email": email})
    link = link_in(last_mail(app))
    passwords = [f"Mot-cau-dai-khac-{number}" for number in range(4)]
    posts = [(factories.client(app), link, {"password": one, "password_confirm": one}) for one in passwords]
    together(posts)
    with app.app_context():
        changed = [one for one in passwords if signs_in(app, email, one)]
        assert len(changed) == 1
        assert db.session.scalar(select(User.email).where(User.email == email)) == email


def signs_in(app: Flask, email: str, password: str) -> bool:
    answer = factories.client(app).post("/login", data={"email": email, "password": password})
    return answer.status_code == 302 and bool(re.search("dashboard", answer.location or ""))
