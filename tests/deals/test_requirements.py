"""A move is held back, released and followed up by what a higher tier registers; every place asks the same list."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from markupsafe import Markup
from sqlalchemy import true

from marketplace.core.access import Actor
from marketplace.core.errors import Invalid, NotAllowed
from marketplace.core.extensions import db
from marketplace.deals import jobs, record, requirements
from marketplace.deals.actions import consequences
from marketplace.deals.actions.consequences import register_consequence
from marketplace.deals.actions.transitions import move
from marketplace.deals.lifecycle import DEAL, MILESTONE
from marketplace.deals.models import Deal
from marketplace.deals.progress import next_of
from marketplace.deals.record import register_record_section, sections
from marketplace.deals.requirements import Problem, offered, register_requirement
from marketplace.pages.permissions_page import table
from marketplace.vocabulary import MEMBER_ROLES
from marketplace.web.panels import register_panel
from tests.deals.factories import Trade, deal_in
from tests.deals.test_offered import BESIDE
from tests.deals.test_pages import client

PAID = "The deposit has not been paid yet."


@pytest.fixture
def registries(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Registries of the process as they were before, after the test."""
    for module in (requirements, consequences):
        monkeypatch.setattr(module, "_registered", {action: dict(held) for action, held in module._registered.items()})
    monkeypatch.setattr(record, "_registered", list(record._registered))
    yield


def unpaid(deal: Deal, reader: Actor) -> Problem | None:
    return Problem(Invalid("", PAID), PAID, turn="buyer", target=f"/payments/{deal.code}", button="Pay the deposit")


def granted(deal: Deal, reader: Actor) -> Problem | None:
    return None


@pytest.mark.usefixtures("registries")
def test_what_a_higher_tier_asks_for_holds_the_button_the_next_step_and_the_verb(ctx: Flask, trade: Trade) -> None:
    deal = deal_in("effective", trade)
    assert "begin_delivery" in offered(deal, trade.supplier) and next_of(deal).action == "begin_delivery"
    register_requirement("begin_delivery", unpaid)
    assert "begin_delivery" not in offered(deal, trade.supplier)
    assert (next_of(deal).sentence, next_of(deal).turn, next_of(deal).action) == (PAID, "buyer", "")
    supplier = client(ctx, trade, "supplier")
    page = supplier.get(f"/deals/{deal.code}").text
    assert PAID in page and "/moves/begin_delivery" not in page and "Pay the deposit" not in page
    page = client(ctx, trade, "buyer").get(f"/deals/{deal.code}").text
    assert f'href="/payments/{deal.code}"' in page and "Pay the deposit" in page
    answer = supplier.post(f"/deals/{deal.code}/moves/begin_delivery?seen=effective")
    assert (answer.status_code, PAID in answer.text) == (422, True)
    with pytest.raises(Invalid, match="deposit"):
        move(deal, "begin_delivery", trade.supplier)
    assert deal.state == "effective"


@pytest.mark.usefixtures("registries")
def test_a_problem_without_a_step_of_its_own_stands_where_the_button_would_be(ctx: Flask, trade: Trade) -> None:
    deal = deal_in("effective", trade)
    register_requirement("begin_delivery", lambda deal, reader: Problem(Invalid("", PAID)), name="paid")
    page = client(ctx, trade, "supplier").get(f"/deals/{deal.code}").text
    assert PAID in page and "/moves/begin_delivery" not in page
    assert PAID not in client(ctx, trade, "buyer").get(f"/deals/{deal.code}").text  # it is not the buyer's move


@pytest.mark.usefixtures("registries")
@pytest.mark.parametrize(("state", "verb", "address"), [
    ("awaiting_signature", "sign", "signature"), ("acceptance", "complete", "acceptance"),
])
def test_the_way_to_a_form_is_held_back_with_the_move_that_it_makes(
    ctx: Flask, trade: Trade, state: str, verb: str, address: str
) -> None:
    deal = deal_in(state, trade)
    path, form = f"/deals/{deal.code}", f'href="/deals/{deal.code}/{address}"'
    buyer = client(ctx, trade, "buyer")
    assert form in buyer.get(path).text, "what the form itself asks for does not keep it closed"
    register_requirement(verb, lambda deal, reader: Problem(Invalid("", PAID)), name="paid")
    page = buyer.get(path).text
    assert PAID in page and form not in page
    register_requirement(verb, unpaid, name="paid", replaces=True)
    assert (next_of(deal).sentence, next_of(deal).target) == (PAID, f"/payments/{deal.code}")


@pytest.mark.usefixtures("registries")
def test_a_higher_tier_releases_by_name_what_the_regime_holds_back(ctx: Flask, trade: Trade) -> None:
    deal = deal_in("signed", trade, regime="registration")
    assert jobs.take_effect() == 0
    assert next_of(deal).action == "" and "take_effect" not in offered(deal, trade.buyer)
    register_requirement("take_effect", granted, name="regime", met=true, replaces=True)
    assert next_of(deal).action == "take_effect" and "take_effect" in offered(deal, trade.buyer)
    assert "/moves/take_effect" in client(ctx, trade, "buyer").get(f"/deals/{deal.code}").text
    assert jobs.take_effect() == 1
    assert db.session.get_one(Deal, deal.id).state == "effective"


