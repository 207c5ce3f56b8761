"""Every move of an organisation: action × state × role, through its own verbs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from marketplace.core.access import SYSTEM, Actor
from marketplace.core.errors import IllegalMove, Invalid, Missing, NotAllowed
from marketplace.core.events import history
from marketplace.core.extensions import db
from marketplace.organisations import actions
from marketplace.organisations.lifecycle import ORGANISATION
from marketplace.organisations.models import Organisation
from marketplace.values import clock
from tests import factories
from tests.cases import try_each
from tests.lifecycle_matrix import REASON, Case, cases, check
from tests.organisations.factories import admin_of, complete

CAST = ("admin", "member", "moderator", "system")


def actor_in(role: str, organisation: Organisation) -> Actor:
    """Somebody with exactly this role towards the organisation."""
    if role == "system":
        return SYSTEM
    person = factories.user(staff=("moderator",) if role == "moderator" else ())
    if role in {"admin", "member"}:
        factories.member(person, organisation, *(("editor",) if role == "member" else ()))
        return factories.actor_of(person, organisation, ("editor",) if role == "member" else factories.ALL_ROLES)
    return factories.actor_of(person)


def test_every_move(ctx: Flask) -> None:
    thing_id = complete("draft").id
    thing = db.session.get_one(Organisation, thing_id)
    people = {role: actor_in(role, thing) for role in (*CAST, "stranger")}

    def make(state: str) -> Organisation:
        """Give the organisation this state as its own moves would have left it."""
        made = db.session.get_one(Organisation, thing_id)
        made.state = state
        made.verified_at = clock.now() if state in {"verified", "suspended"} else None
        db.session.flush()
        return made

    def do(thing: Organisation, case: Case) -> Any:
        actor = people[case.role]
        if case.action == "submit":
            actions.submit(thing, actor, clock.now() + timedelta(days=2))
        elif case.action == "withdraw":
            actions.withdraw(thing, actor)
        else:
            actions.decide(thing, case.action, actor, "other", REASON)

    def try_case(case: Case) -> None:
        check(ORGANISATION, case, make, do)
        if isinstance(case.expected, str):
            db.session.flush()
            last = db.session.scalars(history("organisation", thing_id)).first()
            assert last is not None
            assert (last.action, last.from_state, last.to_state) == (
                f"organisation.{case.action}", case.state, case.expected
            )

    try_each(cases(ORGANISATION, CAST), try_case, around=undone)


@contextmanager
def undone() -> Iterator[None]:
    """What is written inside is taken back."""
    try:
        yield
    finally:
        db.session.rollback()


@pytest.mark.parametrize("action", ["request_changes", "reject", "suspend", "restore", "close", "recheck"])
def test_a_refusal_needs_a_reason(ctx: Flask, action: str) -> None:
    state = ORGANISATION.rows(action)[0].from_states[0]
    thing = complete(state)
    with pytest.raises(Invalid) as caught:
        actions.decide(thing, action, actor_in("moderator", thing), "", "  ")
    assert caught.value.field == "reason"
    assert thing.state == state


def test_nobody_verifies_their_own_organisation(ctx: Flask) -> None:
    thing = complete("submitted")
    person = factories.user(staff=("moderator", "admin"))
    factories.member(person, thing)
    actor = factories.actor_of(person, thing)
    for action in ("approve", "reject"):
        with pytest.raises(NotAllowed):
            actions.decide(thing, action, actor, "other", REASON)


def test_nobody_verifies_what_they_submitted_before_leaving(ctx: Flask) -> None:
    thing = complete()
    person = factories.user(staff=("moderator",))
    factories.member(person, thing)
    factories.member(factories.user(), thing)
    actor = factories.actor_of(person, thing)
    actions.submit(thing, actor, clock.now())
    actions.leave(thing, actor)
    with pytest.raises(NotAllowed):
        actions.decide(thing, "approve", factories.actor_of(person))


def test_an_incomplete_organisation_is_neither_submitted_nor_verified(ctx: Flask) -> None:
    thing = complete(ward_code="", description="")
    actor = factories.actor_of(admin_of(thing), thing)
    with pytest.raises(Missing) as caught:
        actions.submit(thing, actor, clock.now())
    assert caught.value.fields == ["ward_code", "description"]
    thing.state = "submitted"
    with pytest.raises(Missing):
        actions.decide(thing, "approve", actor_in("moderator", thing))


def test_an_individual_needs_no_document(ctx: Flask) -> None:
    thing = factories.organisation(
        "Hộ kinh doanh", state="draft", kind="individual", tax_code="001099012345",
        legal_representative="A", province_code="01", ward_code="00070", street="1", field_codes=["1"],
        description="x", email="a@b.vn", phone="0901234567",
    )
    actions.submit(thing, factories.actor_of(admin_of(thing), thing), clock.now())
    assert thing.state == "submitted"


def test_a_second_verified_organisation_with_the_same_tax_code_is_blocked_without_naming_the_first(ctx: Flask) -> None:
    first = complete("suspended", "Tổ chức Bí Mật", tax_code="0100109106")
    second = complete("draft", tax_code="0100109106")
    boss = admin_of(second)
    with pytest.raises(Invalid) as caught:
        actions.submit(second, factories.actor_of(boss, second), clock.now())
    assert first.name not in str(caught.value)
    page = factories.client(ctx, boss, second).get("/my/organisation")
    second.state = "submitted"
    with pytest.raises(Invalid):
        actions.decide(second, "approve", actor_in("moderator", second))
    assert "Đã có một tổ chức được xác minh với mã số thuế này" in page.text
    assert "Bí Mật" not in page.text


def test_the_database_refuses_a_second_verified_one_too(ctx: Flask) -> None:
    complete("verified", tax_code="0100109106")
    second = complete("draft", tax_code="0100109106")
    second.state, second.verified_at = "verified", clock.now()
    with pytest.raises(Exception, match=r"(?i)unique"):
        db.session.commit()
    db.session.rollback()


def test_members_go_on_reading_a_suspended_organisation(ctx: Flask) -> None:
    thing = complete("verified")
    person = admin_of(thing)
    actions.decide(thing, "suspend", actor_in("moderator", thing), "other", REASON)
    db.session.commit()
    web = factories.client(ctx, person, thing)
    page = web.get("/my/organisation")
    assert page.status_code == 200
    assert REASON in page.text
    assert web.post("/my/organisation/submit").status_code == 409
    with pytest.raises(IllegalMove):
        actions.change(thing, factories.actor_of(person, thing), {"phone": "0909999999"})
    assert db.session.scalar(select(Organisation.state)) == "suspended"
