"""Two tabs, two people, two processes: one wins, the other sees what happened and loses nothing."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from marketplace.core.errors import DomainError
from marketplace.core.events import Event
from marketplace.core.extensions import db
from marketplace.listings.models import Listing
from marketplace.negotiation.actions import begin
from marketplace.negotiation.models import Lead, Message
from tests.negotiation.factories import FIRST_WORDS, QUESTION, Cast, once

WHY = "Chúng tôi đã cân nhắc kỹ và thấy chưa phù hợp lúc này."


def events(lead: Lead, action: str) -> int:
    rows = select(func.count()).where(Event.subject_kind == "lead", Event.subject_id == lead.id,
                                      Event.action == f"lead.{action}")
    return db.session.scalar(rows) or 0


def state_of(lead_id: int) -> str:
    return str(db.session.scalar(select(Lead.state).where(Lead.id == lead_id)))


def test_one_tab_accepts_and_the_other_declines(ctx: Flask) -> None:
    cast = Cast()
    lead = cast.interest()
    first, second = cast.client(ctx, "supplier"), cast.client(ctx, "supplier_editor")
    assert 'name="lock" value="contacted"' in second.get(f"/leads/{lead.code}").text
    assert first.post(f"/leads/{lead.code}/moves/accept", data={"lock": "contacted"}).status_code == 302
    late = second.post(f"/leads/{lead.code}/moves/decline",
                       data={"lock": "contacted", "reason_code": "price", "reason": WHY})
    assert late.status_code == 409
    assert WHY in late.text
    assert "Đã chấp nhận trao đổi (Ngô Quang Huy" in late.text
    assert state_of(lead.id) == "negotiating"
    assert 'name="lock" value="negotiating"' in late.text  # who presses again now knows what they end


def test_the_other_side_withdrew_meanwhile(ctx: Flask) -> None:
    cast = Cast()
    lead = cast.interest()
    begin.withdraw(lead, cast.buyer, "changed_mind", "Dự án đã dừng.")
    db.session.commit()
    late = cast.client(ctx, "supplier").post(f"/leads/{lead.code}/moves/ask",
                                             data={"lock": "contacted", "text": QUESTION, "once": once()})
    assert late.status_code == 409
    assert QUESTION in late.text
    assert "Dự án đã dừng." in late.text


def test_a_double_click_is_one_move(ctx: Flask) -> None:
    cast = Cast()
    lead = cast.interest()
    client, asked = cast.client(ctx, "supplier"), {"lock": "contacted", "text": QUESTION, "once": once()}
    for action, data in (("ask", asked), ("accept", {"lock": "contacted"})):
        for _ in range(2):
            assert client.post(f"/leads/{lead.code}/moves/{action}", data=data).status_code == 302
        assert events(lead, action) == 1
    for _ in range(2):
        answer = client.post(f"/leads/{lead.code}/moves/decline", data={"lock": "negotiating", "reason_code": "price"})
        assert answer.status_code == 302
    assert events(lead, "decline") == 1


def at_once(app: Flask, *calls: Callable[[], Any]) -> list[Any]:
    """Run calls in threads of their own that commit; return what each returned, or its error."""
    found: list[Any] = [None] * len(calls)
    ready = threading.Barrier(len(calls))

    def run(number: int) -> None:
        with app.app_context():
            ready.wait()
            try:
                found[number] = calls[number]()
                db.session.commit()
            except DomainError as error:
                db.session.rollback()
                found[number] = error
            finally:
                db.session.remove()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(len(calls))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return found


@pytest.mark.parametrize("numbers", ["same", "different"])
def test_a_double_click_in_two_processes_is_one_lead_with_one_message(ctx: Flask, numbers: str) -> None:
    cast = Cast()
    listing_id, number = cast.listing().id, once()
    db.session.remove()

    def click(own: str) -> int:
        return begin.express_interest(db.session.get_one(Listing, listing_id), cast.buyer, FIRST_WORDS, once=own).id

    found = at_once(ctx, *(lambda n=n: click(number if numbers == "same" else f"{number}-{n}") for n in range(4)))
    assert len(set(found)) == 1, found
    assert db.session.scalar(select(func.count()).select_from(Lead)) == 1
    assert db.session.scalar(select(func.count()).select_from(Message)) == 1
    assert events(db.session.get_one(Lead, found[0]), "contact") == 1


def test_accepting_and_declining_at_the_same_moment_has_one_winner(ctx: Flask) -> None:
    cast = Cast()
    lead_id, code = (lead := cast.interest()).id, lead.code
    clients = [cast.client(ctx, name) for name in ("supplier", "supplier_editor")]
    db.session.remove()
    sent = {"lock": "contacted", "reason_code": "price", "reason": WHY}
    answers = at_once(ctx, *(
        lambda c=client, a=action: c.post(f"/leads/{code}/moves/{a}", data=sent)  # type: ignore[misc]
        for client, action in zip(clients, ("accept", "decline"), strict=True)
    ))
    assert sorted(answer.status_code for answer in answers) == [302, 409]
    accepted, declined = events(db.session.get_one(Lead, lead_id), "accept"), state_of(lead_id) == "declined"
    assert (accepted, declined) in {(1, False), (0, True)}
    if answers[1].status_code == 409:
        assert WHY in answers[1].text


def test_a_page_opened_for_another_organisation_is_refused_with_its_text(ctx: Flask) -> None:
    cast = Cast()
    lead = cast.interest()
    answer = cast.client(ctx, "supplier").post(f"/leads/{lead.code}/moves/decline",
                                               data={"acting": "999999", "reason_code": "price", "reason": WHY})
    assert answer.status_code == 409
    assert WHY in answer.text
    assert state_of(lead.id) == "contacted"
