"""The queue: order, filters, pages by key, and the same cost at any size."""

from __future__ import annotations

import html
import re
from datetime import datetime, timedelta
from time import perf_counter

import pytest
from sqlalchemy import insert

from marketplace.buyer_requests.models import BuyerRequest, NeedRevision
from marketplace.core.extensions import db
from marketplace.listings.models import Listing, ListingRevision
from marketplace.moderation import queries
from marketplace.moderation.queries import Counts, Filters
from marketplace.organisations.models import Organisation
from marketplace.values import clock
from marketplace.web.i18n import in_language
from tests.moderation.conftest import Web
from tests.moderation.factories import KINDS, Desk
from tests.statements import statements


def fill(desk: Desk, count: int) -> None:
    """Put `count` submissions into the queue, in equal parts, straight into the tables; due dates repeat."""
    now = clock.now()
    organisations: list[dict[str, object]] = []
    things: list[tuple[int, Listing | BuyerRequest]] = []
    for number in range(count):
        kind = KINDS[number % 3]
        if kind == "organisation":
            organisations.append({
                "slug": f"to-chuc-{number}", "name": f"Tổ chức số {number}", "kind": "enterprise", "state": "submitted",
                "lock": 1, "tax_code": "", **_times(now, number),
            })
        else:
            thing = Listing if kind == "listing" else BuyerRequest
            things.append((number, thing(code=f"XX-{number}", org_id=desk.org.id, state="draft")))
    db.session.execute(insert(Organisation), organisations)
    db.session.add_all([thing for _number, thing in things])
    db.session.flush()
    db.session.add_all([_version(thing, number, now) for number, thing in things])
    db.session.commit()


def _times(now: datetime, number: int) -> dict[str, datetime]:
    return {"submitted_at": now, "review_due_at": now + timedelta(hours=number // 5 - 20)}


def _version(thing: Listing | BuyerRequest, number: int, now: datetime) -> ListingRevision | NeedRevision:
    said = {"number": 1, "state": "submitted", "title": f"Đổi mới quy trình số {number}", **_times(now, number)}
    if isinstance(thing, Listing):
        return ListingRevision(listing_id=thing.id, **said)
    return NeedRevision(buyer_request_id=thing.id, **said)


@pytest.fixture
def full(web: Web) -> Web:
    fill(web.desk, 500)
    return web


def test_five_hundred_submissions_cost_no_more_than_five(full: Web) -> None:
    client = full.client("moderator")
    client.get("/moderation")
    with statements(full.app) as seen:
        started = perf_counter()
        page = client.get("/moderation").get_data(as_text=True)
        print(f"\nqueue of 500: {len(seen)} statements, {(perf_counter() - started) * 1000:.0f} ms")
    assert len(seen) <= 8, "\n".join(seen)
    assert page.count("data-claim") == queries.PAGE


def test_pages_by_key_show_everything_once_in_order(full: Web) -> None:
    seen, after = [], ""
    while True:
        rows, after = queries.page(Filters(), full.desk.moderator, after)
        seen += rows
        if not after:
            break
    assert len(seen) == 500 and len({(row.kind, row.id) for row in seen}) == 500
    assert [row.due_at for row in seen] == sorted(row.due_at for row in seen)


def test_counts_are_one_statement(full: Web) -> None:
    moderator = full.desk.moderator
    with statements(full.app) as seen:
        found = queries.counts(moderator)
    assert len(seen) == 1
    assert found.total == 500 and sum(found.kinds.values()) == 500 and found.unclaimed == 500
    assert 0 < found.overdue < 500 and found.mine == 0


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        (Filters(kind="listing"), {"listing", "new version"}),
        (Filters(kind="organisation"), {"organisation"}),
        (Filters(novelty="again"), {"new version"}),
        (Filters(novelty="new", kind="listing"), {"listing"}),
        (Filters(holder="mine"), {"need"}),
        (Filters(holder="unclaimed"), {"organisation", "listing", "new version"}),
        (Filters(holder="overdue"), {"listing"}),
        (Filters(text="may say thang hoa"), {"listing"}),
        (Filters(text="MÁY SẤY"), {"listing"}),
        (Filters(text="anh duong"), {"listing", "new version", "need"}),
        (Filters(text="không có gì như thế"), set()),
    ],
)
def test_filters(desk: Desk, filters: Filters, expected: set[str]) -> None:
    published = desk.published("listing", title="Phần mềm tối ưu lịch tưới")
    things = {
        "organisation": desk.submit("organisation"),
        "listing": desk.submit("listing", title="Máy sấy thăng hoa mini"),
        "new version": desk.resubmit(published, title="Phần mềm tối ưu lịch tưới thông minh"),
        "need": desk.submit("need"),
    }
    things["listing"].revision.review_due_at = clock.now() - timedelta(hours=1)
    db.session.commit()
    desk.claim(things["need"])
    rows, _more = queries.page(filters, desk.moderator)
    named = {(subject.kind, subject.id): name for name, subject in things.items()}
    assert {named[row.kind, row.id] for row in rows} == expected


def test_a_text_filter_pages_too(full: Web) -> None:
    seen, after = 0, ""
    while True:
        rows, after = queries.page(Filters(text="doi moi"), full.desk.moderator, after)
        seen += len(rows)
        if not after:
            break
    assert seen == 333


def test_a_text_filter_says_how_far_it_looked_and_looks_further(full: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "TEXT_LIMIT", 300)
    client, seen = full.client("moderator"), 0
    path = "/moderation?q=quy+trinh+so+499"  # stands behind the first 300
    while path:
        page = client.get(path).get_data(as_text=True)
        seen += page.count("Đổi mới quy trình số 499</a>")
        further = re.search(r'href="(/moderation\?[^"]*after=[^"]+)"', page)
        told = "Only the next 300 submissions were looked at" in page
        assert told == (further is not None), "it says so exactly when there is more"
        path = html.unescape(further[1]) if further else ""
    assert seen == 1


def test_next_is_ones_own_case_then_the_oldest_free_one(desk: Desk) -> None:
    first, second = desk.submit("need", title="Nhu cầu thứ nhất cần duyệt"), desk.submit("listing")
    first.revision.review_due_at -= timedelta(days=1)
    db.session.commit()
    assert _next(desk) == ("need", first.id)
    desk.claim(second)
    assert _next(desk) == ("listing", second.id)
    assert queries.next_for(desk.insider) is None  # everything is their own organisation's
    assert queries.counts(desk.other) == Counts(2, 0, 1, 0, {"organisation": 0, "listing": 1, "need": 1})


def _next(desk: Desk) -> tuple[str, int] | None:
    row = queries.next_for(desk.moderator)
    return (row.kind, row.id) if row else None


@pytest.mark.parametrize(("locale", "shown"), [("en", "Green Institute"), ("vi", "Viện Xanh")])
def test_organisations_have_their_english_name_in_the_english_queue_and_are_found_by_both(
    web: Web, locale: str, shown: str
) -> None:
    desk = web.desk
    desk.org.name, desk.org.name_en = "Viện Xanh", "Green Institute"
    fill(desk, 3)
    with in_language(locale):
        for words in ("xanh", "green"):
            rows, _more = queries.page(Filters(text=words), desk.moderator)
            assert {row.org_name for row in rows} == {shown}, words
