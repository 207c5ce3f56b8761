"""The conversation of a lead: who reads and writes, pages of 500 messages, inert markup, files, double clicks, leaving."""

from __future__ import annotations

import io
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from marketplace.accounts.models import StaffGrant
from marketplace.core.access import Actor
from marketplace.core.errors import IllegalMove, Invalid, NotAllowed
from marketplace.core.events import Event
from marketplace.core.extensions import db
from marketplace.files.models import Attachment
from marketplace.negotiation.actions import complaints, messages
from marketplace.negotiation.models import Lead, Message
from marketplace.organisations.models import Membership
from marketplace.values import clock
from tests import factories
from tests.files import named
from tests.files import samples as uploads
from tests.negotiation.factories import BUYER_NAME, Cast
from tests.statements import statements

WORDS = "Bên anh xử lý được nước có độ mặn 5 phần nghìn không?"


def send(app: Flask, cast: Cast, lead: Lead, name: str, text: str = WORDS, **more: Any) -> Any:
    return cast.client(app, name).post(
        f"/leads/{lead.code}/messages", data={"text": text, "once": "1", **more}, content_type="multipart/form-data"
    )


def count(lead: Lead) -> int:
    return db.session.scalar(select(func.count()).where(Message.lead_id == lead.id)) or 0


def test_both_sides_write_and_read(app: Flask, cast: Cast) -> None:
    lead = cast.lead_in("negotiating")
    assert send(app, cast, lead, "buyer_editor").status_code == 302
    page = cast.client(app, "supplier").get(f"/leads/{lead.code}").text
    assert WORDS in page and "Trần Văn Bảo" in page
    assert "Mới" in page
    again = cast.client(app, "supplier").get(f"/leads/{lead.code}").text
    assert again.count("tag-new") < page.count("tag-new")


def test_a_double_click_is_one_message(app: Flask, cast: Cast) -> None:
    lead = cast.lead_in("negotiating")
    before = count(lead)
    assert [send(app, cast, lead, "buyer").status_code for _click in range(2)] == [302, 302]
    assert count(lead) == before + 1
    send(app, cast, lead, "buyer", "Và còn một câu hỏi nữa.", once="2")
    assert count(lead) == before + 2


def test_a_double_click_with_a_file_is_one_message(app: Flask, cast: Cast) -> None:
    lead = cast.lead_in("negotiating")
    before = count(lead)
    statuses = [
        send(app, cast, lead, "buyer", file=(uploads.upload(uploads.picture(), "a.png").stream, "a.png")).status_code
        for _click in range(2)
    ]
    assert (statuses, count(lead)) == ([302, 302], before + 1)


def test_back_and_send_again_is_one_message_and_says_so(app: Flask, cast: Cast) -> None:
    lead = cast.lead_in("negotiating")
    before = count(lead)
    send(app, cast, lead, "buyer", once="1")
    again = send(app, cast, lead, "buyer", once="2")  # the page shown anew has a number of its own
    assert (again.status_code, count(lead)) == (302, before + 1)
    assert again.headers["Location"].endswith(f"#m{db.session.scalar(select(func.max(Message.id)))}")


def test_a_refused_message_says_that_its_files_must_be_chosen_again(app: Flask, cast: Cast) -> None:
    lead = cast.lead_in("negotiating")
    page = send(app, cast, lead, "buyer", "x" * 6000, file=(uploads.upload(uploads.picture(), "a.png").stream, "a.png"))
    assert page.status_code == 422
    assert "Hãy chọn lại tệp" in page.text and "cần chọn lại tệp" in page.text
    assert "cần chọn lại tệp" not in send(app, cast, lead, "buyer", "").text


def test_the_same_words_after_an_answer_or_later_or_with_a_file_are_another_message(app: Flask, cast: Cast) -> None:
    lead = cast.lead_in("negotiating")
    before = count(lead)
    send(app, cast, lead, "buyer", once="1")
    send(app, cast, lead, "supplier", once="1")
    send(app, cast, lead, "buyer", once="2")
    assert count(lead) == before + 3
    send(app, cast, lead, "buyer", once="3", file=(uploads.upload(uploads.picture(), "so-do.png").stream, "so-do.png"))
    assert count(lead) == before + 4
    db.session.execute(update(Message).values(created_at=clock.now() - messages.SAME_WITHIN * 2))
    db.session.commit()
    send(app, cast, lead, "buyer", once="4")
    assert count(lead) == before + 5



