"""Whatever order money takes (issued, paid, paid too much, credited, refunded, disputed, lost), the books add up."""

from __future__ import annotations

from typing import Any

import hypothesis.strategies as st
import pytest
from flask import Flask
from hypothesis import HealthCheck, settings
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import select

from marketplace.core.errors import DomainError
from marketplace.core.extensions import db
from marketplace.core.long_work import begin_writing
from marketplace.payments.invoicing import actions as invoice_actions
from marketplace.payments.invoicing import queries as invoices
from marketplace.payments.invoicing.models import Invoice
from marketplace.payments.jobs import CACHE
from marketplace.payments.ledger import chart
from marketplace.payments.ledger.checks import faults
from marketplace.payments.ledger.queries import balance, trial_balance
from marketplace.payments.settlement import actions, queries, refunds
from marketplace.payments.settlement.actions import Said
from marketplace.payments.settlement.lifecycle import BOOKED, EVER_RECEIVED, RESERVING
from marketplace.payments.settlement.models import Payment, Refund
from marketplace.values import clock
from tests.conftest import empty_tables
from tests.payments.test_payments import Till
from tests.thorough import often


class Money(RuleBasedStateMachine):
    """One organisation, its payment requests, and everything that may happen to them; a refusal changes nothing."""

    app: Flask

    def __init__(self) -> None:
        super().__init__()
        self.context = self.app.app_context()
        self.context.push()
        self.till = Till()
        self.count = 1

    def teardown(self) -> None:
        db.session.remove()
        empty_tables()
        self.context.pop()

    def does(self, what: Any, *, crash: bool = False) -> None:
        """Do it in one transaction; a refusal or a crash before the end leaves nothing behind."""
        begin_writing()
        try:
            what()
        except DomainError:
            db.session.rollback()
            return
        if crash:
            db.session.rollback()
        else:
            db.session.commit()

    def one(self, model: Any, number: int) -> Any:
        rows = list(db.session.scalars(select(model.id).order_by(model.id)))
        return rows[number % len(rows)] if rows else None

    @rule(crash=st.booleans())
    def issue(self, crash: bool) -> None:
        self.count += 1
        self.till.charged(str(self.count))
        self.does(lambda: invoice_actions.issue(invoice_actions.draft(self.till.org, self.till.first), self.till.first),
                  crash=crash)

    @rule(number=st.integers(0, 9), amount=st.integers(1, 2_500_000), line=st.integers(1, 6), crash=st.booleans())
    def transfer(self, number: int, amount: int, line: int, crash: bool) -> None:
        def receive() -> None:
            wanted = invoices.held(self.one(Invoice, number))
            actions.receive(self.till.account, "bank", f"line:{line}", Said(amount, "VND", clock.today()),
                            org=self.till.org, invoice=wanted, actor=self.till.first)

        self.does(receive, crash=crash)

    @rule(amount=st.integers(1, 900_000), line=st.integers(7, 9))
    def keep(self, amount: int, line: int) -> None:
        self.does(lambda: actions.receive(
            self.till.account, "bank", f"line:{line}", Said(amount, "VND", clock.today()), org=self.till.org, invoice=None,
            actor=self.till.first))

    @rule(number=st.integers(0, 9))
    def card(self, number: int) -> None:
        self.does(lambda: actions.start_card(invoices.held(self.one(Invoice, number)), "double", self.till.first))

    @precondition(lambda self: self.one(Payment, 0) is not None)
    @rule(number=st.integers(0, 9), wrong=st.booleans(), crash=st.booleans())
    def complete(self, number: int, wrong: bool, crash: bool) -> None:
        def said() -> None:
            payment = actions.locked(self.one(Payment, number))
            actions.complete(payment, Said(payment.amount + wrong, payment.currency, clock.today()))

        self.does(said, crash=crash)

    @precondition(lambda self: self.one(Payment, 0) is not None)
    @rule(number=st.integers(0, 9), what=st.sampled_from(["fail", "cancel", "dispute", "win", "lose"]))
    def provider(self, number: int, what: str) -> None:
        def happens() -> None:
            payment = actions.locked(self.one(Payment, number))
            if what in {"fail", "cancel"}:
                getattr(actions, what)(payment)
            elif payment.channel == "card":
                now = clock.now()
                _dispute(payment, what, now)

        def _dispute(payment: Payment, what: str, now: Any) -> None:
            if what == "dispute":
                actions.open_dispute(payment, now)
            else:
                actions.close_dispute(payment, what == "win", now)

        self.does(happens)

    @rule(number=st.integers(0, 9), part=st.integers(1, 1_200_000))
    def credit_note(self, number: int, part: int) -> None:
        said = {"total": part, "agreement_no": "BB", "agreement_on": clock.today().isoformat()}
        by_id = self.till.first.user_id or 0
        self.does(lambda: invoice_actions.issue_credit(
            invoices.held(self.one(Invoice, number)), said, "Giảm", by_id, self.till.second))

    @rule(number=st.integers(0, 9))
    def cancel_request(self, number: int) -> None:
        self.does(lambda: invoice_actions.cancel(invoices.held(self.one(Invoice, number)), self.till.first, "Nhầm"))

    @rule(number=st.integers(0, 9))
    def use_credit(self, number: int) -> None:
        self.does(lambda: refunds.use_credit(invoices.held(self.one(Invoice, number)), self.till.first))

    @precondition(lambda self: self.one(Payment, 0) is not None)
    @rule(number=st.integers(0, 9), share=st.integers(1, 4))
    def ask_refund(self, number: int, share: int) -> None:
        def ask() -> None:
            payment = actions.locked(self.one(Payment, number))
            refunds.request(payment, max(1, queries.refundable(payment) // share), "over_payment", "", self.till.first)

        self.does(ask)

    @precondition(lambda self: self.one(Refund, 0) is not None)
    @rule(number=st.integers(0, 9), crash=st.booleans(),
          what=st.sampled_from(["approve", "send", "settle", "fail", "reject"]))
    def refund(self, number: int, what: str, crash: bool) -> None:
        more = {"send": ("FT1",), "fail": ("Sai tài khoản",), "reject": ("Không",)}.get(what, ())
        act = getattr(refunds, what)
        self.does(lambda: act(refunds.held(self.one(Refund, number)), self.till.second, *more), crash=crash)

    @rule()
    def month_end(self) -> None:
        self.does(CACHE.run)

    @invariant()
    def the_books_add_up(self) -> None:
        assert list(faults()) == []
        assert sum(row.balance for row in trial_balance(clock.today())) == 0

    @invariant()
    def nobody_is_paid_back_more_than_was_received(self) -> None:
        for payment in db.session.scalars(select(Payment)).unique():
            returned = sum(one.amount for one in payment.refunds if one.state in BOOKED)
            assert returned <= payment.amount
            assert not returned or payment.state in EVER_RECEIVED
        owed = sum(one.amount for one in db.session.scalars(select(Refund).where(Refund.state.in_(RESERVING))).unique())
        assert owed <= invoices.credit_of(self.till.org.id), "what refunds are promised is there"

    @invariant()
    def pages_say_what_the_ledger_says(self) -> None:
        owed = balance(chart.receivable(self.till.org.id), clock.today())
        ids = list(db.session.scalars(select(Invoice.id)))
        left = sum(one for one in invoices.rests(ids).values() if one > 0)
        assert left - invoices.credit_of(self.till.org.id) == owed
        assert invoices.totals()["owed"] == owed


@pytest.mark.timeout(600)
def test_the_books_add_up_whatever_happens(app: Flask) -> None:
    Money.app = app
    run_state_machine_as_test(Money, settings=settings(  # type: ignore[no-untyped-call]
        max_examples=often(25, 3), stateful_step_count=often(40, 25), deadline=None,
        suppress_health_check=list(HealthCheck)))
