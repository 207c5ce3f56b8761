"""Interest for late payment between the sides: the payee claims it, the payer agrees, and only then is it owed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask

from marketplace.core.access import SYSTEM
from marketplace.core.errors import IllegalMove, Invalid, NotAllowed, Stale
from marketplace.core.events import Event
from marketplace.core.extensions import db
from marketplace.core.outbox import drain
from marketplace.deals.record import sections
from marketplace.notifications.models import Notification
from marketplace.payments.dues import actions, interest_claims, queries
from marketplace.payments.dues.interest import KIND, accrued
from marketplace.payments.dues.models import Due
from marketplace.payments.ledger import chart
from marketplace.payments.ledger.queries import balance
from marketplace.values import clock
from tests.deals.factories import days_later
from tests.payments.dues_world import AMOUNT, Money, days_ago, wrong

FIFTH = 8_000_000  # of a year at ten per cent, of the first payment: 73 days


@pytest.fixture
def money(ctx: Flask) -> Iterator[Money]:
    made = Money()
    with days_later(73):
        yield made


def owed(money: Money) -> int:
    return balance(chart.of_deal("owed", money.deal.id), clock.today())


def claimed(money: Money) -> Due:
    """Let the payee claim the interest of the payment that is late."""
    made = interest_claims.claim(money.due, money.payee, money.due.lock)
    db.session.commit()
    return made


def test_what_is_claimed_is_owed_when_the_payer_agrees_and_paid_as_every_payment(money: Money) -> None:
    asked = claimed(money)
    assert (asked.state, asked.amount, asked.of_kind, owed(money)) == ("asked", FIFTH, KIND, AMOUNT)
    assert queries.sums(money.dues).agreed == 3 * AMOUNT
    assert actions.offered(asked, money.payer) == {"agree_interest", "refuse_interest"}
    assert actions.offered(asked, money.payee) == {"withdraw_interest"}
    interest_claims.agree(asked, money.payer, asked.lock)
    db.session.commit()
    assert (asked.state, asked.due_on, owed(money)) == ("due", clock.today(), AMOUNT + FIFTH)
    assert queries.sums(money.dues).agreed == 3 * AMOUNT + FIFTH and wrong() == []
    money.claim(due=asked)
    money.confirm(due=asked)
    assert (asked.state, owed(money)) == ("confirmed", AMOUNT) and wrong() == []
    said = next(one for one in sections(money.deal) if one["title"] == "Thanh toán giữa các bên")
    assert any(row[0].startswith("Lãi chậm trả: ") and row[3] == "8.000.000\u00a0₫" for row in said["table"]["rows"])
    names = {row.action for row in db.session.query(Event).filter_by(subject_kind="due", subject_id=asked.id)}
    assert {"due.claim_interest", "due.agree_interest", "due.claim", "due.confirm"} == names


def test_the_same_interest_is_not_claimed_twice_and_what_was_refused_may_be_claimed_again(money: Money) -> None:
    first = claimed(money)
    with pytest.raises(IllegalMove):
        claimed(money)
    with pytest.raises(Invalid):
        interest_claims.refuse(first, money.payer, " ", first.lock)
    interest_claims.refuse(first, money.payer, "Chậm do bên nhận đổi tài khoản.", first.lock)
    second = claimed(money)
    interest_claims.withdraw(second, money.payee, second.lock)
    third = claimed(money)
    interest_claims.agree(third, money.payer, third.lock)
    actions.ask_waiver(third, money.payee, "Bỏ qua lần này.", third.lock)
    actions.waive(third, money.payer, third.lock)
    with pytest.raises(IllegalMove):
        claimed(money)  # what was waived is given up
    assert [one.state for one in interest_claims.of_due(money.due)] == ["cancelled", "cancelled", "waived"]
    assert owed(money) == AMOUNT and wrong() == []


def test_a_part_bears_interest_until_it_was_received_and_nothing_while_a_report_waits(money: Money) -> None:
    money.claim(AMOUNT // 2)
    assert accrued(money.due, clock.today()) == 0
    actions.confirm(money.due, money.payee, AMOUNT // 2, days_ago(73), money.due.lock)
    assert accrued(money.due, clock.today()) == FIFTH // 2
    money.claim()
    actions.confirm(money.due, money.payee, AMOUNT // 2, clock.today(), money.due.lock)
    with days_later(200):
        assert accrued(money.due, clock.today()) == FIFTH // 2
        asked = claimed(money)
        assert asked.amount == FIFTH // 2
        interest_claims.agree(asked, money.payer, asked.lock)
        assert accrued(asked, clock.today()) == 0
    with days_later(400):
        assert accrued(asked, clock.today()) == 0, "no interest on interest"


def test_who_may_claim_agree_refuse_and_take_back(money: Money) -> None:
    trade = money.trade
    both = replace(money.payee, org_ids=frozenset({trade.supplier_org.id, trade.buyer_org.id}))
    for who in (money.payer, money.payee_editor, both, trade.stranger, trade.officer, SYSTEM):
        with pytest.raises(NotAllowed):
            interest_claims.claim(money.due, who, money.due.lock)
    with pytest.raises(Stale):
        interest_claims.claim(money.due, money.payee, money.due.lock - 1)
    asked = claimed(money)
    turned = replace(money.payer, user_id=money.payee.user_id)
    for who in (money.payee, money.payer_editor, both, turned, trade.stranger, trade.officer, SYSTEM):
        with pytest.raises(NotAllowed):
            interest_claims.agree(asked, who, asked.lock)
        with pytest.raises(NotAllowed):
            interest_claims.refuse(asked, who, "Không", asked.lock)
    for who in (money.payer, money.payee_editor, trade.stranger, trade.officer):
        with pytest.raises(NotAllowed):
            interest_claims.withdraw(asked, who, asked.lock)
    interest_claims.agree(asked, money.payer, asked.lock)
    with pytest.raises(IllegalMove):
        interest_claims.withdraw(asked, money.payee, asked.lock)


def test_through_the_web_with_those_who_are_told(ctx: Flask, money: Money) -> None:
    supplier, buyer = money.client(ctx, "supplier"), money.client(ctx, "buyer")
    assert "Yêu cầu khoản lãi này" in supplier.get(money.path()).text
    assert "Yêu cầu khoản lãi này" not in buyer.get(money.path()).text
    sent = {"lock": str(money.due.lock)}
    assert supplier.post(money.path("claim_interest"), data=sent).status_code == 302
    assert supplier.post(money.path("claim_interest"), data=sent).status_code == 409
    asked = interest_claims.of_due(money.due)[0]
    assert buyer.post(money.path("agree_interest"), data=sent).status_code in {403, 409}, "an ordinary payment is none"
    assert "Lãi chậm trả: " in supplier.get(money.path()).text
    assert "Đồng ý trả lãi chậm trả" in buyer.get(money.path(due=asked)).text
    refused = {"lock": str(asked.lock), "reason": ""}
    assert buyer.post(money.path("refuse_interest", asked), data=refused).status_code == 422
    assert buyer.post(money.path("agree_interest", asked), data={"lock": str(asked.lock)}).status_code == 302
    drain()
    told = {row.message for row in db.session.query(Notification).filter(Notification.message.like("due.%_interest%"))}
    assert told == {"due.claim_interest:payer", "due.agree_interest:payee"} and wrong() == []