@pytest.mark.parametrize("name", ["stranger", "officer", "moderator", "auditor", "leader"])
def test_nobody_else_reads_a_word(app: Flask, cast: Cast, name: str) -> None:
    lead = cast.lead_in("negotiating")
    send(app, cast, lead, "buyer")
    answer, unseen = cast.client(app, name).get(f"/leads/{lead.code}"), name in {"stranger", "leader"}
    assert answer.status_code == (404 if unseen else 200)
    assert WORDS not in answer.text
    assert send(app, cast, lead, name).status_code == (404 if unseen else 403)


def test_an_officer_opens_a_file_of_the_thread_only_while_a_complaint_is_open(app: Flask, cast: Cast) -> None:
    lead = cast.lead_in("negotiating")
    send(app, cast, lead, "buyer", file=(uploads.upload(uploads.picture(), "so-do.png").stream, "so-do.png"))
    file = db.session.scalars(select(Attachment).where(Attachment.subject_kind == "message")).one()
    path, officer = f"/files/{file.id}/confidential/so-do.png", cast.client(app, "officer")
    assert officer.get(path).status_code == 404, "nobody has complained"
    assert not messages.may_write(lead, cast.officer) and messages.page(lead, cast.officer) is None
    complaint = complaints.open_complaint(lead, cast.supplier, "conduct", "Bên kia viết những lời không phù hợp.")
    db.session.commit()
    assert officer.get(path).status_code == 200
    complaints.move(complaint, "withdraw", cast.supplier)
    db.session.commit()
    assert officer.get(path).status_code == 404, "the complaint is over"


def test_a_member_who_left_no_longer_reads_it(app: Flask, cast: Cast) -> None:
    lead = cast.lead_in("negotiating")
    send(app, cast, lead, "buyer", file=(uploads.upload(uploads.picture(), "sơ đồ.png").stream, "sơ đồ.png"))
    file = db.session.scalars(select(Attachment).where(Attachment.subject_kind == "message")).one()
    path = f"/files/{file.id}/confidential/so-do.png"
    client = cast.client(app, "supplier_editor")
    assert client.get(f"/leads/{lead.code}").status_code == 200
    assert client.get(path).status_code == 200
    row = db.session.scalars(select(Membership).where(Membership.user_id == cast.supplier_editor_user.id)).one()
    row.left_at = clock.now()
    db.session.commit()
    client = cast.client(app, "supplier_editor")
    assert client.get(f"/leads/{lead.code}").status_code == 404
    assert client.get(path).status_code == 404
    assert send(app, cast, lead, "supplier_editor").status_code == 404


def test_500_messages_page_in_bounded_queries(app: Flask, cast: Cast) -> None:
    lead = cast.lead_in("negotiating")
    db.session.add_all([
        Message(lead_id=lead.id, author_id=cast.buyer_user.id if number % 2 else cast.supplier_user.id,
                side="buyer" if number % 2 else "supplier", text=f"Tin số {number}.", once=f"many-{number}")
        for number in range(500)
    ])
    db.session.commit()
    client = cast.client(app, "buyer")
    path, seen, pages = f"/leads/{lead.code}", set(), 0
    while path:
        with statements(app) as asked:
            page = client.get(path)
        assert page.status_code == 200
        assert len(asked) <= 24, len(asked)
        found = {number for number in range(500) if f"Tin số {number}." in page.text}
        assert len(found) <= messages.PER_PAGE
        seen |= found
        pages += 1
        older = messages.page(db.session.get_one(Lead, lead.id), cast.buyer, _before(path))
        path = f"/leads/{lead.code}?before={older.older}" if older and older.older else ""
        assert (f"before={older.older}" in page.text) == bool(path) if older else False
    assert len(seen) == 500
    assert pages == 11  # the first words make 501


def _before(path: str) -> int | None:
    return int(path.partition("before=")[2]) if "before=" in path else None


