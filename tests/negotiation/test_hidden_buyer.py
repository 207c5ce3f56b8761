"""A hidden requester is named to the supplier nowhere before they accept, and everywhere afterwards."""

from __future__ import annotations

import json

import pytest
from flask import Flask
from sqlalchemy import select

from marketplace.accounts.models import StaffGrant
from marketplace.core.events import Event
from marketplace.core.extensions import db
from marketplace.mail import MailMessage
from marketplace.negotiation import jobs
from marketplace.negotiation.actions import begin, complaints, messages
from marketplace.negotiation.models import Lead
from marketplace.negotiation.presenter import Seen
from marketplace.negotiation.queries import lead_lists
from marketplace.values import clock
from tests.negotiation.factories import BUYER_NAME, QUESTION, Cast, once

REVEALING = (BUYER_NAME, "so-tai-nguyen-xanh", "Lê Thị Hoa", "Trần Văn Bảo", "Phạm Thị Dung")
PAGES = ("/leads/{}", "/my/leads", "/my/leads?tab=us", "/my/leads?tab=them", "/my/leads.csv", "/dashboard", "/inbox")


def assert_clean(text: str, where: str) -> None:
    found = [word for word in REVEALING if word.casefold() in text.casefold()]
    assert not found, f"{where} reveals {found}"


@pytest.fixture
def scene(ctx: Flask) -> tuple[Cast, Lead]:
    """An answered need of a hidden requester who has asked back."""
    cast = Cast()
    lead = cast.answer(listing=cast.listing(), hidden=True)
    begin.ask(lead, cast.buyer_editor, QUESTION, once=once())
    db.session.commit()
    return cast, lead


@pytest.mark.parametrize("locale", ["vi", "en"])
def test_no_page_of_the_supplier_names_them(scene: tuple[Cast, Lead], ctx: Flask, locale: str) -> None:
    cast, lead = scene
    for name in ("supplier", "supplier_editor"):
        client = cast.client(ctx, name, locale)
        for path in (*PAGES, f"/my/leads?q={BUYER_NAME}", f"/needs/{lead.need.code if lead.need else ''}/answer"):
            answer = client.get(path.format(lead.code), follow_redirects=True)
            assert answer.status_code == 200, path
            assert_clean(answer.text.replace(f'value="{BUYER_NAME}"', ""), f"{name} {path}")
    page = cast.client(ctx, "supplier").get(f"/leads/{lead.code}").text
    assert "Bên có nhu cầu" in page
    assert QUESTION in page


def test_a_refused_move_and_a_decline_do_not_name_them_either(scene: tuple[Cast, Lead], ctx: Flask) -> None:
    cast, lead = scene
    client = cast.client(ctx, "supplier")
    assert_clean(client.post(f"/leads/{lead.code}/moves/accept", data={"lock": "contacted"}).text, "a refused move")
    cast.client(ctx, "buyer").post(f"/leads/{lead.code}/moves/decline",
                                   data={"lock": "contacted", "reason_code": "price", "reason": "Vượt dự toán."})
    stale = client.post(f"/leads/{lead.code}/moves/withdraw", data={"reason_code": "changed_mind", "lock": "contacted"})
    assert stale.status_code == 409
    assert "Vượt dự toán." in stale.text
    for path in PAGES:
        assert_clean(client.get(path.format(lead.code)).text, path)


def test_a_text_filter_does_not_find_them(scene: tuple[Cast, Lead]) -> None:
    cast, lead = scene
    asked = lead_lists.LeadFilters(text="so tai nguyen xanh")
    assert lead_lists.mine(cast.supplier_org.id, asked)[1] == 0
    assert lead_lists.mine(cast.buyer_org.id, asked)[1] == 1
    assert lead_lists.everywhere(asked, cast.officer)[1] == 1
    begin.accept(lead, cast.buyer)
    db.session.flush()
    assert lead_lists.mine(cast.supplier_org.id, asked)[1] == 1


