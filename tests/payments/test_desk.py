"""The desk says what the ledger says, and its figures lead to their entries; leadership sees totals only."""

from __future__ import annotations

from datetime import date, timedelta

from flask import Flask
from sqlalchemy import func, select

from marketplace.core.access import SYSTEM
from marketplace.core.extensions import db
from marketplace.core.long_work import begin_writing
from marketplace.payments import figures
from marketplace.payments.banks import booking
from marketplace.payments.ledger import chart, credit, debit, post
from marketplace.payments.ledger.models import JournalEntry, JournalLine
from marketplace.payments.ledger.queries import balance
from marketplace.payments.settlement.models import Payment
from marketplace.values import clock
from tests.payments.test_payments import Till
from tests.payments.test_statements_of_banks import Bank
from tests.statements import statements


def test_what_was_received_and_what_is_due_is_what_the_ledger_says(ctx: Flask) -> None:
    till, today = Till(), clock.today()
    till.transfer(100_000, "a")
    till.transfer(22, "b")
    till.card()  # waits, and counts for nothing
    booked = db.session.scalar(
        select(func.sum(JournalLine.amount)).join(JournalEntry, JournalEntry.id == JournalLine.entry_id)
        .where(JournalEntry.subject_kind == Payment.subject_kind, JournalLine.amount > 0))
    found = figures.received(today)
    assert (len(found.days), len(found.months)) == (30, 12)
    assert found.days[-1] == figures.SpanSum(today, today, 2, 100_022) and booked == 100_022
    assert [one.amount for one in found.months] == [0] * 11 + [100_022] and found.months[-1].since == today.replace(day=1)
    due = till.invoice.due_on
    assert due and figures.due(today) == [figures.SpanSum(due, due, 1, 1_000_000)]
    assert figures.due(due + timedelta(days=1)) == [figures.SpanSum(date.min, due, 1, 1_000_000)]
    assert figures.due(due - timedelta(days=31))[0].until == date.max
    till.transfer(1_000_000, "c")
    assert figures.due(today) == []


def test_the_desk_leads_to_entries_and_leadership_sees_totals_only(ctx: Flask) -> None:
    till = Till()
    till.transfer(100_022)
    first = till.client(ctx, "first")
    with statements(ctx) as seen:
        desk = first.get("/money").text
    assert len(seen) <= 20, len(seen)
    day = clock.format_date(clock.today()).replace("/", "%2F")
    assert "100.022" in desk and f"since={day}" in desk.replace("/", "%2F") and "tab=no_e_invoice" in desk
    assert till.invoice.code in first.get("/money?tab=no_e_invoice").text
    assert till.invoice.code in first.get("/money/invoices.csv?tab=no_e_invoice").text
    leader = till.client(ctx, "leader").get("/money").text
    assert "100.022" in leader and "/money/entries" not in leader and till.invoice.code not in leader


def test_a_receipt_that_nobody_knows_the_payer_of_counts_once(ctx: Flask) -> None:
    bank, today = Bank(), clock.today()
    bank.transfer(22, "a")
    bank.taken(f"{today:%d/%m/%Y};R1;;70000;;AI DO;")
    (line,) = bank.lines()
    begin_writing()
    booking.hold(booking.held_line(line.id), bank.first)
    db.session.commit()
    found = figures.received(today)
    assert (found.days[-1], found.unidentified) == (figures.SpanSum(today, today, 2, 70_022), 70_000)
    first = bank.client(ctx, "first")
    desk, listed = first.get("/money").text, first.get("/money/entries?kind=received").text
    assert "70.022" in desk and "/money/accounts/3388" in desk and listed.count("/money/entries/BT-") == 2
    booking.keep_as_credit(booking.held_line(line.id), bank.org, bank.first)
    db.session.commit()
    known = figures.received(today)
    assert (known.days[-1].amount, known.unidentified) == (70_022, 0)
    in_bank = balance(chart.bank(bank.account.id), today)
    assert in_bank == known.days[-1].amount, "what was received is what the bank has"


def test_what_is_due_leads_to_its_payment_requests(ctx: Flask) -> None:
    till = Till()
    due, first = till.invoice.due_on, till.client(ctx, "first")
    assert due is not None
    day = clock.format_date(due)
    page = first.get("/money").text
    assert f"tab=open&amp;since={day.replace('/', '%2F')}" in page.replace(day, day.replace("/", "%2F"))
    assert page.count(f">{till.invoice.code}</a>") == 1
    on_the_day, later = f"tab=open&since={day}&until={day}", clock.format_date(due + timedelta(days=1))
    assert f">{till.invoice.code}</a>" in first.get(f"/money?{on_the_day}").text
    assert f">{till.invoice.code}</a>" not in first.get(f"/money?tab=open&since={later}").text
    assert till.invoice.code in first.get(f"/money/invoices.csv?{on_the_day}").text
    assert f">{till.invoice.code}</a>" not in first.get("/money?tab=overdue").text
    till.invoice.due_on = clock.today() - timedelta(days=1)
    db.session.commit()
    assert f">{till.invoice.code}</a>" in first.get("/money?tab=overdue&since=nonsense").text


def test_the_journal_lists_entries_of_days_and_kinds(ctx: Flask) -> None:
    till = Till()
    till.transfer(100_022)
    post("old", [debit(chart.bank(1), 7), credit(chart.fixed(chart.UNIDENTIFIED), 7)], kind="paymentlike", text="Cũ",
         actor=SYSTEM, happened_on=date(2020, 1, 5))
    db.session.commit()
    first = till.client(ctx, "auditor")
    with statements(ctx) as seen:
        page = first.get("/money/entries").text
    assert len(seen) <= 20 and page.count("/money/entries/BT-") == 2 and "1.100.022" in page and "100.022" in page
    only = first.get("/money/entries?kind=payment").text
    assert only.count("/money/entries/BT-") == 1 and "1.100.022" not in only
    assert first.get("/money/entries?kind=%25").text.count("/money/entries/BT-") == 0
    lines = first.get("/money/entries.csv?since=01/01/2020&until=31/12/2020").text.splitlines()
    assert len(lines) == 3 and "112-1" in lines[1] and lines[2].endswith(",7")
    assert first.get("/money/entries.xlsx?kind=payment").data.startswith(b"PK")
    assert till.client(ctx, "leader").get("/money/entries").status_code == 403
