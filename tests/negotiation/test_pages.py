"""Pages of leads on the web: beginning, answering, lists, exports, panels."""

from __future__ import annotations

import csv
from io import StringIO
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from marketplace.core.extensions import db
from marketplace.negotiation.lifecycle import LEAD
from marketplace.negotiation.models import Lead
from tests.negotiation.factories import FIRST_WORDS, Cast, once

HEADERS = {"Accept": "text/html"}


def rows_of(answer: Any) -> list[list[str]]:
    return list(csv.reader(StringIO(answer.data.decode("utf-8-sig"))))


def test_a_buyer_expresses_interest_from_the_page_of_a_technology(ctx: Flask) -> None:
    cast = Cast()
    listing, need = cast.listing(), cast.need()
    client = cast.client(ctx, "buyer")
    page = client.get(f"/technologies/{listing.code}", follow_redirects=True).text
    assert f"/technologies/{listing.code}/interest" in page
    form = client.get(f"/technologies/{listing.code}/interest").text
    assert need.code in form
    answer = client.post(f"/technologies/{listing.code}/interest",
                         data={"text": FIRST_WORDS, "thing": need.code, "once": once()}, follow_redirects=True)
    assert answer.status_code == 200
    assert FIRST_WORDS in answer.text
    lead = db.session.scalars(select(Lead)).one()
    assert (lead.state, lead.initiator_side, lead.need_id, lead.waiting_on) == ("contacted", "buyer", need.id, "supplier")
    assert lead.code in client.get(f"/technologies/{listing.code}", follow_redirects=True).text


def test_odd_first_words_are_refused_and_kept(ctx: Flask) -> None:
    cast = Cast()
    listing = cast.listing()
    client = cast.client(ctx, "buyer")
    for data in ({"text": "quá ngắn"}, {"text": FIRST_WORDS, "thing": "NC-2026-999999"}, {"text": "x" * 4001}):
        answer = client.post(f"/technologies/{listing.code}/interest", data=data)
        assert answer.status_code == 422
        assert data["text"] in answer.text
    assert db.session.scalar(select(func.count()).select_from(Lead)) == 0


@pytest.mark.parametrize("locale", ["vi", "en"])
def test_every_page_opens_for_its_people_in_every_state(ctx: Flask, locale: str) -> None:
    cast = Cast()
    leads = [cast.lead_in(state, origin="need") for state in LEAD.names]
    codes = [lead.code for lead in leads]
    for name in ("supplier", "buyer", "officer", "auditor"):
        client = cast.client(ctx, name, locale)
        for code in codes:
            assert client.get(f"/leads/{code}").status_code == 200
    for name, path in (("supplier", "/my/leads"), ("buyer", "/my/leads?tab=us&side=buyer&sort=deadline&q=xu+ly"),
                       ("officer", "/staff/leads"), ("officer", "/staff/leads/introduce"), ("supplier", "/dashboard"),
                       ("leader", "/staff/leads?state=contacted&idle=7&sort=newest&q=dung")):
        assert cast.client(ctx, name, locale).get(path).status_code == 200, path


def test_before_accepting_the_page_says_what_accepting_adds(app: Flask, ctx: Any) -> None:
    cast = Cast()
    lead = cast.interest()
    page = cast.client(app, "supplier").get(f"/leads/{lead.code}").text
    assert "từ đó hai bên được đề xuất điều khoản" in page
    assert "hai bên được nhắn tin" not in page, "they can before"
    assert "không bắt buộc" not in page.split('for="text"')[1].split("</label>")[0], "an empty message is refused"
