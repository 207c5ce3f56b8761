"""Who is told: the right side, colleagues, staff; never who did it, never who left."""

from __future__ import annotations

from flask import Flask

from marketplace.core.access import SYSTEM
from marketplace.core.events import Outbox
from marketplace.core.extensions import db
from marketplace.notifications import consumers
from marketplace.notifications.models import Notification
from marketplace.organisations.models import Membership
from marketplace.values import clock
from tests import factories
from tests.notifications.world import World, mails, said, told

SUPPLIER = "supplier supplier_editor supplier_signer"
BUYER = "buyer buyer_editor buyer_signer"
OFFICERS = "officer second_officer manager"
CASES = (
    ("lead.introduce", "officer", f"{SUPPLIER} {BUYER}"),
    ("lead.contact", "buyer", SUPPLIER),
    ("lead.contact", "supplier_editor", BUYER),
    ("lead.decline", "supplier", BUYER),
    ("lead.expire", "", f"{SUPPLIER} {BUYER}"),
    ("lead.message", "buyer_editor", SUPPLIER),
    ("lead.message", "officer", f"{SUPPLIER} {BUYER}"),
    ("terms.propose", "supplier", f"{BUYER} supplier_editor supplier_signer"),
    ("terms.accept", "buyer_signer", f"{SUPPLIER} buyer buyer_editor"),
    ("complaint.open", "buyer", f"{SUPPLIER} {OFFICERS}"),
    ("complaint.triage", "officer", BUYER),
    ("complaint.ask_party", "officer", f"{SUPPLIER} {BUYER}"),
    ("complaint.answer", "supplier", f"{BUYER} officer"),
    ("complaint.escalate", "officer", f"{SUPPLIER} {BUYER} manager"),
    ("complaint.resolve", "officer", f"{SUPPLIER} {BUYER}"),
    ("complaint.withdraw", "buyer", f"{SUPPLIER} officer"),
    ("deal.sign", "buyer_signer", SUPPLIER),
    ("deal.hand_over", "supplier", BUYER),
    ("deal.return_defects", "buyer", SUPPLIER),
    ("deal.complete", "buyer", f"{SUPPLIER} buyer_editor buyer_signer officer"),
    ("deal.dispute", "buyer", f"{SUPPLIER} buyer_editor buyer_signer {OFFICERS}"),
    ("deal.officer", "manager", "officer"),
    ("deal.reminded", "", f"{SUPPLIER} {BUYER} officer"),
    ("milestone.deliver", "supplier", BUYER),
    ("milestone.reminded", "", f"{SUPPLIER} {BUYER}"),
)


def test_exactly_these_people_are_told(ctx: Flask) -> None:
    world = World()
    names = {person.id: name.removesuffix("_user") for name, person in vars(world).items() if name.endswith("_user")}
    wrong = []
    for action, who, expected in CASES:
        actor = (getattr(world, who, None) or factories.actor_of(getattr(world, f"{who}_user"))) if who else SYSTEM
        found = {names[user_id] for user_id in told(world.happens(action, actor))}
        if found != set(expected.split()):
            wrong.append((action, who, found ^ set(expected.split())))
    assert not wrong


def test_delivered_again_an_event_tells_nobody_again(ctx: Flask) -> None:
    world = World()
    event = world.happens("deal.dispute", world.buyer)
    first, letters = set(told(event)), len(mails())
    assert letters == len(first) > 0
    factories.member(factories.user("Người Mới"), world.supplier_org, "editor")
    row = db.session.query(Outbox).filter_by(event_id=event.id, consumer="notifications").one()
    row.done_at = None  # the worker died after its commit was lost to it, or an operator pressed "try again"
    db.session.commit()
    world.deliver()
    consumers.tell(event)
    db.session.commit()
    assert first <= set(told(event))
    assert db.session.query(Notification).count() == len(mails()) == len(first) + 1, "only the new member is new"


def test_who_left_is_not_told_and_does_not_read_what_they_were_told(ctx: Flask) -> None:
    world = World()
    event = world.happens("deal.sign", world.supplier)
    row = told(event)[world.buyer_editor_user.id]
    client = world.client(ctx, "buyer_editor")
    assert said(row, world.buyer_editor_user) in client.get("/inbox").text
    membership = db.session.query(Membership).filter_by(user_id=world.buyer_editor_user.id).one()
    membership.left_at = clock.now()
    db.session.commit()
    page = client.get("/inbox")
    assert page.status_code == 200
    assert world.deal.code not in page.text
    assert "count-dot" not in page.text
    assert client.get(f"/inbox/{row.id}/open").status_code == 404
    assert client.post("/inbox/read").status_code == 302
    later = world.happens("deal.begin_delivery", world.supplier)
    assert world.buyer_editor_user.id not in told(later)
    assert told(event)[world.buyer_editor_user.id].read_at is None


def test_a_member_of_a_side_is_no_officer_of_its_case(ctx: Flask) -> None:
    world = World()
    both = factories.user("Cán bộ kiêm nhiệm", staff=("deal_officer",))
    factories.member(both, world.supplier_org, "editor")
    rows = told(world.happens("complaint.open", world.buyer))
    assert not rows[both.id].for_staff, "told as a member"
    assert rows[world.officer_user.id].for_staff


def test_staff_who_no_longer_are_do_not_read_on(ctx: Flask) -> None:
    world = World()
    rows = told(world.happens("complaint.open", world.buyer))
    client = world.client(ctx, "officer")
    assert world.complaint.code in client.get("/inbox").text
    world.officer_user.staff_grants[0].ended_at = clock.now()
    db.session.commit()
    assert world.complaint.code not in client.get("/inbox").text
    assert client.get(f"/inbox/{rows[world.officer_user.id].id}/open").status_code == 404


def test_a_hidden_requester_is_not_named_to_the_supplier_until_revealed(ctx: Flask) -> None:
    world = World(hidden=True)
    rows = told(world.happens("lead.message", world.buyer, kind="message"))
    row = rows[world.supplier_user.id]
    assert said(row, world.supplier_user).startswith("Tin nhắn mới của bên có nhu cầu về")
    letters = mails(user_id=world.supplier_user.id)
    assert letters and all(world.buyer_org.name not in mail.subject + mail.body for mail in letters)
    assert world.buyer_org.name not in world.client(ctx, "supplier").get("/inbox").text
    world.lead.buyer_revealed_at = clock.now()
    db.session.commit()
    assert world.buyer_org.name in said(told_again(row), world.supplier_user)


def told_again(row: Notification) -> Notification:
    db.session.expire_all()
    return db.session.get_one(Notification, row.id)
