"""A deal whose payments are made, with people of both sides, for tests."""

from __future__ import annotations

import io
from datetime import date, timedelta
from typing import Any

from flask import Flask
from flask.testing import FlaskClient

from marketplace.core.access import SYSTEM, Actor
from marketplace.core.extensions import db
from marketplace.deals.models import Deal
from marketplace.files.actions import Received, receive
from marketplace.payments.dues import actions, making, queries
from marketplace.payments.dues.interest import KIND
from marketplace.payments.dues.models import Due, PayeeAccount
from marketplace.payments.ledger.checks import faults
from marketplace.values import clock
from tests import factories
from tests.deals.factories import Trade, deal_in
from tests.deals.test_signing import PDF
from tests.files import samples

AMOUNT = 400_000_000  # of the first milestone


class Money:
    """A deal in delivery with its first milestone accepted, so that its payment is due; the buyer pays the supplier."""

    def __init__(self, state: str = "delivering", **changes: Any) -> None:
        self.trade = Trade()
        chosen = {"milestones": ["accepted", "planned", "planned"], **changes}
        self.deal: Deal = deal_in(state, self.trade, **chosen)
        making.make_dues(self.deal, SYSTEM)
        making.fall_due()
        db.session.commit()
        self.payer, self.payer_editor = self.trade.buyer, self.trade.buyer_editor
        self.payee, self.payee_editor = self.trade.supplier, self.trade.supplier_editor

    @property
    def dues(self) -> list[Due]:
        """The payments of the deal in the order of the schedule, then the interest on them: ids of both are unrelated."""
        return sorted(queries.of_deal(self.deal), key=lambda one: (one.of_kind == KIND, one.of_id))

    @property
    def due(self) -> Due:
        """The payment that is due."""
        return self.dues[0]

    def proof(self) -> Received:
        """A checked transfer slip."""
        return receive(samples.upload(PDF, "ủy nhiệm chi.pdf"))

    def claim(self, amount: int | None = None, who: Actor | None = None, due: Due | None = None) -> Due:
        """Let the payer report a payment of today, of all that is left unless said otherwise."""
        one = due or self.due
        said = actions.Claim(one.rest if amount is None else amount, clock.today(), "FT26001", self.proof())
        actions.claim(one, who or self.payer, said, one.lock)
        db.session.commit()
        return one

    def confirm(self, amount: int | None = None, who: Actor | None = None, due: Due | None = None) -> Due:
        """Let the payee confirm it."""
        one = due or self.due
        actions.confirm(one, who or self.payee, one.rest if amount is None else amount, clock.today(), one.lock)
        db.session.commit()
        return one

    def path(self, action: str = "", due: Due | None = None) -> str:
        """The address of a payment, or of what may be done to it."""
        return f"/deals/{self.deal.code}/dues/{(due or self.due).id}" + (f"/{action}" if action else "")

    def client(self, app: Flask, name: str) -> FlaskClient:
        """A browser of one of the people: supplier, buyer, their editors, stranger, officer, moderator, auditor."""
        user = getattr(self.trade, f"{name}_user")
        org = next((getattr(self.trade, f"{side}_org") for side in ("supplier", "buyer", "stranger")
                    if name.startswith(side)), None)
        return factories.client(app, user, org)

    def sent(self, amount: str = "400 triệu", **more: Any) -> dict[str, Any]:
        """What the payer's form holds."""
        return {"amount": amount, "paid_on": clock.format_date(clock.today()), "reference": "FT26001",
                "lock": str(self.due.lock), "file": (io.BytesIO(PDF), "ủy nhiệm chi.pdf"), **more}


def wrong() -> list[str]:
    """What `flask verify-ledger` would name."""
    return [f"{one.check} {one.where}: {one.why}" for one in faults()]


def days_ago(count: int) -> date:
    return clock.today() - timedelta(days=count)


def account_of(who: Actor) -> PayeeAccount:
    """The account of somebody's organisation, unsaved."""
    return PayeeAccount(org_id=who.org_id, bin="970436", account_no="0071001234567", holder="CONG TY BEN NHAN",
                        by_id=who.user_id)


def paying(deal: Deal, payer: Actor, payee: Actor) -> list[Due]:
    """Make the payments of a deal whose milestones are accepted: one is due, one reported, one confirmed; one waits."""
    making.make_dues(deal, SYSTEM)
    making.fall_due()
    found = queries.of_deal(deal)
    db.session.add(account_of(payee))
    for one in found[1:3]:
        slip = receive(samples.upload(PDF, "ủy nhiệm chi.pdf"))
        actions.claim(one, payer, actions.Claim(one.amount, clock.today(), "FT26001", slip), one.lock)
    actions.confirm(found[2], payee, found[2].amount, clock.today(), found[2].lock)
    db.session.commit()
    return found
