"""Who may begin a conversation about what, and that the same beginning twice is one."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from marketplace.core.errors import IllegalMove, Invalid, NotAllowed
from marketplace.core.extensions import db
from marketplace.negotiation.actions import begin
from marketplace.negotiation.models import Lead, Message
from marketplace.values import clock
from tests import factories
from tests.negotiation.factories import FIRST_WORDS, Cast, once


def how_many(table: Any) -> int:
    return db.session.scalar(select(func.count()).select_from(table)) or 0


@pytest.mark.parametrize("role", ["admin", "editor", "signer"])
def test_members_of_every_role_may_write_for_their_side(ctx: Flask, role: str) -> None:
    cast = Cast()
    actor = {"admin": cast.buyer, "editor": cast.buyer_editor, "signer": cast.buyer_signer}[role]
    assert begin.express_interest(cast.listing(), actor, FIRST_WORDS, once=once()).state == "contacted"


def test_who_may_not_begin(ctx: Flask) -> None:
    cast = Cast()
    listing, need = cast.listing(), cast.need()
    refused = {
        "an unverified organisation": replace(cast.stranger, org_verified=False),
        "a person for nobody": replace(cast.stranger, org_id=None, org_ids=frozenset(), org_roles=frozenset()),
        "a member without a role": replace(cast.stranger, org_roles=frozenset()),
    }
    for said, actor in refused.items():
        with pytest.raises(NotAllowed):
            begin.express_interest(listing, actor, FIRST_WORDS)
        with pytest.raises(NotAllowed):
            begin.answer_need(need, actor, FIRST_WORDS)
        assert how_many(Lead) == 0, said
    with pytest.raises(NotAllowed, match="own organisation"):
        begin.express_interest(listing, cast.supplier, FIRST_WORDS)
    with pytest.raises(NotAllowed, match="own organisation"):
        begin.answer_need(need, cast.buyer, FIRST_WORDS)


@pytest.mark.parametrize("state", ["published", "stale", "reserved", "unpublished", "suspended", "removed", "transferred"])
def test_a_technology_must_be_on_offer(ctx: Flask, state: str) -> None:
    cast = Cast()
    listing = cast.listing(state=state)
    if state in {"published", "stale"}:
        assert begin.express_interest(listing, cast.buyer, FIRST_WORDS).listing_id == listing.id
        return
    with pytest.raises(IllegalMove, match="reserved for an exclusive deal" if state == "reserved" else "not on offer"):
        begin.express_interest(listing, cast.buyer, FIRST_WORDS)
    with pytest.raises(Invalid):
        begin.answer_need(cast.need(), cast.supplier, FIRST_WORDS, listing)


def test_a_banned_technology_and_one_of_a_suspended_owner_are_not_on_offer(ctx: Flask) -> None:
    cast = Cast()
    banned, listing = cast.listing(control_class="banned"), cast.listing()
    with pytest.raises(IllegalMove):
        begin.express_interest(banned, cast.buyer, FIRST_WORDS)
    cast.supplier_org.state = "suspended"
    db.session.flush()
    with pytest.raises(IllegalMove):
        begin.express_interest(listing, cast.buyer, FIRST_WORDS)


@pytest.mark.parametrize("state", ["open", "shortlisting", "negotiating", "solved", "expired", "withdrawn", "suspended"])
def test_a_need_must_take_answers(ctx: Flask, state: str) -> None:
    cast = Cast()
    need = cast.need(state=state)
    if state in {"open", "shortlisting"}:
        assert begin.answer_need(need, cast.supplier, FIRST_WORDS).need_id == need.id
        return
    with pytest.raises(IllegalMove):
        begin.answer_need(need, cast.supplier, FIRST_WORDS)


def test_a_need_past_its_deadline_takes_no_answers_even_before_the_job_has_closed_it(ctx: Flask) -> None:
    cast = Cast()
    need = cast.need()
    with clock.fixed(clock.now() + timedelta(days=31)), pytest.raises(IllegalMove):
        begin.answer_need(need, cast.supplier, FIRST_WORDS)


def test_only_the_invited_organisation_itself_answers_an_invited_need(ctx: Flask) -> None:
    cast = Cast()
    need = cast.need(visibility="invited_only", invited=(cast.supplier_org,))
    assert begin.answer_need(need, cast.supplier, FIRST_WORDS).state == "contacted"
    both = replace(cast.stranger, org_ids=frozenset({cast.stranger_org.id, cast.supplier_org.id}))
    with pytest.raises(NotAllowed, match="Only invited"):
        begin.answer_need(need, both, FIRST_WORDS)  # a member of the invited one, but acting for another
    db.session.commit()
    assert cast.client(ctx, "stranger").get(f"/needs/{need.code}/answer").status_code == 404


def test_a_technology_for_members_is_open_to_verified_organisations_only(ctx: Flask) -> None:
    cast = Cast()
    listing = cast.listing(visibility="members")
    assert begin.express_interest(listing, cast.buyer, FIRST_WORDS).state == "contacted"
    person, young = factories.user(), factories.organisation("Công ty Non Trẻ", state="draft")
    factories.member(person, young)
    assert factories.client(ctx, person, young).get(f"/technologies/{listing.code}/interest").status_code == 404


def test_only_things_of_ones_own_go_with_the_first_words(ctx: Flask) -> None:
    cast = Cast()
    others_need, others_listing = cast.need(org=cast.stranger_org), cast.listing(org=cast.stranger_org)
    with pytest.raises(Invalid) as caught:
        begin.express_interest(cast.listing(), cast.buyer, FIRST_WORDS, others_need)
    assert caught.value.field == "thing"
    with pytest.raises(Invalid):
        begin.answer_need(cast.need(), cast.supplier, FIRST_WORDS, others_listing)


def test_the_same_interest_twice_is_one_with_one_message(ctx: Flask) -> None:
    cast = Cast()
    listing, number = cast.listing(), once()
    first = begin.express_interest(listing, cast.buyer, FIRST_WORDS, once=number)
    assert begin.express_interest(listing, cast.buyer, FIRST_WORDS, once=number) is first
    assert begin.express_interest(listing, cast.buyer, FIRST_WORDS, once=once()) is first  # a second tab
    assert how_many(Message) == 1
    again = begin.express_interest(listing, cast.buyer_editor, "Tôi phụ trách kỹ thuật, xin hỏi thêm về công suất.")
    assert again is first
    assert how_many(Message) == 2  # a colleague's words are not lost
    begin.withdraw(first, cast.buyer, "changed_mind")
    db.session.flush()
    assert begin.express_interest(listing, cast.buyer, FIRST_WORDS, once=once()) is not first


def test_another_technology_is_another_answer(ctx: Flask) -> None:
    cast = Cast()
    need, one, two = cast.need(), cast.listing("Một"), cast.listing("Hai")
    first = begin.answer_need(need, cast.supplier, FIRST_WORDS, one)
    assert begin.answer_need(need, cast.supplier, FIRST_WORDS, two) is not first
    assert begin.answer_need(need, cast.supplier, FIRST_WORDS, one) is first


def test_interest_in_what_the_exchange_introduced_takes_the_introduction_up(ctx: Flask) -> None:
    cast = Cast()
    lead = cast.introduction()
    assert lead.listing is not None
    assert begin.express_interest(lead.listing, cast.buyer, FIRST_WORDS) is lead
    assert (lead.state, lead.initiator_side, lead.origin) == ("contacted", "buyer", "introduction")


@pytest.mark.parametrize("text", ["", "ngắn", "x" * 4001])
def test_first_words_are_neither_missing_nor_endless(ctx: Flask, text: str) -> None:
    cast = Cast()
    with pytest.raises(Invalid) as caught:
        begin.express_interest(cast.listing(), cast.buyer, text)
    assert caught.value.field == "text"


def test_accepting_waits_while_a_side_is_not_verified_or_the_technology_is_reserved(ctx: Flask) -> None:
    cast = Cast()
    listing = cast.listing()
    lead = cast.interest(listing)
    cast.buyer_org.state = "suspended"
    with pytest.raises(NotAllowed, match="other side is not verified"):
        begin.accept(lead, cast.supplier)
    cast.buyer_org.state, listing.state = "verified", "reserved"
    with pytest.raises(IllegalMove, match="reserved"):
        begin.accept(lead, cast.supplier)
    db.session.flush()
    with pytest.raises(NotAllowed):
        begin.accept(lead, replace(cast.supplier, org_verified=False))
    assert lead.state == "contacted"
    begin.decline(lead, replace(cast.supplier, org_verified=False), "already_committed")  # a no binds nobody
    assert lead.state == "declined"


def test_an_answer_given_in_time_is_accepted_after_the_deadline_too(ctx: Flask) -> None:
    cast = Cast()
    need = cast.need()
    lead = cast.answer(need)
    need.state = "expired"
    begin.accept(lead, cast.buyer)
    assert lead.state == "negotiating"


def test_introductions_are_made_by_officers_without_interest_in_them(ctx: Flask) -> None:
    cast = Cast()
    listing, need, note = cast.listing(), cast.need(), "Hai bên cùng lĩnh vực xử lý nước."
    for actor in (cast.supplier, cast.stranger, cast.moderator, cast.leader,
                  replace(cast.officer, org_ids=frozenset({cast.buyer_org.id}))):
        with pytest.raises(NotAllowed):
            begin.introduce(listing, need, actor, note)
    lead = begin.introduce(listing, need, cast.officer, note)
    assert (lead.state, lead.origin, lead.initiator_side, lead.waiting_on) == ("suggested", "introduction", "", "")
    assert begin.introduce(listing, need, cast.officer, note) is lead
    with pytest.raises(Invalid):
        begin.introduce(listing, need, cast.officer, "ngắn")


@pytest.mark.parametrize(("field", "make"), [
    ("need", lambda cast: (cast.listing(), cast.need(org=cast.supplier_org))),
    ("listing", lambda cast: (cast.listing(state="reserved"), cast.need())),
    ("need", lambda cast: (cast.listing(), cast.need(state="solved"))),
    ("need", lambda cast: (cast.listing(), cast.need(visibility="invited_only", invited=(cast.stranger_org,)))),
])
def test_what_cannot_be_introduced(ctx: Flask, field: str, make: Any) -> None:
    cast = Cast()
    listing, need = make(cast)
    with pytest.raises(Invalid) as caught:
        begin.introduce(listing, need, cast.officer, "Hai bên cùng lĩnh vực xử lý nước.")
    assert caught.value.field == field


def test_refusals_are_pages_that_keep_what_was_typed(ctx: Flask) -> None:
    cast = Cast()
    reserved, own = cast.listing(state="reserved"), cast.listing()
    cases = (("buyer", reserved, 409, "đang được giữ"), ("supplier", own, 403, "chính tổ chức bạn"))
    for name, listing, status, said in cases:
        client = cast.client(ctx, name)
        shown = client.get(f"/technologies/{listing.code}/interest")
        assert shown.status_code == 200
        assert "<textarea" not in shown.text
        answer = client.post(f"/technologies/{listing.code}/interest", data={"text": FIRST_WORDS})
        assert answer.status_code == status
        assert FIRST_WORDS in answer.text
        assert said in answer.text
    assert how_many(Lead) == 0

