"""Payments: received once whatever a provider repeats, refunded out of a credit by two people, disputed and lost."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask
from sqlalchemy import func, select

from marketplace.core.access import SYSTEM
from marketplace.core.errors import IllegalMove, Invalid, NotAllowed
from marketplace.core.events import Event
from marketplace.core.extensions import db
from marketplace.core.long_work import begin_writing
from marketplace.core.outbox import drain
from marketplace.notifications.models import Notification
from marketplace.payments.banks.models import BankAccount
from marketplace.payments.invoicing import queries as invoices
from marketplace.payments.invoicing.models import Invoice
from marketplace.payments.ledger import chart
from marketplace.payments.ledger.checks import faults
from marketplace.payments.ledger.models import JournalEntry
from marketplace.payments.ledger.queries import balance
from marketplace.payments.settlement import actions, queries, refunds
from marketplace.payments.settlement.actions import Said
from marketplace.payments.settlement.lifecycle import PAYMENT, REFUND
from marketplace.payments.settlement.models import Payment, ProviderEvent, Refund
from marketplace.values import clock
from tests import factories
from tests.deals.racing import enough_connections
from tests.lifecycle_matrix import check_table
from tests.payments.world import Books

CARD_DOUBLE = "double"


class Till(Books):
    """The books with a bank account and a payment request of 1,100,022 đồng."""

    def __init__(self) -> None:
        super().__init__()
        self.account = BankAccount(bin="970436", account_no="0011004567890", holder="SAN GIAO DICH CONG NGHE")
        db.session.add(self.account)
        db.session.commit()
        self.invoice = self.issued()

    def transfer(self, amount: int, name: str = "line:1", invoice: Invoice | None = None) -> Payment:
        begin_writing()
        wanted = invoices.held((invoice or self.invoice).id)
        made = actions.receive(self.account, "bank", name, Said(amount, "VND", clock.today()), org=self.org,
                               invoice=wanted, actor=self.first)
        db.session.commit()
        return made

    def card(self) -> Payment:
        begin_writing()
        made = actions.start_card(invoices.held(self.invoice.id), CARD_DOUBLE, SYSTEM)
        made.provider_id, made.intent_id = f"cs_{made.id}", f"pi_{made.id}"
        db.session.commit()
        return made

    def completed(self, payment: Payment, amount: int | None = None, currency: str = "vnd") -> bool:
        begin_writing()
        done = actions.complete(actions.locked(payment.id), Said(amount or payment.amount, currency, clock.today()))
        db.session.commit()
        return done

    def asked_back(self, payment: Payment, amount: int) -> Refund:
        begin_writing()
        made = refunds.request(actions.locked(payment.id), amount, "over_payment", "Chuyển thừa", self.first)
        db.session.commit()
        return made


@pytest.mark.once
def test_the_lifecycles_are_their_tables() -> None:
    check_table(PAYMENT, roles=("system", "accountant"))
    check_table(REFUND, roles=("system", "accountant", "approver"))


def test_a_transfer_is_booked_and_settles_its_request_once(ctx: Flask) -> None:
    till = Till()
    made = till.transfer(till.invoice.total)
    assert (made.state, made.received_on, till.invoice.state) == ("succeeded", clock.today(), "paid")
    assert till.transfer(till.invoice.total).id == made.id, "the same line again is the same payment"
    assert balance(chart.bank(till.account.id), clock.today()) == till.invoice.total
    assert (invoices.rest(till.invoice), invoices.credit_of(till.org.id)) == (0, 0)
    assert till.states() == ["settled", "settled"] and list(faults()) == []
    outsider = factories.actor_of(till.member, till.org)
    with pytest.raises(NotAllowed):
        actions.receive(till.account, "bank", "line:9", Said(1, "VND", clock.today()), org=till.org, invoice=None,
                        actor=outsider)


def test_too_much_is_a_credit_that_the_next_request_uses(ctx: Flask) -> None:
    till = Till()
    till.transfer(till.invoice.total + 100_000)
    assert (till.invoice.state, invoices.credit_of(till.org.id)) == ("paid", 100_000)
    second = till.issued("2")
    begin_writing()
    assert refunds.use_credit(invoices.held(second.id), till.first) == 100_000
    db.session.commit()
    assert (second.state, invoices.rest(second), invoices.credit_of(till.org.id)) == (
        "part_paid", second.total - 100_000, 0)
    with pytest.raises(Invalid, match="no credit"):
        refunds.use_credit(second, till.first)
    begin_writing()
    late = actions.receive(till.account, "bank", "line:5", Said(70, "VND", clock.today()), org=till.org, invoice=None,
                           actor=till.first)
    db.session.commit()
    assert (late.invoice_id, invoices.credit_of(till.org.id)) == (None, 70)
    begin_writing()
    assert refunds.use_credit(invoices.held(second.id), till.first) == 70
    db.session.commit()
    assert invoices.credit_of(till.org.id) == 0 == queries.refundable(late) and list(faults()) == []


def test_a_refund_of_another_organisation_takes_up_nothing_of_this_one(ctx: Flask) -> None:
    till = Till()
    other = factories.organisation("Công ty Khác")
    begin_writing()
    theirs, _ours = (actions.receive(till.account, "bank", f"line:{org.id}", Said(70, "VND", clock.today()), org=org,
                                     invoice=None, actor=till.first) for org in (other, till.org))
    db.session.commit()
    till.asked_back(theirs, 70)
    begin_writing()
    assert refunds.use_credit(invoices.held(till.invoice.id), till.first) == 70
    db.session.commit()
    assert list(faults()) == []


def test_a_card_payment_waits_for_the_provider_and_another_amount_is_parked(ctx: Flask) -> None:
    till = Till()
    made = till.card()
    assert till.card().id == made.id, "a double click begins one payment"
    assert not till.completed(made, made.amount - 1)
    assert not till.completed(made, currency="usd")
    assert (made.state, till.invoice.state) == ("pending", "issued") and "usd" in made.parked_reason.lower()
    drain()
    told = db.session.scalars(select(Notification.user_id).join(
        Event, Event.id == Notification.event_id).where(Event.action == "payment.park"))
    assert set(told) == {till.users[name].id for name in ("first", "second", "manager")}
    assert till.completed(made) and not till.completed(made), "a repeat is silence"
    assert (made.state, made.parked_reason, till.invoice.state) == ("succeeded", "", "paid")
    assert balance(chart.fixed(chart.CARD), clock.today()) == made.amount and list(faults()) == []
    with pytest.raises(IllegalMove):
        till.card()


def test_two_ways_at_once_are_both_recorded_and_the_second_is_a_credit(ctx: Flask) -> None:
    till = Till()
    made = till.card()
    till.transfer(till.invoice.total)
    assert till.completed(made) and till.invoice.state == "paid"
    assert invoices.credit_of(till.org.id) == till.invoice.total
    begin_writing()
    actions.fail(actions.locked(made.id))
    db.session.commit()
    assert made.state == "succeeded", "a message that comes late moves nothing back"


def test_what_was_paid_after_it_lapsed_counts(ctx: Flask) -> None:
    till = Till()
    made = till.card()
    begin_writing()
    actions.cancel(actions.locked(made.id))
    db.session.commit()
    again = till.card()
    assert again.id != made.id and made.state == "cancelled"
    assert till.completed(made) and (made.state, till.invoice.state) == ("succeeded", "paid")


def test_a_refund_pays_out_a_credit_and_takes_two_people(ctx: Flask) -> None:
    till = Till()
    made = till.transfer(till.invoice.total + 100_000)
    for amount in (100_001, 0, -5):
        with pytest.raises(Invalid, match="paid too much"):
            refunds.request(made, amount, "over_payment", "", till.first)
    refund = till.asked_back(made, 60_000)
    with pytest.raises(Invalid):
        refunds.request(made, 40_001, "over_payment", "", till.second)
    begin_writing()
    with pytest.raises(NotAllowed):
        refunds.approve(refunds.held(refund.id), till.first)
    assert refunds.approve(refunds.held(refund.id), till.second)
    with pytest.raises(Invalid) as lacking:
        refunds.send(refund, till.first)
    assert lacking.value.field == "bank_reference"
    refunds.send(refund, till.first, "FT2612345")
    db.session.commit()
    assert (refund.state, invoices.credit_of(till.org.id)) == ("sent", 40_000)
    refunds.fail(refunds.held(refund.id), till.first, "Sai số tài khoản")
    db.session.commit()
    assert (refund.state, invoices.credit_of(till.org.id), list(faults())) == ("failed", 100_000, [])
    refunds.send(refunds.held(refund.id), till.second, "FT2612399")
    refunds.settle(refunds.held(refund.id), SYSTEM)
    db.session.commit()
    assert (refund.state, refund.attempt, made.state) == ("done", 2, "part_refunded")
    assert balance(chart.bank(till.account.id), clock.today()) == made.amount - 60_000 and list(faults()) == []
    assert queries.refundable(made) == 40_000


def test_a_large_refund_takes_two_who_approve(ctx: Flask) -> None:
    till = Till()
    refund = till.asked_back(till.transfer(till.invoice.total + 6_000_000), 5_000_001)
    assert not refunds.approve(refunds.held(refund.id), till.second) and refund.state == "requested"
    with pytest.raises(NotAllowed):
        refunds.approve(refund, till.second)
    assert refunds.approve(refund, till.manager) and refund.state == "approved"
    db.session.commit()


def test_a_rejected_refund_leaves_the_credit(ctx: Flask) -> None:
    till = Till()
    made = till.transfer(till.invoice.total + 9)
    refund = till.asked_back(made, 9)
    assert queries.refundable(made) == 0
    with pytest.raises(Invalid):
        refunds.reject(refund, till.second, " ")
    refunds.reject(refund, till.second, "Khách muốn dùng cho kỳ sau")
    db.session.commit()
    assert (refund.state, queries.refundable(made)) == ("rejected", 9)


def test_disputes_move_the_money_and_end_won_or_lost(ctx: Flask) -> None:
    till = Till()
    made, now, today = till.card(), clock.now(), clock.today()
    till.completed(made)
    for won in (True, False):
        begin_writing()
        actions.open_dispute(actions.locked(made.id), now)
        actions.open_dispute(actions.locked(made.id), now)
        db.session.commit()
        assert balance(chart.fixed(chart.DISPUTED), today) == made.amount
        actions.close_dispute(actions.locked(made.id), won, now)
        db.session.commit()
    left = [balance(chart.fixed(code), today) for code in (chart.DISPUTED, chart.CARD)]
    assert (made.state, left) == ("lost", [0, 0])
    assert balance(chart.fixed(chart.PROVIDER_CHARGES), today) == made.amount and list(faults()) == []


def test_a_message_is_kept_once(ctx: Flask) -> None:
    assert actions.note_event("double", "evt_1", "payment", {"a": 1}) is not None
    assert actions.note_event("double", "evt_1", "payment", {"a": 2}) is None
    db.session.commit()
    assert [one.payload for one in db.session.scalars(select(ProviderEvent))] == [{"a": 1}]


def test_of_fifty_equal_messages_at_once_one_is_booked(app: Flask) -> None:
    with app.app_context():
        till = Till()
        made = till.card()
        payment_id, amount = made.id, made.amount

    def complete(_number: int) -> bool:
        with app.app_context():
            begin_writing()
            done = actions.complete(actions.locked(payment_id), Said(amount, "VND", clock.today()))
            db.session.commit()
            return done

    with app.app_context(), enough_connections(20), ThreadPoolExecutor(20) as pool:
        assert sum(pool.map(complete, range(50))) == 1
    with app.app_context():
        drain()
        booked = select(func.count()).select_from(JournalEntry).where(JournalEntry.kind == "payment.card")
        told = select(func.count()).select_from(Notification).join(Event, Event.id == Notification.event_id).where(
            Event.action == "payment.succeed")
        assert (db.session.scalar(booked), db.session.scalar(told)) == (1, 1) and list(faults()) == []



def test_accountants_refund_a_payment_by_its_pages_and_who_paid_reads_the_receipt(ctx: Flask) -> None:
    till = Till()
    made = till.transfer(till.invoice.total + 9)
    first, second, member = till.client(ctx, "first"), till.client(ctx, "second"), factories.client(ctx, till.member)
    here = f"/money/payments/{made.id}"
    assert first.post(f"{here}/refund", data={"amount": "10", "reason_code": "over_payment"}).status_code == 422
    answer = first.post(f"{here}/refund", data={"amount": "9", "reason_code": "over_payment", "reason": "Thừa"})
    assert answer.status_code == 302
    there = answer.headers["Location"]
    assert first.post(f"{there}/approve").status_code == 403
    assert f"{there}/approve" not in first.get(there).text and f"{there}/approve" in second.get(there).text
    assert second.post(f"{there}/approve").status_code == 302
    lacking = first.post(f"{there}/send", data={"bank_reference": " "})
    assert lacking.status_code == 422 and 'id="bank_reference"' in lacking.text
    assert first.post(f"{there}/send", data={"bank_reference": "FT26"}).status_code == 302
    assert first.post(f"{there}/settle").status_code == 302
    db.session.expire_all()
    assert (made.state, made.refunds[0].state) == ("part_refunded", "done")
    assert made.code in first.get("/money/payments").text
    assert made.refunds[0].code in first.get("/money/refunds?tab=ended").text
    assert made.code in first.get("/money/payments.csv").text and "FT26" in first.get("/money/refunds.csv").text
    receipt = member.get(f"/my/money/payments/{made.code}")
    assert receipt.status_code == 200 and "Phiếu thu" in receipt.text
    for name, code in (("auditor", 200), ("leader", 403), ("moderator", 403)):
        assert till.client(ctx, name).get(here).status_code == code, name
    stranger = factories.user("Người Ngoài")
    factories.member(stranger, factories.organisation("Công ty Khác"))
    assert factories.client(ctx, stranger).get(f"/my/money/payments/{made.code}").status_code == 404


def test_the_page_to_pay_shows_the_transfer_until_nothing_is_left(ctx: Flask) -> None:
    till = Till()
    member = factories.client(ctx, till.member)
    shown = member.get(f"/pay/{till.invoice.code}").text
    assert till.account.account_no in shown and "qr.svg" in shown
    till.transfer(till.invoice.total)
    assert member.get(f"/pay/{till.invoice.code}").status_code == 302