def test_events_hold_ids_only_and_letters_no_name(scene: tuple[Cast, Lead], ctx: Flask) -> None:
    _cast, lead = scene
    jobs.remind()
    events = db.session.scalars(select(Event).where(Event.subject_kind == "lead", Event.subject_id == lead.id)).all()
    assert {event.action for event in events} >= {"lead.contact", "lead.ask", "lead.message"}
    for event in events:
        assert_clean(json.dumps(event.data, ensure_ascii=False), event.action)
        assert event.data["buyer_org_id"] == lead.buyer_org_id
    for letter in db.session.scalars(select(MailMessage)):
        if letter.recipient not in {"", *(user.email for user in (_cast.buyer_user, _cast.buyer_editor_user))}:
            assert_clean(letter.subject + letter.body, letter.key)


def test_accepting_names_them(scene: tuple[Cast, Lead], ctx: Flask) -> None:
    cast, lead = scene
    assert "chưa biết bạn là ai" in cast.client(ctx, "buyer").get(f"/leads/{lead.code}").text
    messages.post(lead, cast.supplier, "Lưu lượng tối đa 60 m³ mỗi giờ.", once=once())
    begin.accept(lead, cast.buyer)
    db.session.commit()
    for path in ("/leads/{}", "/my/leads", "/my/leads.csv"):
        assert BUYER_NAME in cast.client(ctx, "supplier").get(path.format(lead.code)).text, path
    assert lead.buyer_revealed_at is not None
    assert lead.buyer_revealed_at <= clock.now()


def test_who_takes_an_introduction_up_as_buyer_is_named(ctx: Flask) -> None:
    cast = Cast()
    lead = cast.introduction(hidden=True)
    assert_clean(cast.client(ctx, "supplier").get(f"/leads/{lead.code}").text, "an introduction")
    lead = db.session.get_one(Lead, lead.id)
    begin.contact(lead, cast.supplier, QUESTION, once=once())
    assert Seen(lead, cast.supplier).buyer.hidden
    db.session.rollback()
    lead = db.session.get_one(Lead, lead.id)
    begin.contact(lead, cast.buyer, QUESTION, once=once())
    assert Seen(lead, cast.supplier).buyer.name == BUYER_NAME


def test_an_earlier_interest_of_theirs_does_not_give_them_away(ctx: Flask) -> None:
    """They asked about a technology under their name; the same technology as answer to their hidden need is apart."""
    cast = Cast()
    listing, need = cast.listing(), cast.need(visibility="requester_hidden")
    named = cast.interest(listing)
    hidden = cast.answer(need, listing)
    assert hidden.id != named.id
    assert hidden.buyer_revealed_at is None
    others = cast.need(org=cast.stranger_org, visibility="requester_hidden")
    assert cast.answer(others, listing).buyer_revealed_at is None  # exactly as with one who never asked


def test_staff_who_belong_to_the_supplier_read_as_the_supplier(ctx: Flask) -> None:
    cast = Cast()
    lead = cast.answer(hidden=True)
    assert Seen(lead, cast.officer).buyer.name == BUYER_NAME
    both = cast.supplier.__class__(**{**cast.supplier.__dict__, "staff_roles": frozenset({"moderator"})})
    assert Seen(lead, both).buyer.hidden


def test_an_officer_from_the_supplier_is_not_told_the_name_by_staff_pages_nor_by_looking_for_it(
    scene: tuple[Cast, Lead], ctx: Flask
) -> None:
    cast, lead = scene
    made = complaints.open_complaint(lead, cast.buyer, "conduct", "Bên kia viết những lời không phù hợp.")
    complaints.move(made, "triage", cast.officer)
    grant = StaffGrant(user_id=cast.supplier_editor_user.id, role="deal_officer", granted_at=clock.now(), reason="test")
    db.session.add(grant)
    db.session.commit()
    inside, outside = cast.client(ctx, "supplier_editor"), cast.client(ctx, "officer")
    pages = ("/staff/complaints", "/staff/leads", "/staff/leads.csv", f"/leads/{lead.code}", f"/complaints/{made.code}")
    for path in pages:
        assert_clean(text := inside.get(path).text, path)
        assert cast.officer_user.name not in text, path
        assert BUYER_NAME in outside.get(path).text, path
    for path in ("/staff/leads?q=so+tai+nguyen", "/staff/leads.csv?q=so+tai+nguyen"):
        assert lead.code not in inside.get(path).text, path
        assert lead.code in outside.get(path).text, path
    assert lead.code in inside.get("/staff/leads?q=vien+cong+nghe").text
