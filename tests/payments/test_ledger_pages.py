"""Pages of the ledger: each figure leads to its entries, each entry to its cause; long accounts come in parts."""

from __future__ import annotations

from datetime import date, timedelta
from io import BytesIO

import openpyxl
import pytest
from flask import Flask
from pypdf import PdfReader
from sqlalchemy import text

from marketplace.core.access import SYSTEM
from marketplace.core.extensions import db
from marketplace.payments.ledger import chart, credit, debit, post, queries, reports, reverse
from marketplace.payments.ledger.cache import take_in
from marketplace.payments.ledger.models import Account, JournalEntry
from marketplace.payments.ledger.reports import LinePlace
from marketplace.values import clock
from tests import factories
from tests.payments.world import Books
from tests.statements import statements

DAY = date(2026, 3, 1)
YEAR = {"since": "01/01/2026", "until": "31/12/2026"}


def received(amount: int, key: str, on: date = DAY, org_id: int | None = None) -> JournalEntry:
    to = chart.receivable(org_id) if org_id else chart.fixed(chart.UNIDENTIFIED)
    return post(key, [debit(chart.bank(1), amount), credit(to, amount)], kind="receipt", text=f"Khoản {key}",
                actor=SYSTEM, happened_on=on)


def test_a_long_statement_comes_in_parts_that_carry_the_balance_over(ctx: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reports, "PER_PAGE", 3)
    for number in range(8):
        received(10**number, f"r:{number}", DAY + timedelta(days=7 - number // 2))  # the later, the earlier in the books
    received(500, "before", DAY - timedelta(days=1))
    bank, until = chart.bank(1), DAY + timedelta(days=9)
    whole = queries.statement(bank, DAY, until)
    part, shown, places = reports.part(bank, DAY, until), [], list[LinePlace | None]()
    while True:
        assert (part.opening, part.closing, part.count) == (500, whole.closing, 8)
        assert part.carried == part.rows[0].balance - part.rows[0].amount
        shown += part.rows
        places.append(part.before)
        if part.after is None:
            break
        part = reports.part(bank, DAY, until, after=reports.key_of(str(part.after)))
    assert shown == list(whole.rows) and [place is None for place in places] == [True, False, False]
    back = reports.part(bank, DAY, until, before=places[2])
    assert list(back.rows) == shown[3:6] and back.after and back.before
    first = reports.part(bank, DAY, until, before=back.before)
    assert list(first.rows) == shown[:3] and first.before is None and first.carried == 500


@pytest.mark.parametrize("nonsense", [
    "", "x", "2026-03-01", "2026-13-01.1.1", "2026-03-01.1.-1", "2026-03-01.²..1", "..", "1.1.1.1",
])
def test_a_place_in_the_books_is_read_or_is_none(nonsense: str) -> None:
    assert reports.key_of(nonsense) is None
    assert reports.key_of(str(LinePlace(DAY, 7, 2))) == LinePlace(DAY, 7, 2)


def test_months_and_groups_say_what_the_lines_say_whatever_the_cache_holds(ctx: Flask) -> None:
    orgs = [factories.organisation(f"Đơn vị {number}").id for number in range(2)]
    received(100, "old", date(2025, 2, 27))
    received(30, "a", date(2026, 2, 28), orgs[0])
    received(4, "b", DAY, orgs[1])
    db.session.commit()
    for _turn in (1, 2):
        found = reports.months(chart.bank(1), DAY)
        assert [(one.first, one.debit, one.credit, one.closing) for one in found[-3:]] == [
            (date(2026, 1, 1), 0, 0, 100), (date(2026, 2, 1), 30, 0, 130), (date(2026, 3, 1), 4, 0, 134)]
        assert len(found) == 12 and found[0] == reports.Month(date(2025, 4, 1), 0, 0, 100)
        summed = {one.prefix: (one.count, one.debit, one.credit, one.account is None) for one in reports.groups(DAY)}
        assert summed == {"112": (1, 134, 0, False), "131": (2, 0, 34, True), "3388": (1, 0, 100, False)}
        with clock.fixed(clock.now() + timedelta(hours=1)):
            take_in()
        db.session.commit()


def test_lines_of_an_account_are_found_by_an_index(ctx: Flask) -> None:
    received(1, "a")
    db.session.commit()
    if db.engine.dialect.name != "sqlite":
        return  # a planner with statistics reads a table of one row whole
    asked = str(queries.lines_of(chart.bank(1), DAY, DAY).compile(db.engine, compile_kwargs={"literal_binds": True}))
    plan = [row.detail for row in db.session.execute(text(f"EXPLAIN QUERY PLAN {asked}"))]
    assert not [step for step in plan if step.startswith("SCAN")], plan


def test_every_figure_leads_to_its_entries_and_every_entry_to_its_cause(ctx: Flask) -> None:
    books = Books()
    made = books.issued()
    wrong = received(7, "wrong")
    right = reverse(wrong, "wrong:back", text="Đảo", actor=books.first)
    db.session.commit()
    auditor = books.client(ctx, "auditor")
    account, entry = f"/money/accounts/131-{books.org.id}", db.session.query(Account).filter_by(code="3331").one()
    listed = auditor.get("/money/accounts?q=Trả Phí").text
    assert account in listed and "1.100.022" in listed and "/money/accounts/3331" not in listed
    assert "/money/accounts/3331" in auditor.get("/money/accounts?q=333").text and entry.currency == "VND"
    assert auditor.get("/money/accounts?q=%25").text.count("/money/accounts/") < 5, "a percent sign is no wildcard"
    statement = auditor.get(account).text
    code = db.session.query(JournalEntry).filter_by(subject_kind="invoice").one().code
    assert f"/money/entries/{code}" in statement and "1.100.022" in statement
    page = auditor.get(f"/money/entries/{code}").text
    assert f"/money/invoices/{made.id}" in page and account in page and made.code in page
    assert right.code in auditor.get(f"/money/entries/{wrong.code}").text
    assert wrong.code in auditor.get(f"/money/entries/{right.code}").text
    balance = auditor.get("/money/trial-balance").text
    assert account in balance and "1.100.022" in balance
    assert auditor.get("/money/trial-balance?on=31/12/2001").text.count("/money/accounts/") == 0
    for path in (account, "/money/accounts", "/money/trial-balance", f"/money/entries/{code}"):
        with statements(ctx) as seen:
            assert auditor.get(path).status_code == 200
        assert len(seen) <= 20, (path, len(seen))
        assert books.client(ctx, "leader").get(path).status_code == 403
        assert books.client(ctx, "moderator").get(path).status_code == 403
    assert auditor.get("/money/accounts/131-999999").status_code == auditor.get("/money/entries/BT-1").status_code == 404


def test_what_is_no_period_is_said_and_nothing_is_lost(ctx: Flask) -> None:
    books = Books()
    received(7, "a")
    db.session.commit()
    first = books.client(ctx, "first")
    page = first.get("/money/accounts/112-1?since=31/31/2026&until=1/1/2026")
    assert page.status_code == 200 and "31/31/2026" in page.text and "aria-invalid" in page.text
    assert "đứng trước" in first.get("/money/accounts/112-1?since=2/1/2026&until=1/1/2026").text
    assert "aria-invalid" in first.get("/money/trial-balance?on=x").text
    for query in ("since=x", "until=0001-01-01", "since=02/01/2026&until=01/01/2026"):
        assert first.get(f"/money/accounts/112-1.csv?{query}").status_code in {400, 422}
    assert first.get("/money/trial-balance.csv?on=x").status_code == 400
    assert first.get("/money/accounts/112-1.pdf?since=31/12/2024&until=01/01/2026").status_code == 422


def test_downloads_open_and_close_with_the_balance(ctx: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    books = Books()
    received(5_000_000, "old", date(2025, 12, 31), books.org.id)
    received(1_000, "=HYPERLINK()", DAY, books.org.id)
    db.session.commit()
    first, base = books.client(ctx, "first"), f"/money/accounts/131-{books.org.id}"
    rows = first.get(f"{base}.csv", query_string=YEAR).text.splitlines()
    assert len(rows) == 4 and rows[1].endswith(",-5000000") and rows[3].endswith(",-5001000") and "Khoản =" in rows[2]
    sheet = openpyxl.load_workbook(BytesIO(first.get(f"{base}.xlsx", query_string=YEAR).data)).active
    assert sheet is not None and [sheet.cell(row, 6).value for row in (2, 3, 4)] == [-5_000_000, -5_001_000, -5_001_000]
    document = first.get(f"{base}.pdf", query_string=YEAR)
    assert document.mimetype == "application/pdf"
    said = "".join(page.extract_text() for page in PdfReader(BytesIO(document.data)).pages)
    assert "Công ty Trả Phí" in said and "Tiền thừa" in said and "5.001.000" in said
    listed = first.get("/money/trial-balance.csv?on=31/12/2026").text
    assert f"131-{books.org.id}" in listed and "5001000" in listed
    assert first.get("/money/trial-balance.xlsx").status_code == 200
    monkeypatch.setattr(reports, "MOST_LINES", 0)
    monkeypatch.setattr(reports.whole, "__defaults__", (0,))
    assert first.get(f"{base}.csv", query_string=YEAR).status_code == 422
