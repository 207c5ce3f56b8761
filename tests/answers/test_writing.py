"""An organisation writes, sends, changes and withdraws its answer; the conversation goes with it."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from marketplace.answers.actions import writing
from marketplace.answers.models import Answer, AnswerVersion
from marketplace.buyer_requests import actions as needs
from marketplace.core.errors import IllegalMove, Missing, NotAllowed, Stale
from marketplace.core.extensions import db
from marketplace.core.outbox import drain
from marketplace.files.actions import attachments
from marketplace.mail.models import MailMessage
from marketplace.negotiation.actions import moves
from marketplace.negotiation.models import Lead, Message
from marketplace.notifications.models import Notification
from marketplace.values import clock
from marketplace.vocabulary import ANSWER_DECLARATIONS
from tests.answers.factories import OFFER, Round, said


def form_data(**changes: Any) -> dict[str, Any]:
    return {
        "summary": OFFER, "targets-0-value": "60", "targets-0-unit": "mg/l", "criteria-0-text": "Đo 60 ngày",
        "price_total": "1,5 tỷ", "plan-0-step": "Lắp đặt", "plan-0-working_days": "80",
        "declarations": list(ANSWER_DECLARATIONS.codes), **changes,
    }


def test_from_the_page_of_a_need_to_the_answer_sent(ctx: Flask) -> None:
    cast = Round()
    need, listing = cast.need(), cast.listing()
    code, technology = need.code, listing.code
    client = cast.client(ctx, "supplier")
    assert f"/needs/{code}/answer" in client.get(f"/needs/{code}", follow_redirects=True).text
    assert "COD" in client.get(f"/needs/{code}/answer").text
    edit = client.post(f"/needs/{code}/answer").location
    assert client.get(f"/needs/{code}/answer").location == edit  # one per organisation and need
    saved = client.post(edit, data=form_data(lock="0", go="next", technology=technology))
    check = client.get(saved.location).text
    assert "1.500.000.000" in check
    file = (BytesIO(b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"), "bao-cao.pdf")
    client.post(edit.replace("edit", "files"), data={"file": file, "about": "COD"}, content_type="multipart/form-data")
    sent = client.post(edit.replace("edit", "send"), data={"lock": "1"})
    assert sent.status_code == 302
    answer = db.session.scalars(select(Answer)).one()
    lead = db.session.scalars(select(Lead)).one()
    assert (answer.state, answer.version, answer.listing_id, lead.answer_id, lead.state) == (
        "sent", 1, listing.id, answer.id, "contacted")
    assert db.session.scalars(select(Message)).one().text == OFFER
    buyer = cast.client(ctx, "buyer")
    page = buyer.get(f"/answers/{answer.code}").text
    for shown in ("Viện Công nghệ Môi trường", OFFER, "60", "1.500.000.000", technology, f"/leads/{lead.code}"):
        assert shown in page
    assert f"/answers/{answer.code}" in buyer.get(f"/my/needs/{code}/answers").text
    assert f"/my/needs/{code}/answers" in buyer.get(f"/needs/{code}", follow_redirects=True).text
    assert f"/answers/{answer.code}" in buyer.get(f"/leads/{lead.code}").text


def test_what_is_missing_stops_sending_and_nothing_else(ctx: Flask) -> None:
    cast = Round()
    answer = cast.draft(cast.need(), content=said(targets=()))
    with pytest.raises(Missing) as caught:
        writing.send(answer, cast.supplier, answer.lock)
    assert caught.value.fields == ["targets-0-value"]
    client = cast.client(ctx, "supplier")
    refused = client.post(f"/my/answers/{answer.code}/send", data={"lock": "1"})
    assert refused.status_code == 422
    assert OFFER in refused.text


def test_it_is_saved_in_the_background_with_what_is_still_missing(ctx: Flask) -> None:
    cast = Round()
    answer = cast.draft(cast.need())
    code = answer.code
    client, headers = cast.client(ctx, "supplier"), {"X-Requested-With": "autosave"}
    data = form_data(lock="1", price_total="rất nhiều", **{"targets-0-value": ""})
    found = client.post(f"/my/answers/{code}/edit", data=data, headers=headers).get_json()
    assert found["lock"] == 2
    assert "price_total" in found["errors"]
    assert "targets-0-value" in found["missing_html"]
    db.session.expire_all()
    answer = db.session.scalars(select(Answer)).one()
    assert (answer.written.price_total, answer.written.target("COD").value) == (1_500_000_000, "")
    stale = client.post(f"/my/answers/{code}/edit", data=data, headers=headers)
    assert stale.status_code == 409
    late = client.post(f"/my/answers/{code}/edit", data=form_data(lock="1", summary="Lời của người gửi sau cùng."))
    assert late.status_code == 409
    assert "Lời của người gửi sau cùng." in late.text


def test_versions_follow_until_the_need_takes_no_more_answers(ctx: Flask) -> None:
    cast = Round()
    need = cast.need()
    answer = cast.sent(need)
    assert writing.send(answer, cast.supplier, answer.lock).number == 1  # nothing changed: the same version
    writing.save(answer, said(price_total=1_400_000_000), cast.supplier, answer.lock)
    with pytest.raises(Stale):
        writing.send(answer, cast.supplier, answer.lock - 1)
    assert writing.send(answer, cast.supplier, answer.lock).number == 2
    assert [one.content.price for one in answer.versions] == [1_500_000_000, 1_400_000_000]
    assert db.session.scalar(select(func.count()).select_from(Lead)) == 1
    writing.save(answer, said(price_total=1), cast.supplier, answer.lock)
    needs.move(need, "shortlist", cast.buyer)
    db.session.flush()
    for verb in (lambda: writing.send(answer, cast.supplier, answer.lock), lambda: writing.begin(need, cast.third),
                 lambda: writing.save(answer, said(), cast.supplier, answer.lock)):
        with pytest.raises(IllegalMove):
            verb()


def test_a_late_answer_is_refused_before_the_job_has_closed_the_need(ctx: Flask) -> None:
    cast = Round()
    need = cast.need()
    answer = cast.draft(need)
    with clock.fixed(clock.now() + timedelta(days=31)):
        with pytest.raises(IllegalMove):
            writing.send(answer, cast.supplier, answer.lock)
        client = cast.client(ctx, "supplier")
        assert client.post(f"/my/answers/{answer.code}/send", data={"lock": "1"}).status_code == 409
        assert client.post(f"/needs/{need.code}/answer").status_code in {302, 409}
    assert db.session.scalar(select(func.count()).select_from(AnswerVersion)) == 0


def test_a_withdrawn_answer_is_gone_for_the_requester_and_may_be_written_again(ctx: Flask) -> None:
    cast = Round()
    need = cast.need()
    answer = cast.sent(need)
    writing.move(answer, "withdraw", cast.supplier, "no_capacity")
    db.session.commit()
    code = answer.code
    assert db.session.scalars(select(Lead)).one().state == "declined"
    buyer = cast.client(ctx, "buyer").get(f"/answers/{code}").text
    assert OFFER not in buyer
    assert OFFER in cast.client(ctx, "supplier").get(f"/answers/{code}").text
    again = writing.begin(need, cast.supplier)
    assert (again.code, again.state) == (code, "draft")
    writing.send(again, cast.supplier, again.lock)
    assert (again.state, again.version) == ("sent", 2)
    assert db.session.scalar(select(func.count()).select_from(Lead)) == 2


def test_the_end_of_the_conversation_ends_the_answer(ctx: Flask) -> None:
    cast = Round()
    need = cast.need()
    declined, withdrawn = cast.sent(need), cast.sent(need, cast.stranger)
    leads = {lead.answer_id: lead for lead in db.session.scalars(select(Lead))}
    moves.decline(leads[declined.id], cast.buyer, "price")
    moves.withdraw(leads[withdrawn.id], cast.stranger, "changed_mind")
    assert (declined.state, declined.reason_code, withdrawn.state) == ("declined", "price", "withdrawn")


def test_who_may_not_write(ctx: Flask) -> None:
    cast = Round()
    need = cast.need()
    with pytest.raises(NotAllowed):
        writing.begin(need, cast.buyer)
    with pytest.raises(NotAllowed):
        writing.save(cast.draft(need), said(), cast.stranger, 1)


def test_the_requester_is_told_with_the_need_and_the_answerer_once(ctx: Flask) -> None:
    cast = Round()
    need = cast.need()
    answer = cast.sent(need, content=said(technology=cast.listing().code))
    code, title, buyer_id = answer.code, "Xử lý nước thải dệt nhuộm đạt cột A", cast.buyer_user.id
    drain()
    told = db.session.scalars(select(Notification).where(Notification.user_id == buyer_id)).all()
    found = [(one.message, one.params["title"], one.href) for one in told]
    assert found == [("answer.send:buyer", title, f"/answers/{code}")]
    page = cast.client(ctx, "buyer").get("/inbox").text
    assert f"Viện Công nghệ Môi trường đã trả lời nhu cầu “{title}”" in page
    mails = [one for one in db.session.scalars(select(MailMessage)) if one.recipient == cast.buyer_user.email]
    assert len(mails) == 1
    assert "Viện Công nghệ Môi trường" in mails[0].body


def test_the_time_to_answer_begins_when_all_can_be_compared(ctx: Flask) -> None:
    cast = Round()
    need = cast.need()
    cast.sent(need)
    lead = db.session.scalars(select(Lead)).one()
    assert need.answer_deadline is not None
    assert lead.respond_by is not None
    assert lead.respond_by > clock.end_of_day(need.answer_deadline)


def test_files_are_of_the_version_they_were_sent_with(ctx: Flask) -> None:
    cast = Round()
    answer = cast.draft(cast.need())
    client = cast.client(ctx, "supplier")
    path = f"/my/answers/{answer.code}"
    for number in range(2):
        body = b"%PDF-1.4\n1 0 obj<<>>endobj\n%" + str(number).encode() + b"\ntrailer<<>>\n%%EOF\n"
        file = (BytesIO(body), f"{number}.pdf")
        done = client.post(f"{path}/files", data={"file": file, "about": ""}, content_type="multipart/form-data")
        assert done.status_code == 302
        client.post(f"{path}/send", data={"lock": "1"})
    answer = db.session.scalars(select(Answer)).one()
    assert [len(attachments(one)) for one in answer.versions] == [1, 2]
    first = attachments(answer)[0]
    client.post(f"{path}/files/{first.id}/remove")
    assert len(attachments(db.session.scalars(select(Answer)).one())) == 1