@pytest.mark.usefixtures("registries")
def test_the_job_asks_a_requirement_that_has_no_sql(trade: Trade) -> None:
    deal = deal_in("signed", trade)
    register_requirement("take_effect", unpaid)
    assert jobs.take_effect() == 0
    register_requirement("take_effect", granted, name="unpaid", replaces=True)
    assert jobs.take_effect() == 1
    assert deal.state == "effective"


@pytest.mark.usefixtures("registries")
def test_a_deal_held_back_without_sql_does_not_hold_up_those_behind_it(
    trade: Trade, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "_BATCH", 1)
    first, second, third = (deal_in("signed", trade) for _ in range(3))
    held = {first.id, second.id}
    problem = Problem(Invalid("", PAID))
    register_requirement("take_effect", lambda deal, _reader: problem if deal.id in held else None, name="paid")
    assert (jobs.take_effect(), jobs.take_effect()) == (1, 0)
    assert (first.state, second.state, third.state) == ("signed", "signed", "effective")


@pytest.mark.usefixtures("registries")
@pytest.mark.parametrize("register", [register_requirement, register_consequence])
def test_a_name_is_held_once_and_the_same_registration_again_is_silence(register: Any) -> None:
    register("draft", granted)
    register("draft", granted)
    with pytest.raises(ValueError, match="exists already"):
        register("draft", unpaid, name="granted")
    register("draft", unpaid, name="granted", replaces=True)
    with pytest.raises(ValueError, match="does not exist"):
        register("draft", unpaid, name="nothing_of_this_name", replaces=True)


def test_requirements_and_consequences_are_of_moves_that_exist() -> None:
    known = {*DEAL.actions, *MILESTONE.actions, *BESIDE}
    odd = ({*requirements._registered} | {*consequences._registered}) - known
    assert not odd, f"add {sorted(odd)} to BESIDE of tests/deals/test_offered.py with the verb that does it"


@pytest.mark.usefixtures("registries")
def test_what_follows_a_move_runs_once_around_it_and_not_for_a_repeated_message(trade: Trade) -> None:
    seen: list[tuple[str, str]] = []
    deal = deal_in("signed", trade)
    register_consequence("take_effect", lambda deal, _actor: seen.append(("before", deal.state)), name="first", before=True)
    register_consequence("take_effect", lambda deal, _actor: seen.append(("after", deal.state)), name="then")
    assert move(deal, "take_effect", trade.buyer) is not None
    assert move(deal, "take_effect", trade.buyer) is None
    assert seen == [("before", "signed"), ("after", "effective")]


@pytest.mark.usefixtures("registries")
def test_a_higher_tier_adds_a_section_to_the_record_where_it_belongs(trade: Trade) -> None:
    deal = deal_in("signed", trade)
    register_record_section("filing", lambda deal: {"title": "Hồ sơ đăng ký", "facts": []}, before="contract")
    titles = [section["title"] for section in sections(deal)]
    assert titles.index("Hồ sơ đăng ký") == titles.index("Chế độ pháp lý") + 1
    with pytest.raises(ValueError, match="filing"):
        register_record_section("filing", lambda deal: None)
    with pytest.raises(ValueError, match="nowhere"):
        register_record_section("other", lambda deal: None, before="nowhere")


def test_the_record_page_has_room_for_panels(ctx: Flask, trade: Trade) -> None:
    deal = deal_in("signed", trade)
    slots = ctx.extensions["panels"]
    before = {slot: list(found) for slot, found in slots.items()}
    try:
        for slot in ("deal.money", "deal.below", "deal.aside"):
            register_panel(ctx, slot, lambda thing, _who, slot=slot: Markup(f"<p>{slot} of {thing.code}</p>"))  # type: ignore[misc]
        page = client(ctx, trade, "buyer").get(f"/deals/{deal.code}").text
    finally:
        slots.clear()
        slots.update(before)
    assert [page.count(f"{slot} of {deal.code}") for slot in ("deal.money", "deal.below", "deal.aside")] == [1, 1, 1]


def test_the_page_of_permissions_names_for_a_move_exactly_the_roles_that_its_requirements_let_through(
    ctx: Flask, trade: Trade,
) -> None:
    lines = [one for one in table(ctx) if one.kind == "move" and one.thing == "deal" and one.permission != "system"]
    said, let_through = {}, {}
    for line in (one for one in lines if any(holder.startswith("member.") for holder in one.holders)):
        state = line.states[0][0]
        deal, whole = deal_in(state, trade), trade.actor("supplier" if line.permission == "supplier" else "buyer")
        for role in MEMBER_ROLES.codes:
            person = replace(whole, org_roles=frozenset({role}))
            problems = requirements.requirements(deal, line.what, person)
            let_through[line.what, line.permission, role] = not any(isinstance(one.error, NotAllowed) for one in problems)
            said[line.what, line.permission, role] = f"member.{role}" in line.holders
    assert said == let_through and len(said) > 30
    assert not said["complete", "buyer", "editor"] and not said["terminate", "respondent", "editor"]
