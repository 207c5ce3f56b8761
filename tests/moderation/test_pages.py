"""The pages: queue, case, decisions, figures, sanctions, calendar, through the web client."""

from __future__ import annotations

import csv
import io
import re
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from marketplace.core.events import Event
from marketplace.core.extensions import db
from marketplace.moderation.actions import cases
from marketplace.moderation.models import ModerationCase
from marketplace.organisations import actions as organisations
from marketplace.values import clock
from tests import factories
from tests.moderation.conftest import Web
from tests.moderation.factories import KINDS, REASON, SECRET, form_of
from tests.statements import statements


def text_of(answer: Any) -> str:
    return answer.get_data(as_text=True)


@pytest.mark.parametrize("kind", KINDS)
def test_a_moderator_claims_decides_and_comes_to_the_next(web: Web, kind: str) -> None:
    first, second = web.desk.submit(kind), web.desk.submit("need", title="Nhu cầu thứ hai đang chờ duyệt")
    client = web.client("moderator")
    assert first.title in text_of(client.get("/moderation"))
    answer = client.post(f"/moderation/{kind}/{first.id}/claim")
    assert answer.location == f"/moderation/{kind}/{first.id}"
    page = text_of(client.get(answer.location))
    assert "Checklist" in page
    answer = client.post(f"/moderation/{kind}/{first.id}/decide", data=form_of(first, "approve"))
    assert answer.location == f"/moderation/need/{second.id}"
    client.post(f"/moderation/need/{second.id}/claim")
    answer = client.post(f"/moderation/need/{second.id}/decide", data=form_of(second, "reject"))
    assert answer.location == "/moderation"
    assert "Nothing is waiting" in text_of(client.get("/moderation"))


@pytest.mark.parametrize("kind", KINDS)
def test_a_refused_decision_keeps_everything_that_was_filled_in(web: Web, kind: str) -> None:
    subject = web.desk.submit(kind)
    web.desk.claim(subject)
    form = form_of(subject, "reject", text="Một lời giải thích rất dài và cẩn thận", reason_code="")
    answer = web.client("moderator").post(f"/moderation/{kind}/{subject.id}/decide", data=form)
    page = text_of(answer)
    assert answer.status_code == 422
    assert "Một lời giải thích rất dài và cẩn thận" in page
    assert len(re.findall(r"checked", page)) == len([name for name in form if name.startswith("check_")])
    assert "Choose a reason." in page


@pytest.mark.parametrize("action", ["approve", "reject"])
def test_what_was_written_survives_a_case_lost_meanwhile(web: Web, action: str) -> None:
    subject = web.desk.submit("need")
    web.desk.claim(subject)
    cases.take_over(subject, web.desk.other, "Hà nghỉ ốm")
    db.session.commit()
    form = form_of(subject, action, text="Một lời giải thích rất dài và cẩn thận")
    answer = web.client("moderator").post(f"/moderation/need/{subject.id}/decide", data=form)
    page = text_of(answer)
    assert answer.status_code == 403
    assert "belongs to somebody else" in page and "Một lời giải thích rất dài và cẩn thận" in page


def test_an_organisation_that_was_withdrawn_meanwhile(web: Web) -> None:
    subject = web.desk.submit("organisation")
    web.desk.claim(subject)
    organisations.withdraw(subject.thing, web.desk.supplier_of(subject.thing))
    db.session.commit()
    form = form_of(subject, "reject", text="Một lời giải thích rất dài và cẩn thận")
    answer = web.client("moderator").post(f"/moderation/organisation/{subject.id}/decide", data=form)
    page = text_of(answer)
    assert answer.status_code == 404
    assert "taken this back" in page and "Một lời giải thích rất dài và cẩn thận" in page


def test_enter_in_a_field_decides_nothing(web: Web) -> None:
    subject = web.desk.submit("listing")
    web.desk.claim(subject)
    form = form_of(subject, "approve")
    del form["action"]
    answer = web.client("moderator").post(f"/moderation/listing/{subject.id}/decide", data=form)
    assert answer.status_code == 422
    assert "Choose a decision." in text_of(answer)


BAD: list[tuple[str, dict[str, str], int]] = [
    ("html in the text", {"text": "<script>alert(1)</script> & <b>"}, 302),
    ("decomposed letters", {"text": "Cần bổ sung ho\u0302\u0300 sơ"}, 302),
    ("control characters", {"text": "bỏ\x00 sung\x07 giấy tờ"}, 302),
    ("far too long", {"text": "x" * 6_000}, 422),
    ("a strange answer", {"check_technology": "<b>"}, 422),
    ("an answer of another type", {"check_technology": "\U0001f600" * 400}, 422),
    ("a strange reason", {"reason_code": "' OR 1=1 --"}, 422),
    ("a strange decision", {"action": "approve'; DROP TABLE"}, 422),
    ("a stale version", {"lock": "1"}, 409),
    ("a lock that no page of ours sends", {"lock": "9" * 40}, 409),
    ("no lock", {"lock": ""}, 409),
    ("another acting organisation", {"acting": "77"}, 409),
]