@pytest.mark.parametrize("odd", ["before=x", "before=-1", "before=0", "before=99999999999999999999", "before="])
def test_odd_pages_are_no_error(app: Flask, cast: Cast, odd: str) -> None:
    assert cast.client(app, "buyer").get(f"/leads/{cast.lead_in('negotiating').code}?{odd}").status_code == 200


def test_markup_is_inert(app: Flask, cast: Cast) -> None:
    lead = cast.lead_in("negotiating")
    odd = "<script>alert(1)</script> <img src=x onerror=alert(2)> [x](javascript:alert(3)) **đậm**"
    send(app, cast, lead, "buyer", odd)
    page = cast.client(app, "supplier").get(f"/leads/{lead.code}").text
    assert "<script>alert(1)" not in page and "<img src=x" not in page and 'href="javascript' not in page
    assert "&lt;script&gt;alert(1)" in page and "<strong>đậm</strong>" in page


def test_an_empty_or_endless_message_is_refused_and_kept(app: Flask, cast: Cast) -> None:
    lead = cast.lead_in("negotiating")
    before = count(lead)
    assert send(app, cast, lead, "buyer", "   ").status_code == 422
    long = "ê" * 5001
    answer = send(app, cast, lead, "buyer", long)
    assert answer.status_code == 422
    assert long in answer.text
    assert count(lead) == before


def test_a_refused_file_keeps_the_text(app: Flask, cast: Cast) -> None:
    lead = cast.lead_in("negotiating")
    page = uploads.upload(b"<html><script>alert(1)</script></html>", "bao-gia.pdf")
    answer = send(app, cast, lead, "buyer", file=(page.stream, "bao-gia.pdf"))
    assert answer.status_code == 422
    assert WORDS in answer.text
    assert "thead" not in answer.headers.get("Location", "")


def test_a_message_after_the_end_is_409_and_kept(app: Flask, cast: Cast) -> None:
    lead = cast.lead_in("declined")
    answer = send(app, cast, lead, "buyer")
    assert answer.status_code == 409
    assert WORDS in answer.text
    with pytest.raises(IllegalMove):
        messages.post(lead, cast.supplier, WORDS, once="z")


def test_a_side_that_is_not_verified_reads_but_does_not_write(app: Flask, cast: Cast) -> None:
    lead = cast.lead_in("negotiating")
    cast.buyer_org.state = "suspended"
    db.session.commit()
    assert cast.client(app, "buyer").get(f"/leads/{lead.code}").status_code == 200
    assert send(app, cast, lead, "buyer").status_code == 403


def test_a_hidden_requester_is_named_neither_in_messages_nor_in_file_names(app: Flask, cast: Cast) -> None:
    lead = cast.lead_in("contacted", hidden=True)
    name = f"bao-gia-{BUYER_NAME}.png"
    answer = send(app, cast, lead, "buyer", file=(uploads.upload(uploads.picture(), name).stream, name))
    assert answer.status_code == 302
    client = cast.client(app, "supplier")
    page = client.get(f"/leads/{lead.code}").text
    file = db.session.scalars(select(Attachment).where(Attachment.subject_kind == "message")).one()
    assert WORDS in page
    for secret in (BUYER_NAME, "Lê Thị Hoa", "bao-gia"):
        assert secret not in page, secret
    answer = client.get(f"/files/{file.id}/confidential/x.png")
    assert answer.status_code == 200
    assert "bao-gia" not in str(answer.headers)
    sent = send(app, cast, lead, "buyer", file=(io.BytesIO(named.pdf()), "thu.pdf"), once="2")
    assert sent.status_code == 302
    letter = db.session.scalars(select(Attachment.id).order_by(Attachment.id.desc())).first()
    read = {who: cast.client(app, who).get(f"/files/{letter}/confidential/x.pdf").data for who in ("buyer", "supplier")}
    assert named.MAKER.encode() in read["buyer"] and named.MAKER.encode() not in read["supplier"] and read["supplier"]
    locked = send(app, cast, lead, "buyer", file=(io.BytesIO(named.pdf(password="mat khau")), "kin.pdf"), once="3")
    assert locked.status_code == 422 and WORDS in locked.text


