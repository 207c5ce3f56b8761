"""What the bank shows of the card provider, of refunds and of its own charges: each is in the books once."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from marketplace.core.extensions import db
from marketplace.core.long_work import begin_writing
from marketplace.core.outbox import drain
from marketplace.payments.banks.models import StatementLine
from marketplace.payments.cards import payouts
from marketplace.payments.cards.sandbox.server import Server
from marketplace.payments.cards.stripe_gateway import StripeGateway
from marketplace.payments.ledger import chart
from marketplace.payments.ledger.checks import faults
from marketplace.payments.ledger.models import JournalEntry
from marketplace.payments.ledger.queries import balance
from marketplace.payments.settlement import refunds
from marketplace.payments.settlement.models import ProviderEvent
from marketplace.values import clock
from tests.payments.test_cards import CardTill, cards, server
from tests.payments.test_statements_of_banks import Bank

__all__ = ["cards", "server"]
TODAY = f"{clock.today():%d/%m/%Y}"


class CardBank(Bank, CardTill):
    """The till with cards, whose account gets statements too."""

    def __init__(self, app: Flask, server: Server) -> None:
        CardTill.__init__(self, app, server)

    def in_bank(self) -> int:
        return balance(chart.bank(self.account.id), clock.today())

    def paid_out(self) -> tuple[int, int]:
        """Pay by card and have it paid out; return what was paid, and the fee."""
        payment = self.paid()
        self.double.pay_out()
        return payment.amount, (payment.amount * 34 + 500) // 1000

    def line(self, description: str, amount: int) -> StatementLine:
        out, into = (amount, 0) if amount < 0 else (0, amount)
        self.taken(f"{TODAY};FT9;{-out or ''};{into or ''};;{description};")
        drain()
        begin_writing()
        return self.lines()[-1]

    def post(self, path: str, **data: Any) -> int:
        status = self.client(self.app, "first").post(path, data=data).status_code
        begin_writing()
        return status


@pytest.fixture
def till(ctx: Flask, cards: StripeGateway, server: Server) -> CardBank:
    return CardBank(ctx, server)


def test_a_payout_is_in_the_books_once_whichever_of_message_and_line_comes_first(till: CardBank) -> None:
    paid, fee = till.paid_out()
    till.bring(*till.events)
    line = till.line("STRIPE PAYOUT", paid - fee)
    entry = db.session.scalars(select(JournalEntry).where(JournalEntry.kind == "payout")).one()
    assert (line.match, line.state, line.entry_id) == ("payout", "booked", entry.id)
    till.invoice = till.issued("2")
    second, fee = till.paid_out()
    early = till.line("STRIPE PAYOUT 2", second - fee)
    assert (early.match, early.state) == ("unknown", "open")
    till.bring(*till.events)
    assert (early.match, early.state, early.entry_id == entry.id) == ("payout", "booked", False)
    assert till.in_bank() == paid + second - 2 * fee and till.books()[chart.CARD] == 0 and list(faults()) == []


def test_a_line_that_does_not_name_the_provider_is_shown_to_a_person(till: CardBank) -> None:
    paid, fee = till.paid_out()
    till.bring(*till.events)
    line = till.line("TT QUOC TE", paid - fee)
    assert (line.match, line.state) == ("payout", "open")
    path = f"/money/statements/{line.id}"
    entry = db.session.scalars(select(JournalEntry).where(JournalEntry.kind == "payout")).one()
    assert entry.code in till.client(till.app, "first").get(path).text
    assert till.post(f"{path}/payout", payout=str(entry.id + 1)) == 422 and line.state == "open"
    assert till.post(f"{path}/payout", payout=str(entry.id)) == 302
    assert (line.state, line.entry_id, till.in_bank()) == ("booked", entry.id, paid - fee)
    again = till.line("TT QUOC TE 2", paid - fee)
    assert again.match == "unknown", "a payout that a line has shown is not shown by another"


def test_a_payout_in_another_currency_is_confirmed_from_the_line_of_the_bank(till: CardBank) -> None:
    paid = till.paid().amount
    sent: Any = till.double.pay_out()
    sent["currency"] = "usd"
    till.bring(*till.events)
    message = db.session.scalars(select(ProviderEvent).where(ProviderEvent.parked_reason != "")).one()
    assert message.parked_reason == payouts.OTHER_CURRENCY and till.in_bank() == 0
    path = f"/money/messages/{message.id}"
    assert till.post(f"{path}/confirm", line="1") == 404, "there is no such line"
    line = till.line("TT QUOC TE", paid - 60_000)
    page = till.client(till.app, "first").get(path).text
    assert f'name="line" value="{line.id}"' in page and "60.000" in page
    assert 'name="line"' not in till.client(till.app, "auditor").get(path).text
    assert till.client(till.app, "auditor").post(f"{path}/confirm", data={"line": line.id}).status_code == 403
    out = till.line("PHI", -5_000)
    assert till.post(f"{path}/confirm", line=str(out.id)) == 422, "money that went out is not this payout"
    assert till.post(f"{path}/confirm", line=str(line.id)) == 302
    assert till.books() == {chart.CARD: 0, chart.DISPUTED: 0, chart.PROVIDER_CHARGES: 60_000}
    assert (till.in_bank(), line.state, line.match, message.parked_reason) == (paid - 60_000, "booked", "payout", "")
    assert till.post(f"{path}/confirm", line=str(line.id)) == 422
    till.bring(*[{**one, "id": f"evt_again_{one['id']}"} for one in till.events if one["type"] == "payout.paid"])
    assert till.count("payout") == 1 and list(faults()) == []


def test_a_receipt_held_as_unidentified_turns_out_to_be_a_payout(till: CardBank) -> None:
    paid, fee = till.paid_out()
    line = till.line("TT QUOC TE", paid - fee)
    assert till.post(f"/money/statements/{line.id}/hold") == 302
    till.bring(*till.events)
    entry = db.session.scalars(select(JournalEntry).where(JournalEntry.kind == "payout")).one()
    assert till.post(f"/money/statements/{line.id}/payout", payout=str(entry.id)) == 302
    assert till.in_bank() == paid - fee and balance(chart.fixed(chart.UNIDENTIFIED), clock.today()) == 0


def test_what_went_out_is_a_charge_or_a_refund_that_was_sent(till: CardBank) -> None:
    line = till.line("PHI QUAN LY TAI KHOAN", -22_000)
    path = f"/money/statements/{line.id}"
    assert till.post(f"{path}/charge") == 302 and till.post(f"{path}/charge") == 302
    assert (line.state, till.in_bank(), till.books()[chart.PROVIDER_CHARGES]) == ("charged", -22_000, 22_000)
    into = till.line("KHAC", 7_000)
    assert till.post(f"/money/statements/{into.id}/charge") == 422 and into.state == "open"
    payment = till.transfer(till.invoice.total + 50_000)
    refund = till.asked_back(payment, 50_000)
    begin_writing()
    refunds.approve(refunds.held(refund.id), till.second)
    refunds.send(refunds.held(refund.id), till.second, "FT-CHI-1")
    db.session.commit()
    other, sent = till.line("CHI KHONG GHI MA", -40_000), till.line("CHI TIEN", -50_000)
    assert (other.match, sent.match) == ("unknown", "unknown")
    assert till.post(f"/money/statements/{other.id}/refund", refund=str(refund.id)) == 422
    assert refund.code in till.client(till.app, "first").get(f"/money/statements/{sent.id}").text
    assert till.post(f"/money/statements/{sent.id}/refund", refund=str(refund.id)) == 302
    assert (sent.state, sent.refund_id, refund.state, list(faults())) == ("booked", refund.id, "done", [])


def test_the_page_of_the_reconciliation_changes_nothing_without_its_button(till: CardBank) -> None:
    unheard = till.press()
    till.double.pay(str(unheard.provider_id))
    till.events.clear()
    accountant, days = till.client(till.app, "first"), f"since={TODAY}&until={TODAY}"
    assert unheard.code not in accountant.get("/money/reconcile").text, "without days the provider is not asked"
    page = accountant.get(f"/money/reconcile?{days}").text
    assert unheard.code in page and 'action="/money/reconcile?' in page
    auditor = till.client(till.app, "auditor")
    assert 'action="/money/reconcile?' not in auditor.get(f"/money/reconcile?{days}").text
    assert auditor.post(f"/money/reconcile?{days}").status_code == 403
    begin_writing()
    assert (unheard.state, till.count("payment.card")) == ("pending", 0)
    assert till.post("/money/reconcile?since=01/01/2026&until=31/12/2026") == 422
    assert till.post(f"/money/reconcile?{days}") == 302
    entry = db.session.scalars(select(JournalEntry).where(JournalEntry.kind == "payment.card")).one()
    assert (unheard.state, entry.made_by_id, list(faults())) == ("succeeded", till.first.user_id, [])
    till.api.broken.extend([500] * 9)
    assert accountant.get(f"/money/reconcile?{days}").status_code == 503
    till.api.broken.clear()
