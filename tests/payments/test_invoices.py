"""Payment requests: numbered without gaps, in the ledger, credited by two people, seen by their organisation only."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from io import BytesIO
from typing import Any

import pytest
import time_machine
from flask import Flask
from pypdf import PdfReader
from sqlalchemy import select

from marketplace.core.access import SYSTEM
from marketplace.core.errors import IllegalMove, Invalid, NotAllowed
from marketplace.core.events import Event
from marketplace.core.extensions import db
from marketplace.core.long_work import begin_writing
from marketplace.core.outbox import drain
from marketplace.core.proposals import Proposal, decide
from marketplace.notifications.models import Notification
from marketplace.organisations.models import Organisation
from marketplace.payments import figures
from marketplace.payments.invoicing import actions, queries
from marketplace.payments.invoicing.lifecycle import INVOICE
from marketplace.payments.invoicing.models import CreditNote, Invoice
from marketplace.payments.invoicing.proposals import propose_credit
from marketplace.payments.ledger import chart
from marketplace.payments.ledger.checks import faults
from marketplace.payments.ledger.queries import balance
from marketplace.values import clock
from tests import factories
from tests.deals.racing import enough_connections
from tests.lifecycle_matrix import check_table
from tests.payments.world import Books
from tests.thorough import often

ROUNDS = often(200, 16)  # requests issued at once; every fourth breaks off


@pytest.mark.once
def test_the_lifecycle_is_its_table() -> None:
    check_table(INVOICE, roles=("accountant", "system", "owner"))


def test_what_is_issued_is_frozen_numbered_and_booked(ctx: Flask) -> None:
    books = Books()
    made = books.issued()
    year = clock.today().year
    assert (made.code, made.state, made.net, made.vat, made.total) == (
        f"DN-{year}-000001", "issued", 1_000_020, 100_002, 1_100_022), "VAT is rounded once, not 2 + 100,001"
    assert [(line.net, line.vat) for line in made.lines] == [(15, 2), (1_000_005, 100_000)]
    assert made.buyer["name"] == "Công ty Trả Phí" and "Tràng Tiền" in made.buyer["address"]
    assert made.due_on == clock.add_working_days(clock.today(), 10, actions.working_calendar())
    today = clock.today()
    booked = [balance(account, today) for account in (
        chart.receivable(books.org.id), chart.revenue("assessment"), chart.revenue("service_order"),
        chart.fixed(chart.VAT_OUTPUT))]
    assert booked == [1_100_022, -15, -1_000_005, -100_002]
    assert books.states() == ["invoiced", "invoiced"] and queries.rest(made) == 1_100_022
    actions.issue(made, books.first)  # a double click
    assert list(faults()) == []
    with pytest.raises(Invalid, match="asked for"):
        actions.draft(books.org, books.first)


def test_only_verified_organisations_are_asked_and_nobody_of_theirs_asks(ctx: Flask) -> None:
    books = Books()
    books.charged()
    books.org.state = "suspended"
    made = actions.draft(books.org, books.first)
    with pytest.raises(Invalid, match="verified"):
        actions.issue(made, books.first)
    books.org.state = "verified"
    for actor in (factories.actor_of(books.member, books.org), factories.actor_of(books.users["auditor"])):
        with pytest.raises(NotAllowed):
            actions.issue(made, actor)
    books.charged("2")
    actions.issue(made, books.first)
    assert len(made.lines) == 4, "it takes what was charged since it was drafted"


def test_a_cancelled_request_is_reversed_and_its_charges_wait_again(ctx: Flask) -> None:
    books = Books()
    made = books.issued()
    with pytest.raises(Invalid):
        actions.cancel(made, books.first, " ")
    actions.cancel(made, books.first, "Lập nhầm kỳ")
    db.session.commit()
    assert (made.state, queries.rest(made), books.states()) == ("cancelled", 0, ["pending", "pending"])
    again = actions.draft(books.org, books.first)
    actions.issue(again, SYSTEM)
    db.session.commit()
    assert str(again.code).endswith("000002"), "the number stays taken"
    books.paid(again, 100)
    assert (again.state, queries.rest(again)) == ("part_paid", again.total - 100)
    with pytest.raises(IllegalMove):
        actions.cancel(again, books.first, "Muộn rồi")
    books.paid(again, again.total - 100)
    assert (again.state, books.states()) == ("paid", ["settled", "settled"]) and list(faults()) == []


def test_a_credit_note_takes_two_people_and_a_written_agreement(ctx: Flask) -> None:
    books = Books()
    made, today = books.issued(), clock.today()
    with pytest.raises(Invalid, match="At most"):
        propose_credit(made, made.total + 1, "BB-01", today, "Thỏa thuận", books.first)
    with pytest.raises(Invalid, match="future"):
        propose_credit(made, 5, "BB-01", today + timedelta(days=1), "Thỏa thuận", books.first)
    proposal = propose_credit(made, 100_022, "BB-01/2026", today, "Giảm một phần dịch vụ", books.first)
    with pytest.raises(NotAllowed):
        decide(proposal, "approve", books.first)
    assert decide(proposal, "approve", books.manager) == "approved"
    [note] = made.credits
    assert (note.net, note.vat, queries.rest(made), made.state) == (90_929, 9_093, 1_000_000, "issued")
    assert balance(chart.fixed(chart.REDUCTIONS), today) == 90_929
    stale = propose_credit(made, 10, "BB-02", today, "Thêm", books.first)
    rest = propose_credit_whole(books, made, stale)
    assert decide(rest, "approve", books.second) == "approved"
    assert (made.state, queries.rest(made), books.states()) == ("paid", 0, ["credited", "credited"])
    assert [one.code[:2] for one in db.session.query(CreditNote)] == ["GG", "GG"] and list(faults()) == []


def test_what_is_credited_bit_by_bit_leaves_no_vat(ctx: Flask) -> None:
    books = Books()
    made = books.issued()
    said = {"agreement_no": "BB-01", "agreement_on": clock.today().isoformat()}
    for part in (5, 5, made.total - 10):  # of five đồng the VAT is less than half a đồng
        actions.issue_credit(made, {**said, "total": part}, "Giảm", books.first.user_id or 0, books.second)
    db.session.commit()
    assert (sum(one.vat for one in made.credits), sum(one.net for one in made.credits)) == (made.vat, made.net)
    assert balance(chart.fixed(chart.VAT_OUTPUT), clock.today()) == 0 and list(faults()) == []


def propose_credit_whole(books: Books, made: Invoice, before: Proposal) -> Proposal:
    """Refuse what was proposed before, and propose to credit the rest."""
    assert decide(before, "refuse", books.second, "Tính lại") == "refused"
    return propose_credit(made, made.total - made.credited, "BB-03", clock.today(), "Toàn bộ", books.first)


def test_what_is_overdue_is_what_the_ledger_says_is_left(ctx: Flask) -> None:
    books = Books()
    made = books.issued()
    books.paid(made, 1_000_000)
    assert made.due_on
    with time_machine.travel(clock.from_local(made.due_on + timedelta(days=1)) + timedelta(hours=8)):
        assert queries.totals() == {"open": 1, "owed": 100_022, "no_e_invoice": 1}
        assert [(one.count, one.amount) for one in figures.due(clock.today()) if one.since == date.min] == [(1, 100_022)]


def test_overdue_is_marked_once_after_one_ten_and_thirty_days(ctx: Flask) -> None:
    books = Books()
    made = books.issued()
    assert made.due_on and actions.mark_overdue() == 0
    days = []
    for after in (0, 1, 2, 9, 10, 29, 30, 31, 100):
        with time_machine.travel(clock.from_local(made.due_on + timedelta(days=after)) + timedelta(hours=8)):
            if actions.mark_overdue():
                days.append(after)
            assert actions.mark_overdue() == 0
            db.session.commit()
    assert days == [1, 10, 30]
    with time_machine.travel(clock.from_local(made.due_on + timedelta(days=101))):
        drain()
    told = db.session.query(Notification).filter_by(user_id=books.member.id)
    assert sorted(one.message for one in told) == ["invoice.issue:owner", *["invoice.overdue:owner"] * 3]


def test_numbers_have_no_gap_after_many_issues_at_once_some_of_which_break_off(ctx: Flask) -> None:
    with enough_connections(8):
        books = Books()
        orgs = [factories.organisation(f"Công ty số {number}").id for number in range(ROUNDS)]
        for org_id in orgs:
            books.charged(org=db.session.get_one(Organisation, org_id))
        actor = books.first

        def one(number: int) -> None:
            with ctx.app_context():
                begin_writing()
                actions.issue(actions.draft(db.session.get_one(Organisation, orgs[number]), actor), actor)
                if number % 4 == 0:
                    db.session.rollback()
                else:
                    db.session.commit()
                db.session.remove()

        with ThreadPoolExecutor(4) as pool:
            list(pool.map(one, range(ROUNDS)))
        codes = sorted(db.session.scalars(select(Invoice.code).where(Invoice.code.is_not(None))))
        year = clock.today().year
        assert codes == [f"DN-{year}-{number:06d}" for number in range(1, ROUNDS * 3 // 4 + 1)]
        assert list(faults()) == []


def test_the_ledger_check_sees_a_request_that_says_another_amount(ctx: Flask) -> None:
    made = Books().issued()
    made.net, made.total = made.net + 1, made.total + 1
    db.session.commit()
    assert {(fault.check, fault.where) for fault in faults()} == {("invoices", str(made.code))}


def test_the_command_asks_everybody_for_what_waits(ctx: Flask) -> None:
    books = Books()
    books.charged()
    done = ctx.test_cli_runner().invoke(args=["issue-invoices"])
    assert done.exit_code == 0 and "1 payment requests" in done.output, done.output
    assert [one.state for one in db.session.query(Invoice)] == ["issued"]
    assert "0 payment requests" in ctx.test_cli_runner().invoke(args=["issue-invoices"]).output


def test_pages_of_accountants_and_of_the_organisation(ctx: Flask) -> None:
    books = Books()
    books.charged()
    first, own = books.client(ctx, "first"), factories.client(ctx, books.member, books.org)
    assert "Công ty Trả Phí" in first.get("/money").text
    drafted = first.post(f"/money/drafts/{books.org.id}")
    here = drafted.location
    assert drafted.status_code == 302 and first.post(f"{here}/issue").status_code == 302
    made = db.session.query(Invoice).one()
    again = first.post(f"/money/drafts/{books.org.id}")
    assert again.status_code == 422 and "chưa được đề nghị" in again.text
    assert made.code in first.get("/money").text and "1.100.022" in own.get("/my/money").text
    page = own.get(f"/my/money/{made.code}").text
    assert "một triệu một trăm nghìn không trăm hai mươi hai đồng" in page and "DN26000001" in page
    document = own.get(f"/my/money/{made.code}.pdf")
    assert document.mimetype == "application/pdf" and document.data.startswith(b"%PDF")
    text = "".join(page.extract_text() for page in PdfReader(BytesIO(document.data)).pages)
    assert "1.100.022" in text and "DN26000001" in text and "một triệu một trăm nghìn" in " ".join(text.split())
    stranger = factories.client(ctx, factories.user("Người Lạ"), None)
    other = factories.organisation("Công ty Khác")
    person = factories.user("Người Khác")
    factories.member(person, other)
    assert factories.client(ctx, person, other).get(f"/my/money/{made.code}").status_code == 404
    assert stranger.get(f"/my/money/{made.code}").status_code == 403
    leader = books.client(ctx, "leader").get("/money").text
    assert "1.100.022" in leader and made.code not in leader and "Công ty Trả Phí" not in leader
    said: dict[str, Any] = {"number": "00000012", "date": clock.format_date(clock.today()), "lookup_code": "TRA-CUU-1"}
    assert first.post(f"{here}/e-invoice", data={**said, "lookup_code": ""}).status_code == 422
    assert first.post(f"{here}/e-invoice", data=said).status_code == 302
    assert "TRA-CUU-1" in own.get(f"/my/money/{made.code}").text
    asked = {"total": "100.000", "agreement_no": "BB-1", "agreement_on": said["date"], "reason": "Giảm phí"}
    assert first.post(f"{here}/credit", data={**asked, "total": "9 tỷ"}).status_code == 422
    assert first.post(f"{here}/credit", data=asked).status_code == 302
    assert first.post(f"{here}/cancel", data={"reason": ""}).status_code == 422
    listed = books.client(ctx, "auditor").get("/money/invoices.csv?tab=open").text
    assert made.code in listed and "00000012" in listed
    assert db.session.query(Event).filter_by(action="invoice.e_invoice").count() == 1
