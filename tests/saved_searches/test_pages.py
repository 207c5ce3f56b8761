"""Saving a search from its page, the list, changing and deleting; nobody else reaches it."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from marketplace.core.extensions import db
from marketplace.listings.models import Listing
from marketplace.saved_searches import actions, unsubscribe_link
from marketplace.saved_searches.models import SavedSearch, SavedSearchHit
from tests import factories
from tests.saved_searches.conftest import World

Published = Callable[..., Listing]


@pytest.fixture
def client(world: World, ctx: Flask) -> Any:
    return factories.client(ctx, world.cast.stranger_user, world.cast.stranger_org)


def fields(page: str) -> dict[str, str]:
    """The inputs of the form that saves."""
    form = re.search(r'<form[^>]*action="/my/searches".*?</form>', page, re.S)
    assert form
    found = re.findall(r'<input[^>]*name="(\w+)"[^>]*value="([^"]*)"', form[0])
    return {name: html.unescape(value) for name, value in found}


@pytest.mark.parametrize(
    "path", ["/technologies?q=máy+bơm&trl=7&trl=8", "/needs?q=lọc&state=open", "/organisations?kind=institute"]
)
def test_a_search_is_saved_from_its_page_and_leads_back_to_it(world: World, ctx: Flask, client: Any, path: str) -> None:
    data = fields(client.get(path).get_data(as_text=True))
    answer = client.post("/my/searches", data={**data, "frequency": "weekly"})
    assert answer.status_code == 302
    search = db.session.query(SavedSearch).one()
    assert (search.user_id, search.org_id) == (world.cast.stranger.user_id, world.cast.stranger_org.id)
    assert (search.frequency, search.name) == ("weekly", data["name"])
    page = client.get(answer.headers["Location"]).get_data(as_text=True)
    back = html.unescape(re.search(r'class="btn btn-primary" href="([^"]+)"', page)[1])  # type: ignore[index]
    again = client.get(back).get_data(as_text=True)
    assert "Bạn đã lưu tìm kiếm này" in again and f'href="/my/searches/{search.id}"' in again
    assert 'action="/my/searches"' not in again  # it cannot be saved twice
    other = factories.client(ctx, world.cast.buyer_user, world.cast.org)
    assert fields(other.get(back).get_data(as_text=True))["address"] == data["address"]


def test_the_list_names_a_search_as_a_search_not_as_a_person(world: World, client: Any) -> None:
    world.keep(world.cast.stranger, name="Máy bơm")
    page = client.get("/my/searches").get_data(as_text=True)
    assert "Tên tìm kiếm" in page and "Họ tên" not in page
    assert "Mở trang tìm kiếm<" in page and "Đang mở" not in page


def test_a_visitor_is_led_to_sign_in_and_back(world: World, ctx: Flask) -> None:
    visitor = factories.client(ctx)
    page = visitor.get("/technologies?q=bơm&trl=7").get_data(as_text=True)
    assert "/login?next=/technologies?q%3Db%25C6%25A1m%26trl%3D7" in page
    assert 'action="/my/searches"' not in page
    assert "/login" in visitor.get("/my/searches").headers["Location"]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [({"name": ""}, "Hãy đặt tên"), ({"name": "x" * 121}, "120"), ({"frequency": "hourly"}, "frequency"),
     ({"name": "Đã có"}, "mang tên này")],
)
def test_nothing_typed_is_lost(world: World, client: Any, wrong: dict[str, str], said: str) -> None:
    world.keep(world.cast.stranger, name="Đã có")
    data = {"kind": "listing", "address": "q=lọc+nước&trl=7", "name": "Tên của tôi", "frequency": "weekly", **wrong}
    answer = client.post("/my/searches", data=data)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert said in page
    again = fields(page)
    assert again["name"] == data["name"]
    assert "trl=7" in again["address"]
    assert "“lọc nước”" in page
    assert wrong.get("frequency") or re.search(r'<option selected value="weekly"', page)
    assert db.session.query(SavedSearch).count() == 1


def test_a_double_click_saves_once_and_shows_the_search(world: World, client: Any) -> None:
    data = {"kind": "listing", "address": "q=lọc+nước&trl=7", "name": "Lọc nước", "frequency": "weekly"}
    answers = [client.post("/my/searches", data=data) for _press in range(2)]
    assert [answer.status_code for answer in answers] == [302, 302]
    assert answers[0].headers["Location"] == answers[1].headers["Location"]
    assert db.session.query(SavedSearch).count() == 1


def test_there_is_a_limit(world: World, client: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(actions, "MOST", 1)
    world.keep(world.cast.buyer, "Của người khác")
    for status in (302, 422):
        data = {"kind": "need", "address": "", "name": f"Tên {status}", "frequency": "off"}
        assert client.post("/my/searches", data=data).status_code == status


def test_the_list_shows_what_is_new_until_it_was_looked_at(world: World, client: Any, published: Published) -> None:
    assert "empty-search" in client.get("/my/searches").get_data(as_text=True)
    search = world.keep(world.cast.stranger, frequency="daily", name="Bơm các loại")
    public = published()
    members = published("Máy bơm nước thành viên", visibility="members")
    assert "2 kết quả mới" in client.get("/my/searches").get_data(as_text=True)
    world.cast.stranger_org.state = "suspended"
    db.session.commit()
    assert "1 kết quả mới" in client.get("/my/searches").get_data(as_text=True)
    page = client.get(f"/my/searches/{search.id}").get_data(as_text=True)
    assert public.code in page
    assert members.code not in page
    assert "kết quả mới" not in client.get("/my/searches").get_data(as_text=True)


def test_the_list_is_paged(world: World, client: Any) -> None:
    for number in range(21):
        world.keep(world.cast.stranger, name=f"Tìm kiếm số {number:02}")
    first, second = (client.get(f"/my/searches?page={page}").get_data(as_text=True) for page in (1, 2))
    assert "Tìm kiếm số 20" in first
    assert "Tìm kiếm số 00" not in first
    assert "Tìm kiếm số 00" in second


def test_rename_change_delete(world: World, client: Any, published: Published) -> None:
    search, other = world.keep(world.cast.stranger, name="Cũ"), world.keep(world.cast.stranger, name="Khác")
    published()
    path = f"/my/searches/{search.id}"
    assert client.post(path, data={"name": "Mới", "frequency": "off"}).status_code == 302
    db.session.refresh(search)
    assert (search.name, search.frequency) == ("Mới", "off")
    assert client.post(path, data={"name": "Mới", "frequency": "daily"}).status_code == 302  # its own name is free
    refused = client.post(path, data={"name": "Khác", "frequency": "daily"})
    assert refused.status_code == 422
    assert 'value="Khác"' in refused.get_data(as_text=True)
    assert client.post(f"{path}/delete").status_code == 302
    assert [one.id for one in db.session.query(SavedSearch)] == [other.id]
    assert {hit.saved_search_id for hit in db.session.query(SavedSearchHit)} == {other.id}
    assert client.get(path).status_code == 404


def test_nobody_else_reaches_it(world: World, ctx: Flask) -> None:
    search = world.keep(world.cast.buyer, name="Riêng tư")
    for person, org in (
        (world.cast.colleague_user, world.cast.org), (world.cast.stranger_user, world.cast.stranger_org),
        (world.cast.moderator_user, None),
    ):
        other = factories.client(ctx, person, org)
        assert "Riêng tư" not in other.get("/my/searches").get_data(as_text=True)
        assert other.get(f"/my/searches/{search.id}").status_code == 404
        assert other.post(f"/my/searches/{search.id}", data={"name": "x", "frequency": "off"}).status_code == 404
        assert other.post(f"/my/searches/{search.id}/delete").status_code == 404
    db.session.refresh(search)
    assert (search.name, search.frequency) == ("Riêng tư", "at_once")


def test_the_link_of_a_mail_turns_one_search_off(world: World, ctx: Flask) -> None:
    search, other = world.keep(world.cast.buyer), world.keep(world.cast.buyer, name="khác")
    visitor, path = factories.client(ctx), unsubscribe_link.path(search.id, search.user_id)
    assert visitor.get(path).status_code == 200  # scanners open every link
    db.session.refresh(search)
    assert search.frequency == "at_once"
    assert visitor.post(path).status_code == 200
    db.session.refresh(search)
    assert (search.frequency, other.frequency) == ("off", "at_once")
    again = visitor.get(path).get_data(as_text=True)
    assert "đã tắt báo từ trước" in again and "/my/searches" in again
    assert visitor.post(path[:-2] + "xx").status_code == 404
    assert visitor.get(unsubscribe_link.path(search.id, search.user_id + 1)).status_code == 404
