"""Two people for one decision: who may, what is done once, what lapses, what is out of date."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask

from marketplace.core import proposals, work
from marketplace.core.access import Actor
from marketplace.core.errors import IllegalMove, Invalid, NotAllowed
from marketplace.core.events import Event
from marketplace.core.extensions import db
from marketplace.core.outbox import drain
from marketplace.core.permissions import ACCOUNTING, READ_MONEY
from marketplace.core.proposals import (
    PROPOSAL,
    Proposal,
    ProposalKind,
    decide,
    held,
    propose,
    register_proposal,
)
from marketplace.notifications.models import Notification
from marketplace.organisations.actors import actor_of
from marketplace.values import clock
from tests import factories
from tests.deals.racing import at_once, enough_connections, sending
from tests.lifecycle_matrix import check_table
from tests.payments.world import Desk

REASON = "Theo biên bản họp ngày 01/12/2026"


@pytest.fixture
def done(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, Any]]:
    """A kind of proposal that notes what it did, and a version that a test may change."""
    said: dict[str, Any] = {"version": "1", "done": []}
    monkeypatch.setattr(proposals, "_registered", {**proposals.KINDS})
    monkeypatch.setattr(work, "SOURCES", {**work.SOURCES})
    register_proposal(ProposalKind(
        "probe", "A proposal", ACCOUNTING, lambda row, _language: f"Việc {row.payload['what']}",
        lambda row, actor: said["done"].append((row.payload["what"], actor.user_id)),
        lambda row, _language: [("What", row.payload["what"])], version=lambda _row: said["version"], readers=READ_MONEY,
    ))
    yield said


def test_the_lifecycle_is_its_table() -> None:
    check_table(PROPOSAL)


def test_it_is_done_when_another_person_approves_and_not_before(ctx: Flask, done: dict[str, Any]) -> None:
    desk = Desk()
    made = propose("probe", "thing:1", {"what": "một"}, desk.first, f" {REASON} ")
    db.session.commit()
    assert (made.state, made.reason, made.code[:3], done["done"]) == ("open", REASON, "DX-", [])
    for actor in (desk.first, actor_of(desk.users["auditor"]), actor_of(desk.users["moderator"])):
        with pytest.raises(NotAllowed):
            decide(made, "approve", actor)
    with pytest.raises(NotAllowed):
        decide(made, "withdraw", desk.second)
    assert decide(made, "approve", desk.second) == "approved" == decide(made, "approve", desk.second)
    assert done["done"] == [("một", desk.second.user_id)]
    with pytest.raises(IllegalMove):
        decide(made, "refuse", desk.manager, "Không")
    db.session.commit()
    drain()
    actions = [one.action for one in db.session.query(Event).filter_by(subject_kind="proposal").order_by(Event.id)]
    assert actions == ["proposal.propose", "proposal.approve"]
    told = {(one.user_id, one.message.partition(":")[0]) for one in db.session.query(Notification)}
    assert told == {(desk.second.user_id, "proposal.propose"), (desk.manager.user_id, "proposal.propose"),
                    (desk.first.user_id, "proposal.approve")}


def test_beside_a_lone_accountant_a_manager_approves_and_nobody_for_the_own_organisation(
    ctx: Flask, done: dict[str, Any]
) -> None:
    desk, org = Desk(), factories.organisation()
    factories.member(desk.users["second"], org)
    db.session.commit()
    insider: Actor = actor_of(desk.users["second"])
    with pytest.raises(NotAllowed):
        propose("probe", "thing:1", {"what": "một"}, insider, REASON, org_id=org.id)
    made = propose("probe", "thing:1", {"what": "một"}, desk.first, REASON, org_id=org.id)
    with pytest.raises(NotAllowed):
        decide(made, "approve", insider)
    assert decide(made, "approve", desk.manager) == "approved"


def test_one_proposal_about_a_thing_is_open_at_a_time(ctx: Flask, done: dict[str, Any]) -> None:
    desk = Desk()
    with pytest.raises(Invalid, match="reason"):
        propose("probe", "thing:1", {"what": "một"}, desk.first, "  ")
    made = propose("probe", "thing:1", {"what": "một"}, desk.first, REASON)
    assert propose("probe", "thing:1", {"what": "một"}, desk.first, REASON) is made, "a double click"
    with pytest.raises(Invalid, match=made.code):
        propose("probe", "thing:1", {"what": "hai"}, desk.second, REASON)
    assert decide(made, "withdraw", desk.first) == "withdrawn"
    again = propose("probe", "thing:1", {"what": "hai"}, desk.second, REASON)
    assert decide(again, "refuse", desk.first, "Chưa đủ căn cứ") == "refused" and again.note == "Chưa đủ căn cứ"
    assert done["done"] == []


def test_what_has_changed_since_takes_no_approval(ctx: Flask, done: dict[str, Any]) -> None:
    desk = Desk()
    made = propose("probe", "thing:1", {"what": "một"}, desk.first, REASON)
    done["version"] = "2"
    assert decide(made, "approve", desk.second) == "outdated" and done["done"] == []
    with pytest.raises(IllegalMove):
        decide(made, "approve", desk.second)


def test_what_nobody_decides_lapses_after_five_working_days(ctx: Flask, done: dict[str, Any]) -> None:
    desk = Desk()
    made = propose("probe", "thing:1", {"what": "một"}, desk.first, REASON)
    db.session.commit()
    assert clock.working_days_between(clock.today(), clock.local(made.due_at).date(), proposals.working_calendar()) == 5
    assert proposals.lapse() == 0
    with time_machine.travel(made.due_at + timedelta(seconds=1)):
        assert [item.source.name for item in work.queue(desk.manager, "vi")] == ["proposal.probe"]
        assert (proposals.lapse(), proposals.lapse(), made.state) == (1, 0, "lapsed")
        db.session.commit()
        assert work.queue(desk.manager, "vi") == []
    with pytest.raises(IllegalMove):
        decide(made, "approve", desk.second)


def test_twenty_approvals_at_once_are_one(ctx: Flask, done: dict[str, Any]) -> None:
    with enough_connections(24):
        desk = Desk()
        made = propose("probe", "thing:1", {"what": "một"}, desk.first, REASON)
        db.session.commit()
        people = [desk.client(ctx, name) for name in ("second", "manager")] * 10
        answers = at_once([sending(web, f"/staff/proposals/{made.id}/approve", {}) for web in people])
        assert [one.status for one in answers] == [302] * 20
        db.session.expire_all()
        assert made.state == "approved" and len(done["done"]) == 1
        assert db.session.query(Event).filter_by(action="proposal.approve").count() == 1


def test_the_page_shows_what_may_be_done_and_asks_for_a_reason(ctx: Flask, done: dict[str, Any]) -> None:
    desk = Desk()
    made = propose("probe", "thing:1", {"what": "thay đổi"}, desk.first, REASON)
    db.session.commit()
    here = f"/staff/proposals/{made.id}"
    for name, buttons in (("first", {"withdraw"}), ("second", {"approve", "refuse"}), ("auditor", set())):
        page = desk.client(ctx, name).get(here).text
        assert REASON in page
        assert {word for word in ("approve", "refuse", "withdraw") if f"{here}/{word}" in page} == buttons
    assert desk.client(ctx, "moderator").get(here).status_code == 404
    assert "Việc thay đổi" not in desk.client(ctx, "moderator").get("/staff/proposals").text
    second = desk.client(ctx, "second")
    assert "Việc thay đổi" in second.get("/staff/proposals").text
    empty = second.post(f"{here}/refuse", data={"reason": " "})
    assert empty.status_code == 422 and "Please" not in empty.text
    assert second.post(f"{here}/refuse", data={"reason": "Chưa rõ"}).status_code == 302
    assert "Chưa rõ" in second.get(here).text and "Việc thay đổi" in second.get("/staff/proposals?state=decided").text
    assert held(made.id, desk.first).state == "refused" and isinstance(made, Proposal)