@pytest.mark.parametrize(("changes", "status"), [row[1:] for row in BAD], ids=[row[0] for row in BAD])
def test_bad_input_gets_a_clear_answer(web: Web, changes: dict[str, str], status: int) -> None:
    subject = web.desk.submit("listing")
    web.desk.claim(subject)
    form = {**form_of(subject, "reject"), **changes}
    answer = web.client("moderator").post(f"/moderation/listing/{subject.id}/decide", data=form)
    assert answer.status_code == status
    if status == 302:
        told = web.client("supplier").get("/moderation")
        assert told.status_code == 403
        page = text_of(web.client("moderator").get(f"/moderation/listing/{subject.id}"))
        assert "<script>alert" not in page
        assert "\x07" not in page


@pytest.mark.parametrize(
    "query",
    ["kind=x&novelty=y&holder=z", "after=nonsense", "after=2026-01-01~listing~x", "after=2026-01-01T00:00:00~listing~1",
     "q=%00%F0%9F%98%80", "q=" + "a" * 5000, "after=" + "9" * 400],
)
def test_strange_addresses_show_the_queue(web: Web, query: str) -> None:
    web.desk.submit("need")
    assert web.client("moderator").get(f"/moderation?{query}").status_code == 200


@pytest.mark.parametrize(
    "query", ["first=31/02/2026&last=x", "moderator=abc", "before=x", "before=999999", "kind=x&reason=y&decision=z&late=2"]
)
def test_strange_addresses_show_the_decisions(web: Web, query: str) -> None:
    assert web.client("moderator").get(f"/moderation/decided?{query}").status_code == 200


@pytest.mark.parametrize("kind", ["listing", "need"])
def test_reading_the_confidential_part_is_logged_once_a_day(web: Web, kind: str) -> None:
    subject = web.desk.submit(kind)
    client = web.client("moderator")
    client.get(f"/moderation/{kind}/{subject.id}")
    assert _readings() == 0
    client.post(f"/moderation/{kind}/{subject.id}/claim")
    assert SECRET in text_of(client.get(f"/moderation/{kind}/{subject.id}"))
    client.get(f"/moderation/{kind}/{subject.id}")
    assert _readings() == 1


def _readings() -> int:
    return len(list(db.session.scalars(select(Event).where(Event.action.endswith("confidential_read")))))


def test_the_diff_shows_exactly_what_changed(web: Web) -> None:
    subject = web.desk.published("listing")
    again = web.desk.resubmit(subject, title="Màng lọc nano xử lý nước nhiễm sắt", price_min=2_000_000_000)
    page = text_of(web.client("moderator").get(f"/moderation/listing/{again.id}"))
    changed = re.findall(r'<tr class="diff-changed"><th scope="row">([^<]+?)\s*</th>', page)
    assert changed == ["Title", "Amount, or the lowest"]
    assert "<del>asen</del>" in page and "<ins>sắt</ins>" in page
    assert "<del>VND\u00a01,500,000,000" in page and "<ins>VND\u00a02,000,000,000" in page


def test_a_confidential_change_is_shown_to_the_holder_only(web: Web) -> None:
    subject = web.desk.published("listing")
    again = web.desk.resubmit(subject, confidential_detail="Công thức mới 8 %", title="Màng lọc nano thế hệ hai")
    address = f"/moderation/listing/{again.id}"
    assert "Công thức mới" not in text_of(web.client("moderator").get(address))
    web.desk.claim(again)
    page = text_of(web.client("moderator").get(address))
    assert "<ins>mới 8</ins>" in page or "<ins>Công thức mới 8 %</ins>" in page


def test_own_organisations_submissions_stand_in_the_queue_without_a_button(web: Web) -> None:
    subject = web.desk.submit("listing")
    page = text_of(web.client("insider").get("/moderation"))
    assert subject.title in page and "your organisation's" in page
    assert "/claim" not in page
    assert "somebody else must decide" in text_of(web.client("insider").get(f"/moderation/listing/{subject.id}"))


def test_similar_things_are_pointed_out(web: Web) -> None:
    web.desk.published("listing", title="Máy sấy thăng hoa cho dược liệu")
    near = web.desk.submit("listing", title="Máy sấy thăng hoa cho dược liệu mini")
    assert "similar title" in text_of(web.client("moderator").get(f"/moderation/listing/{near.id}"))
    factories.organisation("Viện cũ", state="rejected", tax_code="0100109106")
    org = web.desk.submit("organisation", tax_code="0100109106")
    assert "same tax code" in text_of(web.client("moderator").get(f"/moderation/organisation/{org.id}"))


