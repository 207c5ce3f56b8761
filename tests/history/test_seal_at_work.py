"""Seals while others write: twenty on one chain, and a transaction from before midnight that has not ended."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from marketplace.core.access import SYSTEM
from marketplace.core.errors import Unreachable
from marketplace.core.events import Event, record
from marketplace.core.extensions import db
from marketplace.history.actions import seal_if_due, take
from marketplace.history.checks import broken_history
from marketplace.history.models import Seal
from marketplace.organisations.models import Organisation
from marketplace.values import clock
from tests import factories
from tests.conftest import BACKEND
from tests.deals.racing import Answer, at_once, enough_connections

PEOPLE, EACH = 20, 5


def test_twenty_write_one_chain_while_seals_are_taken(ctx: Flask) -> None:
    """Also of a moment that is hardly past, whose writers are still at it: what is written later is not in the seal."""
    org = factories.organisation()
    record(org, "organisation.create", SYSTEM)
    db.session.commit()
    org_id, before = org.id, clock.now()

    def write() -> Answer:
        with ctx.app_context():
            try:
                for _number in range(EACH):
                    record(db.session.get_one(Organisation, org_id), "organisation.save", SYSTEM)
                    db.session.commit()
            finally:
                db.session.remove()
        return Answer(200, "", "")

    def seal() -> Answer:
        with ctx.app_context():
            try:
                take(before)
                db.session.commit()
            finally:
                db.session.remove()
        return Answer(200, "", "")

    with enough_connections(PEOPLE + 1):
        at_once([*[write] * PEOPLE, seal])
    assert db.session.scalar(select(Seal.events)) == 1
    assert len(db.session.scalars(select(Event.id)).all()) == PEOPLE * EACH + 1
    settings = ctx.extensions["settings"]
    assert list(broken_history(settings)) == []
    take_when_all_have_ended()
    db.session.commit()
    assert list(broken_history(settings)) == []


def take_when_all_have_ended() -> None:
    """Take a seal of now, as the worker does: again while a transaction of somebody else is still open."""
    until = time.monotonic() + 10
    while True:
        try:
            take(clock.now())
        except Unreachable:
            db.session.rollback()
            assert time.monotonic() < until, "a transaction stays open"
            time.sleep(0.05)
        else:
            return


def test_two_workers_take_one_seal(ctx: Flask) -> None:
    record(factories.organisation(), "organisation.create", SYSTEM)
    db.session.commit()

    def seal() -> Answer:
        with ctx.app_context():
            try:
                seal_if_due()
                db.session.commit()
            except Exception:
                return Answer(409, "", "")
            finally:
                db.session.remove()
        return Answer(200, "", "")

    answers = at_once([seal] * 4)
    assert 200 in {answer.status for answer in answers}
    assert db.session.scalars(select(Seal.number)).all() == [1]


@pytest.mark.skipif(BACKEND != "postgres", reason="on SQLite one writer waits for the other")
def test_a_seal_waits_for_a_transaction_from_before_midnight(ctx: Flask) -> None:
    org = factories.organisation()
    db.session.commit()
    with db.engine.connect() as late:
        late.exec_driver_sql("SELECT 1")
        record(org, "organisation.save", SYSTEM)
        db.session.commit()
        midnight = datetime.now(UTC) + timedelta(seconds=1)
        with pytest.raises(Unreachable, match="before midnight"):
            take(midnight)
        late.rollback()
    seal = take(midnight)
    assert seal is not None and seal.events == 1
