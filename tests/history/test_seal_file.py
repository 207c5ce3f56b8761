"""The file of seals: torn lines, a file taken away, several who seal at once, and a clock that is set back."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import threading
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from marketplace import create_app
from marketplace.core.access import SYSTEM
from marketplace.core.bulk_events import BulkEvent, record_many
from marketplace.core.events import Event, Outbox, record
from marketplace.core.extensions import db
from marketplace.history import actions, checks
from marketplace.history.actions import seal_if_due, take
from marketplace.history.models import Seal, canonical
from marketplace.history.seal_file import append_missing, lines, path_of
from marketplace.organisations.models import Organisation
from marketplace.values import clock
from tests import factories
from tests.conftest import make_settings
from tests.history.test_seals import BINH, MIDNIGHT, MORNING, org, sealed, verify
from tests.thorough import often

__all__ = ["org"]  # the fixture
DAY = timedelta(days=1)


@pytest.fixture
def path(ctx: Flask, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file; nobody waits for what is not there."""
    monkeypatch.setattr(checks, "PAUSES", ())
    return path_of(ctx.extensions["settings"])


def second_seal(org: Organisation) -> Seal:
    record(org, "organisation.save", BINH)
    db.session.commit()
    with clock.fixed(MORNING + DAY):
        return sealed()


@pytest.mark.parametrize("left", [1, 40, -2, -1], ids=["a letter", "some", "nearly all", "all but the end of the line"])
def test_a_torn_last_line_is_completed_by_the_next_seal(ctx: Flask, org: Organisation, path: Path, left: int) -> None:
    first = sealed().public()
    path.write_bytes(path.read_bytes()[:left])
    second = second_seal(org).public()
    assert [line for line in lines(path) if line][-1] == second
    assert first in lines(path)
    assert verify(ctx) == (0, [])


def test_a_line_that_an_earlier_release_wrote_behind_a_torn_one_is_read(ctx: Flask, org: Organisation, path: Path) -> None:
    first, second = sealed().public(), second_seal(org).public()
    path.write_text(f"{canonical(first)[:50]}{canonical(first)}\n\0\0\0{canonical(second)}\n", encoding="utf-8")
    assert verify(ctx) == (0, [])
    assert append_missing(path, [first, second]) == 0


def test_a_deleted_file_is_noticed_and_logged(
    ctx: Flask, org: Organisation, path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    first, second = sealed().public(), second_seal(org).public()
    path.unlink()
    assert verify(ctx) == (1, ["seal 1: it is in the database and not in seals.jsonl, nor are 1 others"])
    with caplog.at_level(logging.ERROR), clock.fixed(MORNING + DAY):
        assert seal_if_due() is None
        db.session.commit()
    assert lines(path) == [first, second]
    assert "did not hold 2 seals" in caplog.text


@pytest.mark.parametrize(("line", "why"), [
    ('{"number": 9}', "seal 9: it stands in the file and not in the database"),
    ("rubbish", "seal 0: a line of seals.jsonl is no seal, and no part of one"),
])
def test_a_foreign_line_is_named(ctx: Flask, org: Organisation, path: Path, line: str, why: str) -> None:
    sealed()
    path.write_text(f"{line}\n{path.read_text(encoding='utf-8')}", encoding="utf-8")
    assert verify(ctx) == (1, [why])


def test_what_is_sealed_while_the_history_is_verified_is_no_break(
    ctx: Flask, org: Organisation, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sealed()
    org_id, known = org.id, checks.known_keys

    def meanwhile(settings: object) -> set[str]:
        thread = threading.Thread(target=seal_in_another)
        thread.start()
        thread.join(20)
        assert len(lines(path)) == 2
        return known(settings)  # type: ignore[arg-type]

    def seal_in_another() -> None:
        with ctx.app_context(), clock.fixed(MORNING + DAY):
            for number in range(3):
                record(db.session.get_one(Organisation, org_id), "organisation.save", SYSTEM, data={"number": number})
            db.session.commit()
            take(MIDNIGHT + 2 * DAY)
            db.session.commit()
            db.session.remove()

    monkeypatch.setattr(checks, "known_keys", meanwhile)
    monkeypatch.setattr(actions, "_nobody_is_late", lambda before: None)  # the verification is, in these days
    db.session.commit()
    assert verify(ctx) == (0, [])


def test_a_clock_that_is_set_back_dates_nothing_before_a_sealed_midnight(ctx: Flask, org: Organisation) -> None:
    sealed()
    with clock.fixed(MIDNIGHT - timedelta(hours=3)):
        other = factories.organisation("Mới")
        first = record(other, "organisation.save", BINH)  # the first of a chain, the next of one, and many at once
        later = record(org, "organisation.save", BINH)
        many = record_many([BulkEvent(one, "organisation.save", BINH) for one in (org, other)])
        db.session.commit()
        assert {event.at for event in (first, later, *many)} == {MIDNIGHT}
        due = db.session.scalars(select(Outbox.due_at).where(Outbox.event_id == later.id)).all()
        assert all(moment <= clock.now() for moment in due)  # work does not wait for the clock
    assert verify(ctx) == (0, [])
    record(org, "organisation.save", BINH)
    db.session.commit()
    assert db.session.scalars(select(Event.at).order_by(Event.id.desc())).first() == MORNING
    second_seal(org)
    assert verify(ctx) == (0, [])


@pytest.mark.slow
def test_of_commands_at_once_one_takes_the_seal(own_database: str, tmp_path: Path) -> None:
    """Ten of them, two in `make test`: each is a start of the application."""
    env = {
        **os.environ, "EXCHANGE_ENV": "test", "DATABASE_URL": own_database, "DATA_DIR": str(tmp_path), "RATE_LIMITS": "0",
        "SEARCH_URL": "whoosh://memory", "SECRET_KEY": "x" * 40,
    }
    flask = [sys.executable, "-m", "flask", "--app", "wsgi"]
    with create_app(make_settings(tmp_path, own_database)).app_context():
        db.create_all()
        db.engine.dispose()
    many = often(10, 2)
    at_once = [
        subprocess.Popen([*flask, "seal-history"], env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _number in range(many)
    ]
    said = [process.communicate(timeout=120) for process in at_once]
    assert [process.returncode for process in at_once] == [0] * many, [err for _out, err in said]
    assert not any("Traceback" in err for _out, err in said)
    assert sorted(out.splitlines()[-1] for out, _err in said) == [
        "Seal 1 over 0 events.", *["The seal of the last midnight is there."] * (many - 1)
    ]
    assert len(lines(tmp_path / "seals.jsonl")) == 1