def test_decisions_are_filtered_and_exported(web: Web) -> None:
    for kind in KINDS:
        subject = web.desk.submit(kind)
        web.desk.claim(subject)
        web.desk.decide(subject, "reject", text="=HYPERLINK(1)")
    client = web.client("moderator")
    page = text_of(client.get("/moderation/decided?kind=listing"))
    assert "1 decision" in page and "Right not proven" in page
    answer = client.get("/moderation/decided.csv")
    rows = list(csv.DictReader(io.StringIO(text_of(answer).removeprefix("\ufeff"))))
    assert len(rows) == 3 and {row["Decision"] for row in rows} == {"Reject"}
    assert all(row["To the author"].startswith("'=") for row in rows)
    assert answer.headers["Content-Disposition"].startswith("attachment")
    query = f"reason={REASON['need']}&moderator={web.desk.moderator_user.id}&decision=reject"
    query += "&first=01/01/2026&last=31/12/2099"
    assert "1 decision" in text_of(client.get(f"/moderation/decided?{query}"))
    assert "No decision matches" in text_of(client.get("/moderation/decided?late=1"))


def test_decisions_page_by_key_without_gaps(web: Web) -> None:
    now = clock.now()
    for number in range(120):
        moment = now - timedelta(minutes=number // 3)
        db.session.add(ModerationCase(
            kind="organisation", subject_id=web.desk.org.id, org_id=web.desk.org.id, submitted_at=now, due_at=now,
            claimed_by_id=web.desk.moderator_user.id, claimed_at=now, decided_at=moment, decision="approve",
        ))
    db.session.commit()
    client, address, seen = web.client("moderator"), "/moderation/decided", 0
    while address:
        page = text_of(client.get(address))
        seen += page.count("<time datetime")
        found = re.search(r'rel="next" href="([^"]+)"', page)
        address = found[1].replace("&amp;", "&") if found else ""
    assert seen == 120


def test_who_only_reads_decisions_is_led_to_no_case(web: Web) -> None:
    subject = web.desk.submit("need")
    web.desk.claim(subject)
    web.desk.decide(subject, "approve")
    reader = factories.client(web.app, factories.user(staff=("auditor",)))
    page = text_of(reader.get("/moderation/decided"))
    assert subject.revision.title in page and f"/moderation/need/{subject.id}" not in page
    assert f"/moderation/need/{subject.id}" in text_of(web.client("moderator").get("/moderation/decided"))


def test_figures_link_to_their_records(web: Web) -> None:
    subject = web.desk.submit("need")
    web.desk.claim(subject)
    web.desk.decide(subject, "approve")
    answer = web.client("moderator").get("/moderation/figures")
    page = text_of(answer)
    today = clock.format_date(clock.today())
    assert f"last={today}" in page.replace("%2F", "/")
    assert "<script" not in page.split("<figure")[1]
    nonce = re.search(r'<style nonce="([^"]+)"', page)
    assert nonce and f"'nonce-{nonce[1]}'" in answer.headers["Content-Security-Policy"]
    assert page.count("<tr>") > 12


def test_the_case_page_costs_a_bounded_number_of_statements(web: Web) -> None:
    subject = web.desk.published("listing")
    again = web.desk.resubmit(subject, title="Màng lọc nano thế hệ hai cho nước ngầm")
    web.desk.claim(again)
    client = web.client("moderator")
    client.get(f"/moderation/listing/{again.id}")
    with statements(web.app) as seen:
        assert client.get(f"/moderation/listing/{again.id}").status_code == 200
    assert len(seen) <= 30, "\n".join(seen)


def test_the_panel_stands_beside_the_organisation_for_moderators(web: Web) -> None:
    subject = web.desk.submit("organisation")
    with web.app.test_request_context():
        slot = web.app.extensions["panels"]["organisation.aside"]
        shown = [panel(subject.thing, web.desk.moderator) for panel in slot]
        assert any(f"/moderation/organisation/{subject.id}" in str(one) for one in shown)
        assert not any(panel(subject.thing, web.desk.supplier) for panel in slot)


def test_after_a_stale_answer_the_next_try_counts(web: Web) -> None:
    subject = web.desk.submit("listing")
    web.desk.claim(subject)
    address = f"/moderation/listing/{subject.id}/decide"
    answer = web.client("moderator").post(address, data=form_of(subject, "reject", lock="1"))
    found = re.search(r'name="lock" value="([0-9]+)"', text_of(answer))
    assert answer.status_code == 409 and found
    assert web.client("moderator").post(address, data=form_of(subject, "reject", lock=found[1])).status_code == 302
