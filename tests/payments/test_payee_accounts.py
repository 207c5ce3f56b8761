"""The account into which an organisation wants to be paid: who enters it, who sees it, and the code made of it."""

from __future__ import annotations

import pytest
from flask import Flask

from marketplace.core.errors import Invalid, NotAllowed, Stale
from marketplace.core.events import Event
from marketplace.core.extensions import db
from marketplace.core.outbox import drain
from marketplace.deals.lifecycle import AFTER_SIGNING
from marketplace.notifications.models import Notification
from marketplace.payments.dues import payee_accounts
from marketplace.payments.dues.making import FALLING
from marketplace.payments.dues.models import PayeeAccount
from tests import factories
from tests.accounts.test_fresh_sign_in import earlier
from tests.deals.factories import days_later
from tests.deals.racing import at_once, enough_connections, sending
from tests.payments.dues_world import AMOUNT, Money
from tests.pure.test_vietqr import fields
from tests.thorough import often

NUMBER = "0071001234567"
SAID = payee_accounts.Account("970436", NUMBER, "CONG TY BEN GIAO")
HERE = "/my/organisation/bank-account"


@pytest.fixture
def money(ctx: Flask) -> Money:
    return Money()


def enter(money: Money, said: payee_accounts.Account = SAID, lock: int = 0) -> PayeeAccount:
    made = payee_accounts.enter(money.trade.supplier_org, money.payee, said, lock)
    db.session.commit()
    return made


def sent(lock: int = 0, **more: str) -> dict[str, str]:
    return {"bin": "970436", "account_no": NUMBER, "holder": "CONG TY BEN GIAO", "lock": str(lock), **more}


def test_only_its_administrators_enter_it_and_the_one_before_is_kept(money: Money) -> None:
    for who in (money.payee_editor, money.payer, money.trade.officer, money.trade.stranger):
        with pytest.raises(NotAllowed):
            payee_accounts.enter(money.trade.supplier_org, who, SAID, 0)
    first = enter(money)
    assert enter(money).id == first.id, "the same again is silence"
    other = payee_accounts.Account("970415", "1130000999", "CONG TY BEN GIAO")
    with pytest.raises(Stale):
        enter(money, other)
    with pytest.raises(Invalid) as refused:
        enter(money, payee_accounts.Account("111111", NUMBER, "A"), first.id)
    assert refused.value.field == "bin"
    second = enter(money, other, first.id)
    assert first.retired_at and payee_accounts.of_organisation(second.org_id) is second
    payee_accounts.remove(money.trade.supplier_org, money.payee, second.id)
    assert payee_accounts.of_organisation(second.org_id) is None


def test_events_never_carry_the_whole_number_and_the_other_administrators_are_told(money: Money) -> None:
    colleague = factories.user("Quản trị viên thứ hai")
    factories.member(colleague, money.trade.supplier_org, "admin")
    first = enter(money)
    enter(money, payee_accounts.Account("970415", "1130000999", "CONG TY BEN GIAO"), first.id)
    drain()
    events = db.session.query(Event).filter_by(subject_kind="payee_account").order_by(Event.id).all()
    assert [(one.action, one.data) for one in events] == [
        ("payee_account.enter", {"bin": "970436", "last": "4567"}),
        ("payee_account.change", {"bin": "970415", "last": "0999"})]
    told = db.session.query(Notification).filter(Notification.message.like("payee_account.%")).all()
    assert {one.user_id for one in told} == {colleague.id}
    assert len(told) == 2 and not any(NUMBER in str(one.params) for one in told)


