"""A button says what to do, a history and the line after a press say what was done."""

from __future__ import annotations

from flask import Flask

from marketplace.authoring.lifecycle import REVISION
from marketplace.core.subjects import SUBJECTS
from tests.negotiation.factories import Cast


def test_every_move_that_a_person_makes_has_its_words_for_done(shared_app: Flask) -> None:
    tables = {one.kind: one.lifecycle for one in SUBJECTS.values() if one.lifecycle} | {"revision": REVISION}
    assert {"listing", "need", "organisation", "lead", "terms", "deal", "milestone", "complaint"} <= set(tables), (
        "a lifecycle is not found by its Subject: set lifecycle= in the wiring of its feature"
    )
    missing = {
        f"{kind}.{row.action}" for kind, lifecycle in tables.items() for row in lifecycle.table
        if set(row.roles) != {"system"} and not row.done
    }
    # "Dispute settled" says it
    assert missing <= {"deal.resume_effective", "deal.resume_delivering", "deal.resume_acceptance"}, missing


def test_a_move_says_what_was_done_and_the_history_too(ctx: Flask) -> None:
    cast = Cast()
    lead = cast.lead_in("contacted")
    client = cast.client(ctx, "supplier")
    page = client.post(f"/leads/{lead.code}/moves/accept", data={"lock": lead.state}, follow_redirects=True).text
    assert "Đã chấp nhận trao đổi." in page and "Đã thực hiện" not in page
    client.set_cookie("lang", "en")
    page = client.get(f"/leads/{lead.code}").text.split('id="history"')[1]
    assert "Expressed interest" in page and "Accepted to talk" in page and "Express interest" not in page
