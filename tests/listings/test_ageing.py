"""Reminder, stale, offline, and the one click that confirms."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

import pytest
import time_machine
from flask import Flask

from marketplace.core import view_counts
from marketplace.core.extensions import db
from marketplace.core.outbox import JOBS
from marketplace.listings import confirm_link, jobs
from marketplace.listings.models import Listing
from marketplace.listings.queries import path_of
from marketplace.mail import MailMessage
from marketplace.values import clock
from tests import factories
from tests.listings import samples
from tests.listings.conftest import Cast


def on(days: float) -> datetime:
    return clock.now() + timedelta(days=days)


def run() -> None:
    JOBS["listings.remind"].run()
    jobs.age()
    db.session.commit()


def test_the_whole_life_of_a_forgotten_listing(listing: Listing) -> None:
    with time_machine.travel(on(75), tick=False):
        run()
        assert db.session.query(MailMessage).count() == 0
    with time_machine.travel(on(77), tick=False):
        run()
        run()
        assert db.session.query(MailMessage).count() == 1
        assert listing.state == "published"
    with time_machine.travel(on(91), tick=False):
        run()
        assert listing.state == "stale"
    with time_machine.travel(on(179), tick=False):
        run()
        assert listing.state == "stale"
    with time_machine.travel(on(181), tick=False):
        run()
        assert listing.state == "unpublished"
        run()
        assert listing.state == "unpublished"
    assert db.session.query(MailMessage).count() == 1


def test_one_click_from_the_mail_confirms_everything_asked(ctx: Flask, cast: Cast, listing: Listing) -> None:
    other = samples.published(cast.supplier, cast.org, cast.moderator, title="Cảm biến đo độ đục của nước")
    with time_machine.travel(on(91), tick=False):
        run()
        mail = db.session.query(MailMessage).one()
        assert mail.recipient == cast.supplier.email
        assert listing.code in mail.body and other.code in mail.body
        link = re.search(r"(/my/listings/confirm/\S+)", mail.body)[1]
        guest = factories.client(ctx)
        page = guest.get(link)
        assert page.status_code == 200
        db.session.expire_all()
        assert db.session.get_one(Listing, listing.id).state == "stale"  # reading confirms nothing
        answer = guest.post(link, data={"acting": ""})
        assert "Đã xác nhận 2 công nghệ" in answer.text
        db.session.expire_all()
        for one in db.session.query(Listing):
            assert (one.state, one.reminded_at) == ("published", None)
            assert one.confirmed_at == clock.now()


def test_an_editor_confirms_everything_at_once(ctx: Flask, cast: Cast, listing: Listing) -> None:
    samples.published(cast.supplier, cast.org, cast.moderator, state="stale", title="Cảm biến đo độ đục của nước")
    samples.published(cast.supplier, cast.org, cast.moderator, state="stale", title="Máy ép bùn tiết kiệm điện")
    assert "Xác nhận cả 2" in factories.client(ctx, cast.supplier, cast.org).get("/my/listings").text
    assert "Xác nhận cả 2" not in factories.client(ctx, cast.colleague, cast.org).get("/my/listings").text
    assert factories.client(ctx, cast.colleague, cast.org).post("/my/listings/confirm-all", data={}).status_code == 403
    factories.client(ctx, cast.supplier, cast.org).post("/my/listings/confirm-all", data={})
    db.session.expire_all()
    assert {one.state for one in db.session.query(Listing)} == {"published"}


@pytest.mark.parametrize("spoil", ["forged", "left", "late"])
def test_a_link_that_does_not_hold_is_not_found(ctx: Flask, cast: Cast, listing: Listing, spoil: str) -> None:
    token = confirm_link.token_for(cast.supplier.id, [listing.id])
    if spoil == "forged":
        token = token[:-3] + "abc"
    if spoil == "left":
        membership = next(one for one in cast.org.memberships if one.user_id == cast.supplier.id)
        membership.left_at = clock.now()
        db.session.commit()
    with time_machine.travel(on(201 if spoil == "late" else 0), tick=False):
        assert factories.client(ctx).get(f"/my/listings/confirm/{token}").status_code == 404
        assert factories.client(ctx).post(f"/my/listings/confirm/{token}", data={}).status_code == 404


def test_a_worker_that_dies_while_counting_loses_no_view_and_counts_none_twice(ctx: Flask) -> None:
    spool = ctx.extensions["settings"].data_dir / "spool"
    view_counts.note_view("listing", 1)
    view_counts.collect()
    db.session.rollback()  # it died before the commit
    assert [path.suffix for path in spool.iterdir()] == [".taken"]
    view_counts.note_view("listing", 1)
    view_counts.note_view("listing", 2)
    taken = {path: path.read_bytes() for path in spool.iterdir() if path.suffix == ".taken"}
    view_counts.collect()
    db.session.commit()
    assert view_counts.views("listing", [1, 2]) == {1: 2, 2: 1} and not list(spool.iterdir())
    for path, content in taken.items():  # it died after the commit, before the file was deleted
        path.write_bytes(content)
    view_counts.collect()
    db.session.commit()
    assert view_counts.views("listing", [1, 2]) == {1: 2, 2: 1} and not list(spool.iterdir())


def test_views_are_counted_without_a_write_in_the_pages_request(ctx: Flask, cast: Cast, listing: Listing) -> None:
    path, title = path_of(listing), listing.published_revision.title
    for _time in range(3):
        factories.client(ctx).get(path)
    factories.client(ctx, cast.supplier, cast.org).get(path)  # one's own visits do not count
    assert view_counts.views("listing", [listing.id]) == {}
    view_counts.collect()
    db.session.commit()
    assert view_counts.views("listing", [listing.id]) == {listing.id: 3}
    page = factories.client(ctx, cast.colleague, cast.org).get("/my/listings").text
    assert title in page
    assert "3 lượt xem" in page
