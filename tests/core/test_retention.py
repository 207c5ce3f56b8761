"""What is kept how long: every rule removes what is due, in batches, by an index, and never an event."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import Select, event, func, select, text

from marketplace.accounts.models import SignInAttempt, UsedAnswer, UserSession
from marketplace.accounts.unsent_forms import UnsentForm
from marketplace.core import outbox, retention
from marketplace.core.access import SYSTEM
from marketplace.core.config import KEEP_DAYS
from marketplace.core.counters import RateCounter
from marketplace.core.errors import IllegalMove
from marketplace.core.events import Event, EventHead, Outbox, record
from marketplace.core.extensions import db
from marketplace.core.outbox import JOBS, enqueue, ensure_jobs, work_once
from marketplace.core.retention import (
    RETENTIONS,
    Action,
    RetentionRun,
    deletion,
    last_runs,
    register_retention,
)
from marketplace.core.view_counts import ViewCount
from marketplace.files.models import StoredFile
from marketplace.mail import MailMessage, resend
from marketplace.notifications.models import Notification
from marketplace.payments.banks.models import BankAccount, StatementLine
from marketplace.payments.settlement.models import ProviderEvent
from marketplace.saved_searches.models import SavedSearch, SavedSearchHit
from marketplace.values import clock
from tests import factories
from tests.conftest import BACKEND
from tests.web_role import as_owner

NOW = datetime(2026, 12, 1, 20, 0, tzinfo=UTC)
#: Days after which the defaults remove each kind.
KEPT = {
    "outbox": 30, "views": 455, "mail.text": 90, "mail.secret": 3, "mail": 730, "notifications": 730, "saved_searches": 730,
    "files": 30, "session": 1, "unsent_form": 1, "sign_in": 90, "rate_counter": 1, "used_answer": 1,
    "bank_line": 4018, "provider_event": 4018,
}
#: The same of files on the disk (tests/files/test_sweep.py, tests/importing/test_pages.py).
FILES = {"files.contents": 1, "files.quarantine": 30, "imports": 7}
INDEXES = {
    "outbox": "ix_outbox_done", "views": "ix_view_count_day", "mail.text": "ix_mail_message_text",
    "mail.secret": "ix_mail_message_text",
    "mail": "ix_mail_message_queued", "notifications": "ix_notification_created",
    "saved_searches": "ix_alert_hit_found", "files": "ix_stored_file_created_at",
    "session": "ix_user_session_ends_at", "unsent_form": "ix_unsent_form_ends_at",
    "sign_in": "ix_sign_in_attempt_at", "rate_counter": "ix_rate_counter_ends_at", "used_answer": "ix_used_answer_used_at",
    "bank_line": "ix_statement_line_booked", "provider_event": "ix_provider_event_received",
}
#: Of these a text or a content is erased, and the row stays.
ERASED = {"mail.text": "body", "mail.secret": "body", "bank_line": "description", "provider_event": "payload"}


@pytest.fixture
def now() -> Iterator[datetime]:
    with time_machine.travel(NOW, tick=False):
        yield NOW


def test_every_kind_has_a_rule_and_a_setting(ctx: Flask) -> None:
    assert {rule.kind: rule.days for rule in RETENTIONS.values()} == KEPT | FILES
    assert sorted(KEEP_DAYS.values()) == sorted([*KEPT.values(), *FILES.values()])
    assert all(rule.source and rule.label for rule in RETENTIONS.values())


def _account() -> BankAccount:
    made = db.session.scalars(select(BankAccount)).first() or BankAccount(bin="970436", account_no="1", holder="SAN")
    db.session.add(made)
    return made


def make(kind: str, at: datetime) -> object:
    """One row of a kind that came to its end at that moment."""
    if kind == "outbox":
        return Outbox(consumer="search", payload={}, due_at=at, done_at=at)
    if kind == "views":
        return ViewCount(subject_kind="listing", subject_id=int(at.timestamp()), day=clock.local(at).date(), count=1)
    if kind in {"mail", "mail.text", "mail.secret"}:
        body, topic = "" if kind == "mail" else "x", "review" if kind == "mail.text" else ""
        return MailMessage(
            key=f"{kind}:{at}", recipient="a@example.vn", subject="s", body=body, topic=topic, queued_at=at, state="sent",
            sent_at=at,
        )
    if kind == "files":
        return StoredFile(sha256=str(at.timestamp()), size=1, content_type="application/pdf", name="a.pdf", created_at=at)
    if kind == "rate_counter":
        return RateCounter(key=str(at.timestamp()), count=1, ends_at=at)
    if kind == "used_answer":
        return UsedAnswer(digest=str(at.timestamp()), used_at=at)
    if kind == "provider_event":
        return ProviderEvent(provider="stripe", event_id=str(at), kind="x", payload={"name": "An"}, received_at=at)
    if kind == "bank_line":
        return StatementLine(account=_account(), booked_on=clock.local(at).date(), amount=5, description="AN CHUYEN TIEN",
                             fingerprint=str(at), state="booked", created_at=at, due_at=at)
    user = factories.user()
    if kind == "sign_in":
        return SignInAttempt(user_id=user.id, at=at, succeeded=False, way="password")
    if kind == "session":
        return UserSession(digest=str(at), user_id=user.id, uniquifier="x", made_at=at, seen_at=at, ends_at=at, stay=False)
    if kind == "unsent_form":
        return UnsentForm(name=str(at.timestamp()), user_id=user.id, ends_at=at, body=b"")
    if kind == "notifications":
        return Notification(user_id=user.id, key=str(at), topic="review", message="x", params={}, created_at=at)
    search = SavedSearch(user_id=user.id, name="x", kind="listing", frequency="off", filters={}, known=[])
    db.session.add(search)
    db.session.flush()
    return SavedSearchHit(saved_search_id=search.id, kind="listing", thing_id=1, found_at=at, told_at=at)


@pytest.mark.parametrize("kind", KEPT)
def test_what_is_due_goes_and_the_rest_stays(ctx: Flask, now: datetime, kind: str) -> None:
    limit = timedelta(days=KEPT[kind])
    old, fresh = make(kind, now - limit - timedelta(days=1)), make(kind, now - limit + timedelta(days=1))
    db.session.add_all([old, fresh])
    db.session.commit()
    assert RETENTIONS[kind].due() == 1
    ensure_jobs()
    while work_once((outbox.JOB,)):
        pass
    table = type(old)
    left = db.session.scalar(select(func.count()).select_from(table).where(_mine(table, kind)))
    assert left == (2 if kind in ERASED else 1)
    assert RETENTIONS[kind].due() == 0
    run = last_runs()[kind]
    assert (run.removed, run.total, run.finished_at) == (1, 1, now)
    if kind in ERASED:
        db.session.expire_all()
        assert sorted(bool(getattr(row, ERASED[kind])) for row in db.session.scalars(select(table))) == [False, True]


def _mine(table: type, kind: str):  # type: ignore[no-untyped-def]
    return table.consumer == "search" if kind == "outbox" else True  # type: ignore[attr-defined]


def test_what_has_not_ended_stays_however_old(ctx: Flask, now: datetime) -> None:
    ages_ago = now - timedelta(days=3000)
    user = factories.user()
    enqueue("search", {}, due_at=ages_ago)
    parked = Outbox(consumer="search", payload={}, due_at=ages_ago, parked_at=ages_ago)
    queued = MailMessage(key="q", recipient="a@example.vn", subject="s", body="b", queued_at=ages_ago, state="queued")
    search = SavedSearch(user_id=user.id, name="x", kind="listing", frequency="daily", filters={}, known=[])
    db.session.add_all([parked, queued, search])
    db.session.flush()
    db.session.add(SavedSearchHit(saved_search_id=search.id, kind="listing", thing_id=1, found_at=ages_ago))
    old = record(factories.organisation(), "organisation.save", SYSTEM)
    as_owner()
    old.at = ages_ago
    db.session.commit()
    assert {rule.kind: rule.due() for rule in RETENTIONS.values() if rule.due()} == {}
    assert not retention.prune()


def test_it_goes_in_batches_of_one_transaction_each(ctx: Flask, now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "BATCH", 2)
    monkeypatch.setattr(outbox, "JOBS", {"retention": JOBS["retention"]})
    at = now - timedelta(days=31)
    db.session.add_all([make("outbox", at) for _ in range(5)])
    db.session.commit()
    ensure_jobs()
    rounds = 0
    while work_once((outbox.JOB,)):
        rounds += 1
    assert rounds == 4, "three batches, and one that finds nothing"
    job = db.session.scalars(select(Outbox)).one()
    assert clock.local(job.due_at).strftime("%H:%M") == "03:30"
    assert last_runs()["outbox"].removed == 5
    with time_machine.travel(now + timedelta(days=2), tick=False):
        db.session.add(make("outbox", at))
        db.session.commit()
        while work_once((outbox.JOB,)):
            pass
        run = db.session.get_one(RetentionRun, "outbox", populate_existing=True)
        assert (run.removed, run.total) == (1, 6)


def test_a_rule_that_fails_is_told_and_the_others_go_on(
    ctx: Flask, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = next(iter(RETENTIONS))
    tried: list[int] = []

    def refused(rows: Sequence[Any]) -> None:
        tried.append(len(rows))
        db.session.execute(text("DELETE FROM view_count"))  # is undone with the rest of the batch
        db.session.execute(text("SELECT id FROM nowhere"))

    monkeypatch.setattr(retention, "BATCH", 1)
    monkeypatch.setitem(RETENTIONS, first, replace(RETENTIONS[first], action=Action("deleted", refused)))  # type: ignore[call-overload]
    ages_ago = now - timedelta(days=3000)
    db.session.add_all([make("outbox", ages_ago), *(make("views", ages_ago + timedelta(days=n)) for n in range(3))])
    db.session.commit()
    ensure_jobs()
    while work_once((outbox.JOB,)):
        pass
    assert first == "outbox" and tried == [1], "it is left to the next night"
    runs = last_runs()
    assert runs["views"].removed == 3 and not runs["views"].error
    assert runs[first].failed and runs[first].failed_at == now and "nowhere" in runs[first].error
    db.session.commit()
    page = factories.client(ctx, factories.user(staff=("admin",))).get("/staff/retention").text
    assert page.count("lỗi gần nhất") == 1 and "thử lại đêm sau" in page and "nowhere" not in page
    monkeypatch.undo()
    with time_machine.travel(now + timedelta(days=2), tick=False):
        while work_once((outbox.JOB,)):
            pass
        run = db.session.get_one(RetentionRun, first, populate_existing=True)
        assert run.removed >= 1 and not run.failed and run.failed_at == now


def test_a_file_that_vanishes_between_the_list_and_the_look_is_no_error(
    ctx: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    factories.bound(ctx.extensions["settings"])
    there = tmp_path / "there"
    there.write_text("x")
    os.utime(there, (0, 0))
    rule = replace(RETENTIONS["imports"], paths=lambda _before: [tmp_path / "gone", there])  # type: ignore[call-arg]
    monkeypatch.setitem(RETENTIONS, "imports", rule)  # type: ignore[call-overload]
    assert rule.due() == 1
    while retention.prune():
        db.session.commit()
    assert last_runs()["imports"].removed == 1 and not there.exists()


def test_no_rule_may_touch_the_audit_trail(ctx: Flask) -> None:
    for table in (Event, EventHead):
        with pytest.raises(ValueError, match="audit trail"):
            deletion(table)

        def due(_before: datetime, table: type = table) -> Select[int]:
            return select(table.seq).select_from(table)  # type: ignore[attr-defined]

        with pytest.raises(ValueError, match="audit trail"):
            register_retention("events", due, 1, Action("deleted", lambda rows: None), "why", label="Events")
    assert "events" not in RETENTIONS


def plan_of(statement: Select[*tuple[Any, ...]]) -> str:
    """Return how the database would answer a statement; PostgreSQL is kept from reading its tiny tables through."""
    def explain(_connection: Any, _cursor: Any, said: str, parameters: Any, *_rest: Any) -> tuple[str, Any]:
        return ("EXPLAIN " if BACKEND == "postgres" else "EXPLAIN QUERY PLAN ") + said, parameters

    with db.engine.connect() as connection:
        if BACKEND == "postgres":
            connection.execute(text("SET LOCAL enable_seqscan = off"))
        event.listen(connection, "before_cursor_execute", explain, retval=True)
        return str(connection.execute(statement).cursor.fetchall())


@pytest.mark.parametrize("kind", KEPT)
def test_every_select_has_an_index(ctx: Flask, kind: str) -> None:
    rule = RETENTIONS[kind]
    assert isinstance(rule, retention.Retention)
    plan = plan_of(rule.select(NOW).limit(500))
    # PostgreSQL chooses between two indexes of the same column when it has just counted an empty table.
    assert INDEXES[kind] in plan or (kind.startswith("mail.") and INDEXES["mail"] in plan)


def test_a_mail_whose_text_is_gone_cannot_be_sent_again(ctx: Flask) -> None:
    gone = MailMessage(key="g", recipient="a@example.vn", subject="s", body="", queued_at=clock.now(), state="failed")
    db.session.add(gone)
    db.session.commit()
    with pytest.raises(IllegalMove):
        resend(gone)
    operator = factories.client(ctx, factories.user(staff=("admin",)))
    assert "/resend" not in operator.get("/staff/deliveries?state=failed").text
    assert operator.post(f"/staff/deliveries/{gone.id}/resend", data={}).status_code in {400, 409}


@pytest.mark.parametrize("locale", ["vi", "en"])
def test_the_page_says_what_is_kept_how_long_and_why(ctx: Flask, now: datetime, locale: str) -> None:
    db.session.add(ViewCount(subject_kind="listing", subject_id=1, day=date(2020, 1, 1), count=1))
    db.session.commit()
    retention.prune()
    db.session.commit()
    page = factories.client(ctx, factories.user(staff=("admin",)), locale=locale).get("/staff/retention").text
    for rule in RETENTIONS.values():
        assert (rule.label in page) == (locale == "en") == (rule.source in page)
        unit = "ngày" if locale == "vi" else "day" if rule.days == 1 else "days"
        assert f"{rule.days} {unit}" in page
    assert factories.client(ctx, factories.user(staff=("moderator",))).get("/staff/retention").status_code == 403
    assert factories.client(ctx).get("/staff/retention").status_code == 302
