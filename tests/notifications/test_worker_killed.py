"""200 events, and the worker dies by SIGKILL at random moments, between any two steps and in the middle of a mail.

`make test` makes 30 events. Everybody has each notification once in the inbox. No mail reaches the server twice, and
one that does not reach it is one the log of deliveries calls unknown: at most one per death, for a worker hands over
one mail at a time.
"""

from __future__ import annotations

import asyncio
import hashlib
import random
import time
from collections import Counter
from collections.abc import Iterator
from email import message_from_bytes
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from flask import Flask
from sqlalchemy import select

from marketplace import create_app
from marketplace.core.events import Event, Outbox, record
from marketplace.core.extensions import db
from marketplace.core.outbox import drain, release_leases
from marketplace.mail import MailMessage
from marketplace.negotiation.event_data import facts
from marketplace.negotiation.models import Lead
from marketplace.notifications.models import Notification
from marketplace.organisations.models import Membership
from marketplace.values import clock
from tests.conftest import make_settings
from tests.core.test_mail_delivery import free_port
from tests.negotiation.factories import Cast
from tests.nursery import Nursery, alive, kill, wait_until
from tests.thorough import often, sqlite_first

EVENTS, KILLS = often(200, 30), often(20, 5)
MOMENTS = ("anywhere", "between", "rcpt", "kept", "lost")
ACTIONS = ("lead.accept", "lead.ask", "lead.decline", "lead.withdraw")


class Sink:
    """An SMTP server that keeps who got which mail, and can kill who sends.

    `strike` is a process and the moment of its death: at `rcpt`, or when the text is here and before the answer, with
    the text `kept`, or `lost` as by a server that crashes.
    """

    def __init__(self) -> None:
        self.got: list[tuple[str, str]] = []
        self.strike: tuple[str, int] | None = None

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        await self._struck("rcpt")
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        if await self._struck("lost"):
            return "451 lost"
        mail = message_from_bytes(envelope.content)
        self.got.append((envelope.rcpt_tos[0], mail["Message-ID"].strip("<>").partition("@")[0]))
        await self._struck("kept")
        return "250 OK"

    async def _struck(self, moment: str) -> bool:
        if self.strike is None or self.strike[0] != moment:
            return False
        pid, self.strike = self.strike[1], None  # now: this coroutine ends with the sender's connection
        await asyncio.to_thread(kill, pid)
        return True


@pytest.fixture
def sink() -> Iterator[tuple[Sink, int]]:
    made, port = Sink(), free_port()
    controller = Controller(made, hostname="127.0.0.1", port=port)
    controller.start()
    yield made, port
    controller.stop()


@pytest.fixture
def exchange(tmp_path: Path, own_database: str, sink: tuple[Sink, int]) -> Iterator[Flask]:
    app = create_app(make_settings(tmp_path / "data", own_database, MAIL_URL=f"smtp://127.0.0.1:{sink[1]}"))
    with app.app_context():
        db.create_all()
        yield app
        db.session.remove()
        db.engine.dispose()


class Happenings:
    """Legal-looking events of one lead: two people stand on one side, one on the other."""

    def __init__(self) -> None:
        self.cast = Cast()
        self.lead: Lead = self.cast.interest()
        for person in (self.cast.buyer_editor_user, self.cast.buyer_signer_user, self.cast.supplier_editor_user):
            db.session.query(Membership).filter_by(user_id=person.id).one().left_at = clock.now()
        db.session.commit()
        self.sides = {
            "buyer": [self.cast.buyer_user],
            "supplier": [self.cast.supplier_user, self.cast.supplier_signer_user],
        }
        release_leases()
        drain()
        rows = db.session.scalars(select(Notification))
        self.expected: set[tuple[int, int]] = {(row.event_id or 0, row.user_id) for row in rows}
        db.session.rollback()

    def some(self, count: int, chance: random.Random) -> None:
        for _ in range(count):
            side, other = chance.choice((("buyer", "supplier"), *[("supplier", "buyer")] * 3))  # 250 mails in all
            actor = getattr(self.cast, side)
            data = facts(self.lead, actor)
            event: Event = record(self.lead, chance.choice(ACTIONS), actor, reason_code="price", data=data)
            db.session.commit()
            self.expected |= {(event.id, person.id) for person in self.sides[other]}


@sqlite_first  # the rows of the outbox, killed on PostgreSQL too: browse
@pytest.mark.slow
@pytest.mark.timeout(300)
def test_killed_at_random_moments_nobody_is_told_twice_and_nothing_is_lost_in_silence(
    exchange: Flask, sink: tuple[Sink, int]
) -> None:
    happenings, chance, got = Happenings(), random.Random(20261122), sink[0].got
    nursery = Nursery(exchange)
    for number in range(KILLS):
        happenings.some(EVENTS // KILLS, chance)
        pid, target = nursery.start(), len(got) + chance.randint(1, 12)
        if MOMENTS[number % 5] == "anywhere":  # starting, telling, mailing
            time.sleep(chance.random() * 0.4)
            kill(pid)
            continue
        wait_until(lambda target=target: len(got) >= target)
        if MOMENTS[number % 5] == "between":
            time.sleep(chance.random() * 0.02)
            kill(pid)
            continue
        happenings.some(1, chance)
        sink[0].strike = (MOMENTS[number % 5], pid)
        wait_until(lambda pid=pid: not alive(pid))
    nursery.close()
    release_leases()
    drain()
    check(happenings, Counter(got))


def check(happenings: Happenings, got: Counter[tuple[str, str]]) -> None:
    db.session.rollback()
    inbox = Counter((row.event_id, row.user_id) for row in db.session.scalars(select(Notification)))
    assert inbox == Counter(happenings.expected), "each notification once in the inbox"
    letters = {
        (mail.recipient, hashlib.sha256(mail.key.encode()).hexdigest()[:32]): mail.state
        for mail in db.session.scalars(select(MailMessage))
    }
    assert len(letters) == len(happenings.expected), "one mail per notification"
    assert set(got) <= set(letters)
    assert max(got.values()) == 1, "no mail twice at the server"
    unknown = {key for key, state in letters.items() if state == "unknown"}
    assert {state for key, state in letters.items() if key not in unknown} == {"sent"}
    missing = set(letters) - set(got)
    assert missing <= unknown, "what did not arrive is known as unknown"
    assert KILLS // 5 <= len(missing) <= len(unknown) <= KILLS
    assert not db.session.scalars(select(Outbox).where(Outbox.done_at.is_(None), Outbox.consumer != "job")).all()
    print(f"{len(letters)} mails, {KILLS} kills: {len(unknown)} unknown, {len(missing)} of them did not arrive")
