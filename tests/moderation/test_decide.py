"""Deciding: the whole path of the three kinds, what every decision needs, and who may make it."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from typing import Any

import pytest
from sqlalchemy import select

from marketplace.authoring import actions as authoring
from marketplace.buyer_requests.kind import KIND as NEED
from marketplace.core.access import Actor
from marketplace.core.errors import DomainError, IllegalMove, Invalid, NotAllowed, Stale
from marketplace.core.events import Event
from marketplace.core.extensions import db
from marketplace.core.history_check import broken_links
from marketplace.core.outbox import drain
from marketplace.core.subjects import review_of
from marketplace.listings.kind import KIND as LISTING
from marketplace.mail import MailMessage
from marketplace.moderation import queries
from marketplace.moderation.actions import cases as case_actions
from marketplace.moderation.models import ModerationCase
from marketplace.moderation.queries import Filters
from marketplace.moderation.submission import load
from marketplace.organisations import actions as organisations
from tests.cases import try_each
from tests.moderation.factories import KINDS, Desk, answers, decision

LIVE = {"organisation": "verified", "listing": "published", "need": "open"}


@pytest.mark.parametrize("kind", KINDS)
def test_approving_publishes_or_verifies_and_tells_the_author(desk: Desk, kind: str) -> None:
    subject = desk.submit(kind)
    assert [row.id for row in queries.page(Filters(), desk.moderator)[0]] == [subject.id]
    desk.claim(subject)
    case = desk.decide(subject, "approve")
    assert case is not None and case.decision == "approve" and case.checklist == answers(kind)
    assert subject.thing.state == LIVE[kind]
    assert queries.page(Filters(), desk.moderator)[0] == []
    drain()
    mails = list(db.session.scalars(select(MailMessage)))
    assert [mail.recipient for mail in mails] == ["an@example.vn"]
    assert subject.title in mails[0].body
    assert not list(broken_links())


@pytest.mark.parametrize("kind", KINDS)
def test_after_changes_the_author_submits_again_and_it_is_approved(desk: Desk, kind: str) -> None:
    subject = desk.submit(kind)
    desk.claim(subject)
    desk.decide(subject, "request_changes")
    state = "needs_info" if kind == "organisation" else "changes_requested"
    assert subject.revision.state == state
    assert subject.revision.decision_text == "Xin bổ sung giấy tờ còn thiếu."
    _submit_again(desk, kind, subject)
    again = load(kind, subject.id)
    desk.claim(again, desk.other)
    desk.decide(again, "approve", desk.other)
    assert again.thing.state == LIVE[kind]
    cases = list(db.session.scalars(select(ModerationCase).order_by(ModerationCase.id)))
    assert [(case.decision, case.claimed_by_id) for case in cases] == [
        ("request_changes", desk.moderator_user.id), ("approve", desk.other_user.id),
    ]


def _submit_again(desk: Desk, kind: str, subject: Any) -> None:
    if kind == "organisation":
        organisations.submit(subject.thing, desk.supplier_of(subject.thing), desk.due())
    else:
        authoring.submit(LISTING if kind == "listing" else NEED, subject.revision, desk.supplier, desk.due())
    db.session.commit()


@pytest.mark.parametrize("kind", ["listing", "need"])
def test_rejecting_a_new_version_leaves_the_published_one(desk: Desk, kind: str) -> None:
    subject = desk.published(kind)
    again = desk.resubmit(subject, title="Một tên hoàn toàn khác để duyệt lại")
    assert again.again
    desk.claim(again)
    desk.decide(again, "reject")
    assert again.revision.state == "rejected"
    assert again.thing.state == LIVE[kind]
    assert again.thing.published_revision.id == subject.revision.id


@pytest.mark.parametrize("kind", KINDS)
def test_the_history_tells_everything(desk: Desk, kind: str) -> None:
    subject = desk.submit(kind)
    desk.claim(subject)
    case_actions.release(subject, desk.moderator)
    desk.claim(subject, desk.other)
    case_actions.take_over(subject, desk.moderator, "Huy nghỉ phép đến thứ hai")
    desk.decide(subject, "reject")
    told = [
        event.action.partition(".")[2]
        for event in db.session.scalars(
            select(Event).where(Event.subject_kind == kind, Event.subject_id == subject.thing.id).order_by(Event.seq)
        )
    ]
    assert told[-6:] == ["submit", "claim", "release", "claim", "take_over", "reject"]
    last = db.session.scalars(select(Event).order_by(Event.id.desc())).first()
    assert last is not None and last.reason == "Xin bổ sung giấy tờ còn thiếu."


def _incomplete(kind: str) -> list[tuple[str, str, dict[str, Any], str]]:
    """Name, action, what differs from a complete decision, and the field that is told of it."""
    codes = review_of(kind).checks.codes
    most = dict.fromkeys(codes[1:], "met")
    odd = {**answers(kind), codes[0]: "x"}
    bad = answers(kind, **{codes[0]: "problem"})
    rows: list[tuple[str, str, dict[str, Any], str]] = [
        ("approve without a checklist", "approve", {"checklist": {}}, f"check_{codes[0]}"),
        ("approve with a gap", "approve", {"checklist": most}, f"check_{codes[0]}"),
        ("approve with a problem", "approve", {"checklist": bad}, f"check_{codes[0]}"),
        ("approve with a strange answer", "approve", {"checklist": odd}, f"check_{codes[0]}"),
        ("changes without a checklist", "request_changes", {"checklist": {}}, f"check_{codes[0]}"),
        ("changes with nothing wrong", "request_changes", {"checklist": answers(kind)}, f"check_{codes[0]}"),
        ("changes without a reason", "request_changes", {"reason_code": ""}, "reason_code"),
        ("changes with a reason of another kind", "request_changes", {"reason_code": "nonsense"}, "reason_code"),
        ("changes without a text", "request_changes", {"text": "  "}, "text"),
        ("reject without a problem", "reject", {"checklist": {}}, f"check_{codes[0]}"),
        ("reject without a reason", "reject", {"reason_code": ""}, "reason_code"),
        ("reject without a text", "reject", {"text": ""}, "text"),
        ("no decision", "", {}, "action"),
        ("an unknown decision", "publish", {}, "action"),
    ]
    if kind == "listing":
        rows += [
            ("approve without a class", "approve", {"control_class": ""}, "control_class"),
            ("approve what is banned", "approve", {"control_class": "banned"}, "control_class"),
        ]
    return rows


@pytest.mark.parametrize("kind", KINDS)
def test_an_incomplete_decision_is_refused_at_its_field(desk: Desk, kind: str) -> None:
    subject = desk.submit(kind)
    desk.claim(subject)

    def check(row: tuple[str, str, dict[str, Any], str]) -> None:
        _name, action, changes, field = row
        db.session.rollback()
        again = load(kind, subject.id)
        with pytest.raises(Invalid) as caught:
            case_actions.decide(again, desk.moderator, decision(kind, action, **changes))
        assert caught.value.field == field
        assert again.waiting

    try_each(_incomplete(kind), check, name=lambda row: row[0])


@pytest.mark.parametrize("kind", KINDS)
def test_nobody_handles_what_their_own_organisation_or_they_submitted(desk: Desk, kind: str) -> None:
    subject = desk.submit(kind)
    if kind == "organisation":
        desk.join(desk.insider_user, subject.thing)
    verbs: dict[str, Callable[[Actor], object]] = {
        "claim": lambda actor: case_actions.claim(subject, actor),
        "decide": lambda actor: case_actions.decide(subject, actor, decision(kind, "approve")),
        "take_over": lambda actor: case_actions.take_over(subject, actor, "Tôi làm tiếp"),
        "release": lambda actor: case_actions.release(subject, actor),
    }

    def check(case: tuple[str, str]) -> None:
        verb, who = case
        db.session.rollback()
        with pytest.raises(NotAllowed):
            verbs[verb](desk.named(who, subject.thing))

    people = ("insider", "supplier", "stranger")
    try_each(product(["claim"], people), check)
    desk.claim(subject)
    try_each(product(["decide", "take_over", "release"], people), check)


def test_a_moderator_never_decides_what_they_submitted_for_an_organisation_they_left(desk: Desk) -> None:
    subject = desk.submit("listing")
    subject.revision.submitted_by_id = desk.moderator_user.id
    db.session.commit()
    with pytest.raises(NotAllowed):
        case_actions.claim(subject, desk.moderator)


@pytest.mark.parametrize("kind", KINDS)
def test_only_the_holder_decides(desk: Desk, kind: str) -> None:
    subject = desk.submit(kind)
    with pytest.raises(Stale):
        case_actions.decide(subject, desk.moderator, decision(kind, "approve"))
    desk.claim(subject)
    with pytest.raises(NotAllowed):
        case_actions.decide(subject, desk.other, decision(kind, "approve"))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("action", ["approve", "request_changes", "reject"])
def test_a_double_click_decides_once(desk: Desk, kind: str, action: str) -> None:
    subject = desk.submit(kind)
    desk.claim(subject)
    assert desk.decide(subject, action) is not None
    drain()
    mails = db.session.query(MailMessage).count()
    assert desk.decide(subject, action) is None
    drain()
    assert db.session.query(MailMessage).count() == mails
    with pytest.raises(Stale):
        desk.decide(subject, "approve" if action == "reject" else "reject")


def test_a_decision_on_an_older_text_is_refused(desk: Desk) -> None:
    subject = desk.submit("listing")
    desk.claim(subject)
    with pytest.raises(Stale):
        case_actions.decide(subject, desk.moderator, decision("listing", "approve"), lock=subject.revision.lock - 1)


def test_the_control_class_is_set_at_approval(desk: Desk) -> None:
    subject = desk.submit("listing")
    desk.claim(subject)
    desk.decide(subject, "approve", control_class="restricted")
    assert subject.thing.published_revision.control_class == "restricted"


def test_what_lacks_facts_for_publication_is_not_published(desk: Desk) -> None:
    subject = desk.submit("listing")
    subject.revision.problem_solved = ""  # the rule came after it was submitted
    db.session.commit()
    desk.claim(subject)
    with pytest.raises(DomainError) as caught:
        case_actions.decide(subject, desk.moderator, decision("listing", "approve"))
    assert "problem_solved" in str(caught.value)


def test_a_version_of_an_unverified_organisation_is_not_published(desk: Desk) -> None:
    subject = desk.submit("need")
    desk.claim(subject)
    desk.org.state = "suspended"
    db.session.commit()
    with pytest.raises(NotAllowed):
        case_actions.decide(subject, desk.moderator, decision("need", "approve"))


def test_mail_is_in_the_language_of_each_recipient(desk: Desk) -> None:
    desk.colleague_user.locale = "en"
    desk.make_admin(desk.colleague_user)
    subject = desk.submit("listing")
    desk.claim(subject)
    desk.decide(subject, "reject")
    drain()
    bodies = {mail.recipient: (mail.subject, mail.body) for mail in db.session.scalars(select(MailMessage))}
    assert set(bodies) == {"an@example.vn", "bich@example.vn"}
    assert "Right not proven" in bodies["bich@example.vn"][1] and "Reject" in bodies["bich@example.vn"][0]
    assert "Chưa chứng minh quyền" in bodies["an@example.vn"][1]
    assert all("Xin bổ sung giấy tờ còn thiếu." in body for _subject, body in bodies.values())
    assert all(f"/my/listings/{subject.code}" in body for _subject, body in bodies.values())


def test_a_new_version_of_something_suspended_can_only_be_refused(desk: Desk) -> None:
    published = desk.published("listing")
    again = desk.resubmit(published, title="Màng lọc nano thế hệ hai cho nước ngầm")
    desk.claim(again)
    published.thing.state = "suspended"
    db.session.commit()
    with pytest.raises(IllegalMove):
        case_actions.decide(again, desk.moderator, decision("listing", "approve"))
    db.session.rollback()
    assert desk.decide(again, "reject") is not None
    assert again.revision.state == "rejected" and published.thing.state == "suspended"
