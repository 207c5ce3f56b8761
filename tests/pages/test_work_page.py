"""The page of the work that waits: of every feature, for those who may take it up, by due date, page by page."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask import Flask

from marketplace.core.extensions import db
from marketplace.core.permissions import HANDLE_WORK
from marketplace.core.work import SOURCES
from marketplace.moderation.models import ModerationCase
from marketplace.negotiation.actions import begin
from marketplace.pages import work_page
from marketplace.values import clock
from marketplace.vocabulary import STAFF_ROLES
from tests import factories
from tests.buyer_requests.factories import Cast
from tests.listings import samples
from tests.statements import statements


@pytest.fixture
def cast(ctx: Flask) -> Cast:
    """Three versions to review, one of them late and held, and a lead that nobody answered."""
    made = Cast()
    for number in (3, 1, 2):
        version = samples.submitted(made.buyer_user, made.org, title=f"Chờ duyệt {number}")
        version.review_due_at = clock.now() + timedelta(days=number - 2)
        if number == 1:
            db.session.add(ModerationCase(
                kind="listing", subject_id=version.id, org_id=made.org.id, submitted_at=version.submitted_at,
                due_at=version.review_due_at, claimed_by_id=made.moderator_user.id, claimed_at=clock.now(),
            ))
    listing = samples.published(made.buyer_user, made.org, made.moderator_user, title="Xử lý nước thải dệt nhuộm")
    begin.express_interest(listing, made.stranger, "Chúng tôi muốn tìm hiểu công nghệ này.")
    db.session.commit()
    return made


def titles(page: str) -> list[str]:
    return re.findall(r'<td class="cell-main"><a href="[^"]+">([^<]+)</a>', page)


def test_everybody_sees_what_they_may_take_up_and_nobody_else_opens_the_page(cast: Cast, ctx: Flask) -> None:
    assert HANDLE_WORK.roles == {role for one in SOURCES.values() for role in one.permission.roles}, (
        "HANDLE_WORK of marketplace/core/permissions.py is for all roles that some source of work waits for")
    for role in STAFF_ROLES.codes:
        web = factories.client(ctx, factories.user(staff=(role,)))
        for address in ("/staff/work", "/staff/work.csv"):
            assert web.get(address).status_code == (200 if role in HANDLE_WORK.roles else 403), (role, address)
    assert factories.client(ctx, cast.buyer_user, cast.org).get("/staff/work").status_code == 403
    officer = factories.client(ctx, factories.user(staff=("deal_officer",))).get("/staff/work").text
    assert len(titles(officer)) == 1 and "Chờ duyệt" not in officer
    accountant = factories.client(ctx, factories.user(staff=("accountant",))).get("/staff/work").text
    assert titles(accountant) == [] and "Mọi việc cần làm đã xong." in accountant


def test_late_and_held_work_is_marked_and_a_tab_narrows_the_list(cast: Cast, ctx: Flask) -> None:
    web = factories.client(ctx, factories.user(staff=("moderator", "deal_officer")))
    page = web.get("/staff/work").text
    assert [one for one in titles(page) if one.startswith("Chờ")] == ["Chờ duyệt 1", "Chờ duyệt 2", "Chờ duyệt 3"]
    [late, *others] = re.findall(r"<tr(?: class=\"is-late\")?>\s*<td class=\"shrink\">.*?</tr>", page, re.DOTALL)[:3]
    assert "is-late" in late and "Chờ duyệt 1" in late and cast.moderator_user.name in late
    assert "Chờ duyệt 3" not in late and all(cast.moderator_user.name not in one for one in others)
    assert 'href="/staff/work?source=review.listing"' in page and "source=complaint" not in page
    leads = web.get("/staff/work?source=lead.unanswered").text
    assert len(titles(leads)) == 1 and "Chờ duyệt" not in leads
    empty = web.get("/staff/work?source=complaint").text
    assert titles(empty) == [] and "Không có việc nào thuộc loại này đang chờ" in empty
    assert len(titles(web.get("/staff/work?source=background").text)) == 4, "a source of others is no filter"


def test_pages_follow_each_other_and_nonsense_is_the_first(
    cast: Cast, ctx: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(work_page, "PER_PAGE", 2)
    web = factories.client(ctx, factories.user(staff=("moderator",)))
    with statements(ctx) as few:
        first = web.get("/staff/work").text
    [more] = re.findall(r'rel="next" href="([^"]+)"', first)
    second = web.get(more.replace("&amp;", "&")).text
    assert titles(first) + titles(second) == ["Chờ duyệt 1", "Chờ duyệt 2", "Chờ duyệt 3"]
    assert 'rel="next"' not in second and 'rel="prev" href="/staff/work"' in second
    assert titles(web.get("/staff/work?after=x~y~z&source=%00").text) == titles(first)
    beyond = web.get("/staff/work?after=9999-01-01T00:00:00%2B00:00~review.listing~1").text
    assert "Không còn việc nào nữa đang chờ" in beyond
    monkeypatch.setattr(work_page, "PER_PAGE", 50)
    with statements(ctx) as many:
        web.get("/staff/work")
    assert len(many) <= len(few), "as many statements for any number of rows"


def test_the_download_has_what_the_page_has(cast: Cast, ctx: Flask) -> None:
    web = factories.client(ctx, factories.user(staff=("moderator",)))
    answer = web.get("/staff/work.csv?source=review.listing")
    lines = answer.get_data().decode("utf-8-sig").splitlines()
    assert answer.mimetype == "text/csv" and len(lines) == 4
    assert "Chờ duyệt 1" in lines[1] and cast.moderator_user.name in lines[1] and "/moderation/listing/" in lines[1]
