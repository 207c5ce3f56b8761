"""Staff that opens a lead leaves a trace; a page that a link from elsewhere opened marks nothing as read."""

from __future__ import annotations

from flask import Flask
from sqlalchemy import func, select

from marketplace.core.events import Event
from marketplace.core.extensions import db
from marketplace.negotiation.actions import messages
from marketplace.negotiation.models import Lead
from tests.fetch_metadata import ASKED, ELSEWHERE
from tests.negotiation.factories import Cast
from tests.negotiation.test_thread import send


def test_staff_that_opens_a_lead_leaves_a_trace_and_its_sides_none(app: Flask, cast: Cast) -> None:
    lead = cast.lead_in("negotiating")
    for who in ("buyer", "supplier", "moderator", "moderator", "officer"):
        assert cast.client(app, who).get(f"/leads/{lead.code}").status_code == 200, who
    assert db.session.scalar(select(func.count()).where(Event.action == "lead.record_read")) == 2
    bookmark = ELSEWHERE["a bookmark or a mail"]
    assert ASKED in cast.client(app, "auditor").get(f"/leads/{lead.code}", headers=bookmark).text
    assert ASKED not in cast.client(app, "officer").get(f"/leads/{lead.code}", headers=bookmark).text, "read today"


def read_after(app: Flask, cast: Cast, lead: Lead, way: str) -> bool:
    """Return whether the buyer has no unread message after opening the page of a lead in one way."""
    assert cast.client(app, "buyer").get(f"/leads/{lead.code}", headers=ELSEWHERE[way]).status_code == 200
    return messages.unread(cast.buyer, [lead.id]) == {}


def test_a_page_from_elsewhere_marks_no_message_as_read(app: Flask, cast: Cast) -> None:
    lead = cast.lead_in("negotiating")
    send(app, cast, lead, "supplier")
    assert not read_after(app, cast, lead, "a link of another site")
    assert not read_after(app, cast, lead, "a page fetched ahead")
    assert read_after(app, cast, lead, "a bookmark or a mail")
