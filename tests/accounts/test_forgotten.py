"""Asking for a new password tells nobody whether there is an account, neither by words nor by time."""

from __future__ import annotations

import time
from datetime import timedelta
from statistics import median

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select, update

from marketplace.accounts.consumers import LETTER, ONE_IN
from marketplace.accounts.models import User
from marketplace.core.events import Outbox
from marketplace.core.extensions import db
from marketplace.core.outbox import work_once
from marketplace.mail import MailMessage
from marketplace.values import clock
from tests.accounts.test_sign_in import last_mail, link_in, registered
from tests.factories import client
from tests.statements import statements

UNKNOWN = "nobody@example.vn"


def letters(email: str) -> int:
    while work_once((LETTER,)):
        pass
    db.session.rollback()
    rows = select(func.count()).where(MailMessage.recipient == email, MailMessage.body.contains("/reset/"))
    return db.session.scalar(rows) or 0


def test_the_page_does_the_same_for_every_address(ctx: Flask) -> None:
    email = registered(ctx)
    asked = {}
    for address in (email, UNKNOWN):
        with statements(ctx) as seen:
            answer = client(ctx).post("/reset", data={"email": address})
        assert answer.status_code == 200
        asked[address] = (list(seen), answer.text.replace(address, "ADDRESS"))
    assert asked[email] == asked[UNKNOWN]
    assert not any("user_account" in statement for statement in asked[email][0]), "nobody is looked up"
    assert letters(email) == 1 and letters(UNKNOWN) == 0


def test_it_takes_the_same_time(ctx: Flask) -> None:
    email = registered(ctx)
    took: dict[str, list[float]] = {email: [], UNKNOWN: []}
    web = client(ctx)
    for _number in range(15):
        for address, times in took.items():
            began = time.perf_counter()
            web.post("/reset", data={"email": address})
            times.append(time.perf_counter() - began)
    known, unknown = median(took[email]), median(took[UNKNOWN])
    assert abs(known - unknown) < 0.3 * max(known, unknown) + 0.002, (known, unknown)


def test_the_worker_keeps_no_address_and_writes_one_letter_in_five_minutes(ctx: Flask) -> None:
    email = registered(ctx)
    with time_machine.travel(clock.now(), tick=False) as moment:
        moment.move_to(clock.now() + timedelta(seconds=ONE_IN - clock.now().timestamp() % ONE_IN))
        for _time in range(5):
            client(ctx).post("/reset", data={"email": f" {email.upper()}"})
        client(ctx).post("/reset", data={"email": UNKNOWN})
        assert letters(email) == 1
        rows = db.session.scalars(select(Outbox).where(Outbox.consumer == LETTER)).all()
        assert len(rows) == 6 and all(row.done_at and not row.payload for row in rows)
        moment.shift(timedelta(seconds=ONE_IN))
        client(ctx).post("/reset", data={"email": email})
        assert letters(email) == 2
        db.session.rollback()
        assert client(ctx).get(link_in(last_mail(ctx))).status_code == 200


@pytest.mark.parametrize("change", [{"active": False}, {"confirmed_at": None}])
def test_a_closed_or_unconfirmed_account_gets_no_letter(ctx: Flask, change: dict[str, object]) -> None:
    email = registered(ctx)
    db.session.execute(update(User).values(**change))
    db.session.commit()
    client(ctx).post("/reset", data={"email": email})
    assert letters(email) == 0


@pytest.mark.parametrize("address", ["", "khong-phai-thu", "a@" + "b" * 300 + ".vn", "a b@c.vn"])
def test_what_is_no_address_is_refused_beside_the_field(ctx: Flask, address: str) -> None:
    answer = client(ctx).post("/reset", data={"email": address})
    assert answer.status_code == 422 and 'aria-invalid="true"' in answer.text
