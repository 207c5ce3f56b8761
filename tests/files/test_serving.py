"""Serving: who may read, how it is sent, and that confidential readings are written down."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import select

from marketplace.core.access import GUEST, SYSTEM
from marketplace.core.events import Event
from marketplace.core.extensions import db
from marketplace.files import access, actions
from marketplace.files.models import Attachment
from tests import factories
from tests.files import samples


@pytest.fixture
def open_rule(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(access, "_RULES", {})
    access.register_file_access("organisation", lambda attachment, actor: attachment.tier != "staff")
    yield


def attached(data: bytes, name: str, tier: str = "public") -> Attachment:
    org = factories.organisation()
    stored = actions.store_upload(samples.upload(data, name), SYSTEM)
    made = actions.attach(stored, org, "document", tier)
    db.session.commit()
    return made


def url(app: Flask, attachment: Attachment, size: int | None = None) -> str:
    with app.test_request_context():
        return access.file_url(attachment, size)


def test_documents_are_downloads_in_a_sandbox(ctx: Flask, open_rule: None) -> None:
    made = attached(samples.PDF, "Hồ sơ năng lực.pdf")
    answer = factories.client(ctx).get(url(ctx, made))
    assert answer.status_code == 200
    assert answer.data == samples.PDF
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer.headers["Content-Security-Policy"]


def test_pictures_are_shown_and_have_small_copies(ctx: Flask, open_rule: None) -> None:
    made = attached(samples.picture(size=(900, 900)), "ảnh.png")
    client = factories.client(ctx)
    whole, small = client.get(url(ctx, made)), client.get(url(ctx, made, 160))
    assert (whole.mimetype, small.mimetype) == ("image/png", "image/webp")
    assert whole.headers["Content-Disposition"].startswith("inline")
    assert client.get(f"/files/{made.id}/x.png?size=../../etc").mimetype == "image/png"
    assert client.get(url(ctx, made), headers={"If-None-Match": whole.headers["ETag"]}).status_code == 304


def test_nobody_reads_a_file_no_feature_answers_for(ctx: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    made = attached(samples.PDF, "a.pdf")
    monkeypatch.setattr(access, "_RULES", {})
    assert not access.may_read(made, GUEST)
    assert factories.client(ctx).get(url(ctx, made)).status_code == 404


def test_the_rule_of_the_subject_decides(ctx: Flask, open_rule: None) -> None:
    made = attached(samples.PDF, "a.pdf", "staff")
    client = factories.client(ctx)
    assert client.get(f"/files/{made.id}/a.pdf").status_code == 404
    assert client.get(f"/files/{made.id}/confidential/a.pdf").status_code == 404
    assert client.get("/files/999999/a.pdf").status_code == 404


def test_reading_a_confidential_file_is_recorded(ctx: Flask, open_rule: None) -> None:
    made = attached(samples.PDF, "a.pdf", "confidential")
    answer = factories.client(ctx).get(f"/files/{made.id}/a.pdf", follow_redirects=True)
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "private, no-store"
    events = list(db.session.scalars(select(Event).where(Event.action == "organisation.confidential_read")))
    assert [event.data for event in events] == [{"attachment": made.id}]
