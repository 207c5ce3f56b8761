"""Asking the requester through the exchange: verified organisations only, logged, repeats are one."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from marketplace.authoring.enquiries import Enquiry, enquire
from marketplace.buyer_requests.actions import ENQUIRIES
from marketplace.buyer_requests.models import BuyerRequest
from marketplace.core.errors import Invalid, NotAllowed
from marketplace.core.events import history
from marketplace.core.extensions import db
from marketplace.core.outbox import drain
from marketplace.mail import MailMessage
from marketplace.values import clock
from tests import factories
from tests.buyer_requests.conftest import Scene
from tests.buyer_requests.factories import Cast, six_clear

QUESTION = "Xin hỏi nước thải đầu vào có độ màu bao nhiêu?"


def asked() -> list[Enquiry]:
    return list(db.session.scalars(select(Enquiry)))


def test_a_question_is_kept_logged_and_delivered_to_those_who_edit(cast: Cast) -> None:
    need = cast.published()
    enquiry = enquire(need, cast.stranger, QUESTION, ENQUIRIES)
    assert (enquiry.from_org_id, enquiry.text) == (cast.stranger_org.id, QUESTION)
    event = db.session.scalars(history("need", need.id).limit(1)).one()
    assert (event.action, event.data, event.on_behalf_of) == ("need.enquire", {"enquiry": enquiry.id}, cast.stranger_org.id)
    db.session.commit()
    drain()
    letter = db.session.scalars(select(MailMessage).where(MailMessage.topic == "enquiries")).one()
    assert letter.recipient == "hoa.le@example.vn"
    assert QUESTION in letter.body
    assert "Công ty Người Lạ" in letter.body


def test_the_same_question_twice_is_one(cast: Cast) -> None:
    need = cast.published()
    first = enquire(need, cast.stranger, QUESTION, ENQUIRIES)
    assert enquire(need, cast.stranger, QUESTION, ENQUIRIES) is first
    enquire(need, cast.stranger, QUESTION + " Và nhiệt độ?", ENQUIRIES)
    assert len(asked()) == 2


def test_each_of_two_questions_at_one_moment_is_delivered(cast: Cast) -> None:
    need = cast.published()
    with clock.fixed(clock.now()):
        for text in (QUESTION, QUESTION + " Và nhiệt độ?"):
            enquire(need, cast.stranger, text, ENQUIRIES)
    db.session.commit()
    drain()
    letters = db.session.scalars(select(MailMessage).where(MailMessage.topic == "enquiries")).all()
    assert sorted("Và nhiệt độ?" in letter.body for letter in letters) == [False, True]


def test_who_may_not_ask(cast: Cast) -> None:
    need = cast.published()
    waiting = factories.organisation("Công ty Chờ", state="submitted")
    person = factories.user("Người Chờ")
    factories.member(person, waiting)
    for actor in (factories.actor_of(person, waiting), cast.buyer, cast.colleague, cast.moderator):
        with pytest.raises(NotAllowed):
            enquire(need, actor, QUESTION, ENQUIRIES)
    assert asked() == []


@pytest.mark.parametrize("text", ["", "ngắn quá", "a" * 3001])
def test_odd_lengths_are_refused(cast: Cast, text: str) -> None:
    with pytest.raises(Invalid) as caught:
        enquire(cast.published(), cast.stranger, text, ENQUIRIES)
    assert caught.value.field == "text"


@pytest.mark.parametrize("state", ["negotiating", "solved", "expired", "withdrawn", "suspended"])
def test_a_closed_need_takes_no_questions(cast: Cast, state: str) -> None:
    with pytest.raises(Invalid):
        enquire(cast.in_state(state), cast.stranger, QUESTION, ENQUIRIES)


def test_asking_on_the_page_keeps_what_was_typed_when_it_is_refused(scene: Scene) -> None:
    code = scene.make(lambda cast: cast.published(kind="order", six_clear=six_clear()))
    client = scene.client("stranger")
    refused = client.post(f"/needs/{code}/enquiry", data={"text": "Ngắn <b>quá</b>"})
    assert refused.status_code == 422
    assert "Ngắn &lt;b&gt;quá&lt;/b&gt;" in refused.text
    assert client.post(f"/needs/{code}/enquiry", data={"text": QUESTION}).status_code == 302
    assert QUESTION in scene.client("buyer").get(f"/needs/{code}", follow_redirects=True).text
    assert QUESTION not in client.get(f"/needs/{code}", follow_redirects=True).text
    assert scene.client("buyer").post(f"/needs/{code}/enquiry", data={"text": QUESTION}).status_code == 403
    assert scene.client("moderator").post(f"/needs/{code}/enquiry", data={"text": QUESTION}).status_code == 403
    guest = scene.client().post(f"/needs/{code}/enquiry", data={"text": "x"})
    assert (guest.status_code, guest.headers["Location"].split("?")[0]) == (302, "/login")


def test_an_invited_only_need_takes_no_question_from_a_stranger(scene: Scene) -> None:
    code = scene.make(lambda cast: cast.published(
        kind="order", six_clear=six_clear(), visibility="invited_only", invited_org_ids=[cast.invited_org.id]))
    assert scene.client("stranger").post(f"/needs/{code}/enquiry", data={"text": QUESTION}).status_code == 404
    assert scene.client("invited").post(f"/needs/{code}/enquiry", data={"text": QUESTION}).status_code == 302
    with scene.app.app_context():
        assert db.session.query(BuyerRequest).one().state == "open"
        assert len(asked()) == 1