def test_events_say_that_and_never_what_was_written(app: Flask, cast: Cast) -> None:
    lead = cast.lead_in("negotiating")
    send(app, cast, lead, "buyer")
    event = db.session.scalars(select(Event).where(Event.action == "lead.message").order_by(Event.id.desc())).first()
    assert event is not None
    assert (event.data["lead_id"], event.data["side"]) == (lead.id, "buyer")
    assert WORDS not in str(event.data) + event.reason


def test_the_turn_goes_to_the_other_side(cast: Cast) -> None:
    lead = cast.lead_in("negotiating")
    messages.post(lead, cast.supplier, WORDS, once="1")
    assert lead.waiting_on == "buyer"
    messages.post(lead, cast.buyer, WORDS, once="1")
    assert lead.waiting_on == "supplier"


def test_unread_counts_only_what_others_wrote_since(cast: Cast) -> None:
    lead = cast.lead_in("negotiating")
    messages.page(lead, cast.supplier)
    messages.page(lead, cast.buyer)
    messages.post(lead, cast.buyer, WORDS, once="1")
    messages.post(lead, cast.buyer, WORDS, once="2")
    db.session.flush()
    assert messages.unread(cast.supplier, [lead.id]) == {lead.id: 2}
    assert messages.unread(cast.buyer, [lead.id]) == {}


def officer_reads(app: Flask, cast: Cast, code: str) -> Any:
    return cast.client(app, "officer").get(f"/complaints/{code}?thread=1")


def test_an_officer_reads_only_while_a_complaint_is_open_and_each_reading_is_recorded(app: Flask, cast: Cast) -> None:
    lead = cast.lead_in("negotiating")
    send(app, cast, lead, "buyer")
    file_of = cast.client(app, "officer")
    complaint = complaints.open_complaint(lead, cast.supplier, "conduct", "Bên kia viết những lời không phù hợp.")
    db.session.commit()
    assert WORDS not in cast.client(app, "officer").get(f"/leads/{lead.code}").text
    assert WORDS not in cast.client(app, "moderator").get(f"/complaints/{complaint.code}?thread=1").text
    assert WORDS in officer_reads(app, cast, complaint.code).text
    readings = select(func.count()).where(Event.action == "lead.thread_read", Event.subject_id == lead.id)
    assert db.session.scalar(readings) == 1
    seen = cast.client(app, "buyer").get(f"/leads/{lead.code}").text
    assert "Cán bộ sàn đã đọc cuộc trao đổi" in seen
    for action in ("triage", "resolve"):
        answer = file_of.post(f"/complaints/{complaint.code}/moves/{action}", data={"reason": "Hai bên đã hiểu nhau."})
        assert answer.status_code == 302
    assert WORDS not in officer_reads(app, cast, complaint.code).text
    assert "Hai bên đã hiểu nhau." in cast.client(app, "buyer").get(f"/complaints/{complaint.code}").text


def test_a_refused_mediation_shows_the_officer_nothing_that_is_not_recorded(app: Flask, cast: Cast) -> None:
    lead = cast.lead_in("negotiating")
    send(app, cast, lead, "buyer")
    complaint = complaints.open_complaint(lead, cast.supplier, "conduct", "Bên kia viết những lời không phù hợp.")
    db.session.commit()
    long = "Mời hai bên họp. " * 400
    answer = cast.client(app, "officer").post(
        f"/complaints/{complaint.code}/messages?before=99999&thread=1", data={"text": long, "once": "1"}
    )
    assert answer.status_code == 422
    assert WORDS not in answer.text
    assert long.strip()[:200] in answer.text
    readings = select(func.count()).where(Event.action == "lead.thread_read", Event.subject_id == lead.id)
    assert db.session.scalar(readings) == 0


def test_an_officer_mediates_in_the_thread(app: Flask, cast: Cast) -> None:
    lead = cast.lead_in("negotiating")
    complaint = complaints.open_complaint(lead, cast.supplier, "conduct", "Bên kia viết những lời không phù hợp.")
    db.session.commit()
    answer = cast.client(app, "officer").post(
        f"/complaints/{complaint.code}/messages", data={"text": "Mời hai bên họp tại sàn.", "once": "1"}
    )
    assert answer.status_code == 302
    page = cast.client(app, "buyer").get(f"/leads/{lead.code}").text
    assert "Mời hai bên họp tại sàn." in page and "Hòa giải" in page


