"""Proposing, countering, accepting, declining and withdrawing terms, by the verbs."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from marketplace.core.access import SYSTEM
from marketplace.core.errors import IllegalMove, Invalid, NotAllowed, NotFound, Stale
from marketplace.core.events import Event
from marketplace.core.extensions import db
from marketplace.deals.models import Deal
from marketplace.negotiation.actions import moves, terms
from marketplace.negotiation.lifecycle import LEAD, TERMS
from marketplace.negotiation.models import Lead, Terms
from tests import factories
from tests.lifecycle_matrix import REASON, check_table
from tests.negotiation.factories import Cast
from tests.negotiation.terms_samples import EXCLUSIVE, milestones, proposed, values


def states(lead: Lead) -> list[str]:
    return list(db.session.scalars(select(Terms.state).where(Terms.lead_id == lead.id).order_by(Terms.number)))


def test_proposing_is_accepting_for_the_own_side(cast: Cast, lead: Lead) -> None:
    made = terms.propose(lead, cast.supplier_signer, values(), "Bản đầu tiên", based_on=0)
    assert (made.number, made.state, made.side, made.note) == (1, "proposed", "supplier", "Bản đầu tiên")
    assert (made.supplier_accepted_at, made.supplier_accepted_by_id) == (made.created_at, cast.supplier_signer.user_id)
    assert made.buyer_accepted_at is None
    assert lead.waiting_on == "buyer"
    event = db.session.scalars(select(Event).where(Event.action == "terms.propose")).one()
    assert event.data == {
        "lead_id": lead.id, "listing_id": lead.listing_id, "need_id": None, "supplier_org_id": lead.supplier_org_id,
        "buyer_org_id": lead.buyer_org_id, "side": "supplier", "number": 1,
    }


def test_a_counter_proposal_replaces_the_open_one(cast: Cast, lead: Lead) -> None:
    proposed(cast, lead)
    proposed(cast, lead, "buyer", price=900_000_000, milestones=values(900_000_000)["milestones"])
    third = proposed(cast, lead, "buyer", **EXCLUSIVE)
    assert states(lead) == ["superseded", "superseded", "proposed"]
    assert (third.number, third.side, lead.waiting_on) == (3, "buyer", "supplier")
    replaced = select(Event.data).where(Event.action == "terms.supersede").order_by(Event.id)
    assert [data["number"] for data in db.session.scalars(replaced)] == [1, 2]


def test_three_versions_then_both_agree(cast: Cast, lead: Lead) -> None:
    for months, side in enumerate(("supplier", "buyer", "supplier"), 12):
        last = proposed(cast, lead, side, warranty_months=months)
    path = terms.accept(last, cast.buyer_signer)
    db.session.commit()
    deal = db.session.scalars(select(Deal)).one()
    assert path == f"/deals/{deal.code}"
    assert (deal.terms_id, deal.lead_id) == (last.id, lead.id)
    assert (last.state, last.buyer_accepted_by_id) == ("accepted", cast.buyer_signer.user_id)
    assert (lead.state, lead.terms_open, lead.waiting_on) == ("converted", False, "")
    assert states(lead) == ["superseded", "superseded", "accepted"]
    with pytest.raises(IllegalMove, match="already agreed"):
        terms.propose(lead, cast.buyer, values(), based_on=3)


def test_a_form_opened_on_an_older_version_is_stale(cast: Cast, lead: Lead) -> None:
    proposed(cast, lead)
    for opened_on in (0, 2, -1):
        with pytest.raises(Stale):
            terms.propose(lead, cast.buyer, values(1), based_on=opened_on)
    assert states(lead) == ["proposed"]


def test_the_same_form_twice_is_one_version(cast: Cast, lead: Lead) -> None:
    first = terms.propose(lead, cast.supplier, values(), "Như đã trao đổi", based_on=0)
    db.session.commit()
    assert terms.propose(lead, cast.supplier, values(), "Như đã trao đổi", based_on=0) is first
    with pytest.raises(Stale):  # a colleague's form, or another text, is not the same form
        terms.propose(lead, cast.supplier_signer, values(), "Như đã trao đổi", based_on=0)
    with pytest.raises(Stale):
        terms.propose(lead, cast.supplier, values(term_months=24), "Như đã trao đổi", based_on=0)
    assert states(lead) == ["proposed"]


def test_editors_are_told_who_may(cast: Cast, lead: Lead) -> None:
    with pytest.raises(NotAllowed, match="administrators and signers"):
        terms.propose(lead, cast.supplier_editor, values(), based_on=0)
    version = proposed(cast, lead)
    with pytest.raises(NotAllowed, match="administrators and signers"):
        terms.accept(version, cast.buyer_editor)


def test_a_stranger_proposes_nothing(cast: Cast, lead: Lead) -> None:
    for actor in (cast.stranger, cast.officer, SYSTEM):
        with pytest.raises(NotAllowed):
            terms.propose(lead, actor, values(), based_on=0)


@pytest.mark.parametrize("side", ["supplier", "buyer"])
def test_both_organisations_must_be_verified_to_bind(cast: Cast, lead: Lead, side: str) -> None:
    version = proposed(cast, lead)
    getattr(cast, f"{side}_org").state = "suspended"
    db.session.flush()
    with pytest.raises(NotAllowed, match="both organisations are verified"):
        terms.propose(lead, cast.buyer, values(), based_on=1)
    with pytest.raises(NotAllowed, match="both organisations are verified"):
        terms.accept(version, cast.buyer)
    assert version.buyer_accepted_at is None
    terms.decline(version, cast.buyer, REASON)  # saying no binds nobody


@pytest.mark.parametrize("state", [state for state in LEAD.names if state != "negotiating"])
def test_terms_are_proposed_only_while_the_sides_talk(cast: Cast, state: str) -> None:
    lead = cast.lead_in(state)
    lead.terms_open = state != "converted"  # the flag alone opens nothing
    for actor in (cast.supplier, cast.buyer):
        with pytest.raises(IllegalMove):
            terms.propose(lead, actor, values(), based_on=0)


def test_a_version_of_talks_that_ended_lapses(cast: Cast, lead: Lead) -> None:
    version = proposed(cast, lead)
    moves.decline(lead, cast.supplier, "price", REASON)
    db.session.commit()
    with pytest.raises(IllegalMove):
        terms.accept(version, cast.buyer)
    db.session.rollback()
    assert states(lead) == ["superseded"]


def test_broken_rules_propose_nothing(cast: Cast, lead: Lead) -> None:
    proposed(cast, lead)
    with pytest.raises(Invalid) as refused:
        terms.propose(lead, cast.buyer, values(milestones=milestones(5)), based_on=1)
    assert refused.value.field == "milestones"
    assert states(lead) == ["proposed"]


def test_declining_needs_words_and_the_talks_go_on(cast: Cast, lead: Lead) -> None:
    version = proposed(cast, lead)
    with pytest.raises(Invalid):
        terms.decline(version, cast.buyer_editor, "   ")
    terms.decline(version, cast.buyer_editor, REASON)
    assert (version.state, lead.state, lead.waiting_on) == ("declined", "negotiating", "supplier")
    assert terms.propose(lead, cast.buyer, values(), based_on=1).number == 2


def test_a_withdrawn_version_can_no_longer_be_accepted(cast: Cast, lead: Lead) -> None:
    version = proposed(cast, lead)
    terms.withdraw(version, cast.supplier_editor)
    with pytest.raises(IllegalMove):
        terms.accept(version, cast.buyer)
    assert db.session.scalar(select(Deal.id)) is None


def test_terms_open_again_only_for_a_deal(cast: Cast, lead: Lead) -> None:
    with pytest.raises(IllegalMove):
        terms.open_terms(lead)
    version = proposed(cast, lead)
    terms.accept(version, cast.buyer)
    terms.open_terms(lead)
    again = terms.propose(lead, cast.buyer, values(term_months=48), based_on=1)
    terms.close_terms(lead, cast.buyer)
    assert (again.state, lead.terms_open) == ("superseded", False)
    with pytest.raises(IllegalMove):
        terms.propose(lead, cast.buyer, values(), based_on=2)


def test_a_number_that_no_version_has_is_not_found(cast: Cast, lead: Lead) -> None:
    with pytest.raises(NotFound):
        terms.numbered(lead, 1)


def test_the_table_of_terms() -> None:
    check_table(TERMS)


PEOPLE: dict[str, frozenset[str]] = {
    **dict.fromkeys(("supplier", "supplier_editor", "supplier_signer"), frozenset({"proposer"})),
    "buyer": frozenset({"counterpart", "acceptor"}), "buyer_signer": frozenset({"counterpart", "acceptor"}),
    "buyer_editor": frozenset({"counterpart"}), "stranger": frozenset(), "officer": frozenset(), "leader": frozenset(),
}


@pytest.mark.parametrize("name", PEOPLE)
def test_every_verb_for_everybody_in_every_state(cast: Cast, lead: Lead, name: str) -> None:
    """What a person can do with a version of the supplier is what the table's rows say of the person's roles."""
    version_id, person = proposed(cast, lead).id, getattr(cast, name)
    for state in TERMS.names:
        for action in ("accept", "decline", "withdraw"):
            version = db.session.get_one(Terms, version_id)
            if state == "accepted":
                version.buyer_accepted_at = version.created_at
            version.state = state
            db.session.flush()
            assert version.roles_of(person) == PEOPLE[name]
            expected = _expected(action, state, PEOPLE[name])
            if isinstance(expected, str):
                _do(version, action, person)
                assert version.state == expected
            else:
                with pytest.raises(expected):
                    _do(version, action, person)
                assert version.state == state
            db.session.rollback()


def _expected(action: str, state: str, roles: frozenset[str]) -> Any:
    rows = [row for row in TERMS.table if row.action == action]
    mine = [row for row in rows if roles & set(row.roles)]
    for row in mine:
        if state in row.from_states:
            return row.to_state
    return NotAllowed if not mine else IllegalMove


def _do(version: Terms, action: str, person: Any) -> None:
    if action == "decline":
        terms.decline(version, person, REASON)
    else:
        {"accept": terms.accept, "withdraw": terms.withdraw}[action](version, person)


def test_acting_for_another_organisation_one_is_a_stranger(cast: Cast, lead: Lead) -> None:
    version = proposed(cast, lead)
    elsewhere = factories.actor_of(cast.buyer_user, cast.stranger_org)
    assert version.roles_of(elsewhere) == frozenset()
