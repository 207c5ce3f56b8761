"""The exchange's bank accounts: two people open, change and retire them; the secret is kept encrypted."""

from __future__ import annotations

import json

import pytest
from flask import Flask
from sqlalchemy import select

from marketplace.core.errors import Invalid, NotAllowed
from marketplace.core.events import Event
from marketplace.core.extensions import db
from marketplace.core.proposals import Proposal, decide
from marketplace.payments.banks.bank_table import BANKS
from marketplace.payments.banks.callback_secret import closed, opened
from marketplace.payments.banks.models import BankAccount
from marketplace.payments.banks.proposals import propose_change, propose_new, propose_to_retire
from marketplace.payments.banks.queries import numbered, pay_to
from tests.payments.world import Desk

SECRET = "s" * 40
NEW = {"bin": "970436", "account_no": "0011004567890", "holder": "SAN GIAO DICH CONG NGHE", "callback_secret": SECRET,
       "reason": "Mở tài khoản thu phí"}


def approved(desk: Desk, made: Proposal) -> str:
    state = decide(made, "approve", desk.second)
    db.session.commit()
    return state


def opened_one(desk: Desk, number: str = "0011004567890", secret: str = SECRET) -> BankAccount:
    approved(desk, propose_new("970436", number, "SAN GIAO DICH", secret, "Mở tài khoản", desk.first))
    return numbered(number)


@pytest.mark.once
def test_the_banks_are_numbered_once() -> None:
    numbers = {bank.bin: bank.short_name for bank in BANKS}
    assert len(numbers) == len(BANKS) > 40
    assert (numbers["970436"], numbers["970415"]) == ("Vietcombank", "VietinBank")
    assert all(len(number) == 6 and number.isdigit() for number in numbers)


def test_an_account_is_opened_by_two_people_on_their_pages(ctx: Flask) -> None:
    desk = Desk()
    web = desk.client(ctx, "first")
    wrong = web.post("/money/bank-accounts/new", data={**NEW, "account_no": "0011 00", "callback_secret": "short"})
    assert wrong.status_code == 422 and "0011 00" in wrong.text
    sent = web.post("/money/bank-accounts/new", data=NEW)
    assert sent.status_code == 302 and db.session.scalar(select(BankAccount)) is None
    assert SECRET not in json.dumps(db.session.query(Proposal).one().payload)
    other = desk.client(ctx, "second")
    page = other.get(sent.location)
    assert "Vietcombank" in page.text and SECRET not in page.text
    assert other.post(f"{sent.location}/approve").status_code == 302
    made = db.session.query(BankAccount).one()
    assert (made.holder, made.active, made.lock, pay_to()) == (NEW["holder"], True, 1, made)
    assert SECRET.encode() not in (made.callback_secret or b"")
    assert opened(made.callback_secret, made.bin, made.account_no) == SECRET
    for who, status in (("first", 200), ("auditor", 200), ("leader", 403), ("moderator", 403)):
        for path in ("/money/bank-accounts", f"/money/bank-accounts/{made.id}"):
            answer = desk.client(ctx, who).get(path)
            assert answer.status_code == status and SECRET not in answer.text, (who, path)
    assert "/retire" not in desk.client(ctx, "auditor").get(f"/money/bank-accounts/{made.id}").text


def test_a_change_leaves_the_secret_and_retiring_ends_it(ctx: Flask) -> None:
    desk = Desk()
    made = opened_one(desk)
    later = opened_one(desk, "0011009999999", "")
    approved(desk, propose_change(made, "SAN GIAO DICH MOI", "", "Đổi tên", desk.first))
    assert (made.holder, opened(made.callback_secret, made.bin, made.account_no)) == ("SAN GIAO DICH MOI", SECRET)
    assert pay_to() == made
    approved(desk, propose_to_retire(made, "Đóng tài khoản", desk.first))
    assert (made.active, made.callback_secret, made.lock, pay_to()) == (False, None, 3, later)
    approved(desk, propose_change(made, "SAN GIAO DICH", "", "Mở lại", desk.first))
    assert made.active and pay_to() == made
    actions = db.session.scalars(select(Event.action).where(
        Event.action.startswith("bank_account."), Event.subject_id == made.id).order_by(Event.id))
    assert [one.rpartition(".")[2] for one in actions] == ["open", "change", "retire", "change"]


def test_what_changed_meanwhile_takes_no_approval(ctx: Flask) -> None:
    desk = Desk()
    made = opened_one(desk)
    waiting = propose_change(made, "KE GIAN", "", "Đổi tên", desk.first)
    made.lock += 1
    db.session.commit()
    assert (approved(desk, waiting), made.holder) == ("outdated", "SAN GIAO DICH")
    with pytest.raises(Invalid, match="is there already"):
        propose_new("970436", made.account_no, "X", "", "Lần nữa", desk.first)
    with pytest.raises(Invalid, match="Choose a bank"):
        propose_new("123456", "1", "X", "", "Lạ", desk.first)
    with pytest.raises(NotAllowed):
        decide(propose_to_retire(made, "Đóng", desk.first), "approve", desk.first)


def test_a_secret_opens_only_at_its_account(ctx: Flask) -> None:
    body = closed(SECRET, "970436", "1")
    assert opened(body, "970436", "1") == SECRET != opened(body, "970436", "2") == opened(None, "970436", "1") == ""
    settings = ctx.extensions["settings"]
    ctx.extensions["settings"] = type(settings)(**{**vars(settings), "secret_key": "another" * 9})
    assert opened(body, "970436", "1") == ""
    ctx.extensions["settings"] = settings


def test_an_account_is_found_by_its_number(ctx: Flask) -> None:
    desk = Desk()
    made = opened_one(desk)
    assert numbered("970436-0011004567890") == made == numbered(" 0011004567890 ")
    for wrong in ("", "970415-0011004567890", "999"):
        with pytest.raises(Invalid):
            numbered(wrong)
