"""A form sent after the session had ended is shown again, filled and unsent, to the person who sent it."""

from __future__ import annotations

import os
import re
import time
from base64 import b64encode
from collections.abc import Iterator
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
import time_machine
from flask import Flask, redirect
from flask.testing import FlaskClient
from limits import parse
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError
from werkzeug.datastructures import FileStorage

from marketplace import create_app
from marketplace.accounts.models import User
from marketplace.accounts.sessions import PERSON
from marketplace.accounts.unsent_forms import AT_MOST, PER_HOUR, UnsentForm, _named
from marketplace.core.access import access
from marketplace.core.extensions import db, limiter
from marketplace.core.permissions import SIGNED_IN
from marketplace.values import clock
from marketplace.web.form_filling import fill
from tests import factories
from tests.accounts.test_passwords import signed_in
from tests.accounts.test_sign_in import REGISTRATION, last_mail, link_in, registered
from tests.conftest import make_settings
from tests.factories import PASSWORD

NAME = "Nguyễn Thị <Hạnh> & \"con\""
SENT = {"name": NAME, "phone": "+84 90 123 4567", "locale": "en"}
HERE = {"Referer": "http://localhost/account", "Sec-Fetch-Site": "same-origin"}


@pytest.fixture
def email(ctx: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    yield registered(ctx)


def ended(ctx: Flask, email: str) -> FlaskClient:
    """Return a browser in which the person was signed in until their sessions were ended elsewhere."""
    web = signed_in(ctx, email)
    signed_in(ctx, email).post("/account/sign-out-everywhere")
    return web


def name_in(address: str) -> str:
    found = re.search(r"unsent(?:=|%3D)([0-9a-f]{32})", address)
    assert found, address
    return found[1]


def sign_in(web: FlaskClient, email: str) -> None:
    assert web.post("/login", data={"email": email, "password": PASSWORD}).status_code == 302


def stored() -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(UnsentForm)) or 0


def test_the_form_is_shown_again_unsent_and_filled(ctx: Flask, email: str) -> None:
    web = ended(ctx, email)
    answer = web.post("/account", data={**SENT, "name": NAME * 2}, headers=HERE)
    assert answer.status_code == 401
    kept = name_in(answer.text)
    assert f"/login?next=%2Faccount%3Funsent%3D{kept}" in answer.text
    sign_in(web, email)
    page = web.get(f"/account?unsent={kept}")
    assert page.status_code == 200
    assert "Nội dung này chưa được gửi." in page.text
    assert 'value="Nguyễn Thị &lt;Hạnh&gt; &amp; &quot;con&quot;Nguyễn Thị' in page.text
    assert 'value="+84 90 123 4567"' in page.text
    assert re.search(r'<option [^>]*value="en"[^>]*selected', page.text)
    assert page.text.index('id="unsent"') < page.text.index('name="phone"')
    assert page.text.count('id="unsent"') == 1
    person = db.session.scalars(select(User).where(User.email == email)).one()
    assert (person.phone, person.locale) == ("", "vi"), "nothing was sent"


def test_a_short_form_leads_straight_to_signing_in_and_back(ctx: Flask, email: str) -> None:
    web = ended(ctx, email)
    answer = web.post("/account", data={"name": "Đỗ An", "locale": "vi"}, headers=HERE)
    assert answer.status_code == 302
    kept = name_in(answer.location)
    sign_in(web, email)
    assert 'value="Đỗ An"' in web.get(f"/account?unsent={kept}").text


def test_after_signing_out_in_another_tab_too(ctx: Flask, email: str) -> None:
    web = signed_in(ctx, email)
    web.post("/logout")
    answer = web.post("/account", data=SENT, headers=HERE)
    kept = name_in(answer.text if answer.status_code == 401 else answer.location)
    sign_in(web, email)
    assert 'value="+84 90 123 4567"' in web.get(f"/account?unsent={kept}").text


