"""From the upload to the verdict: who reads a file when, whom it is told, what the staff decides, what a deal waits for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from marketplace.core import work
from marketplace.core.access import Actor
from marketplace.core.errors import IllegalMove, Invalid, NotAllowed
from marketplace.core.events import Event, Outbox
from marketplace.core.extensions import db
from marketplace.core.outbox import work_once
from marketplace.files import actions, virus_check
from marketplace.files.lifecycle import FILE
from marketplace.files.models import Attachment, StoredFile
from marketplace.notifications.models import Notification
from marketplace.values import clock
from tests import factories
from tests.buyer_requests.factories import Cast
from tests.files import samples
from tests.files.clamd_double import HARMFUL, NAME, ClamdDouble, clamd
from tests.lifecycle_matrix import check_table
from tests.listings import samples as listings

BAD = samples.PDF + HARMFUL


@pytest.fixture
def double(ctx: Flask) -> Iterator[ClamdDouble]:
    """A scanner, and the application set up for it."""
    before = ctx.extensions["settings"]
    with clamd() as made:
        ctx.extensions["settings"] = replace(before, clamd_url=made.url)
        yield made
    ctx.extensions["settings"] = before


@pytest.fixture
def cast(double: ClamdDouble) -> Cast:
    """People, and a published technology of the buyer's organisation; its picture is checked already."""
    made = Cast()
    made.listing = listings.published(made.buyer_user, made.org, made.moderator_user)  # type: ignore[attr-defined]
    scan()
    double.scanned.clear()
    return made


def sent(cast: Any, data: bytes, name: str, role: str = "document", tier: str = "public") -> Attachment:
    """A file of the published version, just sent by its editor."""
    stored = actions.store_upload(samples.upload(data, name), cast.buyer)
    made = actions.attach(stored, cast.listing.published_revision, role, tier)
    db.session.commit()
    return made


def scan() -> None:
    """Do what waits for the scanner, and tell of it."""
    for consumer in ("files.scan", "notifications"):
        while work_once([consumer]):
            pass


def state(of: Attachment | StoredFile) -> str:
    db.session.expire_all()
    return (of.file if isinstance(of, Attachment) else of).state


def status(client: FlaskClient, of: Attachment) -> int:
    return client.get(f"/files/{of.id}/x", follow_redirects=True, headers={"Sec-Fetch-Site": "same-origin"}).status_code


def readers(ctx: Flask, cast: Cast, of: Attachment) -> set[str]:
    """Who is given the content."""
    members = ("buyer", "colleague", "stranger", "moderator")
    people = {who: factories.client(ctx, getattr(cast, f"{who}_user")) for who in members}
    people["guest"] = factories.client(ctx)
    return {who for who, client in people.items() if status(client, of) == 200}


def test_every_move_of_a_file() -> None:
    check_table(FILE)


def test_without_a_scanner_nothing_waits(ctx: Flask) -> None:
    cast = Cast()
    stored = actions.store_upload(samples.upload(BAD, "a.pdf"), cast.buyer)
    db.session.commit()
    assert (state(stored), stored.due_at) == ("unscanned", None)
    assert db.session.scalar(select(Outbox.id).where(Outbox.consumer == "files.scan")) is None
    page = factories.client(ctx, cast.moderator_user).get("/staff/files?state=waiting").text
    assert "Chưa thiết lập bộ quét vi-rút" in page and "Không có tệp nào" in page


def test_only_who_sent_a_file_reads_it_before_it_is_checked(ctx: Flask, cast: Any, double: ClamdDouble) -> None:
    made = sent(cast, samples.PDF, "tài liệu.pdf")
    assert state(made) == "waiting" and readers(ctx, cast, made) == {"buyer"}
    said = factories.client(ctx).get(f"/files/{made.id}/x")
    assert "đang được quét vi-rút" in said.text and said.headers["Cache-Control"] == "private, no-store"
    program = factories.client(ctx).get(f"/files/{made.id}/x", headers={"Accept": "application/json"})
    assert (program.status_code, program.mimetype) == (404, "application/problem+json")
    page = factories.client(ctx).get(f"/technologies/{cast.listing.code}", follow_redirects=True).text
    assert f"/files/{made.id}/" not in page and "Đang được kiểm tra" in page
    scan()
    assert state(made) == "clean" and double.scanned == [len(samples.PDF)]
    assert readers(ctx, cast, made) == {"buyer", "colleague", "stranger", "moderator", "guest"}
    page = factories.client(ctx).get(f"/technologies/{cast.listing.code}", follow_redirects=True).text
    assert f"/files/{made.id}/" in page and "Đang được kiểm tra" not in page


