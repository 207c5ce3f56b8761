"""The inbox and the operator's log of deliveries, as pages."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask import Flask

from marketplace.core.events import Event
from marketplace.core.extensions import db
from marketplace.core.outbox import drain
from marketplace.mail import MailMessage
from marketplace.notifications.models import Notification
from marketplace.values import clock
from tests import factories
from tests.notifications.world import World, told
from tests.statements import statements


def fill(world: World, count: int) -> None:
    for number in range(count):
        db.session.add(Notification(
            user_id=world.buyer_user.id, key=f"k{number}", topic="deals" if number % 2 else "terms", href="/technologies",
            message="deal.sign:other", params={"lead": world.lead.id, "side": "buyer", "code": f"GD-{number:04d}"},
            org_id=world.buyer_org.id, mail="off",
        ))
    db.session.commit()


def codes(page: str) -> list[str]:
    return re.findall(r"GD-\d{4}", page)


def test_the_inbox_pages_by_key_and_costs_the_same_however_much_there_is(ctx: Flask) -> None:
    world = World()
    fill(world, 65)
    client = world.client(ctx, "buyer", "en")
    client.get("/inbox")
    with statements(ctx) as seen:
        first = client.get("/inbox").text
    assert len(seen) <= 8, "\n".join(seen)
    assert codes(first) == [f"GD-{number:04d}" for number in range(64, 34, -1)]
    assert 'count-dot"><span class="visually-hidden">unread: </span>65' in first
    second = client.get(re.search(r'rel="next" href="([^"]+)"', first)[1].replace("&amp;", "&")).text
    third = client.get(re.search(r'rel="next" href="([^"]+)"', second)[1].replace("&amp;", "&")).text
    assert len(codes(third)) == 5 and 'rel="next"' not in third
    back = client.get(re.search(r'rel="prev" href="([^"]+)"', third)[1].replace("&amp;", "&")).text
    assert codes(back) == codes(second)
    assert len(codes(client.get("/inbox?topic=deals").text)) == 30
    assert client.get("/inbox?topic=x&before=y&after=-1&show=z").status_code == 200


def unread(world: World) -> list[str]:
    """Where what the buyer has not read leads to."""
    db.session.rollback()
    rows = db.session.query(Notification).filter_by(user_id=world.buyer_user.id, read_at=None).order_by(Notification.id)
    return [row.href for row in rows]


def test_what_leads_to_the_same_place_is_read_with_it(ctx: Flask) -> None:
    world = World()
    lead, deal = f"/leads/{world.lead.code}", f"/deals/{world.deal.code}"
    world.happens("lead.message", world.supplier)
    world.happens("terms.propose", world.supplier)
    world.happens("deal.draft", world.supplier)
    last = told(world.happens("deal.hand_over", world.supplier))[world.buyer_user.id].id
    assert unread(world) == [lead, f"{lead}/terms/1", deal, deal]
    client = world.client(ctx, "buyer")
    assert client.get(f"/inbox/{last}/open").headers["Location"] == deal
    assert unread(world) == [lead, f"{lead}/terms/1"]
    assert client.get(lead).status_code == 200
    assert unread(world) == []
    world.happens("deal.draft", world.supplier)
    assert client.get("/technologies").status_code == 200
    assert unread(world) == [deal]


def test_a_file_that_comes_with_a_move_is_not_told_apart_from_it(ctx: Flask) -> None:
    world = World()
    assert told(world.happens("deal.file_added", world.supplier, role="delivery", part_of="milestone.deliver")) == {}
    assert world.buyer_user.id in told(world.happens("deal.file_added", world.supplier, role="other", part_of=""))


def test_opening_marks_read_and_leads_to_the_thing_for_its_person_only(ctx: Flask) -> None:
    world = World()
    row = told(world.happens("deal.hand_over", world.supplier))[world.buyer_user.id]
    assert factories.client(ctx).get(f"/inbox/{row.id}/open").status_code in {302, 401}
    assert world.client(ctx, "buyer_editor").get(f"/inbox/{row.id}/open").status_code == 404
    client = world.client(ctx, "buyer")
    assert "is-unread" in client.get("/inbox").text
    answer = client.get(f"/inbox/{row.id}/open")
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/deals/{world.deal.code}")
    db.session.expire_all()
    assert db.session.get_one(Notification, row.id).read_at is not None
    page = client.get("/inbox?show=unread").text
    assert "Bạn đã đọc hết" in page and "count-dot" not in page


def test_all_of_a_topic_are_marked_read_at_once(ctx: Flask) -> None:
    world = World()
    fill(world, 10)
    client = world.client(ctx, "buyer")
    assert client.post("/inbox/read", data={"topic": "terms"}).status_code == 302
    assert db.session.query(Notification).filter(Notification.read_at.is_(None)).count() == 5
    assert client.post("/inbox/read").status_code == 302
    db.session.rollback()
    assert db.session.query(Notification).filter(Notification.read_at.is_(None)).count() == 0


def letter(number: int, state: str, **values: Any) -> MailMessage:
    made = MailMessage(
        key=f"k{number}", recipient=f"nguoi{number}@example.vn", subject=f"Việc {number}", body="Nội dung riêng",
        queued_at=clock.now(), state=state, **values,
    )
    db.session.add(made)
    db.session.commit()
    return made


@pytest.mark.parametrize("roles", [("admin",), ("manager",)])
def test_operators_find_what_failed_and_send_it_again(ctx: Flask, roles: tuple[str, ...]) -> None:
    failed = letter(1, "failed", last_error="Refused: 550 no such user <script>", attempts=1)
    letter(2, "unknown")
    sent = letter(3, "sent", sent_at=clock.now())
    letter(4, "suppressed", last_error="preference")
    client = factories.client(ctx, factories.user(staff=roles), locale="en")
    page = client.get("/staff/deliveries").text
    assert all(f"nguoi{number}@example.vn" in page for number in (1, 2, 3, 4))
    assert "Nội dung riêng" not in page and "<script>" not in page.partition("<main")[2]
    assert "not wanted by mail" in page
    assert re.findall(r"nguoi\d", client.get("/staff/deliveries?state=unknown").text) == ["nguoi2", "nguoi2"]
    assert "nguoi3" not in client.get("/staff/deliveries?address=NGUOI1@example.vn").text
    assert "nguoi3" in client.get("/staff/deliveries?address=oi3@").text
    assert client.post(f"/staff/deliveries/{sent.id}/resend").status_code == 409
    assert client.post("/staff/deliveries/999999/resend").status_code == 404
    assert client.post(f"/staff/deliveries/{failed.id}/resend?state=failed").status_code == 302
    db.session.rollback()
    drain()
    assert db.session.get_one(MailMessage, failed.id, populate_existing=True).state == "sent"
    event = db.session.query(Event).filter_by(action="mail.resend").one()
    assert (event.subject_id, event.data) == (failed.id, {"was": "failed"})


@pytest.mark.parametrize("roles", [(), ("moderator",), ("deal_officer",), ("auditor",)])
def test_others_do_not_read_the_log(ctx: Flask, roles: tuple[str, ...]) -> None:
    client = factories.client(ctx, factories.user(staff=roles))
    assert client.get("/staff/deliveries").status_code == 403
    assert client.post(f"/staff/deliveries/{letter(1, 'failed').id}/resend").status_code == 403
