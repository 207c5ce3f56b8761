"""Suspending, restoring, removing: every action × state × kind by the lifecycle, reasons, mails, who may not."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from marketplace.core.errors import IllegalMove, Invalid, NotAllowed
from marketplace.core.events import Event, Outbox, transition
from marketplace.core.extensions import db
from marketplace.core.outbox import drain
from marketplace.listings import jobs
from marketplace.mail import MailMessage
from marketplace.moderation.actions import sanctions
from marketplace.moderation.kind import REVIEWED
from marketplace.moderation.submission import lifecycle_of
from marketplace.organisations.lifecycle import ORGANISATION
from marketplace.values import clock
from tests.cases import try_each
from tests.moderation.conftest import Web
from tests.moderation.factories import KINDS, Desk

LIVE = {"organisation": "verified", "listing": "published", "need": "open"}


def act(desk: Desk, kind: str, thing: Any, action: str, **changes: Any) -> Any:
    words = {"reason_code": "complaint", "reason": "Có đơn khiếu nại", **changes}
    actor = words.pop("actor", desk.moderator)
    event = sanctions.sanction(kind, thing, action, actor, **words)
    db.session.commit()
    return event


@pytest.mark.parametrize("kind", KINDS)
def test_suspending_is_reversible_and_told_to_the_admins(desk: Desk, kind: str) -> None:
    subject = desk.published(kind)
    drain()
    before = db.session.query(MailMessage).count()
    event = act(desk, kind, subject.thing, "suspend")
    drain()
    db.session.refresh(subject.thing)
    assert subject.thing.state == "suspended" and event.reason_code == "complaint"
    mail = db.session.scalars(select(MailMessage).order_by(MailMessage.id.desc())).first()
    assert mail is not None and "Có khiếu nại đang xử lý" in mail.body and "Có đơn khiếu nại" in mail.body
    act(desk, kind, subject.thing, "restore", reason_code="")
    assert subject.thing.state == LIVE[kind]
    drain()
    assert db.session.query(MailMessage).count() == before + 2


def test_what_an_earlier_version_left_in_the_outbox_is_told(desk: Desk) -> None:
    subject = desk.published("listing")
    drain()
    before = db.session.query(MailMessage).count()
    event = act(desk, "listing", subject.thing, "suspend")
    row = db.session.query(Outbox).filter_by(event_id=event.id, consumer="notifications").one()
    row.consumer = "sanction_notices"
    db.session.commit()
    drain()
    assert db.session.query(MailMessage).count() == before + 1


def test_a_restored_technology_is_not_stale_the_same_hour(desk: Desk) -> None:
    listing = desk.published("listing").thing
    act(desk, "listing", listing, "suspend")
    listing.confirmed_at = clock.now() - timedelta(days=400)  # the suspension lasted long
    act(desk, "listing", listing, "restore", reason_code="")
    jobs.age()
    db.session.commit()
    assert listing.state == "published" and listing.reminded_at is None


@pytest.mark.parametrize("kind", KINDS)
def test_a_double_click_suspends_once(desk: Desk, kind: str) -> None:
    subject = desk.published(kind)
    assert act(desk, kind, subject.thing, "suspend") is not None
    assert act(desk, kind, subject.thing, "suspend") is None
    actions = [event.action for event in db.session.scalars(select(Event).where(Event.subject_kind == kind))]
    assert actions.count(f"{kind}.suspend") == 1


@pytest.mark.parametrize("kind", ["listing", "need"])
def test_removal_is_for_good(desk: Desk, kind: str) -> None:
    subject = desk.published(kind)
    with pytest.raises(IllegalMove):
        act(desk, kind, subject.thing, "remove")
    act(desk, kind, subject.thing, "suspend")
    act(desk, kind, subject.thing, "remove")
    assert subject.thing.state == "removed"
    assert not sanctions.allowed(kind, subject.thing, desk.moderator)


def test_the_owners_own_change_of_facts_sends_no_notice(desk: Desk) -> None:
    transition(desk.org, ORGANISATION, "recheck", desk.supplier, {"system"}, reason="Mã số thuế thay đổi")
    db.session.commit()
    drain()
    assert db.session.query(MailMessage).count() == 0


def test_a_recheck_asks_an_organisation_again(desk: Desk) -> None:
    act(desk, "organisation", desk.org, "recheck")
    assert desk.org.state == "needs_info"


@pytest.mark.parametrize("kind", KINDS)
def test_reason_and_text_are_needed(desk: Desk, kind: str) -> None:
    subject = desk.published(kind)

    def check(changes: dict[str, str]) -> None:
        db.session.rollback()
        with pytest.raises(Invalid) as caught:
            act(desk, kind, subject.thing, "suspend", **changes)
        assert caught.value.field in changes
        assert subject.thing.state == LIVE[kind]

    try_each([{"reason_code": ""}, {"reason_code": "x"}, {"reason": "  "}], check)


@pytest.mark.parametrize("kind", KINDS)
def test_only_sanctions_and_never_ones_own(desk: Desk, kind: str) -> None:
    subject = desk.published(kind)
    own = subject.thing if kind == "organisation" else desk.org

    def check(action: str) -> None:
        db.session.rollback()
        with pytest.raises(NotAllowed if action in {"suspend", "restore"} else Invalid):
            act(desk, kind, subject.thing, action, actor=desk.named("insider", own))

    try_each(["suspend", "restore", "approve", "publish", "delete", "nonsense"], check)


@pytest.mark.parametrize("kind", KINDS)
def test_the_page_offers_exactly_what_the_lifecycle_allows(web: Web, kind: str) -> None:
    subject = web.desk.published(kind)
    for state in lifecycle_of(kind).names:
        if state in {"draft", "deleted"}:
            continue
        subject.thing.state = state
        db.session.commit()
        page = web.client("moderator").get(f"/moderation/things/{kind}/{subject.thing.id}").get_data(as_text=True)
        for action in ("suspend", "restore", "remove", "recheck", "close"):
            rows = lifecycle_of(kind).rows(action)
            legal = action in REVIEWED[kind].sanctions and any(state in row.from_states for row in rows)
            assert (f"/{subject.thing.id}/{action}" in page) is legal, (state, action)


def test_a_refused_suspension_keeps_what_was_typed(web: Web) -> None:
    subject = web.desk.published("listing")
    address = f"/moderation/things/listing/{subject.thing.id}/suspend"
    answer = web.client("moderator").post(address, data={"reason": "Một lý do viết tay khá dài", "reason_code": ""})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "Một lý do viết tay khá dài" in page and "Choose a reason." in page