def test_the_form_asks_for_a_fresh_sign_in_and_says_what_is_wrong(ctx: Flask, money: Money) -> None:
    web = money.client(ctx, "supplier")
    assert earlier(web).post(HERE, data=sent()).location.startswith("/verify?next=")
    assert web.post(f"{HERE}/remove", data={"lock": "0"}).location.startswith("/verify?next=")
    web = money.client(ctx, "supplier")
    wrong = web.post(HERE, data=sent(account_no="0071 001", holder="GIU LAI"))
    assert wrong.status_code == 422 and "GIU LAI" in wrong.text
    assert web.post(HERE, data=sent()).status_code == 302
    assert NUMBER in web.get(HERE).text
    editor = money.client(ctx, "supplier_editor")
    assert NUMBER in editor.get(HERE).text and 'name="account_no"' not in editor.get(HERE).text
    assert editor.post(HERE, data=sent()).status_code == 403
    assert NUMBER not in money.client(ctx, "buyer").get(HERE).text, "everybody has the page of their own organisation"
    assert web.post(f"{HERE}/remove", data={"lock": str(db.session.query(PayeeAccount.id).scalar())}).status_code == 302
    assert NUMBER not in web.get(HERE).text


def test_who_has_to_pay_sees_it_with_a_code_that_says_the_same(ctx: Flask, money: Money) -> None:
    buyer = money.client(ctx, "buyer")
    assert "chưa khai tài khoản" in buyer.get(money.path()).text
    enter(money)
    page = buyer.get(money.path()).text
    purpose = f"GD{money.deal.code[5:7]}{money.deal.code[8:]} K{money.due.id}"
    for value in (NUMBER, str(AMOUNT), purpose):
        assert f'data-copy="{value}"' in page
    code = buyer.get(money.path("qr.svg"))
    assert (code.status_code, code.mimetype, code.headers["Cache-Control"]) == (200, "image/svg+xml", "private, no-store")
    where = payee_accounts.pay_to(money.due, money.payer)
    assert where is not None
    said = fields(where.transfer.text)
    assert fields(fields(said["38"])["01"]) == {"00": "970436", "01": NUMBER}
    assert (said["54"], fields(said["62"])) == (str(AMOUNT), {"08": purpose})


def test_nobody_else_sees_it_nor_when_nothing_is_to_be_paid(ctx: Flask, money: Money) -> None:
    enter(money)
    trade = money.trade
    for who in (trade.stranger, trade.officer, trade.moderator, trade.auditor):
        assert payee_accounts.pay_to(money.due, who) is None
    for name in ("officer", "stranger", "moderator", "auditor"):
        web = money.client(ctx, name)
        assert NUMBER not in web.get(money.path()).text, name
        assert web.get(money.path("qr.svg")).status_code == 404, name
        assert NUMBER not in web.get(f"/deals/{money.deal.code}").text, name
    assert payee_accounts.pay_to(money.dues[1], money.payer) is None, "it is not due yet"
    money.claim()
    assert payee_accounts.pay_to(money.due, money.payer) is None, "it is reported as paid"


def test_only_while_the_deal_is_in_force_or_was_carried_out(money: Money) -> None:
    enter(money)
    due = money.due
    with db.session.no_autoflush:
        for state in AFTER_SIGNING:
            due.deal.state = state
            assert (payee_accounts.pay_to(due, money.payer) is not None) == (state in FALLING), state
    db.session.rollback()


def test_a_payer_is_warned_of_an_account_that_replaced_another(ctx: Flask, money: Money) -> None:
    first = enter(money)
    where = payee_accounts.pay_to(money.due, money.payer)
    assert where is not None and not where.is_new
    enter(money, payee_accounts.Account("970415", "1130000999", "CONG TY KHAC"), first.id)
    assert "thay tài khoản khác" in money.client(ctx, "buyer").get(money.path()).text
    with days_later(31):
        where = payee_accounts.pay_to(money.due, money.payer)
        assert where is not None and not where.is_new


def test_several_at_once_leave_one_in_use(ctx: Flask) -> None:
    money, crowd = Money(), often(12, 6)
    people = [money.client(ctx, "supplier") for _turn in range(crowd)]
    with enough_connections(crowd):
        answers = at_once([sending(web, HERE, sent(account_no=f"00710012345{turn}")) for turn, web in enumerate(people)])
    assert sorted(one.status for one in answers) == [302] + [409] * (crowd - 1)
    assert db.session.query(PayeeAccount).filter_by(retired_at=None).count() == 1
