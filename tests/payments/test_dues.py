"""Payments between the sides: who reports, who confirms, what the ledger holds, and that nobody speaks for both sides."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask

from marketplace.core.access import SYSTEM
from marketplace.core.errors import IllegalMove, Invalid, NotAllowed, Stale
from marketplace.core.events import Event
from marketplace.core.extensions import db
from marketplace.core.outbox import drain
from marketplace.deals.actions import milestones
from marketplace.deals.actions.transitions import move
from marketplace.payments.dues import actions, jobs, making, queries
from marketplace.payments.dues.interest import late_interest
from marketplace.payments.dues.lifecycle import DUE
from marketplace.payments.dues.models import Due
from marketplace.payments.ledger import chart
from marketplace.payments.ledger.queries import balance
from marketplace.values import clock
from tests.deals.factories import Trade, days_later, deal_in
from tests.lifecycle_matrix import check_table
from tests.payments.dues_world import AMOUNT, Money, wrong


@pytest.fixture
def money(ctx: Flask) -> Money:
    return Money()


def held(money: Money) -> tuple[int, int, int]:
    """The balances of the memorandum accounts: agreed, owed, paid."""
    parts = ("agreed", "owed", "paid")
    agreed, owed, paid = (balance(chart.of_deal(part, money.deal.id), clock.today()) for part in parts)
    return agreed, owed, paid


@pytest.mark.once
def test_every_action_state_and_role_is_as_the_table_says() -> None:
    check_table(DUE, ("payer", "payee", "payer_signer", "payee_signer", "asked", "officer"))


def test_signing_makes_dues_of_milestones_with_an_amount_and_nothing_is_owed_before_acceptance(ctx: Flask) -> None:
    trade = Trade()
    deal = deal_in("signed", trade)
    deal.milestones[1].amount, deal.milestones[2].pay_when = 0, "on_date"
    making.make_dues(deal, SYSTEM)
    dues = queries.of_deal(deal)
    assert [(one.amount, one.state, one.pay_when, one.payer_side) for one in dues] == [
        (AMOUNT, "planned", "accepted", "buyer"), (300_000_000, "planned", "on_date", "buyer")]
    making.make_dues(deal, SYSTEM)
    assert len(queries.of_deal(deal)) == 2 and making.fall_due() == 0
    assert wrong() == []


def test_dues_follow_the_schedule_while_they_are_planned(ctx: Flask) -> None:
    trade = Trade()
    deal = deal_in("signed", trade)
    making.make_dues(deal, SYSTEM)
    first, second, _third = deal.milestones
    first.amount, first.title = AMOUNT + 1, "Bàn giao đủ tài liệu"
    second.retired_at, second.position = clock.now(), -second.id
    db.session.flush()
    db.session.expire(deal, ["milestones"])
    making.make_dues(deal, SYSTEM)
    found = {one.of_id: (one.title, one.amount, one.state) for one in queries.of_deal(deal)}
    assert found[first.id] == ("Bàn giao đủ tài liệu", AMOUNT + 1, "planned")
    assert found[second.id][2] == "cancelled"


def test_an_accepted_milestone_is_to_be_paid_and_the_payer_is_told(ctx: Flask) -> None:
    money = Money(milestones=["delivered", "planned", "planned"])
    assert money.due.state == "planned"
    milestones.accept(money.deal.milestones[0], money.trade.buyer)
    db.session.commit()
    drain()
    due = db.session.get_one(Due, money.due.id, populate_existing=True)
    assert (due.state, due.due_on) == ("due", clock.today())
    assert held(money) == (-AMOUNT, AMOUNT, 0)
    drain()
    assert db.session.query(Event).filter_by(action="due.fall_due", subject_id=due.id).count() == 1


def test_what_is_paid_on_a_day_falls_due_on_it_and_not_while_the_deal_is_disputed(ctx: Flask) -> None:
    money = Money(milestones=["planned"] * 3)
    money.dues[0].pay_when = "on_date"
    db.session.commit()
    assert jobs.fall() == 0
    with days_later(30):
        state, money.deal.state = money.deal.state, "disputed"
        money.deal.disputed_from, money.deal.disputed_by = state, "buyer"
        db.session.flush()
        assert jobs.fall() == 0
        money.deal.state, money.deal.disputed_from = state, ""
        db.session.flush()
        assert jobs.fall() == 1 and jobs.fall() == 0
        assert [one.state for one in money.dues] == ["due", "planned", "planned"]
        assert wrong() == []


def test_a_payment_in_two_parts_is_confirmed_and_the_sums_are_those_of_the_ledger(money: Money) -> None:
    money.claim(150_000_000)
    assert (money.due.state, held(money)) == ("claimed", (-AMOUNT, AMOUNT, 0))
    money.confirm(150_000_000)
    assert (money.due.state, money.due.rest) == ("part", 250_000_000)
    assert held(money) == (-AMOUNT, 250_000_000, 150_000_000)
    money.claim()
    money.confirm(100_000_000)
    assert (money.due.state, money.due.rest) == ("part", 150_000_000)
    money.claim()
    money.confirm()
    assert (money.due.state, money.due.rest, held(money)) == ("confirmed", 0, (-AMOUNT, 0, AMOUNT))
    assert queries.sums(money.dues) == queries.Sums(1_200_000_000, 0, AMOUNT)
    assert wrong() == []


def test_only_the_payer_reports_and_only_who_may_commit_the_payee_confirms(money: Money) -> None:
    said = actions.Claim(AMOUNT, clock.today(), "", money.proof())
    for who in (money.payee, money.trade.stranger, money.trade.officer, SYSTEM):
        with pytest.raises(NotAllowed):
            actions.claim(money.due, who, said, money.due.lock)
    money.claim(who=money.payer_editor)
    for who in (money.payer, money.payee_editor, money.trade.stranger, money.trade.officer, SYSTEM):
        with pytest.raises(NotAllowed):
            actions.confirm(money.due, who, AMOUNT, clock.today(), money.due.lock)
    assert actions.offered(money.due, money.payee_editor) == {"contest"}
    assert actions.offered(money.due, money.payee) == {"contest", "confirm"}
    assert actions.offered(money.due, money.payer) == {"withdraw"}
    assert actions.offered(money.due, money.trade.officer) == frozenset()


def test_nobody_speaks_for_both_sides(money: Money) -> None:
    """Neither who belongs to the other side, nor who reported a payment for it and has changed sides since."""
    both = replace(money.payee, org_ids=frozenset({money.trade.supplier_org.id, money.trade.buyer_org.id}))
    money.claim(who=money.payer_editor)
    changed = replace(money.payee, user_id=money.payer_editor.user_id)
    for who in (both, changed):
        assert actions.offered(money.due, who) == frozenset()
        with pytest.raises(NotAllowed):
            actions.confirm(money.due, who, AMOUNT, clock.today(), money.due.lock)
    money.confirm()
    turned = replace(money.payer, user_id=money.payee.user_id)
    second = money.dues[1]
    with pytest.raises(NotAllowed):
        actions.ask_waiver(second, turned, "Đổi vai", second.lock)


@pytest.mark.parametrize(("amount", "days", "field"), [
    (0, 0, "amount"), (-5, 0, "amount"), (AMOUNT + 1, 0, "amount"), (None, 0, "amount"), (AMOUNT, 1, "paid_on"),
])
def test_a_report_is_checked(money: Money, amount: int | None, days: int, field: str) -> None:
    said = actions.Claim(amount, clock.today() + timedelta(days=days), "", money.proof())
    with pytest.raises(Invalid) as refused:
        actions.claim(money.due, money.payer, said, money.due.lock)
    assert refused.value.field == field


def test_a_report_needs_its_proof_and_the_page_as_it_is_now(money: Money) -> None:
    bare = actions.Claim(AMOUNT, clock.today(), "")
    with pytest.raises(Invalid) as refused:
        actions.claim(money.due, money.payer, bare, money.due.lock)
    assert refused.value.field == "file"
    with pytest.raises(Stale):
        actions.claim(money.due, money.payer, replace(bare, proof=money.proof()), money.due.lock - 1)


def test_what_is_contested_is_reported_again_or_taken_back(money: Money) -> None:
    money.claim()
    with pytest.raises(Invalid):
        actions.contest(money.due, money.payee_editor, " ", money.due.lock)
    actions.contest(money.due, money.payee_editor, "Chưa thấy tiền về.", money.due.lock)
    assert (money.due.state, actions.offered(money.due, money.payer)) == ("contested", {"claim_again"})
    with pytest.raises(IllegalMove):
        actions.confirm(money.due, money.payee, AMOUNT, clock.today(), money.due.lock)
    again = actions.Claim(AMOUNT, clock.today(), "FT26002")  # the proof of before stands
    actions.claim(money.due, money.payer, again, money.due.lock)
    assert money.due.state == "claimed" and len(money.due.claims) == 2
    assert money.due.claims[0].contested_reason == "Chưa thấy tiền về."
    actions.withdraw(money.due, money.payer, money.due.lock)
    assert money.due.state == "due" and money.due.open_claim is None
    money.claim(100)
    money.confirm(100)
    money.claim()
    actions.withdraw(money.due, money.payer, money.due.lock)
    assert money.due.state == "part"
    assert wrong() == []


def test_waiving_takes_both_sides(money: Money) -> None:
    due, planned = money.due, money.dues[1]
    with pytest.raises(NotAllowed):
        actions.ask_waiver(due, money.payee_editor, "Tặng", due.lock)
    actions.ask_waiver(due, money.payee, "Bù cho việc chậm giao.", due.lock)
    assert actions.offered(due, money.payee) == {"withdraw_waiver"}
    assert {"waive", "refuse_waiver"} <= actions.offered(due, money.payer)
    with pytest.raises(NotAllowed):
        actions.waive(due, money.payee, due.lock)
    with pytest.raises(NotAllowed):
        actions.waive(due, money.payer_editor, due.lock)
    actions.answer_waiver(due, money.payer, due.lock)
    assert due.waive_asked_by == "" and due.state == "due"
    actions.ask_waiver(due, money.payer, "Hai bên thỏa thuận lại.", due.lock)
    actions.waive(due, money.payee, due.lock)
    assert (due.state, held(money)) == ("waived", (0, 0, 0))
    actions.ask_waiver(planned, money.payee, "Không làm nữa.", planned.lock)
    actions.waive(planned, money.payer, planned.lock)
    assert planned.state == "waived"
    assert wrong() == []
    words = {row.action: row.reason for row in db.session.query(Event).filter_by(subject_kind="due", subject_id=due.id)}
    assert words["due.waive"] == "Hai bên thỏa thuận lại."


def test_an_officer_opens_a_confirmed_payment_again_and_its_entries_are_reversed(money: Money) -> None:
    money.claim(100_000_000)
    money.confirm(100_000_000)
    money.claim()
    money.confirm()
    said = actions.Reopening("Chuyển nhầm tài khoản.", "Tiền đã bị trả lại.", "Ngân hàng xác nhận hoàn tiền.")
    for who in (money.payer, money.payee, money.trade.moderator):
        with pytest.raises(NotAllowed):
            actions.reopen(money.due, who, said, money.due.lock)
    for lacking in ("payer_text", "payee_text", "reason"):
        with pytest.raises(Invalid) as refused:
            actions.reopen(money.due, money.trade.officer, replace(said, **{lacking: " "}), money.due.lock)
        assert refused.value.field == lacking
    actions.reopen(money.due, money.trade.officer, said, money.due.lock)
    db.session.commit()
    assert (money.due.state, money.due.rest, held(money)) == ("due", AMOUNT, (-AMOUNT, AMOUNT, 0))
    money.claim()
    money.confirm()
    assert (money.due.state, held(money)) == ("confirmed", (-AMOUNT, 0, AMOUNT))
    assert wrong() == []


def test_the_end_of_a_contract_drops_what_is_not_due_and_completion_leaves_it_open(ctx: Flask) -> None:
    money = Money(ending_asked_by="supplier", ending_code="mutual")
    move(money.deal, "terminate", money.trade.buyer, reason_code="mutual", reason="Hai bên thống nhất")
    assert [one.state for one in money.dues] == ["due", "cancelled", "cancelled"]
    done = Money("completed", milestones=["accepted"] * 3)
    assert [one.state for one in done.dues] == ["due"] * 3, "a deal is completed with open payments"
    assert wrong() == []


def test_the_payer_is_reminded_four_times_and_officers_hear_of_thirty_days(ctx: Flask) -> None:
    money = Money(milestones=["planned"] * 3)
    first = money.dues[0]
    first.pay_when, first.next_reminder_on = "on_date", first.due_on - timedelta(days=3)
    db.session.commit()
    seen = []
    for day in range(26, 65):
        with days_later(day):
            jobs.fall()
            if jobs.remind():
                assert jobs.remind() == 0
                row = db.session.query(Event).filter(Event.subject_kind == "due").order_by(Event.id.desc()).first()
                assert row is not None
                seen.append((row.action, row.data["days"]))
            db.session.commit()
    assert seen == [("due.remind", -3), ("due.remind", 0), ("due.overdue", 7), ("due.overdue", 30)]


def test_the_check_of_the_ledger_names_a_due_that_says_something_else(money: Money) -> None:
    money.claim(100)
    money.confirm(100)
    assert wrong() == []
    money.due.confirmed = 200
    db.session.flush()
    assert len(wrong()) == 2 and wrong()[0].startswith(f"dues due {money.due.id}")


def test_deals_signed_before_there_were_dues_get_them(ctx: Flask) -> None:
    trade = Trade()
    deal, over = deal_in("effective", trade), deal_in("completed", trade)
    assert jobs.fall() == 1 and jobs.fall() == 0
    assert len(queries.of_deal(deal)) == 3 and queries.of_deal(over) == []


def test_interest_for_late_payment_is_computed_and_books_nothing(ctx: Flask, money: Money) -> None:
    assert late_interest(AMOUNT, 0, clock.today()) == 0
    assert late_interest(AMOUNT, 73, clock.today()) == 8_000_000  # a fifth of a year at 10 per cent
    assert late_interest(365, 5, clock.today()) == 1  # half a đồng is one
    with days_later(73):
        page = money.client(ctx, "buyer").get(money.path()).text
        assert "8.000.000" in page and "Chỉ là số tính ra" in page
    assert held(money) == (-AMOUNT, AMOUNT, 0)


def test_signed_accepted_and_paid_are_three_columns(money: Money) -> None:
    first = money.deal.milestones[0]
    assert money.deal.signed_on and first.accepted_at and money.due.confirmed == 0
