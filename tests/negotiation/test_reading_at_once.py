"""One person opens a conversation in several tabs in the same moment: every tab shows it, and it counts as read."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import select

from marketplace.core.extensions import db
from marketplace.negotiation.actions import messages
from marketplace.negotiation.models import Lead, Message, ThreadRead
from tests.deals.racing import at_once, enough_connections, reading, sending
from tests.negotiation.factories import FIRST_WORDS, QUESTION, Cast, once

TABS = 6
ROUNDS = 4


@pytest.fixture
def cast(ctx: Flask) -> Iterator[Cast]:
    with enough_connections(TABS + 4):
        yield Cast()


def read_to(lead: Lead, user_id: int) -> int | None:
    rows = select(ThreadRead.message_id).where(ThreadRead.lead_id == lead.id, ThreadRead.user_id == user_id)
    return db.session.scalar(rows)


def newest(lead: Lead) -> int:
    found = db.session.scalars(select(Message.id).where(Message.lead_id == lead.id).order_by(Message.id.desc())).first()
    assert found is not None
    return found


def test_the_first_reading_in_many_tabs_is_an_answer_in_each(ctx: Flask, cast: Cast) -> None:
    tabs = [cast.client(ctx, "supplier") for _tab in range(TABS)]
    for _round in range(ROUNDS):
        lead = cast.interest()
        answers = at_once([reading(one, f"/leads/{lead.code}") for one in tabs])
        assert {one.status for one in answers} == {200}
        assert all(FIRST_WORDS in one.page for one in answers)
        assert read_to(lead, cast.supplier_user.id) == newest(lead)
        assert messages.unread(cast.supplier, [lead.id]) == {}


def test_reading_meets_writing_and_the_writer_has_read_their_own(ctx: Flask, cast: Cast) -> None:
    tabs = [cast.client(ctx, "supplier") for _tab in range(TABS)]
    for _round in range(ROUNDS):
        lead = cast.interest()
        write = sending(tabs[0], f"/leads/{lead.code}/messages", {"text": QUESTION, "once": once()})
        answers = at_once([write, *(reading(one, f"/leads/{lead.code}") for one in tabs[1:])])
        assert [one.status for one in answers] == [302, *[200] * (TABS - 1)]
        assert read_to(lead, cast.supplier_user.id) == newest(lead)


def test_an_older_page_does_not_make_read_messages_new_again(ctx: Flask, cast: Cast) -> None:
    lead = cast.interest()
    messages.note_read(lead, cast.supplier, newest(lead) + 5)
    messages.note_read(lead, cast.supplier, newest(lead))
    assert read_to(lead, cast.supplier_user.id) == newest(lead) + 5
