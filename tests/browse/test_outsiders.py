"""An outsider probes every way of asking for what is hidden: hits, totals, counts, hints, suggestions, fields, ranges."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask

from marketplace.browse.catalogues import CATALOGUES
from marketplace.browse.indexing import engine, rebuild
from marketplace.browse.related import related
from marketplace.browse.spelling import suggest_spelling
from marketplace.core.access import Actor
from marketplace.core.extensions import db
from marketplace.core.outbox import drain
from marketplace.listings import actions as listings
from marketplace.search import Query
from tests import factories
from tests.buyer_requests.factories import Cast
from tests.listings import samples
from tests.thorough import sqlite_first

#: Words that stand in hidden things only; none of them may come back in any answer that was not asked with it.
REQUESTER = "Hợp tác xã Ẩn Danh Kỳ Lạ"


@dataclass
class Hidden:
    """Things that strangers must not notice, each with its own word, keyword, level and price."""

    words: dict[str, str]
    codes: list[str]
    owner: str


@pytest.fixture
def hidden(ctx: Flask) -> Hidden:
    """Make one public listing beside: members' only, withdrawn, of a suspended owner; and two needs."""
    cast = Cast(name=REQUESTER)
    owner = factories.organisation("Viện Hiển Nhiên", kind="institute")
    person = factories.user("Người Viện")
    factories.member(person, owner)
    quiet = factories.organisation("Công ty Tạm Dừng Qwerzi")
    quiet_person = factories.user("Người Dừng")
    factories.member(quiet_person, quiet)

    def listing(title: str, tag: str, who: Any = person, org: Any = owner, **values: Any) -> Any:
        return samples.published(who, org, cast.moderator_user, title=title, tags=[tag], **values)

    listing("Máy bơm nước thường", "bơm nước", trl=7)
    members = listing("Máy bơm nước zorvex", "zorvexin", visibility="members", trl=2, price_min=77_000_000_000)
    gone = listing("Máy bơm nước blixta", "blixtana", trl=3, price_min=66_000_000_000)
    of_quiet = listing("Máy bơm nước frumol", "frumolin", quiet_person, quiet, trl=1)
    invited = cast.published(title="Cần máy bơm nước dwimmo", tags=["dwimmora"], visibility="invited_only",
                             invited_org_ids=[cast.invited_org.id], trl_min=1, trl_max=1)
    cast.published(title="Cần máy bơm nước khuất", visibility="requester_hidden", tags=["bơm nước"], trl_min=4, trl_max=4)
    listings.move(gone, "unpublish", factories.actor_of(person, owner), reason="Thôi")
    quiet.state = "suspended"
    db.session.commit()
    drain()
    rebuild()
    words = {members.code: "zorvex", gone.code: "blixta", of_quiet.code: "frumol", invited.code: "dwimmo"}
    return Hidden(words, [*words], REQUESTER)


def strangers(ctx: Flask) -> Iterator[Any]:
    """A visitor, and one who has an account but no verified organisation."""
    yield factories.client(ctx)
    yield factories.client(ctx, factories.user("Người Ngoài"))


def questions(word: str, code: str) -> list[str]:
    return [
        "máy bơm nước", word, word[:-1] + "*", f'"nước {word}"', f"{word} OR bơm", word[:-1], f"-{word}",
        f"tag:{word}", f"thẻ:{word}in bơm", f"mã:{code}", code, "trl<=3", "trl:1..4", "-trl:7", "giá>=60 tỷ", "đăng>=2020",
        'org:"tạm dừng"', f'org:"{REQUESTER}"', "",
    ]


def test_no_page_tells_a_stranger_of_hidden_things(hidden: Hidden, ctx: Flask) -> None:
    for client in strangers(ctx):
        for code, word in hidden.words.items():
            path = "/needs" if code.startswith("NC") else "/technologies"
            for asked in questions(word, code):
                page = client.get(path, query_string={"q": asked}).get_data(as_text=True)
                for mark in (*hidden.words.values(), *hidden.codes, "Qwerzi", hidden.owner):
                    assert mark not in page or mark in asked, (asked, mark)  # a page repeats what was asked
                assert not any(f"/{hidden_code}-" in page for hidden_code in hidden.codes), asked
                assert "xin" in asked or "zorvexin" not in page


@sqlite_first
def test_no_suggestion_names_them(hidden: Hidden, ctx: Flask) -> None:
    for client in strangers(ctx):
        typed = ("zor", "zorvexi", "blix", "frumo", "dwimm", "qwer", "tam dung", "hop tac xa an", "ky la", *hidden.codes)
        for text in typed:
            for kind in CATALOGUES:
                answer = client.get("/search/suggest", query_string={"q": text, "in": kind}).get_data(as_text=True)
                assert not any(mark in answer for mark in (*hidden.words.values(), *hidden.codes, "Qwerzi", "Kỳ Lạ")), text


def test_the_engine_s_answers_are_those_of_an_index_without_them(hidden: Hidden, ctx: Flask) -> None:
    """Totals, counts of facets and keywords, hints, related searches, fields and ranges, for the outsider's audience."""
    audience = Actor().audience()
    asks: list[dict[str, Any]] = [
        {}, {"text": "máy bơm nước"}, {"text": "zorvex"}, {"filters": {"trl": ("2", "3", "1")}},
        {"ranges": {"trl": (1, 3)}}, {"ranges": {"price_max": (60e9, None)}}, {"without": {"trl": ("7",)}},
        {"filters": {"tag": ("zorvexin", "blixtana")}},
        {"codes": tuple(code.lower().replace("-", "") for code in hidden.codes)},
    ]
    for ask in asks:
        page = engine().query(Query(kinds=("listing", "need"), audience=audience, facets=("trl", "tag", "org"), **ask))
        visible = {"Máy bơm nước thường", "Cần máy bơm nước khuất"}
        assert page.total <= len(visible)
        assert page.facets["tag"].keys() <= {"bơm nước", "màng lọc", "asen"}
        assert not page.facets["trl"].keys() & {"1", "2", "3"}
        assert sum(page.facets["org"].values()) <= 1  # the hidden requester counts nowhere
    for slip in ("zorvx", "zorvec", "blixtaa", "dwimo", "frumul", "may bom zorvex"):
        hint = suggest_spelling(engine(), slip, audience, ("listing", "need"))
        assert not any(word in (hint or "") for word in hidden.words.values()), slip
    for words in ("máy bơm nước", "bơm", "zorvex"):
        page = engine().query(Query(words, ("listing",), audience, facets=("tag",)))
        for text in related(engine(), words, page, ("listing",), audience):
            assert not any(word in text for word in hidden.words.values())
    spread = engine().spread([*hidden.words.values(), "zorvexin"], ("listing", "need"), audience)
    assert not any(spread.having.values())


def test_the_owner_of_a_hidden_need_is_found_in_no_way(hidden: Hidden, ctx: Flask) -> None:
    for client in strangers(ctx):
        assert re.search(r'class="code">NC-', client.get("/needs?q=máy+bơm+khuất").get_data(as_text=True))
        name = f'"{hidden.owner}"'
        for asked in (f"org:{name} khuất", name, f"tổ chức:{name}", f"-org:{name} khuất"):
            page = client.get("/needs", query_string={"q": asked}).get_data(as_text=True)
            found = re.search(r'class="code">NC-', page) is not None
            assert found == asked.startswith("-"), asked
