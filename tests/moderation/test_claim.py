"""Claiming: one winner whoever is faster, giving back, taking over, and what was withdrawn meanwhile."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from marketplace.core.errors import IllegalMove, Invalid, NotAllowed, Stale
from marketplace.core.events import Event
from marketplace.core.extensions import db
from marketplace.moderation.actions import cases as case_actions
from marketplace.moderation.models import ModerationCase
from marketplace.moderation.submission import load, open_case
from marketplace.organisations import actions as organisations
from marketplace.values import clock
from tests import factories
from tests.moderation.conftest import Web
from tests.moderation.factories import KINDS, Desk, decision, form_of


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("round_number", range(3))
def test_two_moderators_at_once_one_wins(web: Web, kind: str, round_number: int) -> None:
    """Real threads, each with its own connection and client, let go at the same moment."""
    subject = web.desk.submit(kind)
    ids = [person.id for person in (web.desk.moderator_user, web.desk.other_user)]
    clients = [web.client("moderator"), web.client("other")]
    address = f"/moderation/{kind}/{subject.id}"
    db.session.rollback()  # on SQLite an open transaction of the test would hold the write lock
    ready = threading.Barrier(2)
    answers: dict[int, tuple[int, str]] = {}

    def claim(index: int) -> None:
        ready.wait()
        answer = clients[index].post(f"{address}/claim")
        answers[index] = (answer.status_code, answer.get_data(as_text=True))

    threads = [threading.Thread(target=claim, args=(index,)) for index in (0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(status for status, _text in answers.values()) == [302, 409]
    loser = next(text for status, text in answers.values() if status == 409)
    assert "has taken this case already" in loser
    db.session.rollback()
    cases = list(db.session.scalars(select(ModerationCase)))
    assert len(cases) == 1 and cases[0].claimed_by_id in ids
    claims = select(Event).where(Event.action == f"{kind}.claim")
    assert len(list(db.session.scalars(claims))) == 1


@pytest.mark.parametrize("kind", KINDS)
def test_two_decisions_at_once_one_counts(web: Web, kind: str) -> None:
    """The same person in two tabs: approve in one, reject in the other."""
    subject = web.desk.submit(kind)
    web.desk.claim(subject)
    clients = [web.client("moderator"), web.client("moderator")]
    forms = [form_of(subject, "approve"), form_of(subject, "reject")]
    address = f"/moderation/{kind}/{subject.id}"
    db.session.rollback()  # on SQLite an open transaction of the test would hold the write lock
    ready = threading.Barrier(2)
    statuses: list[int] = []

    def send(index: int) -> None:
        ready.wait()
        statuses.append(clients[index].post(f"{address}/decide", data=forms[index]).status_code)

    threads = [threading.Thread(target=send, args=(index,)) for index in (0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(statuses) == [302, 409]
    db.session.rollback()
    decided = select(ModerationCase).where(ModerationCase.decided_at.is_not(None))
    assert len(list(db.session.scalars(decided))) == 1


def test_a_decision_and_the_owners_move_do_not_block_each_other(web: Web) -> None:
    subject = web.desk.published("listing")
    again = web.desk.resubmit(subject, title="Màng lọc nano thế hệ hai cho nước ngầm")
    web.desk.claim(again)
    moderator, owner = web.client("moderator"), web.client("supplier")
    address, confirming = f"/moderation/listing/{again.id}/decide", f"/technologies/{again.code}/moves/confirm"
    form = form_of(again, "approve")
    db.session.rollback()  # on SQLite an open transaction of the test would hold the write lock
    ready = threading.Barrier(2)
    statuses: list[int] = []

    def decide() -> None:
        ready.wait()
        statuses.append(moderator.post(address, data=form).status_code)

    def confirm() -> None:
        ready.wait()
        statuses.append(owner.post(confirming).status_code)

    threads = [threading.Thread(target=decide), threading.Thread(target=confirm)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert statuses == [302, 302]


@pytest.mark.parametrize("kind", KINDS)
def test_claiming_twice_changes_nothing(desk: Desk, kind: str) -> None:
    subject = desk.submit(kind)
    assert desk.claim(subject).id == desk.claim(subject).id
    assert db.session.query(ModerationCase).count() == 1


@pytest.mark.parametrize("kind", KINDS)
def test_what_was_given_back_can_be_taken_by_another(desk: Desk, kind: str) -> None:
    subject = desk.submit(kind)
    desk.claim(subject)
    with pytest.raises(NotAllowed):
        case_actions.release(subject, desk.other)
    case_actions.release(subject, desk.moderator)
    case_actions.release(subject, desk.moderator)
    assert open_case(subject) is None
    assert desk.claim(subject, desk.other).claimed_by_id == desk.other_user.id


@pytest.mark.parametrize("kind", KINDS)
def test_taking_over_needs_a_reason_and_ends_the_first_case(desk: Desk, kind: str) -> None:
    subject = desk.submit(kind)
    first = desk.claim(subject)
    with pytest.raises(Invalid):
        case_actions.take_over(subject, desk.other, "   ")
    second = case_actions.take_over(subject, desk.other, "Hà nghỉ ốm")
    db.session.commit()
    assert first.released_at is not None and second.claimed_by_id == desk.other_user.id
    with pytest.raises(NotAllowed):
        case_actions.decide(subject, desk.moderator, decision(kind, "approve"))
    assert case_actions.take_over(subject, desk.other, "") is second
    with pytest.raises(Stale):
        case_actions.take_over(desk.submit("need", title="Một nhu cầu chưa ai nhận"), desk.other, "Không ai giữ")


def test_a_decided_case_cannot_be_claimed(desk: Desk) -> None:
    subject = desk.published("need")
    with pytest.raises(IllegalMove):
        case_actions.claim(subject, desk.other)


def test_an_organisation_that_withdrew_and_came_again_is_free(desk: Desk) -> None:
    subject = desk.submit("organisation")
    desk.claim(subject)
    owner = desk.supplier_of(subject.thing)
    organisations.withdraw(subject.thing, owner)
    db.session.commit()
    organisations.submit(subject.thing, owner, clock.now() + timedelta(days=2))
    db.session.commit()
    again = load("organisation", subject.id)
    assert open_case(again) is None
    assert desk.claim(again, desk.other).claimed_by_id == desk.other_user.id


def test_a_version_in_review_without_a_case_can_be_taken(desk: Desk) -> None:
    subject = desk.submit("need")
    case = desk.claim(subject)
    db.session.delete(case)
    db.session.commit()
    assert desk.claim(subject, desk.other).claimed_by_id == desk.other_user.id


def test_a_former_moderator_cannot_claim(ctx: Flask, desk: Desk) -> None:
    subject = desk.submit("listing")
    with pytest.raises(NotAllowed):
        case_actions.claim(subject, factories.actor_of(desk.stranger_user))
