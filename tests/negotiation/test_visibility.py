"""Who sees that a lead exists, and what of it: both sides by membership, staff without its thread, nobody else."""

from __future__ import annotations

import csv
from io import StringIO

from flask import Flask
from sqlalchemy import update

from marketplace.core.extensions import db
from marketplace.negotiation.actions import begin, messages
from marketplace.negotiation.models import Lead
from marketplace.negotiation.queries import lead_lists
from marketplace.organisations.models import Membership
from marketplace.values import clock
from tests import factories
from tests.negotiation.factories import FIRST_WORDS, Cast, once
from tests.statements import statements

SECRET = "Giá sàn của chúng tôi là 800 triệu."


def test_a_stranger_and_who_left_find_nothing(ctx: Flask) -> None:
    cast = Cast()
    lead = cast.lead_in("negotiating")
    left = factories.user("Người đã rời đi")
    membership = factories.member(left, cast.supplier_org)
    client = factories.client(ctx, left, cast.supplier_org)
    assert client.get(f"/leads/{lead.code}").status_code == 200
    db.session.get_one(Membership, membership.id).left_at = clock.now()
    db.session.commit()
    factories.member(left, cast.stranger_org)
    for one in (factories.client(ctx, left, cast.stranger_org), cast.client(ctx, "stranger")):
        assert one.get(f"/leads/{lead.code}").status_code == 404
        for action in ("accept", "ask", "decline", "withdraw", "contact", "expire"):
            assert one.post(f"/leads/{lead.code}/moves/{action}", data={"reason_code": "price"}).status_code == 404
        assert lead.code not in one.get("/my/leads").text
        assert lead.code not in one.get("/my/leads.csv").text
        assert one.get("/staff/leads").status_code == 403
        assert one.get("/staff/leads.csv").status_code == 403
        assert one.get("/staff/leads/introduce").status_code == 403


def test_staff_sees_stage_and_age_but_no_word_of_the_thread(ctx: Flask) -> None:
    cast = Cast()
    lead = cast.lead_in("negotiating")
    messages.post(lead, cast.supplier, SECRET, once=once())
    db.session.commit()
    for name in ("officer", "moderator", "auditor"):
        client = cast.client(ctx, name)
        for path in (f"/leads/{lead.code}", "/staff/leads", "/staff/leads.csv", f"/staff/leads?q={lead.code}"):
            answer = client.get(path)
            assert answer.status_code == 200, (name, path)
            assert lead.code in answer.text
            assert SECRET not in answer.text
            assert FIRST_WORDS not in answer.text
        assert client.get("/staff/leads/introduce").status_code == (200 if name == "officer" else 403)
        decline = {"lock": "negotiating", "reason_code": "price"}
        assert client.post(f"/leads/{lead.code}/moves/decline", data=decline).status_code == 403


def test_leadership_sees_lists_and_figures_and_no_record(ctx: Flask) -> None:
    """It "reads figures and reports only": no hidden name, in no list and no search, and nothing that was said."""
    cast = Cast()
    lead = cast.lead_in("negotiating")
    db.session.execute(update(Lead).values(buyer_revealed_at=None))
    db.session.commit()
    leader, auditor = cast.client(ctx, "leader"), cast.client(ctx, "auditor")
    for path in ("/staff/leads", "/staff/leads.csv", f"/staff/leads?q={lead.code}"):
        page = leader.get(path)
        assert page.status_code == 200 and lead.code in page.text, path
        assert cast.buyer_org.name not in page.text and cast.supplier_org.name in page.text, path
        assert f'href="/leads/{lead.code}' not in page.text, path
        assert cast.buyer_org.name in auditor.get(path).text, path
    assert lead.code not in leader.get(f"/staff/leads?q={cast.buyer_org.name}").text
    assert lead.code in auditor.get(f"/staff/leads?q={cast.buyer_org.name}").text
    for path in (f"/leads/{lead.code}", f"/leads/{lead.code}/terms"):
        assert leader.get(path).status_code == 404, path


def test_who_acts_for_another_organisation_reads_but_is_told_to_switch(ctx: Flask) -> None:
    cast = Cast()
    lead = cast.interest()
    factories.member(cast.supplier_user, cast.stranger_org)
    client = factories.client(ctx, cast.supplier_user, cast.stranger_org)
    page = client.get(f"/leads/{lead.code}").text
    assert f"Hãy chuyển sang {cast.supplier_org.name}" in page
    assert "/moves/accept" not in page
    assert client.post(f"/leads/{lead.code}/moves/accept", data={"lock": "contacted"}).status_code == 403
    assert lead.code not in client.get("/my/leads").text  # of the organisation acted for


