"""The same payment reported or confirmed by several people in the same moment: it happens once, in the ledger too."""

from __future__ import annotations

from io import BytesIO

from flask import Flask

from marketplace.core.events import Event
from marketplace.core.extensions import db
from marketplace.core.outbox import drain
from marketplace.payments.dues import jobs
from marketplace.payments.dues.models import DueClaim, DueConfirm
from marketplace.payments.ledger.models import JournalEntry
from marketplace.values import clock
from tests.deals.racing import at_once, enough_connections, sending
from tests.deals.test_signing import PDF
from tests.payments.dues_world import Money, wrong
from tests.thorough import often

CROWD = often(12, 6)


def test_one_report_and_one_confirmation(ctx: Flask) -> None:
    money = Money()
    lock, today, path = str(money.due.lock), clock.format_date(clock.today()), money.path()
    payers = [money.client(ctx, ("buyer", "buyer_editor")[turn % 2]) for turn in range(CROWD)]
    with enough_connections(CROWD):
        answers = at_once([
            sending(web, f"{path}/claim", {"amount": "400 triệu", "paid_on": today, "lock": lock,
                                           "file": (BytesIO(PDF), "ủy nhiệm chi.pdf")}) for web in payers])
        assert sorted(one.status for one in answers) == [302] + [409] * (CROWD - 1)
        assert db.session.query(DueClaim).count() == 1
        lock = str(money.due.lock)
        payees = [money.client(ctx, "supplier") for _turn in range(CROWD)]
        sent = {"amount": "100 triệu", "received_on": today, "lock": lock}
        answers = at_once([sending(web, f"{path}/confirm", dict(sent)) for web in payees])
    assert sorted(one.status for one in answers) == [302] + [409] * (CROWD - 1)
    assert db.session.query(DueConfirm).count() == 1
    assert db.session.query(JournalEntry).filter_by(kind="due_paid").count() == 1
    assert money.due.confirmed == 100_000_000 and wrong() == []


def test_the_job_and_the_consumer_let_a_payment_fall_due_once(ctx: Flask) -> None:
    money = Money(milestones=["delivered", "planned", "planned"])
    web = money.client(ctx, "buyer")
    assert web.post(f"/deals/{money.deal.code}/milestones/{money.deal.milestones[0].id}/accept").status_code == 302
    db.session.expire_all()
    assert jobs.fall() == 1
    db.session.commit()
    drain()
    assert db.session.query(Event).filter_by(action="due.fall_due").count() == 1
    assert db.session.query(JournalEntry).filter_by(kind="due").count() == 1
