"""Nobody binds both sides of a deal: not a member of the other side, not who has agreed for it before."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import select

from marketplace.core.access import Actor
from marketplace.core.errors import DomainError, NotAllowed
from marketplace.core.events import Event
from marketplace.core.extensions import db
from marketplace.core.outbox import drain
from marketplace.deals.actions import milestones, termination
from marketplace.deals.actions.transitions import move
from marketplace.deals.requirements import offered, requirements
from marketplace.negotiation.actions import terms
from marketplace.negotiation.models import Lead
from marketplace.notifications.models import Notification
from tests import factories
from tests.cases import try_each
from tests.deals.factories import Trade, add_signature, deal_in
from tests.negotiation.factories import Cast
from tests.negotiation.terms_samples import proposed, values

#: Every move of a deal that a side makes and that takes it forward, with the state and the side.
FORWARD = (
    ("terms_agreed", "draft", "supplier"), ("drafting", "present", "supplier"), ("signed", "take_effect", "buyer"),
    ("effective", "begin_delivery", "supplier"), ("delivering", "hand_over", "supplier"),
    ("acceptance", "return_defects", "buyer"), ("acceptance", "complete", "buyer"),
)


def both(actor: Actor, other: int) -> Actor:
    return replace(actor, org_ids=actor.org_ids | {other})


def told(person: int) -> list[str]:
    drain()
    rows = select(Notification.message).where(Notification.user_id == person)
    return list(db.session.scalars(rows))


def test_a_member_of_the_other_side_neither_proposes_nor_accepts(cast: Cast, lead: Lead) -> None:
    with pytest.raises(NotAllowed) as refused:
        terms.propose(lead, both(cast.supplier, cast.buyer_org.id), values(), based_on=0)
    assert refused.value.message == terms.ON_BOTH_SIDES
    version = proposed(cast, lead)
    with pytest.raises(NotAllowed) as refused:
        terms.accept(version, both(cast.buyer, cast.supplier_org.id))
    assert refused.value.message == terms.ON_BOTH_SIDES
    assert "acceptor" not in version.roles_of(both(cast.buyer, cast.supplier_org.id))
    assert terms.accept(version, cast.buyer_signer)


def test_who_agreed_for_one_side_does_not_agree_for_the_other_after_changing_sides(cast: Cast, lead: Lead) -> None:
    version = proposed(cast, lead)
    changed = replace(cast.buyer, user_id=version.supplier_accepted_by_id)
    with pytest.raises(NotAllowed):
        terms.accept(version, changed)
    assert version.buyer_accepted_at is None


def test_one_person_with_two_organisations_makes_no_deal_through_the_pages(app: Flask, cast: Cast, lead: Lead) -> None:
    factories.member(cast.supplier_user, cast.buyer_org)
    proposed(cast, lead, "supplier")
    code, number = lead.code, 1
    client = factories.client(app, cast.supplier_user, cast.buyer_org)
    assert "Đồng ý các điều khoản này" not in client.get(f"/leads/{code}/terms/{number}").text
    answer = client.post(f"/leads/{code}/terms/{number}/accept")
    assert answer.status_code == 403
    assert "thuộc cả hai bên" in answer.text


def test_a_deal_is_not_taken_forward_by_who_is_on_both_sides(trade: Trade) -> None:
    def held(case: tuple[str, str, str]) -> None:
        state, action, side = case
        deal = deal_in(state, trade)
        other = deal.buyer_org_id if side == "supplier" else deal.supplier_org_id
        actor = both(trade.actor(side), other)
        assert action not in offered(deal, actor)
        with pytest.raises(DomainError) as refused:
            move(deal, action, actor, reason="Còn lỗi phải sửa" if action == "return_defects" else "")
        assert refused.value.message == terms.ON_BOTH_SIDES
        db.session.rollback()

    try_each(FORWARD, held)


def test_signing_ending_and_milestones_are_refused_too(trade: Trade) -> None:
    deal = deal_in("delivering", trade, milestones=["delivered", "planned", "planned"])
    buyer, supplier = both(trade.buyer, deal.supplier_org_id), both(trade.supplier, deal.buyer_org_id)
    assert requirements(deal, "ask_ending", buyer) and not requirements(deal, "ask_ending", trade.buyer)
    with pytest.raises(NotAllowed):
        termination.ask_ending(deal, supplier, "mutual", "")
    with pytest.raises(NotAllowed):
        milestones.accept(deal.milestones[0], buyer)
    with pytest.raises(NotAllowed):
        milestones.deliver(deal.milestones[1], supplier, "Đã bàn giao")
    assert not milestones.offered(deal.milestones[0], buyer)
    assert milestones.offered(deal.milestones[0], trade.buyer)


def test_who_filed_one_signature_does_not_file_the_other(trade: Trade) -> None:
    deal = deal_in("awaiting_signature", trade)
    filed = add_signature(deal, trade, "supplier").uploaded_by_id
    db.session.expire(deal, ["signatures"])
    said = {one.error.message for one in requirements(deal, "sign", replace(trade.buyer, user_id=filed))}
    assert said == {terms.ON_BOTH_SIDES} and not requirements(deal, "sign", trade.buyer)


def test_leaving_a_deal_stays_open_to_who_is_on_both_sides(trade: Trade) -> None:
    deal = deal_in("drafting", trade)
    assert "cancel" in offered(deal, both(trade.buyer, deal.supplier_org_id))


def test_officers_are_told_once_of_common_members(cast: Cast, lead: Lead) -> None:
    factories.member(cast.supplier_editor_user, cast.buyer_org, "editor")
    proposed(cast, lead, "supplier")
    proposed(cast, lead, "buyer", price=900_000_000, milestones=values(900_000_000)["milestones"])
    db.session.commit()
    events = db.session.scalars(select(Event).where(Event.action == "lead.common_members")).all()
    assert [event.data["people"] for event in events] == [1]
    assert len([message for message in told(cast.officer_user.id) if "common_members" in message]) == 1


def test_a_hidden_requester_is_not_betrayed_by_common_members(cast: Cast) -> None:
    factories.member(cast.supplier_editor_user, cast.buyer_org, "editor")
    lead = cast.lead_in("contacted", hidden=True)
    assert not db.session.scalars(select(Event).where(Event.action == "lead.common_members")).all()
    assert lead.buyer_revealed_at is None
