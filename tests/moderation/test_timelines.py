"""What a history says of moderators: to the staff who it was and why, to the parties only that it happened."""

from __future__ import annotations

import pytest
from flask import Flask

from marketplace.core.extensions import db
from marketplace.moderation.actions import cases
from marketplace.moderation.submission import load
from marketplace.moderation.timeline import timeline
from tests import factories
from tests.moderation.factories import KINDS, Desk

WHY = "Đồng nghiệp nghỉ ốm"


@pytest.mark.parametrize("kind", KINDS)
def test_parties_read_what_happened_but_no_names_of_moderators(desk: Desk, kind: str, ctx: Flask) -> None:
    subject = desk.submit(kind)
    desk.claim(subject)
    cases.take_over(load(kind, subject.id), desk.other, WHY)
    db.session.commit()
    desk.decide(load(kind, subject.id), "request_changes", desk.other)
    moderators = {desk.moderator.name, desk.other.name}
    seen = timeline(kind, subject.thing, desk.moderator)
    told = timeline(kind, subject.thing, desk.supplier)
    assert [one["label"] for one in seen] == [one["label"] for one in told]
    assert moderators <= {one["actor"] for one in seen} and WHY in [one["reason"] for one in seen]
    assert not moderators & {one["actor"] for one in told} and WHY not in [one["reason"] for one in told]
    assert any("Xin bổ sung giấy tờ còn thiếu." in one["reason"] for one in told)
    assert not [one["label"] for one in told if one["label"].startswith("organisation.")]


def test_an_organisations_own_page_names_no_moderator(desk: Desk, ctx: Flask) -> None:
    subject = desk.submit("organisation")
    desk.claim(subject)
    desk.decide(load("organisation", subject.id), "approve")
    page = factories.client(ctx, desk.supplier_user, subject.thing).get("/my/organisation").get_data(as_text=True)
    assert desk.moderator.name not in page and desk.supplier.name in page
    assert "organisation." not in page