def test_tabs_filters_and_sorting_of_the_own_list(ctx: Flask) -> None:
    cast = Cast()
    ours, theirs = cast.interest(cast.listing("Cảm biến độ mặn")), cast.answer()
    introduced, talking, closed = cast.introduction(), cast.lead_in("negotiating"), cast.lead_in("declined")
    own = cast.supplier_org.id

    def codes(**asked: str) -> set[str]:
        return {lead.code for lead in lead_lists.mine(own, lead_lists.LeadFilters(**asked))[0]}

    assert codes(tab="us") == {ours.code, introduced.code}
    assert codes(tab="them") == {theirs.code, talking.code}
    assert codes(tab="talking") == {talking.code}
    assert codes(tab="closed") == {closed.code}
    assert lead_lists.counts(own) == {"": 5, "us": 2, "them": 2, "talking": 1, "closed": 1}
    assert codes(side="buyer") == set()
    assert codes(text="cam bien man") == {ours.code}
    assert codes(text=cast.buyer_org.name.upper()) == {one.code for one in (ours, theirs, introduced, talking, closed)}
    for sort in lead_lists.SORTS:
        assert len(codes(sort=sort)) == 5
    by_age = [lead.code for lead in lead_lists.mine(own, lead_lists.LeadFilters(sort="oldest"))[0]]
    assert by_age == [lead.code for lead in lead_lists.mine(own, lead_lists.LeadFilters(sort="newest"))[0]][::-1]
    assert [lead.code for lead in lead_lists.mine(own, lead_lists.LeadFilters(sort="oldest"), 2, 2)[0]] == by_age[2:4]


def test_the_exports_hold_what_the_lists_hold(ctx: Flask) -> None:
    cast = Cast()
    lead = cast.lead_in("declined")
    rows = list(csv.reader(StringIO(cast.client(ctx, "buyer").get("/my/leads.csv?tab=closed").data.decode("utf-8-sig"))))
    assert len(rows) == 2
    assert rows[1][0] == lead.code
    assert cast.supplier_org.name in rows[1]
    assert "Giá hoặc ngân sách không gặp nhau" in rows[1]
    empty = cast.client(ctx, "buyer").get("/my/leads.csv?tab=talking").data.decode("utf-8-sig")
    assert len(empty.splitlines()) == 1


def test_lists_and_pages_ask_a_bounded_number_of_statements(ctx: Flask) -> None:
    cast = Cast()
    for number in range(12):
        lead = cast.interest(cast.listing(f"Công nghệ {number}"))
    cases = (("supplier", "/my/leads", 12), ("supplier", f"/leads/{lead.code}", 24), ("officer", "/staff/leads", 10),
             ("supplier", "/my/leads.csv", 8), ("buyer", f"/leads/{lead.code}", 24))
    for name, path, most in cases:
        client = cast.client(ctx, name)
        with statements(ctx) as seen:
            assert client.get(path, follow_redirects=True).status_code == 200
        assert len(seen) <= most, (path, len(seen), seen)


def test_panels_say_how_it_stands(ctx: Flask) -> None:
    cast = Cast()
    listing, need = cast.listing(), cast.need()

    def page(name: str, path: str) -> str:
        return str(cast.client(ctx, name).get(path, follow_redirects=True).text)

    technology, wanted = f"/technologies/{listing.code}", f"/needs/{need.code}"
    assert f"{technology}/interest" in page("buyer", technology)
    assert f"{technology}/interest" not in page("supplier", technology)
    assert f"{wanted}/answer" in page("supplier", wanted)
    assert f"{wanted}/answer" not in page("buyer", wanted)
    assert "Đăng nhập" in page("", technology)
    lead = cast.interest(db.session.merge(listing))
    assert f"/leads/{lead.code}" in page("buyer", technology)
    assert "1 cuộc trao đổi đang mở" in page("supplier", technology)
    assert f"/leads/{lead.code}" in page("supplier", "/dashboard")
    assert "Chờ bạn trả lời" in page("supplier", "/dashboard")
    assert f"/leads/{lead.code}" not in page("stranger", technology)
    begin.accept(db.session.merge(lead), cast.supplier)
    db.session.commit()
    assert "Chờ bạn trả lời" not in page("supplier", "/dashboard")
    assert "Chờ bạn trả lời" in page("buyer", "/dashboard")


def test_officers_introduce_by_codes(ctx: Flask) -> None:
    cast = Cast()
    listing, need = cast.listing(), cast.need()
    client = cast.client(ctx, "officer")
    form = {"listing": listing.code.lower(), "need": need.code, "note": "Hai bên cùng lĩnh vực xử lý nước."}
    for field, wrong in (("listing", "CN-2026-999999"), ("need", "xyz"), ("note", "ngắn")):
        answer = client.post("/staff/leads/introduce", data={**form, field: wrong})
        assert answer.status_code == 422
        assert wrong in answer.text
    nothing = {"listing": "CN-2026-999999", "need": "NC-2026-999999", "note": ""}
    page = client.post("/staff/leads/introduce", data=nothing).text
    for field in ("listing", "need", "note"):
        assert f'id="{field}-error"' in page, "everything that is wrong is told at once"
    answer = client.post("/staff/leads/introduce", data=form, follow_redirects=True)
    assert answer.status_code == 200
    for name in ("supplier", "buyer"):
        page = cast.client(ctx, name).get("/my/leads?tab=us").text
        assert "Được giới thiệu" in page
    lead = lead_lists.everywhere(lead_lists.LeadFilters(state="suggested"), cast.officer)[0][0]
    mine = cast.client(ctx, "buyer").get(f"/leads/{lead.code}").text
    assert form["note"] in mine
    assert cast.officer_user.name not in mine
    words = {"text": FIRST_WORDS, "once": once(), "lock": "suggested"}
    sent = cast.client(ctx, "buyer").post(f"/leads/{lead.code}/moves/contact", data=words)
    assert sent.status_code == 302
    assert FIRST_WORDS in cast.client(ctx, "supplier").get(f"/leads/{lead.code}").text
