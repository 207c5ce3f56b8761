"""The page offers a person exactly what the verbs let the same person do: every action, state and person is tried."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import NamedTuple

from flask import Flask

from marketplace.core.access import Actor
from marketplace.core.errors import DomainError, IllegalMove, Invalid
from marketplace.core.extensions import db
from marketplace.deals.actions import acceptance, contract, files, milestones, publicity, signing, termination
from marketplace.deals.actions.transitions import move
from marketplace.deals.lifecycle import DEAL, MILESTONE, REASON_CODES
from marketplace.deals.models import Deal, Milestone
from marketplace.deals.requirements import stands_against
from marketplace.files.actions import Received
from marketplace.values import clock
from tests.cases import try_each
from tests.deals.factories import Trade, add_signature, deal_in, full_contract
from tests.deals.test_pages import client
from tests.thorough import ALL

WHY = "Lý do được nói rõ."
UPLOAD = Received("0" * 64, 10, "application/pdf", "a.pdf")
SIGNING = signing.Signing("Trần Thị Bình", "Viện trưởng", "no such authority", "", "paper_scan", "", clock.today())

#: What is done to a deal by a form of its own, tried with something that this form refuses beside a field, if it can:
#: such an error means that nothing else stood against it.
BESIDE: Mapping[str, Callable[[Deal, Actor], object]] = {
    "sign": lambda deal, who: signing.sign(deal, who, SIGNING, UPLOAD),
    "write_contract": lambda deal, who: contract.save(deal, who, {"technology": WHY}, "1", None, deal.contract_lock),
    "ask_ending": lambda deal, who: termination.ask_ending(deal, who, "other", ""),
    "refuse_ending": lambda deal, who: termination.refuse_ending(deal, who, ""),
    "withdraw_ending": termination.withdraw_ending,
    "choose_publicity": lambda deal, who: publicity.choose(deal, who, "no such wish"),
    "add_file": lambda deal, who: files.add_file(deal, who, UPLOAD, "no such role"),
    "complete": lambda deal, who: acceptance.complete(deal, who, acceptance.Acceptance("", None, "", None)),
}
MILESTONE_VERBS: Mapping[str, Callable[[Milestone, Actor], object]] = {
    "deliver": lambda one, who: milestones.deliver(one, who, ""),
    "accept": milestones.accept,
    "return": lambda one, who: milestones.give_back(one, who, WHY),
}
#: Where each of them is on the page; other moves are posted to …/moves/<action>.
ADDRESSES = {
    "signature": "sign", "contract": "write_contract", "acceptance": "complete", "ending": "ask_ending",
    "ending/agree": "terminate", "ending/refuse": "refuse_ending", "ending/withdraw": "withdraw_ending",
    "publicity": "choose_publicity", "files": "add_file",
}
#: What officers do beside a deal; their page asks whether they follow it.
OF_OFFICERS = {"notes", "officer", "remind"}


class Case(NamedTuple):
    """A deal and the people who look at it."""

    name: str
    deal: Deal
    people: Mapping[str, Actor]


def cases(trade: Trade) -> Iterator[Case]:
    """Return a deal in every state, and those in which something was signed, asked for or delivered already."""
    made = {state: deal_in(state, trade) for state in DEAL.names}
    made["drafting, complete"] = deal_in("drafting", trade, contract=full_contract())
    made["awaiting_signature, signed by the supplier"] = deal_in("awaiting_signature", trade)
    add_signature(made["awaiting_signature, signed by the supplier"], trade, "supplier")
    made["delivering, in part"] = deal_in("delivering", trade, milestones=["accepted", "delivered", "returned"])
    made["delivering, all of it"] = deal_in("delivering", trade, milestones=["delivered"] * 3)
    asked = {"ending_asked_by": "supplier", "ending_code": "mutual"}
    for state in ("delivering", "acceptance", "completed"):
        made[f"{state}, ending asked"] = deal_in(state, trade, **asked)
    made["signed, for a later day"] = deal_in("signed", trade, effective_on=clock.today() + timedelta(days=9))
    db.session.commit()
    people = {name: getattr(trade, name) for name in ("supplier", "supplier_editor", "buyer", "buyer_editor", "officer")}
    people["on both sides"] = replace(trade.buyer, org_ids=trade.buyer.org_ids | {trade.supplier_org.id})
    for name, deal in made.items():
        yield Case(name, deal, people)


def permitted(verb: Callable[[], object]) -> bool:
    """Tell whether the verb says no to nothing but the content of its form."""
    try:
        verb()
    except Invalid as error:
        return bool(error.field)
    except DomainError:
        return False
    else:
        db.session.rollback()
        return True


def moved(deal: Deal, action: str, who: Actor, code: str) -> None:
    """Make a move; the repeated message that a settled deal takes silently makes none."""
    if move(deal, action, who, code, WHY) is None:
        raise IllegalMove(deal.state)


def verbs(deal: Deal, who: Actor) -> Iterator[tuple[str, Callable[[], object]]]:
    for action in DEAL.actions:
        if action not in BESIDE:
            code = next(iter(REASON_CODES[action].codes)) if action in REASON_CODES else ""
            yield action, partial(moved, deal, action, who, code)
    for action, verb in BESIDE.items():
        yield action, partial(verb, deal, who)


def test_what_is_offered_is_what_the_verbs_permit(trade: Trade) -> None:
    def same(case: tuple[str, Deal, str, Actor]) -> None:
        _name, deal, _person, who = case
        offered = {action for action, _verb in verbs(deal, who) if not stands_against(deal, action, who)}
        assert offered == {action for action, verb in verbs(deal, who) if permitted(verb)}
        for one in deal.milestones:
            can = {action for action, verb in MILESTONE_VERBS.items() if permitted(partial(verb, one, who))}
            assert milestones.offered(one, who) == can, f"milestone {one.position}"

    assert set(MILESTONE_VERBS) == set(MILESTONE.actions), "say here how a milestone's new action is done"
    every = [(one.name, one.deal, person, who) for one in cases(trade) for person, who in one.people.items()]
    try_each(every if ALL else every[::5], same, lambda case: f"{case[0]}, {case[2]}")


def test_the_page_has_a_button_for_what_is_offered_and_for_nothing_else(ctx: Flask, trade: Trade) -> None:
    people = ("supplier", "buyer", "supplier_editor", "buyer_editor", "officer")

    def same(case: tuple[str, Deal, str]) -> None:
        _name, deal, person = case
        page, who = client(ctx, trade, person).get(f"/deals/{deal.code}").text, getattr(trade, person)
        found = set(re.findall(rf'(?:action|href)="/deals/{deal.code}/([^"?#]+)', page))
        shown = {ADDRESSES.get(one, one.removeprefix("moves/")) for one in found if not one.startswith("milestones/")}
        offered = {action for action in {*DEAL.actions, *BESIDE} if not stands_against(deal, action, who)}
        assert shown - {"record.pdf", *OF_OFFICERS} == offered
        assert {one for one in found if one.startswith("milestones/")} == {
            f"milestones/{one.id}/{action}" for one in deal.milestones for action in milestones.offered(one, who)}

    every = [(one.name, one.deal, person) for one in cases(trade) for person in people]
    try_each(every if ALL else every[::7], same, lambda case: f"{case[0]}, {case[2]}")
