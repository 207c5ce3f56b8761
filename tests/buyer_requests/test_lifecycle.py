"""Every action × state × role of NEED, through the table and through the feature's own verbs."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from marketplace.buyer_requests import actions
from marketplace.buyer_requests.lifecycle import NEED
from marketplace.buyer_requests.models import BuyerRequest
from marketplace.core.access import SYSTEM, Actor
from marketplace.core.errors import DomainError, Invalid
from marketplace.core.events import history
from marketplace.core.extensions import db
from marketplace.core.lifecycle import Move
from tests import factories
from tests.buyer_requests.factories import Cast, days
from tests.lifecycle_matrix import REASON, Case, cases, check_table

VERBS = {"shortlist", "negotiate", "solve", "reopen", "extend", "withdraw", "suspend", "restore", "remove"}


def test_the_table_says_what_is_legal() -> None:
    check_table(NEED, ("colleague",))


def actor_for(role: str, cast: Cast) -> Actor:
    return {
        "owner": cast.buyer, "colleague": cast.colleague, "stranger": cast.stranger,
        "moderator": cast.moderator, "system": SYSTEM,
    }[role]


def act(need: BuyerRequest, case: Case, actor: Actor) -> Any:
    if case.action == "extend":
        return actions.extend(need, actor, days(60))
    if case.action == "reopen":
        return actions.reopen(need, actor)
    return actions.move(need, case.action, actor, reason_code="complaint", reason=REASON)


def verb_cases() -> list[Case]:
    found = cases(NEED, ("colleague",))
    return [case for case in found if case.action in VERBS and case.role != "importer"]


def test_every_verb_of_a_need_does_what_its_table_says(ctx: Any) -> None:
    cast = Cast()
    need = cast.published()
    need_id = need.id
    for case in verb_cases():
        need = db.session.get_one(BuyerRequest, need_id)
        need.state = case.state
        db.session.flush()
        try:
            event = act(need, case, actor_for(case.role, cast))
        except DomainError as error:
            assert type(error) is case.expected, f"{case}: {error!r}"
            assert need.state == case.state, str(case)
        else:
            assert need.state == case.expected, str(case)
            newest = db.session.scalars(history("need", need.id).limit(1)).one()
            assert event is newest
            assert Move(case.action, case.state, case.expected) == Move(case.action, newest.from_state, newest.to_state)
        db.session.rollback()


def test_withdrawing_and_suspending_ask_for_a_reason(ctx: Any) -> None:
    cast = Cast()
    need = cast.published()
    with pytest.raises(Invalid) as caught:
        actions.move(need, "withdraw", cast.buyer, reason="  ")
    assert caught.value.field == "reason"
    with pytest.raises(Invalid) as caught:
        actions.move(need, "suspend", cast.moderator, reason_code="made_up", reason=REASON)
    assert caught.value.field == "reason_code"


def test_a_moderator_may_not_touch_a_need_of_their_own_organisation(ctx: Any) -> None:
    cast = Cast()
    need = cast.published()
    factories.member(cast.moderator_user, cast.org, "editor")
    insider = replace(cast.moderator, org_ids=frozenset({cast.org.id}))
    with pytest.raises(DomainError):
        actions.move(need, "suspend", insider, reason_code="complaint", reason=REASON)


def test_suspension_is_reversible_and_stands_in_the_history(ctx: Any) -> None:
    cast = Cast()
    need = cast.published()
    actions.move(need, "suspend", cast.moderator, reason_code="complaint", reason="Có đơn khiếu nại.")
    actions.move(need, "restore", cast.moderator, reason="Đã giải quyết xong.")
    assert need.state == "open"
    events = db.session.scalars(history("need", need.id)).all()
    assert [event.action for event in events[:2]] == ["need.restore", "need.suspend"]
    assert (events[1].reason_code, events[1].reason) == ("complaint", "Có đơn khiếu nại.")
