"""A button says what to do, a history and the line after a press say what was done."""

from __future__ import annotations

import pytest
from flask import Flask

from marketplace.pages.event_labels import LIFECYCLES, REVISION
from tests.negotiation.factories import Cast


@pytest.mark.parametrize("name", [*LIFECYCLES, "revision"])
def test_every_move_that_a_person_makes_has_its_words_for_done(name: str) -> None:
    table = REVISION.table if name == "revision" else LIFECYCLES[name].table
    missing = {row.action for row in table if set(row.roles) != {"system"} and not row.done}
    assert missing <= {"resume_effective", "resume_delivering", "resume_acceptance"}  # "Dispute settled" says it


def test_a_move_says_what_was_done_and_the_history_too(ctx: Flask) -> None:
    cast = Cast()
    lead = cast.lead_in("contacted")
    client = cast.client(ctx, "supplier")
    page = client.post(f"/leads/{lead.code}/moves/accept", follow_redirects=True).text
    assert "Đã chấp nhận trao đổi." in page and "Đã thực hiện" not in page
    client.set_cookie("lang", "en")
    page = client.get(f"/leads/{lead.code}").text.split('id="history"')[1]
    assert "Expressed interest" in page and "Accepted to talk" in page and "Express interest" not in page
