"""Statements of banks: taken whole or not at all, once; matched in a fixed order; only what was asked for books itself."""

from __future__ import annotations

import io
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from flask import Flask
from openpyxl import Workbook
from sqlalchemy import func, select

from marketplace.core.access import SYSTEM
from marketplace.core.errors import IllegalMove, Invalid
from marketplace.core.extensions import db
from marketplace.core.long_work import begin_writing
from marketplace.core.outbox import drain
from marketplace.payments.banks import booking
from marketplace.payments.banks.imports import Taken, take
from marketplace.payments.banks.layouts import SHIPPED, HeadingsUnknown, known_layouts
from marketplace.payments.banks.lifecycle import BANK_LINE
from marketplace.payments.banks.matching import name_words
from marketplace.payments.banks.models import StatementLine
from marketplace.payments.banks.queries import held
from marketplace.payments.banks.statement_files import ReadStatement, read_statement
from marketplace.payments.invoicing import queries as invoices
from marketplace.payments.ledger import chart
from marketplace.payments.ledger.checks import faults
from marketplace.payments.ledger.queries import balance
from marketplace.payments.settlement import refunds
from marketplace.payments.settlement.models import Payment, Refund
from marketplace.values import clock
from marketplace.values.vietqr import reference_of
from tests.deals.racing import enough_connections
from tests.lifecycle_matrix import check_table
from tests.payments.test_payments import Till
from tests.statements import statements

ACCOUNT = "0011004567890"
HEAD = "Ngày giao dịch;Số tham chiếu;Ghi nợ;Ghi có;Số dư;Nội dung;Đối tác"
MT940 = (":20:ST1\n:25:{account}\n:28C:1/1\n:60F:C261201VND1000000,\n:61:2612011201C{amount}NTRFFT1//BANK77\n"
         ":86:{text}\n:61:2612021202RC500000,NTRFFT2\n:86:HOAN\n:62F:C261202VND{closing}\n")


def csv_of(*rows: str) -> bytes:
    return "\n".join(("Ngân hàng thử", "", HEAD, *rows, "Tổng cộng;;1;2;;;")).encode()


def read(content: bytes) -> ReadStatement:
    return read_statement(content, ACCOUNT, SHIPPED)


class Bank(Till):
    """The till, whose account gets statements."""

    def taken(self, *rows: str) -> Taken:
        begin_writing()
        done = take(held(self.account.id), read_statement(csv_of(*rows), ACCOUNT, known_layouts()), SYSTEM)
        db.session.commit()
        return done

    def lines(self) -> list[StatementLine]:
        return list(db.session.scalars(select(StatementLine).order_by(StatementLine.id)))

    @property
    def reference(self) -> str:
        return reference_of(str(self.invoice.code))


@pytest.mark.once
def test_the_lifecycle_is_its_table() -> None:
    check_table(BANK_LINE, roles=("system", "accountant"))


@pytest.mark.once
@pytest.mark.parametrize(("text", "value"), [
    ("1.100.022", 1_100_022), ("1,100,022", 1_100_022), ("1100022", 1_100_022), ("1.100.022,00", 1_100_022),
    ("1,100,022.00 VND", 1_100_022), ("1 100 022 đ", 1_100_022), ("1.000", 1_000), ("1,00", 1)])
def test_amounts_are_read_as_banks_write_them(text: str, value: int) -> None:
    (line,) = read(csv_of(f'01/12/2026;R1;;"{text}";;Nội dung;')).lines
    assert line.amount == value


@pytest.mark.once
@pytest.mark.parametrize(("row", "message"), [
    ('01/12/2026;R1;;"1.5";;x;', "no whole number"), ('01/12/2026;R1;;"1.000.00";;x;', "no whole number"),
    ('01/12/2026;R1;;"=1+1";;x;', "no whole number"), ('01/12/2026;R1;;"1,000.000";;x;', "no whole number"),
    ("32/12/2026;R1;;5;;x;", "cannot be read"), ("01/12/2026;R1;5;5;;x;", "at once"), (";R1;;5;;x;", "cannot be read"),
    ("01/12/2026;R1;;99999999999999999;;x;", "no whole number"), (f"01/12/2026;R1;;{'9' * 5000};;x;", "no whole number"),
    ("01/12/2199;R1;;5;;x;", "no money can have moved"), ("01/12/1999;R1;;5;;x;", "no money can have moved")])
