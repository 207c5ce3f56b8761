"""Every action × state × role of LEAD, through the table and through the feature's own verbs."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from marketplace.core.access import SYSTEM, Actor
from marketplace.core.errors import DomainError, Invalid
from marketplace.core.events import Event, history, transition
from marketplace.core.extensions import db
from marketplace.core.lifecycle import Move
from marketplace.negotiation.actions import begin
from marketplace.negotiation.event_data import facts
from marketplace.negotiation.lifecycle import LEAD
from marketplace.negotiation.models import Lead
from tests.lifecycle_matrix import REASON, Case, cases, check_table
from tests.negotiation.factories import FIRST_WORDS, QUESTION, Cast, once

ROLES = ("officer", "moderator")


def test_the_table_says_what_is_legal() -> None:
    check_table(LEAD, ROLES)


def act(lead: Lead, case: Case, actor: Actor) -> Any:
    """Make the move by its verb; the system's moves by the table, since their verbs take no actor."""
    if case.action == "contact":
        return begin.contact(lead, actor, FIRST_WORDS, once=once())
    if case.action == "accept":
        return begin.accept(lead, actor)
    if case.action == "ask":
        return begin.ask(lead, actor, QUESTION, once=once())
    if case.action == "decline":
        return begin.decline(lead, actor, "price", REASON)
    if case.action == "withdraw":
        return begin.withdraw(lead, actor, "changed_mind", REASON)
    if case.action == "expire" and actor.is_system:
        return begin.expire(lead, "unanswered")
    return transition(lead, LEAD, case.action, actor, lead.roles_of(actor), data=facts(lead, actor))


@pytest.mark.parametrize("initiator", ["buyer", "supplier"])
def test_every_verb_of_a_lead_does_what_its_table_says(ctx: Flask, initiator: str) -> None:
    cast = Cast()
    lead_id = (cast.interest() if initiator == "buyer" else cast.answer()).id
    people = {
        "initiator": cast.buyer if initiator == "buyer" else cast.supplier,
        "counterpart": cast.supplier if initiator == "buyer" else cast.buyer,
        "stranger": cast.stranger, "officer": cast.officer, "moderator": cast.moderator, "system": SYSTEM,
    }
    for case in cases(LEAD, ROLES):
        lead = db.session.get_one(Lead, lead_id)
        lead.state = case.state
        db.session.flush()
        try:
            event = act(lead, case, people[case.role])
        except DomainError as error:
            assert type(error) is case.expected, f"{case}: {error!r}"
            assert lead.state == case.state, str(case)
        else:
            assert lead.state == (case.expected or case.state), str(case)
            assert (event is None) == (case.expected is None), str(case)
            if event is not None:
                rows = history("lead", lead_id).where(Event.action == f"lead.{case.action}")
                newest = db.session.scalars(rows.limit(1)).one()
                assert event is newest
                assert (newest.from_state, newest.to_state) == Move(case.action, case.state, case.expected)[1:]
                assert newest.data.items() >= {"lead_id": lead_id, "supplier_org_id": lead.supplier_org_id}.items()
        db.session.rollback()


def test_both_sides_of_an_introduction_may_take_it_up_or_decline(ctx: Flask) -> None:
    cast = Cast()
    lead = cast.introduction()
    for actor, side in ((cast.supplier, "supplier"), (cast.buyer, "buyer")):
        event = begin.contact(lead, actor, FIRST_WORDS, once=once())
        assert event is not None
        assert (lead.initiator_side, lead.waiting_on) == (side, "buyer" if side == "supplier" else "supplier")
        assert {"accept", "ask", "decline"} <= {row.action for row in LEAD.actions_for(
            lead.state, lead.roles_of(cast.buyer if side == "supplier" else cast.supplier))}
        db.session.rollback()
        lead = db.session.get_one(Lead, lead.id)
    begin.decline(lead, cast.buyer, "no_capacity")
    assert lead.state == "declined"


@pytest.mark.parametrize(("action", "code", "words", "field"), [
    ("decline", "", "", "reason_code"), ("decline", "made_up", "", "reason_code"),
    ("decline", "changed_mind", "", "reason_code"), ("decline", "other", "  ", "reason"),
    ("decline", "price", "x" * 2001, "reason"),
    ("withdraw", "", "", "reason_code"),
])
def test_an_end_asks_for_a_coded_reason(ctx: Flask, action: str, code: str, words: str, field: str) -> None:
    cast = Cast()
    lead = cast.interest()
    with pytest.raises(Invalid) as caught:
        getattr(begin, action)(lead, cast.supplier if action == "decline" else cast.buyer, code, words)
    assert caught.value.field == field
    assert lead.state == "contacted"


def test_the_reason_reaches_the_other_side_and_the_turn_ends(ctx: Flask) -> None:
    cast = Cast()
    lead = cast.lead_in("negotiating")
    assert lead.terms_open
    begin.decline(lead, cast.supplier, "other", "Dây chuyền đã ngừng sản xuất.")
    assert (lead.decline_code, lead.waiting_on, lead.respond_by, lead.terms_open) == ("other", "", None, False)
    db.session.commit()
    page = cast.client(ctx, "buyer").get(f"/leads/{lead.code}").text
    assert "Dây chuyền đã ngừng sản xuất." in page
    assert "Lý do khác" in page
