"""While the database is away or busy its page asks nothing of it, and what was typed can be sent again as it was."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, func, select
from sqlalchemy.exc import OperationalError

from marketplace.authoring.enquiries import Enquiry
from marketplace.core.extensions import db
from marketplace.files.models import Attachment
from marketplace.negotiation.models import Message
from marketplace.organisations.models import Organisation
from marketplace.saved_searches.models import SavedSearch
from tests import factories
from tests.files import samples as uploads
from tests.journeys.market import Market
from tests.journeys.walking import Walker

LOST = "the connection is lost"


@contextmanager
def away(app: Flask) -> Iterator[list[str]]:
    """Let every statement fail within the block; gives those that were tried."""
    tried: list[str] = []

    def fail(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        tried.append(statement)
        raise OperationalError(statement, {}, Exception(LOST))

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", fail)
    try:
        yield tried
    finally:
        event.remove(engine, "before_cursor_execute", fail)


@contextmanager
def answer_to_commit_lost(app: Flask) -> Iterator[None]:
    """Let each commit be made and its answer be lost within the block."""
    with app.app_context():
        dialect = db.engine.dialect
    commit = dialect.do_commit

    def lose(connection: Any) -> None:
        commit(connection)
        raise dialect.dbapi.OperationalError(LOST)  # type: ignore[union-attr]

    dialect.do_commit = lose  # type: ignore[method-assign]
    try:
        yield
    finally:
        dialect.do_commit = commit  # type: ignore[method-assign]


@pytest.fixture
def market(app: Flask) -> Market:
    return Market(app)


TEXT = "Xin cho biết thời gian lắp đặt và số trạm đo mưa cần có."


def test_a_page_asks_once_and_then_nothing_whoever_reads_it(app: Flask) -> None:
    with app.app_context():
        web = factories.client(app, factories.user(locale="en"))
    web.delete_cookie("lang")
    asked = [("/account", "vi-VN,vi;q=0.9", "Hệ thống tạm thời chưa"), ("/nothing-here", "en-GB", "The site is briefly"),
             ("/logout", "fr", "Hệ thống tạm thời chưa"), ("/healthz", "en", "The site is briefly")]
    for path, languages, words in asked:
        with away(app) as tried:
            answer = web.get(path, headers={"Accept-Language": languages, "Accept": "text/html"})
        assert (answer.status_code, len(tried)) == (503, 1), (path, tried)
        assert words in answer.text and answer.headers["Retry-After"] == "60", path
        assert "/login" not in answer.text, "who is signed in stays so"
    assert web.get("/account").status_code == 200
    assert "Retry-After" not in web.get("/account").headers


def test_a_program_is_told_the_same(app: Flask) -> None:
    with app.app_context():
        web = factories.client(app, factories.user(), locale="en")
    with away(app) as tried:
        answer = web.post("/my/searches", data={"name": "x"}, headers={"Accept": "application/json"})
    assert (answer.status_code, answer.content_type, len(tried)) == (503, "application/problem+json", 1)
    assert answer.get_json()["retry_after"] == 60 == int(answer.headers["Retry-After"])


def test_what_was_typed_is_sent_again_by_a_button(market: Market) -> None:
    market.listing()
    who = market.buyer
    who.open("/technologies?q=ngập")
    form = who.form("/my/searches")
    before = form.filled({"name": "Ngập <b>đô thị</b>"})
    with away(market.app):
        assert who.post(form, {"name": "Ngập <b>đô thị</b>"}).status_code == 503
    again = who.form("/my/searches")
    assert again.values == before and again.values["csrf_token"], "the same fields, the token too"
    assert "Ngập &lt;b&gt;đô thị&lt;/b&gt;</dd>" in who.page and "Gửi lại" in who.page
    assert who.post(again, {}).status_code == 200
    assert rows(market, SavedSearch) == 1


def test_passwords_are_typed_again_and_files_chosen_again(app: Flask) -> None:
    visitor = Walker(app)
    visitor.open("/login")
    with away(app):
        answer = visitor.post(visitor.form(""), {"email": "hoa@example.vn", "password": "mật-khẩu-bí-mật"})
    assert answer.status_code == 503 and "hoa@example.vn" in visitor.page and "mật-khẩu" not in visitor.page
    assert visitor.form("/login").values["password"] == ""
    data = {"text": "x", "code": "123456", "file": [(io.BytesIO(b"1"), "một.pdf"), (io.BytesIO(b"2"), "hai.pdf")]}
    app.config["WTF_CSRF_ENABLED"] = False
    with app.app_context():
        web = factories.client(app, factories.user())
    with away(app):
        page = web.post("/leads/L/messages?x=1", data=data, content_type="multipart/form-data").text
    assert 'action="/leads/L/messages?x=1" enctype="multipart/form-data"' in page
    assert "một.pdf, hai.pdf" in page and 'type="file" name="file"' in page and "multiple" in page
    assert "123456" not in page and 'type="password" name="code"' in page


def rows(market: Market, table: Any) -> int:
    with market.app.app_context():
        return int(db.session.scalar(select(func.count()).select_from(table)) or 0)


def test_what_was_saved_although_the_answer_was_lost_is_not_saved_twice(market: Market) -> None:
    listing, who = market.listing(), market.buyer
    who.open(f"/technologies/{listing}")
    sent = {"text": TEXT}
    _twice(who, "/enquiry", sent)
    who.open("/technologies?q=ngập")
    _twice(who, "/my/searches", {"name": "Ngập"})
    who.open("/my/organisations/new")
    before = rows(market, Organisation)
    _twice(who, "", {"name": "Viện Khí tượng", "kind": "institute", "tax_code": "0100100079"})
    assert [rows(market, table) for table in (Enquiry, SavedSearch)] == [1, 1]
    assert rows(market, Organisation) == before + 1


def test_a_message_with_a_file_is_sent_once(market: Market) -> None:
    listing, who = market.listing(), market.buyer
    who.open(f"/technologies/{listing}/interest")
    who.send("", text=TEXT)
    file = lambda: (io.BytesIO(uploads.PDF), "đề bài.pdf")  # noqa: E731 - each sending reads one
    before, files = rows(market, Message), rows(market, Attachment)
    with answer_to_commit_lost(market.app):
        assert who.post(who.form("/messages"), {"text": TEXT + " Cảm ơn.", "file": file()}).status_code == 503
    assert "đề bài.pdf" in who.page
    assert who.post(who.form("/messages"), {"file": file()}).status_code == 200
    assert (rows(market, Message), rows(market, Attachment)) == (before + 1, files + 1)


def _twice(who: Walker, to: str, values: dict[str, Any]) -> None:
    """Send a form of this page whose commit is made and not answered, then what the page offers to send again."""
    form = who.form(to)
    with answer_to_commit_lost(who.app):
        assert who.post(form, values).status_code == 503, to
    assert "chưa chắc" in who.page
    offered = who.form(to)
    assert {name: offered.values.getlist(name) for name in values} == {name: [value] for name, value in values.items()}
    assert who.post(offered, {}).status_code in {200, 409}, who.page[:800]
