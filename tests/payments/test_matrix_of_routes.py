"""Payment requests, payments, refunds and dues: every step × state × person, through the routes.

Each thing is walked through its states. In each of them everybody tries every step that is not theirs there, and nothing
moves; who may do what stands here by hand, and not as the lifecycle says. Then the walk goes on through the route.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Set
from itertools import product
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from marketplace.core.extensions import db
from marketplace.payments.dues.models import Due
from marketplace.payments.invoicing import actions as invoicing
from marketplace.payments.ledger.checks import faults
from marketplace.payments.settlement.lifecycle import PAYMENT, RECEIVED
from marketplace.payments.settlement.models import Refund
from marketplace.values import clock
from tests import factories
from tests.payments.dues_world import Money
from tests.payments.test_payments import Till
from tests.thorough import ALL

Send = Callable[[FlaskClient, str], TestResponse]
Pair = tuple[str, str]  # person, step
REFUSED = {403, 404, 409, 422}


class Walk:
    """A thing, the people who try things with it, and how a step is sent."""

    def __init__(self, thing: Any, people: dict[str, FlaskClient], steps: Iterable[str], send: Send) -> None:
        self.thing, self.people, self.steps, self.send = thing, people, tuple(steps), send
        self.turn = 0

    @property
    def state(self) -> str:
        db.session.expire_all()
        return str(self.thing.state)

    def only(self, state: str, may: Set[Pair], settled: Set[Pair] = frozenset()) -> None:
        """Everybody tries what is not theirs in this state. What is settled is answered as done; nothing moves.

        `make test` tries a sixth of it, another sixth in each state.
        """
        assert self.state == state
        pairs, failed = [one for one in product(self.people, self.steps) if one not in may], list[str]()
        self.turn += 1
        for person, step in pairs if ALL else pairs[self.turn % 6::6]:
            status = self.send(self.people[person], step).status_code
            wanted = {302} if (person, step) in settled else REFUSED
            if status not in wanted or self.state != state:
                failed.append(f"{step} by {person} in {state}: {status}, now {self.thing.state}")
        assert not failed, "\n".join(failed)

    def go(self, person: str, step: str, state: str) -> None:
        answer = self.send(self.people[person], step)
        assert answer.status_code == 302, answer.get_data(as_text=True)[:3000]
        assert self.state == state


def keepers(till: Till, app: Flask, *names: str) -> dict[str, FlaskClient]:
    return {**{name: till.client(app, name) for name in names}, "member": factories.client(app, till.member, till.org)}


@pytest.mark.once
def test_refunds(ctx: Flask) -> None:
    till = Till()
    paid = till.transfer(till.invoice.total + 50_000)
    people = keepers(till, ctx, "first", "second", *(("manager", "auditor", "leader") if ALL else ("auditor",)))
    others = [name for name in ("second", "manager") if name in people]
    keep = ["first", *others]
    sent: dict[str, Refund] = {}

    def send(client: FlaskClient, step: str) -> TestResponse:
        return client.post(f"/money/refunds/{sent['refund'].id}/{step}", data={"reason": "Lý do", "bank_reference": "FT99"})

    sent["refund"] = till.asked_back(paid, 20_000)
    walk = Walk(sent["refund"], people, ("approve", "reject", "send", "settle", "fail"), send)
    walk.only("requested", {(who, step) for who in others for step in ("approve", "reject")})
    walk.go("second", "approve", "approved")
    walk.only("approved", {(who, "send") for who in keep}, {(who, "approve") for who in others})
    walk.go("first", "send", "sent")
    walk.only("sent", {(who, step) for who in keep for step in ("settle", "fail")}, {(who, "send") for who in keep})
    walk.go("second", "fail", "failed")
    walk.only("failed", {(who, "send") for who in keep}, {(who, "fail") for who in keep})
    walk.go("second", "send", "sent")
    walk.go("first", "settle", "done")
    walk.only("done", set(), {(who, step) for who in keep for step in ("send", "settle")})
    sent["refund"] = till.asked_back(paid, 10_000)
    walk.thing = sent["refund"]
    walk.go("second", "reject", "rejected")
    walk.only("rejected", set(), {(who, "reject") for who in others})
    assert list(faults()) == []


@pytest.mark.once
def test_payment_requests(ctx: Flask) -> None:
    till = Till()
    people = keepers(till, ctx, "first", *(("second", "manager", "auditor", "leader") if ALL else ("auditor",)))
    keep = [name for name in ("first", "second", "manager") if name in people]
    till.charged("9")
    draft = invoicing.draft(till.org, till.first)
    db.session.commit()
    walk = Walk(draft, people, ("issue", "cancel"), lambda client, step: client.post(
        f"/money/invoices/{walk.thing.id}/{step}", data={"reason": "Lý do"}))
    walk.only("draft", {(who, step) for who in keep for step in walk.steps})
    walk.go("first", "issue", "issued")
    walk.only("issued", {(who, "cancel") for who in keep}, {(who, "issue") for who in keep})
    walk.go("first", "cancel", "cancelled")
    walk.only("cancelled", set(), {(who, "cancel") for who in keep})
    walk.thing = till.invoice
    till.transfer(100_000)
    walk.only("part_paid", set())
    till.transfer(till.invoice.total - 100_000, "line:2")
    walk.only("paid", set())
    assert list(faults()) == []


@pytest.mark.once
def test_payments_move_by_no_route_and_are_given_back_only_while_the_exchange_has_them(ctx: Flask) -> None:
    till = Till()
    paid = till.transfer(till.invoice.total + 50_000)
    people = keepers(till, ctx, "first", "auditor", *(("second", "manager", "leader") if ALL else ()))
    sent = {"amount": "1000", "reason_code": "over_payment", "reason": "Thừa"}
    walk = Walk(paid, people, ("refund",), lambda client, step: client.post(f"/money/payments/{paid.id}/{step}", data=sent))
    keep = {(who, "refund") for who in ("first", "second", "manager")}
    for state in PAYMENT.names:
        paid.state = state
        db.session.commit()
        walk.only(state, keep if state in RECEIVED else set())
    assert db.session.query(Refund).count() == 0
    for state in RECEIVED:
        paid.state = state
        db.session.commit()
        walk.go("first", "refund", state)
    assert db.session.query(Refund).count() == len(RECEIVED)


class DueWalk(Walk):
    """A due, with what the forms of each step send."""

    def __init__(self, money: Money, app: Flask) -> None:
        names = ("buyer", "buyer_editor", "supplier", "supplier_editor", "officer", "stranger", *["auditor"][:ALL])
        people = {name: money.client(app, name) for name in names}
        super().__init__(money.due, people, ("claim", "confirm", "contest", "withdraw", "waive", "reopen"), self.sent)
        self.money, self.part = money, ""

    def sent(self, client: FlaskClient, step: str) -> TestResponse:
        due: Due = self.thing
        data: dict[str, Any] = {"lock": str(due.lock), "reason": "Lý do"}
        if step == "claim":
            data = self.money.sent(str(due.rest))
        if step == "confirm":
            data |= {"amount": self.part or str(due.rest), "received_on": clock.format_date(clock.today())}
        if step == "reopen":
            data |= {"payer_text": "Bên trả", "payee_text": "Bên nhận"}
        return client.post(self.money.path(step), data=data)


@pytest.mark.once
def test_dues(ctx: Flask) -> None:
    walk = DueWalk(Money(), ctx)
    payers = ("buyer", "buyer_editor")
    pays = {(who, "claim") for who in payers}
    answers = {("supplier", "confirm"), ("supplier", "contest"), ("supplier_editor", "contest")}
    takes_back = {(who, "withdraw") for who in payers}
    walk.only("due", pays)
    walk.go("buyer_editor", "claim", "claimed")
    walk.only("claimed", answers | takes_back)
    walk.go("supplier_editor", "contest", "contested")
    walk.only("contested", pays)
    walk.go("buyer", "claim", "claimed")
    walk.part = "1000"
    walk.go("supplier", "confirm", "part")
    walk.part = ""
    walk.only("part", pays)
    walk.go("buyer", "claim", "claimed")
    walk.go("buyer", "withdraw", "part")
    walk.go("buyer", "claim", "claimed")
    walk.go("supplier", "confirm", "confirmed")
    walk.only("confirmed", {("officer", "reopen")})
    walk.go("officer", "reopen", "due")
    assert list(faults()) == []