def test_a_picture_and_its_small_copies_stand_nowhere_before_they_are_checked(
    ctx: Flask, cast: Any, double: ClamdDouble
) -> None:
    made = sent(cast, samples.picture(size=(900, 700)), "ảnh.png", "image")
    first = next(one for one in actions.attachments(cast.listing.published_revision) if one.id != made.id)
    first.position = 9
    db.session.commit()
    guest = factories.client(ctx)
    assert guest.get(f"/files/{made.id}/x?size=160").status_code == 404
    for path in (f"/technologies/{cast.listing.code}", "/technologies", "/technologies.csv"):
        assert f"/files/{made.id}/" not in guest.get(path, follow_redirects=True).text
    scan()
    assert len(double.scanned) == 4, "the picture and three small copies"
    assert f"/files/{made.id}/" in guest.get(f"/technologies/{cast.listing.code}", follow_redirects=True).text
    assert guest.get(f"/files/{made.id}/x?size=160").status_code == 200


def test_a_reading_of_what_is_not_given_out_is_not_recorded(ctx: Flask, cast: Any) -> None:
    made = sent(cast, samples.PDF, "mật.pdf", tier="confidential")
    assert status(factories.client(ctx, cast.colleague_user), made) == 404
    assert db.session.scalar(select(Event.id).where(Event.action == "listing.confidential_read")) is None


def test_harmful_content_is_told_and_given_to_nobody(ctx: Flask, cast: Any) -> None:
    made = sent(cast, BAD, "độc.pdf")
    scan()
    assert state(made) == "infected" and made.file.finding == NAME
    assert readers(ctx, cast, made) == set()
    told = set(db.session.scalars(select(Notification.user_id).where(Notification.topic == "files")))
    assert told == {cast.buyer_user.id, cast.moderator_user.id}
    owner = factories.client(ctx, cast.buyer_user)
    page = owner.get(f"/my/files/{made.file_id}").text
    assert "Không ai được mở tệp, kể cả bạn" in page and NAME in page and cast.moderator.name not in page
    assert f"/my/files/{made.file_id}" in owner.get(f"/my/listings/{cast.listing.code}/review").text
    assert factories.client(ctx, cast.colleague_user).get(f"/my/files/{made.file_id}").status_code == 404
    staff = factories.client(ctx, cast.moderator_user)
    assert "độc.pdf" in staff.get("/staff/files").text
    assert "độc.pdf" in staff.get("/staff/files?q=madeup").text and "độc.pdf" not in staff.get("/staff/files?q=%25").text
    page = staff.get(f"/staff/files/{made.file_id}").text
    assert NAME in page and cast.listing.code in page
    assert work.count(cast.moderator, "files.held_back").total == 1
    assert factories.client(ctx, cast.stranger_user).get("/staff/files").status_code == 403


def test_staff_release_with_a_reason_check_again_or_remove(ctx: Flask, cast: Any, double: ClamdDouble) -> None:
    made = sent(cast, BAD, "độc.pdf")
    scan()
    staff, where = factories.client(ctx, cast.moderator_user), f"/staff/files/{made.file_id}"
    refused = staff.post(f"{where}/release", data={"reason": " "})
    assert refused.status_code == 422 and "Vui lòng nêu lý do" in refused.text
    assert staff.post(f"{where}/release", data={"reason": "Đã mở trên máy cách ly, vô hại."}).status_code == 302
    assert state(made) == "released" and "guest" in readers(ctx, cast, made)
    event = db.session.scalars(select(Event).where(Event.action == "stored_file.release")).one()
    assert (event.reason, event.actor_id) == ("Đã mở trên máy cách ly, vô hại.", cast.moderator_user.id)
    assert staff.post(f"{where}/scan_again").status_code == 302
    assert state(made) == "waiting" and readers(ctx, cast, made) == {"buyer"}
    scan()
    assert state(made) == "infected"
    assert staff.post(f"{where}/remove", data={"reason": "Mã độc thật."}).status_code == 302
    assert state(made) == "removed" and readers(ctx, cast, made) == set()
    assert staff.post(f"{where}/release", data={"reason": "x"}).status_code == 409
    assert staff.post(f"{where}/clear").status_code == 404
    assert "Mã độc thật." in factories.client(ctx, cast.buyer_user).get(f"/my/files/{made.file_id}").text


def test_nobody_decides_about_a_file_of_their_own_or_of_their_organisation(ctx: Flask, cast: Any) -> None:
    made = sent(cast, BAD, "độc.pdf")
    scan()
    moderates = {"staff_roles": frozenset({"moderator"})}
    theirs: list[Actor] = [replace(cast.buyer, **moderates), replace(cast.colleague, **moderates)]
    for one in theirs:
        with pytest.raises(NotAllowed):
            virus_check.decide(made.file_id, "release", one, "Tệp của tôi.")
    with pytest.raises(Invalid):
        virus_check.decide(made.file_id, "release", cast.moderator)
    with pytest.raises(NotAllowed):
        virus_check.decide(made.file_id, "clear", cast.moderator)


