"""The history: chained, whole, and noticed when somebody tampers with it."""

from __future__ import annotations

import re
import threading

import pytest
from flask import Flask
from sqlalchemy import delete, text

from marketplace.core import events
from marketplace.core.access import SYSTEM, Actor
from marketplace.core.erasure import ERASED, delete_names, names_left
from marketplace.core.event_person import EventPerson
from marketplace.core.events import CONSUMERS, Consumer, Event, Outbox, record
from marketplace.core.extensions import db
from marketplace.core.history_check import broken_links
from marketplace.organisations.models import Organisation
from marketplace.values.text import nfc
from tests import factories
from tests.web_role import as_owner

ANH = Actor(user_id=7, name="Anh", org_id=3)


OF_SECOND = "event_id IN (SELECT id FROM event WHERE seq=2)"


def three_events() -> Organisation:
    org = factories.organisation()
    for number in range(3):
        record(org, "organisation.save", ANH, data={"number": number}, reason=f"lý do {number}")
    db.session.commit()
    return org


def test_a_whole_history_has_no_broken_link(ctx: Flask) -> None:
    three_events()
    three_events()
    db.session.expire_all()
    assert list(broken_links()) == []


@pytest.mark.parametrize(
    ("sql", "why"),
    [
        ("UPDATE event SET action='organisation.other' WHERE seq=2", "content was changed"),
        ("UPDATE event SET data='{\"number\": 9}' WHERE seq=2", "content was changed"),
        (f"UPDATE event_person SET reason='khác' WHERE {OF_SECOND}", "reason or actor"),
        (f"UPDATE event_person SET actor_name='', reason='' WHERE {OF_SECOND}", "reason or"),
        (f"DELETE FROM event_person WHERE {OF_SECOND}", "no erasure is recorded"),
        ("DELETE FROM event WHERE seq=2", "event 2 is missing"),
        ("DELETE FROM event WHERE seq=3", "cut off"),
        ("DELETE FROM event", "whole chain is gone"),
        ("UPDATE event SET at='2020-01-01 00:00:00' WHERE seq=1", "content was changed"),
    ],
)
def test_tampering_is_named(ctx: Flask, sql: str, why: str) -> None:
    three_events()
    db.session.execute(text("DELETE FROM outbox"))
    as_owner()
    for deleted in re.findall("DELETE FROM event(?: .*|$)", sql):
        db.session.execute(text(f"DELETE FROM event_person WHERE event_id IN (SELECT id FROM {deleted[12:]})"))
    db.session.execute(text(sql))
    db.session.commit()
    db.session.expire_all()
    found = list(broken_links())
    assert len(found) == 1
    assert why in found[0].why


def test_erasing_names_keeps_the_chain_whole_and_stands_in_it(ctx: Flask) -> None:
    user = factories.user("Anh")
    anh = Actor(user_id=user.id, name="Anh")
    org = factories.organisation()
    before = record(org, "organisation.save", anh, reason="Vì tôi tên Anh.")
    record(user, "user.grant_role", Actor(user_id=9_999, name="Bình"), reason="Chị Anh xin.")
    erased = record(user, ERASED, Actor(user_id=9_999, name="Bình"), reason="Theo yêu cầu.")
    later = record(org, "organisation.save", Actor(user_id=9_999, name="Bình"))
    db.session.commit()
    connection = db.session.connection()
    assert names_left(connection) == {user.id: erased.id}
    as_owner()
    assert delete_names(connection, user.id, erased.id) == 2
    db.session.commit()
    db.session.expire_all()
    assert (before.actor_name, before.reason) == ("", "")
    assert (erased.actor_name, erased.reason, later.actor_name) == ("Bình", "Theo yêu cầu.", "Bình")
    assert list(broken_links()) == []
    assert names_left(db.session.connection()) == {}
    as_owner()
    db.session.execute(delete(EventPerson).where(EventPerson.event_id == later.id))  # nobody asked for this one
    db.session.commit()
    assert ["no erasure" in found.why for found in broken_links()] == [True]


def test_a_hash_does_not_depend_on_what_people_may_type(ctx: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is left out of texts has changed and will change; chains of every release verify with every later one."""
    monkeypatch.setattr(events, "canonical", lambda event, canonical=events.canonical: nfc(canonical(event)))
    record(factories.organisation(), "organisation.save", ANH, data={"title": "Máy\u00adbơm"})  # as until December 2026
    monkeypatch.undo()
    record(factories.organisation("Khác"), "organisation.save", ANH, data={"title": "Máy\u00adbơm"})
    db.session.commit()
    db.session.expire_all()
    assert list(broken_links()) == []
    monkeypatch.setattr("marketplace.core.event_person.nfc", lambda text: text.replace("A", ""))
    assert list(broken_links()) == []


def test_an_event_and_its_outbox_row_share_the_transaction(ctx: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("marketplace.core.events.CONSUMERS", dict(CONSUMERS))
    org = factories.organisation()
    events.CONSUMERS["probe"] = Consumer("probe", lambda action: action == "organisation.save", lambda rows: None)
    record(org, "organisation.save", SYSTEM)
    record(org, "organisation.other", SYSTEM)
    db.session.rollback()
    assert db.session.query(Event).count() == 0
    assert db.session.query(Outbox).filter_by(consumer="probe").count() == 0
    record(org, "organisation.save", SYSTEM)
    record(org, "organisation.other", SYSTEM)
    db.session.commit()
    assert db.session.query(Outbox).filter_by(consumer="probe").count() == 1


def test_writers_of_one_subject_wait_for_each_other(ctx: Flask) -> None:
    org = factories.organisation()
    record(org, "organisation.create", SYSTEM)
    db.session.commit()
    org_id, failures = org.id, []

    def write() -> None:
        with ctx.app_context():
            try:
                for _number in range(5):
                    record(db.session.get_one(Organisation, org_id), "organisation.save", SYSTEM)
                    db.session.commit()
            except Exception as error:
                failures.append(error)
            finally:
                db.session.remove()

    threads = [threading.Thread(target=write) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    db.session.expire_all()
    assert failures == []
    assert db.session.query(Event).count() == 21
    assert list(broken_links()) == []
