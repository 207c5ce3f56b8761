"""Sessions on the server: what ends them, who sees them, and that no cookie signs in without its row."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from http.cookies import SimpleCookie

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from flask_login.utils import encode_cookie
from sqlalchemy import func, select, update

from marketplace.accounts.models import StaffGrant, User, UserSession
from marketplace.accounts.sessions import client_name, end_all, of
from marketplace.core import retention
from marketplace.core.client_address import short_address
from marketplace.core.errors import Stale
from marketplace.core.events import Event
from marketplace.core.extensions import db
from marketplace.values import clock
from tests import factories
from tests.accounts.test_passwords import NEW, signed_in
from tests.accounts.test_sign_in import registered
from tests.factories import PASSWORD, client
from tests.organisations.test_concurrency import together

FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:146.0) Gecko/20100101 Firefox/146.0"


@pytest.fixture
def moment() -> Iterator[time_machine.Coordinates]:
    with time_machine.travel(datetime(2026, 12, 1, 8, tzinfo=clock.now().tzinfo), tick=False) as travelled:
        yield travelled


def copied(web: FlaskClient, app: Flask) -> FlaskClient:
    """Return another browser with a copy of the cookies of this one."""
    thief = client(app)
    thief.set_cookie("session", cookie(web))
    return thief


def cookie(web: FlaskClient) -> str:
    held = web.get_cookie("session")
    assert held is not None
    return str(held.value)


def opens(web: FlaskClient) -> bool:
    status = web.get("/account").status_code
    assert status in {200, 302}
    return status == 200


def rows() -> list[UserSession]:
    db.session.expire_all()
    return list(db.session.scalars(select(UserSession).order_by(UserSession.id)))


def make_staff(email: str) -> None:
    person = db.session.scalars(select(User).where(User.email == email)).one()
    db.session.add(StaffGrant(user_id=person.id, role="moderator", granted_at=clock.now(), reason="thử"))
    db.session.commit()


def test_a_copied_cookie_is_worth_nothing_after_signing_out(app: Flask) -> None:
    web = signed_in(app, registered(app))
    thief = copied(web, app)
    assert opens(thief)
    web.post("/logout")
    assert not opens(thief)
    assert not opens(web)


def test_the_row_keeps_a_digest_and_says_where(ctx: Flask) -> None:
    email = registered(ctx)
    web = client(ctx)
    web.post("/login", data={"email": email, "password": PASSWORD}, headers={"User-Agent": FIREFOX},
             environ_base={"REMOTE_ADDR": "203.0.113.77"})
    with web.session_transaction() as session:
        secret = session["sid"]
    (row,) = rows()
    assert secret not in {value for value in vars(row).values() if isinstance(value, str)}
    assert (row.client, row.address, row.stay) == ("Firefox · Windows", "203.0.113.x", False)


def test_guests_have_no_row(ctx: Flask) -> None:
    web = client(ctx)
    for path in ("/", "/login", "/technologies"):
        assert web.get(path).status_code == 200
    assert rows() == []


def test_a_planted_cookie_is_not_signed_in_with_its_victim(app: Flask) -> None:
    """The attacker's cookie of a guest, put into somebody's browser, stays a guest when that person signs in with it."""
    email = registered(app)
    attacker = client(app)
    attacker.get("/login")
    with attacker.session_transaction() as session:
        session["csrf_token"] = session["sid"] = "known"
    victim = copied(attacker, app)
    assert victim.post("/login", data={"email": email, "password": PASSWORD}).status_code == 302
    assert opens(victim) and not opens(attacker)
    with victim.session_transaction() as session:
        assert session["sid"] != "known" and session.get("csrf_token") != "known"


def test_every_sign_in_has_a_secret_of_its_own(app: Flask) -> None:
    email = registered(app)
    web = signed_in(app, email)
    first = copied(web, app)
    assert web.post("/account/sign-out-everywhere").status_code == 302
    assert opens(web) and not opens(first)


def test_staying_signed_in_is_a_session_of_thirty_days_and_no_other_cookie(
    app: Flask, moment: time_machine.Coordinates
) -> None:
    email = registered(app)
    web = client(app)
    answer = web.post("/login", data={"email": email, "password": PASSWORD, "remember": "y"})
    set_by = SimpleCookie("; ".join(answer.headers.getlist("Set-Cookie")))
    assert "remember_token" not in str(answer.headers) and "expires" in str(answer.headers).lower()
    assert "session" in set_by
    moment.shift(timedelta(days=29))
    assert opens(web)
    moment.shift(timedelta(days=1, minutes=1))
    assert not opens(web), "thirty days in all, however often it was used"


def test_a_remember_cookie_of_before_signs_nobody_in(app: Flask) -> None:
    email = registered(app)
    with app.app_context():
        key = db.session.scalars(select(User.fs_uniquifier).where(User.email == email)).one()
        with app.test_request_context():
            old = encode_cookie(key)
    web = client(app)
    web.set_cookie("remember_token", old)
    assert not opens(web)


def test_twelve_idle_hours_end_a_session(app: Flask, moment: time_machine.Coordinates) -> None:
    web = signed_in(app, registered(app))
    for _time in range(3):
        moment.shift(timedelta(hours=11, minutes=59))
        assert opens(web)
    moment.shift(timedelta(hours=12))
    assert not opens(web)


def test_staff_are_signed_out_after_two_idle_hours_and_twelve_in_all(
    ctx: Flask, moment: time_machine.Coordinates
) -> None:
    email = registered(ctx)
    make_staff(email)
    web = signed_in(ctx, email, remember="y")
    for _time in range(6):
        moment.shift(timedelta(hours=1, minutes=59))
        assert opens(web)
    moment.shift(timedelta(minutes=7))
    assert not opens(web), "twelve hours in all"
    web = signed_in(ctx, email)
    moment.shift(timedelta(hours=2))
    assert not opens(web)


def test_a_role_granted_meanwhile_shortens_the_session_that_lives(ctx: Flask, moment: time_machine.Coordinates) -> None:
    email = registered(ctx)
    web = signed_in(ctx, email, remember="y")
    moment.shift(timedelta(hours=3))
    make_staff(email)
    assert not opens(web)


def test_a_draft_that_saves_itself_counts_as_activity(ctx: Flask, moment: time_machine.Coordinates) -> None:
    person = factories.user(staff=("moderator",))
    web = client(ctx, person)
    for _time in range(4):
        moment.shift(timedelta(minutes=90))
        headers = {"X-Requested-With": "autosave", "Accept": "application/json"}
        web.post("/account", data={"name": "x" * 500}, headers=headers)
    assert rows()[0].seen_at == clock.now()
    assert opens(web)


def test_the_row_is_written_at_most_once_in_five_minutes(ctx: Flask, moment: time_machine.Coordinates) -> None:
    web = client(ctx, factories.user())
    made = clock.now()
    moment.shift(timedelta(minutes=4, seconds=59))
    web.get("/account")
    assert rows()[0].seen_at == made
    moment.shift(timedelta(seconds=1))
    web.get("/technologies/x-1")  # also when the page is not found
    web.get("/account")
    assert rows()[0].seen_at == clock.now()


def test_losing_a_role_ends_every_session(ctx: Flask) -> None:
    boss, helper = factories.user(staff=("admin",)), factories.user(staff=("moderator",))
    theirs = client(ctx, helper)
    grant = db.session.scalars(select(StaffGrant).where(StaffGrant.user_id == helper.id)).one()
    assert opens(theirs)
    assert client(ctx, boss).post(f"/staff/grants/{grant.id}/end", data={"reason": "nghỉ"}).status_code == 302
    assert not opens(theirs)
    assert [row.user_id for row in rows()] == [boss.id]


def test_a_new_password_ends_the_others_in_the_table_too(ctx: Flask) -> None:
    email = registered(ctx)
    here, there = signed_in(ctx, email), signed_in(ctx, email)
    here.post("/change", data={"password": PASSWORD, "new_password": NEW, "new_password_confirm": NEW})
    assert opens(here) and not opens(there)
    assert len(rows()) == 1


@pytest.mark.parametrize("locale", ["vi", "en"])
def test_the_account_lists_the_sessions_and_ends_one(ctx: Flask, locale: str) -> None:
    person = factories.user()
    here, there, stranger = (client(ctx, one, locale=locale) for one in (person, person, factories.user()))
    page = here.get("/account").text
    ends = re.findall(r'action="(/account/sessions/\d+/end)"', page)
    assert len(ends) == 1, "the session one is in has no button"
    assert ("đăng xuất ở đó" if locale == "vi" else "sign out there") in page.lower()
    assert stranger.post(ends[0]).status_code == 302
    assert opens(there), "a stranger ends nothing"
    assert here.post(ends[0]).status_code == 302
    assert here.post(ends[0]).status_code == 302, "twice is once"
    assert opens(here) and not opens(there)
    ended = db.session.scalars(select(Event).where(Event.action == "user.end_session")).all()
    assert [event.actor_id for event in ended] == [person.id]
    assert len(of(db.session.get_one(User, person.id), False)) == 1


def test_ended_rows_are_removed_at_night(ctx: Flask, moment: time_machine.Coordinates) -> None:
    email = registered(ctx)
    signed_in(ctx, email)
    stays = signed_in(ctx, email, remember="y")
    moment.shift(timedelta(days=2))
    while retention.prune():
        db.session.commit()
    db.session.commit()
    assert [row.stay for row in rows()] == [True]
    assert opens(stays)


def test_signing_in_and_out_everywhere_at_once_leaves_no_session_of_before(app: Flask) -> None:
    email = registered(app)
    old = [signed_in(app, email) for _number in range(10)]
    fresh = [client(app) for _number in range(10)]
    signing_in = [(web, "/login", {"email": email, "password": PASSWORD}) for web in fresh]
    statuses = together([(web, "/account/sign-out-everywhere", {}) for web in old] + signing_in)
    assert set(statuses) <= {302, 401, 409}, statuses
    alive = [web for web in (*old, *fresh) if opens(web)]
    with app.app_context():
        person = db.session.scalars(select(User).where(User.email == email)).one()
        assert len(of(person, False)) == len(alive)
        last = db.session.scalar(select(func.max(Event.seq)).where(Event.action == "user.sign_out_everywhere"))
        assert last, "somebody has signed out everywhere"
    assert sum(web in alive for web in old) <= 1, "at most the last one who asked goes on"


def test_devices_and_networks_in_words() -> None:
    assert client_name(FIREFOX) == "Firefox · Windows"
    chrome = "Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0 Safari/537.36"
    assert client_name(chrome) == "Chrome · Android"
    assert client_name("curl/8.5") == "curl"
    assert client_name("<script>") == ""
    assert short_address("203.0.113.77") == "203.0.113.x"
    assert short_address("::ffff:203.0.113.77") == "203.0.113.x"
    assert short_address("2001:db8:1:2::3") == "2001:db8:1::"
    assert short_address("not an address") == ""


def test_who_was_thrown_out_does_not_come_back_by_throwing_out_the_others(ctx: Flask) -> None:
    """A thief's request is under way with a session that lives when its owner changes the password."""
    email = registered(ctx)
    person = db.session.scalars(select(User).where(User.email == email)).one()
    db.session.execute(update(User).values(fs_uniquifier="new").execution_options(synchronize_session=False))
    with pytest.raises(Stale):
        end_all(person)


def test_of_many_who_end_all_sessions_at_once_only_those_still_signed_in_succeed(app: Flask) -> None:
    email = registered(app)
    clients = []
    for _number in range(8):
        web = client(app)
        assert web.post("/login", data={"email": email, "password": PASSWORD}).status_code == 302
        clients.append(web)
    answers = together([(web, "/account/sign-out-everywhere", {}) for web in clients])
    assert sum(opens(web) for web in clients) == 1
    assert answers.count(302) >= 1 and set(answers) <= {302, 401, 409}