def test_an_officer_of_one_side_is_no_officer_here(cast: Cast) -> None:
    lead = cast.lead_in("negotiating")
    complaints.open_complaint(lead, cast.supplier, "conduct", "Bên kia viết những lời không phù hợp.")
    inside = Actor(user_id=cast.officer_user.id, staff_roles=frozenset({"deal_officer"}),
                   org_ids=frozenset({cast.buyer_org.id}))
    with pytest.raises(NotAllowed):
        messages.post(lead, inside, "Tôi xem thử.", kind="mediation")


def test_an_officer_who_acts_for_a_side_does_not_mediate_in_the_own_dispute(app: Flask, cast: Cast) -> None:
    lead = cast.lead_in("negotiating")
    complaint = complaints.open_complaint(lead, cast.buyer, "conduct", "Bên kia viết những lời không phù hợp.")
    db.session.add(StaffGrant(user_id=cast.supplier_user.id, role="deal_officer", granted_at=clock.now(), reason="test"))
    db.session.commit()
    code, lead_id = complaint.code, lead.id
    for name in ("supplier", "officer"):
        client = cast.client(app, name)
        answer = client.post(f"/complaints/{code}/messages", data={"text": f"Sàn đề nghị: {name}", "once": name})
        assert answer.status_code == (302 if name == "officer" else 403)
    kinds = select(Message.side, Message.kind).where(Message.lead_id == lead_id, Message.kind == "mediation")
    assert [tuple(row) for row in db.session.execute(kinds)] == [("officer", "mediation")]
    with pytest.raises(NotAllowed):
        messages.post(db.session.get_one(Lead, lead_id), cast.supplier, "Sàn quyết định…", kind="mediation")


def test_the_same_side_complains_once_at_a_time(cast: Cast) -> None:
    lead = cast.lead_in("negotiating")
    words = "Bên kia không trả lời từ hai tuần nay."
    first = complaints.open_complaint(lead, cast.supplier, "no_answer", words)
    assert complaints.open_complaint(lead, cast.supplier, "no_answer", words) is first
    assert complaints.open_complaint(lead, cast.buyer, "conduct", words) is not first
    for kind, text, field in (("x", words, "kind"), ("conduct", "ngắn", "text")):
        with pytest.raises(Invalid) as caught:
            complaints.open_complaint(lead, cast.supplier, kind, text)
        assert caught.value.field == field
    with pytest.raises(NotAllowed):
        complaints.open_complaint(lead, cast.stranger, "conduct", words)


def test_a_refused_complaint_keeps_what_was_written(app: Flask, cast: Cast) -> None:
    lead = cast.lead_in("negotiating")
    answer = cast.client(app, "buyer").post(f"/leads/{lead.code}/complaints", data={"text": "Ngắn quá", "kind": "conduct"})
    assert answer.status_code == 422
    assert "Ngắn quá" in answer.text


def test_a_stale_move_of_a_complaint_is_409_and_keeps_the_reason(app: Flask, cast: Cast) -> None:
    lead = cast.lead_in("negotiating")
    complaint = complaints.open_complaint(lead, cast.supplier, "conduct", "Bên kia viết những lời không phù hợp.")
    complaints.move(complaint, "withdraw", cast.supplier)
    db.session.commit()
    said = "Không có căn cứ, sau khi nghe cả hai bên."
    answer = cast.client(app, "officer").post(f"/complaints/{complaint.code}/moves/reject", data={"reason": said})
    assert answer.status_code == 409
    assert said in answer.text


def test_the_officers_list_shows_open_ones_due_first(app: Flask, cast: Cast) -> None:
    lead = cast.lead_in("negotiating")
    complaint = complaints.open_complaint(lead, cast.supplier, "breach", "Bên kia không giữ lời hứa bàn giao mẫu.")
    db.session.commit()
    client = cast.client(app, "officer")
    assert complaint.code in client.get("/staff/complaints").text
    assert complaint.code not in client.get("/staff/complaints?state=closed").text
    assert cast.client(app, "buyer").get("/staff/complaints").status_code == 403
    assert factories.client(app).get("/staff/complaints").status_code in {302, 401}
