"""Home, dashboards, organisation pages, texts, background work: for the right people, in few statements."""

from __future__ import annotations

import pytest
from flask import Flask

from marketplace.core.events import Outbox
from marketplace.core.extensions import db
from marketplace.core.outbox import drain
from marketplace.pages import texts
from marketplace.values import clock
from tests import factories
from tests.buyer_requests.factories import Cast
from tests.factories import version_of
from tests.listings import samples
from tests.statements import statements


@pytest.fixture
def cast(ctx: Flask) -> Cast:
    return Cast()


@pytest.mark.parametrize("locale", ["vi", "en"])
def test_an_empty_exchange_has_a_front_page_that_says_so(ctx: Flask, locale: str) -> None:
    page = factories.client(ctx, locale=locale).get("/").get_data(as_text=True)
    assert ("Chưa có công nghệ nào được công bố" if locale == "vi" else "No technology has been published yet") in page


def test_the_front_page_shows_the_newest_and_its_figures_are_links(cast: Cast, ctx: Flask) -> None:
    listing = samples.published(cast.buyer_user, cast.org, cast.moderator_user)
    need, hidden = cast.published(), cast.published(title="Nhu cầu ẩn tên", visibility="requester_hidden")
    cast.published(title="Nhu cầu chỉ mời", visibility="invited_only", invited_org_ids=[cast.invited_org.id])
    with statements(ctx) as seen:
        page = factories.client(ctx).get("/").get_data(as_text=True)
    assert listing.code in page and need.code in page and hidden.code in page
    assert "Nhu cầu chỉ mời" not in page
    assert 'href="/needs?state=open"' in page
    assert len(seen) <= 13, seen  # 9 of them are kept for a minute outside tests


def test_a_dashboard_says_what_needs_the_organisation(cast: Cast, ctx: Flask) -> None:
    samples.published(cast.buyer_user, cast.org, cast.moderator_user, state="stale")
    cast.draft()
    page = factories.client(ctx, cast.buyer_user, cast.org).get("/dashboard").get_data(as_text=True)
    assert "1 công nghệ cần xác nhận còn hiệu lực" in page
    assert "1 bản nháp cần hoàn thiện và gửi duyệt" in page
    assert "/my/listings?state=stale" in page


def test_an_operators_dashboard_counts_the_queue(cast: Cast, ctx: Flask) -> None:
    cast.submitted()
    with statements(ctx) as seen:
        page = factories.client(ctx, cast.moderator_user).get("/dashboard").get_data(as_text=True)
    assert "1 hồ sơ chờ duyệt" in page
    assert len(seen) <= 14, seen


def test_the_organisation_page_lists_what_is_public_and_unhides_nobody(cast: Cast, ctx: Flask) -> None:
    listing = samples.published(cast.buyer_user, cast.org, cast.moderator_user)
    need, hidden = cast.published(), cast.published(title="Nhu cầu ẩn tên", visibility="requester_hidden")
    path = f"/organisations/{cast.org.slug}"
    page = factories.client(ctx).get(path).get_data(as_text=True)
    assert listing.code in page and need.code in page
    assert hidden.code not in page
    own = factories.client(ctx, cast.buyer_user, cast.org).get(path).get_data(as_text=True)
    assert hidden.code in own
    cast.org.state = "suspended"
    db.session.commit()
    assert factories.client(ctx).get(path).status_code == 404


def test_operators_write_the_texts_and_a_stale_edit_keeps_its_words(cast: Cast, ctx: Flask) -> None:
    staff = factories.client(ctx, cast.moderator_user)
    path = "/staff/texts/about/vi"
    new = {"title": "Giới thiệu", "body": "# Sàn\n<script>x</script>"}
    assert staff.post(path, data=new).status_code == 409, "a form without its version"
    assert staff.post(path, data={**new, "lock": version_of(staff.get(path))}).status_code == 302
    page = factories.client(ctx).get("/about").get_data(as_text=True)
    assert "<h1>Sàn</h1>" in page and "<script>x" not in page
    assert factories.client(ctx, locale="en").get("/about").status_code == 200  # falls back to Vietnamese
    late = staff.post(path, data={"title": "Khác", "body": "chữ của tôi", "lock": "0"})
    assert late.status_code == 409
    assert "chữ của tôi" in late.get_data(as_text=True)
    assert version_of(late) == str(texts.exact("about", "vi").lock), "having seen the other text, the next save decides"
    assert staff.post(path, data={"title": "", "body": ""}).status_code == 422
    assert texts.exact("about", "vi").title == "Giới thiệu"
    assert factories.client(ctx, cast.buyer_user, cast.org).get(path).status_code == 403


def test_background_work_is_shown_and_gets_a_new_start(cast: Cast, ctx: Flask) -> None:
    admin = factories.user("Quản trị", staff=("admin",))
    now = clock.now()
    row = Outbox(consumer="mail", payload={"mail": 1}, due_at=now, attempts=8, parked_at=now, last_error="SMTP <b>")
    db.session.add(row)
    db.session.commit()
    client = factories.client(ctx, admin)
    page = client.get("/staff/background").get_data(as_text=True)
    assert "SMTP &lt;b&gt;" in page
    assert client.post("/staff/background/retry").status_code == 302
    assert db.session.query(Outbox).filter(Outbox.parked_at.is_not(None)).count() == 0
    drain()
    assert factories.client(ctx, cast.moderator_user).get("/staff/background").status_code == 403


@pytest.mark.parametrize("path", ["/about", "/terms", "/privacy", "/regulation"])
def test_texts_that_nobody_wrote_say_so(ctx: Flask, path: str) -> None:
    assert "chưa soạn văn bản này" in factories.client(ctx).get(path).get_data(as_text=True)
