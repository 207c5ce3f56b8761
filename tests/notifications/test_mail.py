"""Mail about notifications: as each person prefers, in their language, never a private text, one link to stop it."""

from __future__ import annotations

import re
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
import time_machine
from flask import Flask

from marketplace.accounts.models import User
from marketplace.core.errors import Invalid
from marketplace.core.extensions import db
from marketplace.core.outbox import JOBS
from marketplace.negotiation.actions import messages
from marketplace.notifications import actions, digest, queries, unsubscribe_link
from marketplace.notifications.models import Notification
from marketplace.notifications.topics import (
    MESSAGES,
    TOPICS,
    Topic,
    choosable,
    register_message,
    register_topic,
)
from marketplace.organisations.models import Membership
from marketplace.values import clock
from tests import factories
from tests.notifications.world import World, mails, told

SECRET = "Giá thấp nhất của chúng tôi là 1,2 tỷ, xin giữ kín."


def test_each_person_gets_the_mail_they_chose_in_their_language(ctx: Flask) -> None:
    world = World()
    world.buyer_user.locale = "en"
    actions.prefer(world.buyer_editor_user.id, {"deals": "off"})
    actions.prefer(world.buyer_signer_user.id, {"deals": "daily"})
    db.session.commit()
    event = world.happens("deal.hand_over", world.supplier)
    assert len(told(event)) == 3, "the inbox does not depend on it"
    (english,) = mails(user_id=world.buyer_user.id)
    assert english.state == "queued" and english.key == f"notification:{event.id}:{world.buyer_user.id}"
    assert english.subject.startswith("Viện Công nghệ Môi trường handed over")
    assert f"/inbox/{told(event)[world.buyer_user.id].id}/open" in english.body
    (off,) = mails(user_id=world.buyer_editor_user.id)
    assert (off.state, off.body, off.last_error) == ("suppressed", "", "preference")
    assert mails(user_id=world.buyer_signer_user.id) == []


def test_a_private_text_is_never_in_a_mail_or_in_the_log(ctx: Flask) -> None:
    world = World()
    messages.post(world.lead, world.supplier, SECRET, once="one")
    db.session.commit()
    world.deliver()
    letters = mails()
    assert len(letters) == 3
    assert all("1,2 tỷ" not in mail.subject + mail.body for mail in letters)
    log = factories.client(ctx, factories.user(staff=("admin",))).get("/staff/deliveries").text
    assert letters[0].recipient in log and "1,2 tỷ" not in log
    assert all("1,2 tỷ" not in str(row.params) for row in db.session.query(Notification))


def test_a_burst_of_messages_is_one_mail_and_every_message_stands_in_the_inbox(ctx: Flask) -> None:
    world = World()
    with time_machine.travel(clock.now(), tick=False) as traveller:
        events = [world.happens("lead.message", world.supplier, kind="message") for _ in range(3)]
        assert all(world.buyer_user.id in told(event) for event in events)
        assert [mail.state for mail in mails(user_id=world.buyer_user.id)] == ["queued", "suppressed", "suppressed"]
        traveller.shift(timedelta(minutes=16))
        world.happens("lead.message", world.supplier, kind="message")
        assert [mail.state for mail in mails(user_id=world.buyer_user.id)][3:] == ["queued"], "still unread, later again"
        actions.read_all(factories.actor_of(world.buyer_user, world.buyer_org))
        db.session.commit()
        world.happens("lead.message", world.supplier, kind="message")
        assert [mail.state for mail in mails(user_id=world.buyer_user.id)][4:] == ["queued"], "they had read the others"