def test_one_doubtful_row_refuses_the_file(row: str, message: str) -> None:
    with pytest.raises(Invalid, match=message) as refused:
        read(csv_of("01/12/2026;R0;;5;;gut;", row))
    assert refused.value.field == "file"


@pytest.mark.once
def test_files_that_are_no_statement_are_refused() -> None:
    for content, message in (
        (b"", "empty"), (b"x" * 10_000_001, "too large"), (b"%PDF-1.7", "no statement"), (csv_of(), "no lines"),
        (csv_of("01/12/2026;R1;;5;;x;")[:-3] + "Tổng".encode("cp1258", "replace") + b"\xd2", "not UTF-8"),
        (b"a\x00b", "no statement"), (b"PK\x03\x04rubbish", "damaged"),
        (csv_of() + b"\n" * 100_001, "more than 100000 rows"),  # ten million of them would take a gigabyte
    ):
        with pytest.raises(Invalid, match=message):
            read(content)
    two = (HEAD + ";Loại tiền\n01/12/2026;R;;5;;x;;VND\n01/12/2026;R;;5;;x;;USD\n").encode()
    with pytest.raises(Invalid, match="several currencies"):
        read(two)
    with pytest.raises(HeadingsUnknown) as asked:
        read(b"A;B;C\n01/12/2026;5;x\n")
    assert asked.value.headings == ["A", "B", "C"]


def book_of(*rows: list[object], merged: str = "") -> bytes:
    book, out = Workbook(), io.BytesIO()
    sheet = book.active
    assert sheet is not None
    sheet.append(["Sao kê"])
    sheet.merge_cells("A1:C1")
    sheet.append(["Date", "Amount", "Description"])
    for row in rows:
        sheet.append(row)
    if merged:
        sheet.merge_cells(merged)
    book.save(out)
    return out.getvalue()


@pytest.mark.once
def test_workbooks_are_read_and_hostile_ones_refused() -> None:
    day = clock.today()
    (line,) = read(book_of([day, 5.0, "Trả"])).lines
    assert (line.booked_on, line.amount) == (day, 5)
    for content, message in (
        (book_of([day, "=SUM(A1:A9)", "x"]), "formula"), (book_of([day, 5, "x"], [day, 6, "x"], merged="A3:A4"), "merged"),
        (book_of([day, 5.5, "x"]), "whole number"),
    ):
        with pytest.raises(Invalid, match=message):
            read(content)
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as out:
        out.writestr("[Content_Types].xml", "x")
        out.writestr("xl/worksheets/sheet1.xml", b"0" * 61_000_000)
    with pytest.raises(Invalid, match="unreasonable"):
        read(bomb.getvalue())


