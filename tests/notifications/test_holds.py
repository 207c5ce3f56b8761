"""What looks suspicious is held back: stored, told to nobody, seen by the staff, released or dropped."""

from __future__ import annotations

import pytest
from flask import Flask

from marketplace.core import work
from marketplace.core.access import Actor
from marketplace.core.errors import IllegalMove, NotAllowed
from marketplace.core.events import Event
from marketplace.core.extensions import db
from marketplace.core.outbox import Outbox
from marketplace.notifications import consumers, holds
from marketplace.notifications.models import HeldNotification
from marketplace.notifications.occasions import Occasion
from marketplace.organisations.actors import actor_of
from tests import factories
from tests.notifications.world import World, mails, told


@pytest.fixture
def suspicious(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hold everything about deals."""

    def hold(occasion: Occasion) -> str:
        return "Held for a test." if occasion.event is not None else ""

    monkeypatch.setattr(holds, "_holds", {"deal": [hold]})


def waiting() -> list[HeldNotification]:
    db.session.rollback()
    return list(db.session.query(HeldNotification).order_by(HeldNotification.id))


@pytest.mark.usefixtures("suspicious")
def test_what_is_held_is_told_when_it_is_released_once(ctx: Flask) -> None:
    world = World()
    event = world.happens("deal.sign", world.supplier)
    other = world.happens("lead.accept", world.supplier)
    assert not told(event) and told(other), "only deals are held"
    [row] = waiting()
    assert (row.event_id, row.state, row.reason_code, holds.waiting()) == (event.id, "held", "Held for a test.", 1)
    [item] = work.queue(factories.actor_of(factories.user(staff=("moderator",))), "vi", sources=["notifications.held"])
    assert (item.id, item.path, item.due_at) == (row.id, "/staff/held-notifications", row.due_at)
    assert "deal.sign" not in item.title, "in words"
    again = db.session.query(Outbox).filter_by(event_id=event.id, consumer="notifications").one()
    again.done_at = None  # delivered twice
    db.session.commit()
    world.deliver()
    assert len(waiting()) == 1 and not told(event)

    client = factories.client(ctx, factories.user(staff=("moderator",)))
    page = client.get("/staff/held-notifications").text
    assert world.deal.code in page and world.deal.title in page
    assert client.post(f"/staff/held-notifications/{row.id}/release").status_code == 302
    assert set(told(event)) == {world.buyer_user.id, world.buyer_editor_user.id, world.buyer_signer_user.id}
    letters = len(mails())
    assert client.post(f"/staff/held-notifications/{row.id}/release").status_code == 302, "a double click"
    assert client.post(f"/staff/held-notifications/{row.id}/drop").status_code == 409
    assert len(mails()) == letters and work.count(Actor(), "notifications.held").total == 0, "decided, it waits no longer"
    assert waiting()[0].state == "released"
    actions = [one.action for one in db.session.query(Event).filter_by(subject_kind="held_notification")]
    assert actions == ["held_notification.release"]


@pytest.mark.usefixtures("suspicious")
def test_what_is_dropped_is_never_told(ctx: Flask) -> None:
    world = World()
    event = world.happens("deal.sign", world.supplier)
    [row] = waiting()
    holds.decide(row.id, "drop", factories.actor_of(factories.user(staff=("moderator",))))
    db.session.commit()
    consumers.tell(event)
    db.session.commit()
    assert not told(event) and holds.waiting() == 0
    with pytest.raises(IllegalMove):
        holds.decide(row.id, "release", factories.actor_of(factories.user(staff=("moderator",))))


@pytest.mark.usefixtures("suspicious")
def test_nobody_decides_about_their_own_organisation_and_only_moderators_see(ctx: Flask) -> None:
    world = World()
    world.happens("deal.sign", world.supplier)
    [row] = waiting()
    both = factories.user("Điều hành kiêm nhiệm", staff=("moderator",))
    factories.member(both, world.buyer_org, "editor")
    with pytest.raises(NotAllowed):
        holds.decide(row.id, "release", actor_of(both))
    assert world.client(ctx, "buyer").get("/staff/held-notifications").status_code == 403
    assert world.client(ctx, "buyer").post(f"/staff/held-notifications/{row.id}/release").status_code == 403
    assert factories.client(ctx, factories.user(staff=("moderator",))).post(
        "/staff/held-notifications/999999/release").status_code == 404


def test_what_was_sent_just_before_a_suspension_is_held(ctx: Flask) -> None:
    world = World()
    world.supplier_org.state = "suspended"
    db.session.commit()
    message = world.happens("lead.message", world.supplier, kind="message")
    answer = world.happens("lead.message", world.buyer, kind="message")
    withdrawn = world.happens("lead.withdraw", world.supplier)
    assert not told(message) and told(answer) and told(withdrawn)
    assert [row.event_id for row in waiting()] == [message.id]