def test_an_old_token_of_a_living_session_keeps_the_fields(
    ctx: Flask, email: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    web = signed_in(ctx, email)
    monkeypatch.setitem(ctx.config, "WTF_CSRF_ENABLED", True)
    answer = web.post("/account", data={**SENT, "csrf_token": "old"}, headers=HERE)
    assert answer.status_code == 400
    page = web.get(f"/account?unsent={name_in(answer.text)}").text
    assert 'value="+84 90 123 4567"' in page
    assert 'value="old"' not in page, "the form has its own new token"


def test_nobody_else_sees_it(ctx: Flask, email: str) -> None:
    web = ended(ctx, email)
    kept = name_in(web.post("/account", data={**SENT, "name": NAME * 2}, headers=HERE).text)
    assert "+84 90 123" not in web.get(f"/login?unsent={kept}").text
    factories.client(ctx).post("/register", data={**REGISTRATION, "email": "khac@example.vn"})
    factories.client(ctx).post(link_in(last_mail(ctx)))
    sign_in(web, "khac@example.vn")  # another person in the same browser
    assert "+84 90 123" not in web.get(f"/account?unsent={kept}").text
    elsewhere = signed_in(ctx, email)  # the same person in another browser
    assert "+84 90 123" not in elsewhere.get(f"/account?unsent={kept}").text
    body = db.session.scalars(select(UnsentForm.body)).one()
    assert b"123 4567" not in body and "Hạnh".encode() not in body


@pytest.mark.parametrize("headers", [
    {"Sec-Fetch-Site": "cross-site", "Referer": "http://localhost/account"},
    {"Sec-Fetch-Site": "same-site"}, {"Referer": "http://evil.example/"}, {"Origin": "null"}, {},
])
def test_what_another_site_sent_is_not_kept(ctx: Flask, email: str, headers: dict[str, str]) -> None:
    ended(ctx, email).post("/account", data=SENT, headers={"Sec-Fetch-Site": "", **headers})
    assert stored() == 0


def test_guests_and_pages_of_signing_in_keep_nothing(ctx: Flask, email: str, monkeypatch: pytest.MonkeyPatch) -> None:
    factories.client(ctx).post("/account", data=SENT, headers=HERE)
    web = ended(ctx, email)
    monkeypatch.setitem(ctx.config, "WTF_CSRF_ENABLED", True)
    web.post("/login", data={"email": email, "password": PASSWORD}, headers=HERE)
    web.post("/change", data={"password": PASSWORD, "new_password": "x" * 30}, headers=HERE)
    assert stored() == 0


def test_secrets_and_files_are_not_kept(ctx: Flask, email: str) -> None:
    web = ended(ctx, email)
    data = {**SENT, "password": "bí mật một", "new_password": "bí mật hai", "api_token": "bí mật ba", "code": "123456"}
    file = FileStorage(BytesIO(b"%PDF-" + b"x" * 3000), "bản vẽ.pdf")
    answer = web.post("/account", data={**data, "name": NAME * 2, "drawing": file}, headers=HERE)
    sign_in(web, email)
    page = web.get(f"/account?unsent={name_in(answer.text)}").text
    assert "bí mật" not in page and "123456" not in page
    assert "bản vẽ.pdf" in page, "the note says which files to choose again"
    assert len(db.session.scalars(select(UnsentForm.body)).one()) < 1500


def test_it_is_kept_for_an_hour_and_three_for_one_person(ctx: Flask, email: str) -> None:
    with time_machine.travel(clock.now(), tick=False) as moment:
        web = ended(ctx, email)
        names = []
        for number in range(AT_MOST + 2):
            moment.shift(timedelta(seconds=1))
            answer = web.post("/account", data={**SENT, "name": f"{NAME * 2} {number}"}, headers=HERE)
            names.append(name_in(answer.text))
        assert stored() == AT_MOST
        sign_in(web, email)
        assert f"{AT_MOST + 1}&#34;" not in web.get(f"/account?unsent={names[0]}").text
        assert "chưa được gửi" in web.get(f"/account?unsent={names[-1]}").text
        moment.shift(timedelta(minutes=60))
        page = web.get(f"/account?unsent={names[-1]}")
        assert page.status_code == 200 and "không còn" in page.text and "123 4567" not in page.text


def test_once_it_is_sent_it_is_gone(ctx: Flask, email: str) -> None:
    web = ended(ctx, email)
    kept = name_in(web.post("/account", data={**SENT, "name": NAME * 2}, headers=HERE).text)
    sign_in(web, email)
    assert stored() == 1
    sent_from = {"Referer": f"http://localhost/account?unsent={kept}"}
    assert web.post("/account", data=SENT, headers=sent_from).status_code == 302
    assert stored() == 0


def test_a_page_without_the_form_shows_what_was_typed(ctx: Flask, email: str) -> None:
    web = ended(ctx, email)
    answer = web.post("/leads/QT-2026-000001/messages", data={"text": NAME * 3}, headers=HERE)
    sign_in(web, email)
    page = web.get(f"/account?unsent={name_in(answer.text)}").text
    assert "không còn trên trang này" in page and "Hạnh" in page


def test_a_redirect_on_the_way_takes_it_along(ctx: Flask, email: str) -> None:
    web = ended(ctx, email)
    kept = name_in(web.post("/account", data={**SENT, "name": NAME * 2}, headers=HERE).text)
    sign_in(web, email)
    assert kept in (web.get(f"/login?unsent={kept}").location or "")


def test_the_largest_form_that_is_taken_is_kept_in_time(ctx: Flask, email: str) -> None:
    """Two megabytes that compression makes little smaller."""
    web = ended(ctx, email)
    whole = b64encode(os.urandom(1_450_000), b"-_").decode()
    began = time.monotonic()
    answer = web.post("/account", data={**SENT, "name": whole}, headers=HERE)
    took = time.monotonic() - began
    assert answer.status_code == 401
    size = len(db.session.scalars(select(UnsentForm.body)).one())
    assert 1_400_000 < size < 1_600_000 and took < 5, (size, took)
    sign_in(web, email)
    assert whole in web.get(f"/account?unsent={name_in(answer.text)}").text
    assert ended(ctx, email).post("/account", data={**SENT, "name": whole * 2}, headers=HERE).status_code == 302
    assert stored() == 1, "what is larger is refused before it is read"


PAGE = """<p>một\r
hai</p><form action="/a" method="post"><input name="x" value="kept"></form>
<details class="d"><summary>Mở</summary><form method="POST" action="/b?c=1">
<input type="hidden" name="csrf_token" value="new">
<input type="hidden" name="lock" value="2"><input name="x" required value="old"><input name="x" value="old2">
<textarea name="t" rows="3">
old &amp; text</textarea><input type="checkbox" name="k" value="1" checked>
<input type="checkbox" name="k" value="2">
<input type="radio" name="r" value="a" checked><input type="radio" name="r" value="b">
<select name="s"><option value="">-</option><option selected>một</option><option value="2">hai</option></select>
<input type="password" name="p"><button name="go" value="1">Gửi</button></form></details>"""


def test_filling_finds_the_form_and_every_kind_of_field() -> None:
    sent = [("csrf_token", "old"), ("lock", "1"), ("x", "\"1\" <b>"), ("x", "2"), ("t", "</textarea><b>đ"), ("k", "2"),
            ("r", "b"), ("s", "2"), ("p", "secret"), ("go", "1"), ("more", "left"), ("empty", " ")]
    page, begins, left = fill(PAGE, "/b", "/here", sent)
    assert left == [("more", "left")]
    assert begins is not None and page[begins:].startswith('<details class="d" open>')
    assert '<input name="x" value="kept">' in page, "another form is not touched"
    for piece in (
        'value="new"', 'name="lock" value="1"', 'name="x" required value="&quot;1&quot; &lt;b&gt;"', 'name="x" value="2"',
        "&lt;/textarea&gt;&lt;b&gt;đ</textarea>", 'name="k" value="1">', 'name="k" value="2" checked>', 'value="a">',
        'value="b" checked>', "<option>một", '<option value="2" selected>', 'name="p">',
    ):
        assert piece in page, piece
    assert "secret" not in page
    assert page.startswith("<p>một\r\nhai</p>")


def test_a_page_without_the_form_stays_as_it_is() -> None:
    assert fill(PAGE, "/elsewhere", "/here", [("x", "1")]) == (PAGE, None, [("x", "1")])
    assert fill("<form method=post><input name=x></form>", "/here", "/here", [("x", "1")])[1] == 0


def test_a_form_with_very_many_fields_is_not_promised(ctx: Flask, email: str) -> None:
    web = ended(ctx, email)
    many = {f"field{number}": "x" for number in range(600)}
    answer = web.post("/account", data={**SENT, **many}, headers=HERE)
    assert "unsent=" not in (answer.location or "") + answer.text


def test_in_a_browser_of_several_people_nothing_is_kept(ctx: Flask, email: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The old page may be of the one who was signed in before."""
    web = signed_in(ctx, email)
    web.post("/logout")
    other = "khac@example.vn"
    factories.client(ctx).post("/register", data={**REGISTRATION, "email": other})
    factories.client(ctx).post(link_in(last_mail(ctx)))
    sign_in(web, other)
    monkeypatch.setitem(ctx.config, "WTF_CSRF_ENABLED", True)
    answer = web.post("/account", data={**SENT, "csrf_token": "of the first"}, headers=HERE)
    assert answer.status_code == 400
    assert "unsent=" not in answer.text


def test_what_could_not_be_written_is_not_promised(ctx: Flask, email: str, monkeypatch: pytest.MonkeyPatch) -> None:
    web = ended(ctx, email)

    def broken(*_rest: object) -> None:
        raise OperationalError("INSERT", {}, Exception("no time"))

    monkeypatch.setattr("marketplace.accounts.unsent_forms._store", broken)
    answer = web.post("/account", data={**SENT, "name": NAME * 2}, headers=HERE)
    assert answer.status_code == 401
    assert "unsent" not in answer.text and "Hạnh" in answer.text, "it is shown for copying, and nothing is promised"
    assert stored() == 0


@pytest.fixture
def limited(app: Flask, tmp_path: Path, database_url: str) -> Iterator[Flask]:
    made = create_app(make_settings(tmp_path, database_url, RATE_LIMITS="1"))
    made.config["WTF_CSRF_ENABLED"] = False
    with made.app_context():
        yield made
    limiter.enabled = False


def test_forms_are_kept_so_often_an_hour_for_one_person_and_for_one_network(
    limited: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("marketplace.accounts.unsent_forms.PER_HOUR", parse("2 per hour"))
    web, neighbour = (factories.client(limited), factories.client(limited))
    for browser in (web, neighbour):
        person = factories.user()
        db.session.commit()
        with browser.session_transaction() as held:  # their session has ended
            held[PERSON] = person.id

    def kept(browser: FlaskClient, address: str) -> bool:
        sent = browser.post("/account", data=SENT, headers=HERE, environ_overrides={"REMOTE_ADDR": address})
        assert sent.status_code in {302, 401}
        return "unsent" in sent.text + (sent.location or "")

    assert [kept(web, f"192.0.2.{number}") for number in range(3)] == [True, True, False], "a person, wherever"
    assert [kept(neighbour, "192.0.2.1") for _number in range(2)] == [True, False], "a network, whoever"
    assert str(PER_HOUR) == "20 per 1 hour"


def test_the_name_stands_before_the_fragment(ctx: Flask, email: str, monkeypatch: pytest.MonkeyPatch) -> None:
    web = ended(ctx, email)
    kept = name_in(web.post("/account", data={**SENT, "name": NAME * 2}, headers=HERE).text)
    sign_in(web, email)
    leads_on = access(SIGNED_IN)(lambda: redirect("/account?a=1#sessions"))
    monkeypatch.setitem(ctx.view_functions, "accounts.page", leads_on)
    assert web.get(f"/account?unsent={kept}").location == f"/account?a=1&unsent={kept}#sessions"
    assert _named("/x?a=1#files", kept) == f"/x?a=1&unsent={kept}#files"
    assert _named("http://localhost/x?unsent=old#files", kept) == f"http://localhost/x?unsent={kept}#files"