def test_while_no_scanner_answers_files_wait_and_the_operator_is_told(ctx: Flask, cast: Any, double: ClamdDouble) -> None:
    double.close()
    made = sent(cast, samples.PDF, "a.pdf")
    scan()
    row = db.session.scalars(select(Outbox).where(Outbox.consumer == "files.scan", Outbox.done_at.is_(None))).one()
    assert (state(made), row.attempts, row.parked_at) == ("waiting", 0, None)
    assert "does not answer" in row.last_error
    operator = factories.actor_of(factories.user(staff=("admin",)))
    assert work.counts(operator)["files.waiting"].total == 0
    work.changed()
    db.session.commit()
    with time_machine.travel(clock.now() + timedelta(hours=1)):
        assert [one.path for one in work.queue(operator, "vi", sources=["files.waiting"])] == ["/staff/background"]
    with clamd() as again:
        ctx.extensions["settings"] = replace(ctx.extensions["settings"], clamd_url=again.url)
        with time_machine.travel(clock.now() + timedelta(minutes=1)):
            scan()
    assert state(made) == "clean"


@pytest.mark.parametrize("mode", ["garbage", "cut"])
def test_a_file_about_which_the_scanner_says_nothing_goes_to_people(
    ctx: Flask, cast: Any, double: ClamdDouble, mode: str
) -> None:
    made = sent(cast, samples.PDF, "a.pdf")
    double.mode = mode
    for minutes in (0, 1, 10):
        with time_machine.travel(clock.now() + timedelta(minutes=minutes)):
            scan()
    assert state(made) == "failed" and readers(ctx, cast, made) == {"buyer"}
    assert db.session.scalars(select(Outbox).where(Outbox.consumer == "files.scan", Outbox.parked_at.is_not(None))).one()
    double.mode = "well"
    virus_check.decide(made.file_id, "scan_again", cast.moderator)
    db.session.commit()
    scan()
    assert (state(made), made.file.finding) == ("clean", "")


def test_a_file_that_is_too_large_or_gone_goes_to_people_at_once(ctx: Flask, cast: Any, double: ClamdDouble) -> None:
    double.largest = 10
    large = sent(cast, samples.PDF, "a.pdf")
    scan()
    assert (state(large), large.file.finding) == ("failed", virus_check.TOO_LARGE)
    gone = sent(cast, samples.office(), "b.docx")
    actions.store.path(gone.file.sha256).unlink()
    scan()
    assert (state(gone), gone.file.finding) == ("failed", virus_check.NO_CONTENT)


def test_a_decision_made_while_the_scanner_reads_stands(
    ctx: Flask, cast: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = sent(cast, BAD, "độc.pdf")
    asked = virus_check._asked

    def slowly(contents: Any) -> tuple[str, str]:
        found = asked(contents)
        virus_check.decide(made.file_id, "release", cast.moderator, "Vô hại.")
        db.session.commit()
        return found

    monkeypatch.setattr(virus_check, "_asked", slowly)
    scan()
    assert state(made) == "released"
    with pytest.raises(IllegalMove):
        virus_check.decide(made.file_id, "remove", cast.moderator, "x")


def test_old_files_are_checked_by_a_command_that_can_be_killed(ctx: Flask, cast: Any, double: ClamdDouble) -> None:
    settings = ctx.extensions["settings"]
    ctx.extensions["settings"] = replace(settings, clamd_url="")
    good, bad = sent(cast, samples.PDF, "a.pdf"), sent(cast, BAD, "b.pdf")
    run = ctx.test_cli_runner()
    assert "CLAMD_URL" in run.invoke(args=["scan-files"]).output
    ctx.extensions["settings"] = replace(settings, clamd_url="unix:/tmp/no-such-socket")
    assert "Start again later" in run.invoke(args=["scan-files"]).output and state(good) == "unscanned"
    ctx.extensions["settings"] = settings
    double.mode = "cut"
    assert run.invoke(args=["scan-files"]).exit_code == 1 and state(good) == "unscanned"
    double.mode = "well"
    said = run.invoke(args=["scan-files"])
    assert said.exit_code == 0 and "clean: 1" in said.output and "infected: 1" in said.output
    assert (state(good), state(bad)) == ("clean", "infected")
    before = len(double.scanned)
    assert run.invoke(args=["scan-files", "--all"]).exit_code == 0 and len(double.scanned) == before, "checked just now"
    with time_machine.travel(clock.now() + timedelta(days=2)):
        double.largest = 0
        assert run.invoke(args=["scan-files", "--all"]).exit_code == 0
    assert state(good) == "clean", "what was clean stays open when the scanner cannot read it now"
