"""Posting, reversing and reading the ledger."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select, text
from sqlalchemy.exc import IntegrityError

from marketplace.core.access import SYSTEM
from marketplace.core.extensions import db
from marketplace.payments.ledger import LedgerConflict, Leg, chart, credit, debit, post, queries, reverse
from marketplace.payments.ledger.cache import take_in
from marketplace.payments.ledger.models import Account, AccountMonth, JournalEntry, JournalLine
from marketplace.values import clock
from tests import factories
from tests.tables import empty
from tests.thorough import often


def charged(org_id: int, net: int, key: str, on: date | None = None) -> JournalEntry:
    """Post an invoice of `net` and 10 % VAT."""
    vat = net // 10
    legs = [debit(chart.receivable(org_id), net + vat), credit(chart.revenue("success_commission"), net)]
    legs.append(credit(chart.fixed(chart.VAT_OUTPUT), vat))
    return post(key, legs, kind="invoice", text="Phí giao dịch", actor=SYSTEM, happened_on=on)


def received(org_id: int, amount: int, key: str, on: date | None = None) -> JournalEntry:
    return post(key, [debit(chart.bank(1), amount), credit(chart.receivable(org_id), amount)],
                kind="receipt", text="Chuyển khoản", actor=SYSTEM, happened_on=on)


def test_an_entry_is_posted_once_and_numbered(ctx: Flask) -> None:
    org = factories.organisation()
    first = charged(org.id, 1_000_000, "invoice:1")
    again = charged(org.id, 1_000_000, "invoice:1")
    second = received(org.id, 1_100_000, "receipt:1")
    db.session.commit()
    year = clock.today().year
    assert again is first
    assert [first.code, second.code] == [f"BT-{year}-000001", f"BT-{year}-000002"]
    assert first.posted_at is not None
    assert db.session.scalar(select(func.count()).select_from(JournalLine)) == 5
    assert queries.balance(chart.receivable(org.id), clock.today()) == 0
    assert queries.balance(chart.fixed(chart.VAT_OUTPUT), clock.today()) == -100_000


def test_the_same_key_with_other_lines_is_a_fault(ctx: Flask) -> None:
    org = factories.organisation()
    charged(org.id, 1_000_000, "invoice:1")
    db.session.commit()
    with pytest.raises(LedgerConflict, match="invoice:1"):
        charged(org.id, 2_000_000, "invoice:1")
    with pytest.raises(LedgerConflict):  # the same amounts on other accounts
        post("invoice:1", [debit(chart.receivable(org.id), 1_100_000), credit(chart.fixed(chart.UNIDENTIFIED), 1_100_000)],
             kind="invoice", text="", actor=SYSTEM)


@pytest.mark.parametrize("legs", [
    lambda org, deal: [debit(chart.receivable(org), 5)],
    lambda org, deal: [],
    lambda org, deal: [debit(chart.receivable(org), 5), credit(chart.bank(1), 4)],
    lambda org, deal: [debit(chart.receivable(org), 5), credit(chart._account("131-x", chart.FIXED["113-card"], "USD"), 5)],
    lambda org, deal: [debit(chart.receivable(org), 5), credit(chart._account("M-x", chart._Named("", "", "memo")), 5)],
], ids=["one line", "none", "unbalanced", "two currencies", "memorandum with our money"])
def test_what_is_no_entry_is_refused_by_the_database_and_takes_no_number(ctx: Flask, legs: object) -> None:
    org = factories.organisation()
    made = legs(org.id, 1)  # type: ignore[operator]
    db.session.commit()
    with pytest.raises(IntegrityError, match="ledger: an entry has two lines"):
        post("bad", made, kind="test", text="", actor=SYSTEM)
    db.session.rollback()
    assert charged(org.id, 10, "good").code.endswith("-000001")
    assert db.session.scalar(select(func.count()).select_from(JournalEntry)) == 1


def test_amounts_have_a_direction_and_never_are_nothing(ctx: Flask) -> None:
    account = chart.bank(1)
    for amount in (0, -1):
        with pytest.raises(ValueError, match="positive"):
            debit(account, amount)
        with pytest.raises(ValueError, match="positive"):
            credit(account, amount)
    with pytest.raises(IntegrityError):
        post("zero", [Leg(account, 0), Leg(chart.fixed(chart.CARD), 0)], kind="test", text="", actor=SYSTEM)


def test_a_correction_is_an_entry_of_its_own_made_once(ctx: Flask) -> None:
    org = factories.organisation()
    entry = charged(org.id, 1_000_000, "invoice:1")
    back = reverse(entry, "invoice:1:cancel", text="Hủy", actor=SYSTEM)
    assert reverse(entry, "invoice:1:cancel", text="Hủy", actor=SYSTEM) is back
    db.session.commit()
    assert back.reverses_id == entry.id
    assert {row.account.code: row.balance for row in queries.trial_balance(clock.today())} == {
        f"131-{org.id}": 0, "3331": 0, "511-commission": 0,
    }
    with pytest.raises(IntegrityError):
        reverse(entry, "invoice:1:cancel again", text="Hủy", actor=SYSTEM)


def test_a_statement_opens_where_the_one_before_closed(ctx: Flask) -> None:
    org = factories.organisation()
    charged(org.id, 1_000_000, "a", date(2026, 9, 3))
    received(org.id, 600_000, "b", date(2026, 9, 30))
    received(org.id, 500_001, "c", date(2026, 10, 1))  # one đồng too much
    charged(org.id, 10, "d", date(2026, 10, 1))
    db.session.commit()
    account = chart.receivable(org.id)
    september = queries.statement(account, date(2026, 9, 1), date(2026, 9, 30))
    october = queries.statement(account, date(2026, 10, 1), date(2026, 10, 31))
    assert (september.opening, september.closing, october.opening, october.closing) == (0, 500_000, 500_000, 10)
    assert [(row.code[-1], row.amount, row.balance) for row in october.rows] == [("3", -500_001, -1), ("4", 11, 10)]


entries = st.lists(st.tuples(st.integers(1, 9 * 10**15), st.dates(date(2025, 11, 1), date(2026, 12, 31))), max_size=12)


@settings(max_examples=often(40), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(entries, st.integers(0, 12), st.dates(date(2025, 10, 1), date(2027, 1, 31)))
def test_balances_are_the_sums_of_lines_whatever_the_cache_holds(
    ctx: Flask, drawn: list[tuple[int, date]], taken: int, on: date
) -> None:
    db.session.remove()
    with db.engine.begin() as connection:
        empty(connection)
    org = factories.organisation()
    for number, (amount, day) in enumerate(drawn):
        received(org.id, amount, f"receipt:{number}", day)
        if number + 1 == taken:  # the job runs when these are an hour old
            db.session.commit()
            with clock.fixed(datetime.now(UTC) + timedelta(hours=1)):
                assert take_in() == taken
    db.session.commit()
    true = sum(amount for amount, day in drawn if day <= on)
    assert queries.balance(chart.bank(1), on) == true
    assert {row.balance for row in queries.trial_balance(on)} == ({true, -true} if true else set())
    with clock.fixed(datetime.now(UTC) + timedelta(hours=1)):
        take_in()
    assert queries.balance(chart.bank(1), on) == true
    db.session.commit()
    months = db.session.scalars(select(AccountMonth)).all()
    assert sum(row.debit for row in months) == sum(row.credit for row in months) == sum(amount for amount, _day in drawn)


def test_the_chart_is_made_once_and_every_code_fits(ctx: Flask) -> None:
    chart.make_fixed()
    chart.make_fixed()
    longest = [chart.receivable(10**15), chart.of_deal("agreed", 1), chart.of_deal("owed", 1)] if _no_foreign_keys() else []
    db.session.flush()
    codes = db.session.scalars(select(Account.code)).all()
    assert len(codes) == len(set(codes)) == len(chart.FIXED) + len(chart.REVENUE) + len(longest)
    assert max(len(code) for code in codes) <= 20


def _no_foreign_keys() -> bool:
    """Let accounts point to organisations and deals that are not there, until the end of the transaction."""
    if db.engine.dialect.name == "postgresql":
        return False
    db.session.execute(text("PRAGMA defer_foreign_keys=ON"))
    return True