def test_one_click_turns_a_topic_off_without_signing_in(ctx: Flask) -> None:
    world = World()
    world.happens("lead.accept", world.supplier)
    (letter,) = mails(user_id=world.buyer_user.id)
    link = re.search(r"https?://\S+/unsubscribe/\S+", letter.body)
    assert link is not None and urlsplit(link[0]).path == letter.unsubscribe
    anybody = factories.client(ctx)
    assert "Quan tâm và trả lời" in anybody.get(letter.unsubscribe).text
    world.happens("lead.accept", world.supplier)
    assert mails(user_id=world.buyer_user.id)[-1].state == "queued", "mail scanners open links; opening does nothing"
    assert anybody.post(letter.unsubscribe, data={"List-Unsubscribe": "One-Click"}).status_code == 200
    assert anybody.post(letter.unsubscribe).status_code == 200
    again = anybody.get(letter.unsubscribe).text  # the same letter, opened once more
    assert "đã tắt từ trước" in again and "/account/notifications" in again
    assert '<form method="post" data-once' not in again
    world.happens("lead.accept", world.supplier)
    world.happens("deal.hand_over", world.supplier)
    assert [mail.state for mail in mails(user_id=world.buyer_user.id)][-2:] == ["suppressed", "queued"], "only this topic"
    assert {mail.state for mail in mails(user_id=world.buyer_editor_user.id)} == {"queued"}, "only this person"


def test_the_daily_summary_names_what_is_unread_once(ctx: Flask) -> None:
    world = World()
    actions.prefer(world.buyer_user.id, {"deals": "daily", "milestones": "daily"})
    db.session.commit()
    events = [world.happens(action, world.supplier) for action in ("deal.hand_over", "milestone.deliver", "deal.sign")]
    actions.read(told(events[2])[world.buyer_user.id])
    db.session.commit()
    assert digest.send() == 1
    assert digest.send() == 0
    db.session.commit()
    (letter,) = mails(user_id=world.buyer_user.id)
    assert (letter.subject, letter.state) == ("2 tin mới trên sàn", "queued")
    assert letter.body.count("/open") == 2 and "Lắp đặt" in letter.body
    world.happens("deal.hand_over", world.supplier)
    db.session.query(Membership).filter_by(user_id=world.buyer_user.id).one().left_at = clock.now()
    db.session.commit()
    assert digest.send() == 0, "who left is not told any more"
    assert "notifications.digest" in JOBS


def test_other_features_tell_by_one_call_each_key_once(ctx: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("marketplace.notifications.topics.TOPICS", TOPICS)
    register_topic(Topic("probe", "Probe", "A probe.", "bell", default="daily"))
    register_message("probe.found", "Inbox")  # a message id that is translated
    try:
        person: User = factories.user()
        first = actions.notify(person, "probe", "saved:1:2026-11-22", "probe.found", {}, "/technologies")
        assert first is not None and first.mail == "daily"
        assert actions.notify(person, "probe", "saved:1:2026-11-22", "probe.found") is None
        db.session.commit()
        assert "Hộp thông báo" in factories.client(ctx, person).get("/inbox").text
        assert digest.send() == 1
        with pytest.raises(Invalid):
            actions.prefer(person.id, {"probe": "hourly"})
    finally:
        del TOPICS["probe"], MESSAGES["probe.found"]


def test_choices_are_made_on_ones_own_page(ctx: Flask) -> None:
    world = World()
    client = world.client(ctx, "buyer")
    assert client.get("/account/notifications").status_code == 200
    form = dict.fromkeys(choosable(), "each") | {"deals": "off"}
    assert 'name="security"' not in client.get("/account/notifications").text
    client.post("/account/notifications", data=form | {"security": "off"})
    assert queries.wanted(world.buyer_user.id, "security") == "each", "letters about failed sign-ins always come"
    token = unsubscribe_link.path(world.buyer_user.id, "security")
    assert client.post(token).status_code == 404
    assert client.post("/account/notifications", data=form).status_code == 302
    assert client.post("/account/notifications", data=form | {"terms": "hourly"}).status_code == 422
    world.happens("deal.hand_over", world.supplier)
    assert mails(user_id=world.buyer_user.id)[0].state == "suppressed"
    page = client.get("/account/notifications").text
    assert "người nhận không chọn nhận qua thư" in page
    assert world.buyer_editor_user.email not in page


