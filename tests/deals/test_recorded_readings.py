"""What is recorded when somebody reads it: only for who asked for it on this site, once a day, and never by a link."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select

from marketplace.core.events import Event
from marketplace.core.extensions import db
from marketplace.values import clock
from tests.deals.factories import Trade, deal_in
from tests.deals.test_pages import client
from tests.fetch_metadata import ASKED, ELSEWHERE


def count(action: str) -> int:
    return db.session.scalar(select(func.count()).where(Event.action == action)) or 0


@pytest.mark.parametrize("way", ELSEWHERE)
def test_a_record_is_not_opened_by_a_link_from_elsewhere(ctx: Flask, trade: Trade, way: str) -> None:
    deal = deal_in("delivering", trade)
    auditor = client(ctx, trade, "auditor")
    for path in (f"/deals/{deal.code}", f"/deals/{deal.code}/record.pdf"):
        answer = auditor.get(path, headers=ELSEWHERE[way])
        assert answer.status_code == 200 and ASKED in answer.text and deal.title not in answer.text, path
    assert count("deal.record_read") == 0
    program = auditor.get(f"/deals/{deal.code}", headers={**ELSEWHERE[way], "Accept": "application/json"})
    assert (program.status_code, program.mimetype) == (403, "application/problem+json")


def test_the_button_opens_that_one_page_for_a_browser_that_says_nothing(ctx: Flask, trade: Trade) -> None:
    deal, silent = deal_in("delivering", trade), ELSEWHERE["an old browser"]
    auditor, path = client(ctx, trade, "auditor"), f"/deals/{deal.code}?from=mail"
    assert f'name="to" value="{path}"' in auditor.get(path, headers=silent).text
    answer = auditor.post("/readings", data={"to": path}, headers=silent)
    assert (answer.status_code, answer.location) == (303, path)
    assert ASKED in auditor.get(f"/deals/{deal.code}/record.pdf", headers=silent).text, "another address is not meant"
    assert deal.title in auditor.get(path, headers=silent).text
    assert count("deal.record_read") == 1
    assert auditor.get(f"/deals/{deal.code}/record.pdf", headers=silent).mimetype == "application/pdf", "read today"
    assert auditor.post("/readings", data={"to": "https://evil.example/"}).location == "/"


def test_a_minute_after_the_button_it_is_asked_again(ctx: Flask, trade: Trade) -> None:
    deal, silent = deal_in("delivering", trade), ELSEWHERE["an old browser"]
    auditor, path = client(ctx, trade, "auditor"), f"/deals/{deal.code}"
    with time_machine.travel(clock.now(), tick=False) as moment:
        auditor.post("/readings", data={"to": path}, headers=silent)
        moment.shift(timedelta(seconds=61))
        assert ASKED in auditor.get(path, headers=silent).text


def test_readings_count_once_a_day_for_each_person_and_sides_and_the_officer_leave_none(ctx: Flask, trade: Trade) -> None:
    deal = deal_in("delivering", trade, officer_id=trade.officer_user.id)
    with time_machine.travel(clock.now(), tick=False) as moment:
        for who in ("auditor", "auditor", "moderator", "supplier", "buyer", "officer"):
            assert client(ctx, trade, who).get(f"/deals/{deal.code}").status_code == 200, who
        assert count("deal.record_read") == 2
        moment.shift(timedelta(days=1))
        assert client(ctx, trade, "auditor").get(f"/deals/{deal.code}").status_code == 200
    assert count("deal.record_read") == 3
    page = client(ctx, trade, "buyer").get(f"/deals/{deal.code}").text
    assert "Người của sàn đã mở hồ sơ" in page


def test_an_officer_of_another_deal_leaves_a_trace(ctx: Flask, trade: Trade) -> None:
    deal = deal_in("delivering", trade)
    assert client(ctx, trade, "officer").get(f"/deals/{deal.code}").status_code == 200
    assert count("deal.record_read") == 1
