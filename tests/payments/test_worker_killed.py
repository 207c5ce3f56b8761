"""The worker dies by SIGKILL amid the provider's messages and refunds: nothing is booked twice, and nothing is lost."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from marketplace import create_app
from marketplace.core.events import Event, Outbox
from marketplace.core.extensions import db
from marketplace.core.long_work import begin_writing
from marketplace.core.outbox import drain, release_leases
from marketplace.notifications.models import Notification
from marketplace.payments.cards.sandbox.server import Server
from marketplace.payments.cards.sandbox.state import Double
from marketplace.payments.ledger.checks import faults
from marketplace.payments.ledger.models import JournalEntry
from marketplace.payments.settlement.models import Payment, ProviderEvent, Refund
from tests.conftest import make_settings
from tests.nursery import Nursery, kill
from tests.payments.test_cards import KEY, SECRET, CardTill, refunded
from tests.thorough import often

PAYMENTS, REPEATS, KILLS = often(60, 12), 3, often(20, 5)


@pytest.fixture
def served(tmp_path: Path, own_database: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Flask, Server]]:
    server = Server(Double(), KEY)
    server.begin()
    keys = {"STRIPE_SECRET_KEY": KEY, "STRIPE_WEBHOOK_SECRET": SECRET, "STRIPE_API_BASE": server.base}
    for name, value in keys.items():
        monkeypatch.setenv(name, value)  # for the workers
    app = create_app(make_settings(tmp_path / "data", own_database, **keys))
    app.config["WTF_CSRF_ENABLED"] = False
    with app.app_context():
        db.create_all()
        yield app, server
        db.session.remove()
        db.engine.dispose()
    server.shutdown()
    server.server_close()


@pytest.mark.thorough
@pytest.mark.slow
@pytest.mark.timeout(300)
def test_nothing_is_booked_twice_and_nothing_is_lost(served: tuple[Flask, Server]) -> None:
    app, server = served
    till, chance = CardTill(app, server), random.Random(20261203)
    refunds = []
    for number in range(PAYMENTS):
        till.invoice = till.invoice if not number else till.issued(str(number + 1))
        payment = till.press()
        if number % 4 == 0:  # paid by transfer too: the card's money is a credit, and is paid back
            till.transfer(till.invoice.total, f"line:{number}")
            refunds.append(payment.id)
        till.double.pay(str(payment.provider_id))
    drain()
    told = [{**one, "id": f"{one['id']}_{turn}"} for one in till.events for turn in range(REPEATS)]
    chance.shuffle(told)
    nursery, part = Nursery(app), len(told) // KILLS + 1
    for number in range(KILLS):
        till.bring(*told[number * part : (number + 1) * part], work=False)
        db.session.commit()
        pid = nursery.start()
        time.sleep(0.1 + chance.random() * 0.5)
        kill(pid)
    release_leases()
    drain()
    for payment_id in refunds:
        refunded(till, db.session.get_one(Payment, payment_id), 1_000)
    for _ in range(KILLS // 2):
        db.session.commit()
        pid = nursery.start()
        time.sleep(0.1 + chance.random() * 0.3)
        kill(pid)
    nursery.close()
    release_leases()
    drain()
    begin_writing()
    assert {one.state for one in db.session.scalars(select(Payment).where(Payment.channel == "card")).unique()} == {
        "succeeded", "part_refunded"}
    assert {one.state for one in db.session.scalars(select(Refund)).unique()} == {"done"}
    assert len(server.double.every("refund")) == len(refunds)
    counts = [db.session.scalar(one) for one in (
        select(func.count()).select_from(JournalEntry).where(JournalEntry.kind == "payment.card"),
        select(func.count()).select_from(Event).where(Event.action == "payment.succeed").where(
            Event.subject_id.in_(select(Payment.id).where(Payment.channel == "card"))),
        select(func.count()).select_from(Notification).join(Event, Event.id == Notification.event_id).where(
            Event.action == "payment.succeed", Event.subject_id.in_(select(Payment.id).where(Payment.channel == "card"))),
    )]
    assert counts == [PAYMENTS] * 3
    assert db.session.query(ProviderEvent).filter(ProviderEvent.handled_at.is_(None)).count() == 0
    assert not db.session.scalars(select(Outbox).where(Outbox.done_at.is_(None), Outbox.consumer != "job")).all()
    assert list(faults()) == []
    print(f"{len(told)} messages, {len(refunds)} refunds, {KILLS + KILLS // 2} kills")