def repacked(sheet: bytes | None = None, old: bytes = b"", new: bytes = b"") -> bytes:
    """A workbook of one line whose sheet is replaced, or has something replaced in it."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(book_of([clock.today(), 5, "x"]))) as source, zipfile.ZipFile(
            out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name in source.namelist():
            content = source.read(name)
            if name.endswith("sheet1.xml"):
                content = sheet or content.replace(old, new, 1)
                assert not old or new in content
            packed.writestr(name, content)
    return out.getvalue()


@pytest.mark.once
@pytest.mark.parametrize(("content", "message"), [
    # Read by openpyxl as a whole these took gigabytes and minutes: a small file unpacks to fourteen million cells.
    (repacked(b"<worksheet><sheetData><row>" + b"<c/>" * 1_500_000), "unreasonable"),
    (repacked(old=b'ref="A1:C1"', new=b'ref="A1:XFD1048576"'), "merged"),
    (repacked(old=b'<c r="B3" t="n"><v>5<', new=b'<c r="B3" t="n"><v>1e999<'), "whole number"),
    (repacked(old=b'<c r="B3" t="n"><v>5<', new=b'<c r="B3" t="n"><v>NaN<'), "damaged"),
    (repacked(b"<!--" + b"x" * 5000 + b"--><!DOCTYPE a [<!ENTITY b 'c'>]>"), "damaged"),
    (repacked('<?xml version="1.0" encoding="utf-16"?><!DOCTYPE a []>'.encode("utf-16")), "damaged"),
    (repacked(b'<?xml version="1.0" encoding="cp037"?>' + "<!DOCTYPE a []>".encode("cp037")), "damaged"),
    (repacked(old=b'ref="A1:C3"', new=b'ref="A1:C1048576"')[:-300], "damaged"),
])
def test_small_workbooks_that_hold_much_are_refused_before_they_are_read(content: bytes, message: str) -> None:
    with pytest.raises(Invalid, match=message):
        read(content)


@pytest.mark.once
def test_mt940_with_too_many_lines_is_refused_before_its_library_reads_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mt940.parse", None)
    for text in (":20:A\n" + ":61:261201C1,NTRF\n" * 20_001, f":20:\n:25:{ACCOUNT}\n" * 20_001):
        with pytest.raises(Invalid, match="at most 20000"):
            read(text.encode())


@pytest.mark.once
def test_mt940_is_taken_only_when_its_sums_agree() -> None:
    said = {"account": ACCOUNT, "amount": "1100022,", "text": "DN26 CONG TY", "closing": "1600022,"}
    lines = read(MT940.format(**said).encode()).lines
    assert [(line.amount, line.reference) for line in lines] == [(1_100_022, "BANK77"), (-500_000, "FT2")]
    for change, message in (
        ({"amount": "1.100.022,"}, "as MT940 demands"), ({"account": "999"}, "not of"),
        ({"closing": "1600023,"}, "closing"),
        ({"closing": "1.600.022,"}, "as MT940 demands"), ({"amount": "1100022,50"}, "whole number"),
    ):
        with pytest.raises(Invalid, match=message):
            read(MT940.format(**{**said, **change}).encode())
    two = MT940.format(**said) + MT940.format(**{**said, "account": "999"}).replace("ST1", "ST2")
    with pytest.raises(Invalid, match="not of"):
        read(two.encode())
    with pytest.raises(Invalid, match="no lines"):
        read(f":20:X\n:25:{ACCOUNT}\n:60F:C261201VND1,\n:62F:C261201VND1,\n".encode())


@pytest.mark.once
def test_a_gap_in_the_running_balance_is_told_upwards_and_downwards() -> None:
    rows = ["01/12/2026;R1;;5;105;a;", "02/12/2026;R2;5;;100;b;", "03/12/2026;R3;;7;108;c;"]
    assert read(csv_of(*rows)).gaps == [6]
    assert read(csv_of(*reversed(rows[:2]))).gaps == []


@pytest.mark.once
def test_names_are_compared_without_the_words_of_companies() -> None:
    assert name_words("CÔNG TY TNHH MTV Trả Phí") == "tra phi" == name_words("Tra Phi Co., Ltd")
    assert name_words("Công ty cổ phần Alpha") == ""


def test_lines_are_matched_in_their_order_and_only_the_first_rule_books(ctx: Flask) -> None:
    bank = Bank()
    total, ref = bank.invoice.total, bank.reference
    small, named = bank.issued("2"), bank.issued("3")
    two = reference_of(str(small.code))
    done = bank.taken(
        f"01/12/2026;A1;;{total};;{ref} cong ty tra phi;", f"01/12/2026;A2;;{total};;lan nua {ref};",
        f"01/12/2026;A3;;5;;{two};", f"01/12/2026;A4;;{total + 1};;{two};", "01/12/2026;A5;;77;;khong ro;NGUYEN VAN A",
        f"01/12/2026;A6;;{total};;tien phi;CTY TNHH TRA PHI", "01/12/2026;A7;9;;;phi;")
    assert (done.new, done.known) == (7, 0)
    drain()
    lines = bank.lines()
    assert [(one.match, one.state) for one in lines] == [
        ("exact", "booked"), ("late", "open"), ("under", "open"), ("over", "open"), ("unknown", "open"),
        ("unknown", "open"), ("unknown", "open")], "two open requests have this amount and name"
    assert bank.invoice.state == "paid" and db.session.scalar(select(func.count()).select_from(Payment)) == 1
    again = bank.taken(f"01/12/2026;A1;;{total};;{ref} cong ty tra phi;", "01/12/2026;A5;;77;;khong ro;NGUYEN VAN A",
                       "01/12/2026;A5;;77;;khong ro;NGUYEN VAN A")
    assert (again.new, again.known) == (1, 2), "a second one that is equal is another"
    booking.accept(booking.held_line(lines[3].id), invoices.held(small.id), bank.first)
    db.session.commit()
    assert (small.state, invoices.credit_of(bank.org.id)) == ("paid", 1)
    assert bank.taken(f"02/12/2026;B1;;{total};;tien phi;CTY TNHH TRA PHI").new == 1
    assert (bank.lines()[-1].match, bank.lines()[-1].invoice_id) == ("name", named.id)
    assert list(faults()) == []


def test_what_a_person_does_with_a_line(ctx: Flask) -> None:
    bank = Bank()
    other, third = bank.issued("2"), bank.issued("3")
    total = bank.invoice.total
    bank.taken(f"01/12/2026;A1;;{2 * total};;hai ky;", "01/12/2026;A2;;70;;thua;", "01/12/2026;A3;;80;;tra lai;",
               f"01/12/2026;A4;;{total};;chua ro;", "01/12/2026;A5;;90;;nham;", "01/12/2026;A6;4;;;phi;")
    web, ids = bank.client(ctx, "first"), [line.id for line in bank.lines()]

    def press(number: int, action: str, **said: str) -> int:
        return web.post(f"/money/statements/{ids[number]}/{action}", data=said).status_code

    assert press(0, "split", parts=f"{other.code} {total}") == 422
    assert press(0, "split", parts=f"{other.code} {total}\n{third.code} {total}") == 302
    assert (press(1, "credit", payer="nobody"), press(1, "credit", payer=bank.org.slug)) == (422, 302)
    assert press(2, "return", back_to=bank.org.slug, why="Chuyển nhầm") == 302
    assert (press(3, "book", invoice="DN-2026-999999"), press(3, "hold"), press(3, "hold")) == (422, 302, 302)
    today = clock.today()
    assert balance(chart.fixed(chart.UNIDENTIFIED), today) == -total
    assert press(3, "book", invoice=str(bank.invoice.code)) == 302
    assert balance(chart.fixed(chart.UNIDENTIFIED), today) == 0
    assert (press(4, "ignore", reason=" "), press(4, "ignore", reason="Không phải của sàn")) == (422, 302)
    assert press(5, "credit", payer=bank.org.slug) == 422, "money that went out is nobody's credit"
    db.session.expire_all()
    assert [line.state for line in bank.lines()] == ["split", "credited", "returned", "booked", "ignored", "open"]
    assert [one.state for one in (bank.invoice, other, third)] == ["paid"] * 3
    assert db.session.query(Refund).one().amount == 80 and invoices.credit_of(bank.org.id) == 150
    assert balance(chart.bank(bank.account.id), today) == 3 * total + 150 and list(faults()) == []
    for who, status in (("auditor", 200), ("leader", 403)):
        for path in ("/money/statements", "/money/statements?tab=unknown", f"/money/statements/{ids[5]}"):
            assert bank.client(ctx, who).get(path).status_code == status


def test_a_refund_is_done_when_the_statement_shows_it(ctx: Flask) -> None:
    bank = Bank()
    refund = bank.asked_back(bank.transfer(bank.invoice.total + 500), 500)
    begin_writing()
    refunds.approve(refunds.held(refund.id), bank.second)
    refunds.send(refunds.held(refund.id), bank.first, "FT26123456")
    db.session.commit()
    bank.taken("03/12/2026;FT26123456;500;;;hoan tien;", "03/12/2026;X;500;;;khac;")
    drain()
    db.session.expire_all()
    assert refund.state == "done" and [line.state for line in bank.lines()] == ["booked", "open"]
    assert list(faults()) == []


def test_a_statement_is_uploaded_and_its_columns_are_learnt(ctx: Flask) -> None:
    bank = Bank()
    web = bank.client(ctx, "first")

    def send(content: bytes, **said: object) -> tuple[int, str]:
        answer = web.post("/money/statements", data={
            "account": str(bank.account.id), "file": (io.BytesIO(content), "sao-ke.csv"), **said})
        return answer.status_code, answer.text

    odd = b"Wann;Wieviel;Wof\xc3\xbcr\n12/01/2026;5;x\n"
    status, text = send(odd)
    assert status == 422 and 'name="column-2"' in text and 'value="Wofür"' in text
    said = {"heading": ["Wann", "Wieviel", "Wofür"], "column-0": "date", "column-1": "amount", "column-2": "description",
            "date_format": "%m/%d/%Y"}
    assert send(odd, **said)[0] == 302 and send(odd.replace(b";5;", b";6;"))[0] == 302
    assert [(line.booked_on.month, line.amount) for line in bank.lines()] == [(12, 5), (12, 6)]
    assert send(b"%PDF-1.7")[0] == 422 and len(bank.lines()) == 2


def test_the_command_takes_a_file_and_books(ctx: Flask, tmp_path: Path) -> None:
    bank = Bank()
    path = tmp_path / "sao-ke.csv"
    path.write_bytes(csv_of(f"01/12/2026;A1;;{bank.invoice.total};100;{bank.reference};", "01/12/2026;A2;;5;900;x;"))
    run = ctx.test_cli_runner()
    said = run.invoke(args=["import-statement", str(path), "--account", ACCOUNT])
    assert said.exit_code == 0 and "2 lines are new, 0 were there, 1 were booked." in said.output, said.output
    assert "Warning: at line 5" in said.output
    again = run.invoke(args=["import-statement", str(path), "--account", ACCOUNT])
    assert "0 lines are new, 2 were there, 0 were booked." in again.output
    path.write_bytes(b"%PDF")
    assert run.invoke(args=["import-statement", str(path), "--account", ACCOUNT]).exit_code == 1
    assert run.invoke(args=["import-statement", str(path), "--account", "1"]).exit_code == 1


def test_statements_per_thousand_lines_are_bounded(ctx: Flask) -> None:
    bank = Bank()
    rows = [f"01/12/2026;A{number};;{number};;DN26{number:06d}00 cong ty {number};" for number in range(1, 1001)]
    with statements(ctx) as asked:
        assert bank.taken(*rows).new == 1000
    assert len(asked) < 30, len(asked)


def test_the_same_statement_twenty_times_at_once_is_taken_once(app: Flask) -> None:
    with app.app_context():
        bank = Bank()
        account_id, rows = bank.account.id, [f"01/12/2026;A{number};;{number + 1};;x;" for number in range(20)]

    def again(_number: int) -> int:
        with app.app_context():
            begin_writing()
            done = take(held(account_id), read(csv_of(*rows)), SYSTEM)
            db.session.commit()
            return done.new

    with app.app_context(), enough_connections(20), ThreadPoolExecutor(20) as pool:
        assert sorted(pool.map(again, range(20)))[-2:] == [0, 20]
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(StatementLine)) == 20


def test_of_two_accountants_who_book_one_line_one_does(app: Flask) -> None:
    with app.app_context():
        bank = Bank()
        bank.taken(f"01/12/2026;A1;;{bank.invoice.total};;x;")
        line_id, invoice_id, org, who = bank.lines()[0].id, bank.invoice.id, bank.org, (bank.first, bank.second)

    def press(number: int) -> str:
        with app.app_context():
            begin_writing()
            line = booking.held_line(line_id)
            try:
                if number % 2:
                    booking.accept(line, invoices.held(invoice_id), who[0])
                else:
                    booking.keep_as_credit(line, booking.named_payer(slug, "payer"), who[1])
            except IllegalMove:
                db.session.rollback()
                return "late"
            db.session.commit()
            return line.state

    with app.app_context():
        slug = db.session.merge(org).slug
    with app.app_context(), enough_connections(8), ThreadPoolExecutor(8) as pool:
        assert "late" in set(pool.map(press, range(8)))
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Payment)) == 1 and list(faults()) == []
