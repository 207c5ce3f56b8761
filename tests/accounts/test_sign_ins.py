"""The security log, the list of one's own sign-ins, and the letter after five failures."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select

from marketplace import create_app
from marketplace.accounts import sign_ins
from marketplace.accounts.models import SignInAttempt, User
from marketplace.core import security_log
from marketplace.core.events import Event
from marketplace.core.extensions import db, limiter
from marketplace.core.outbox import drain
from marketplace.mail import MailMessage
from marketplace.notifications.models import Notification
from marketplace.values import clock
from tests import factories
from tests.accounts.test_passwords import NEW, signed_in
from tests.accounts.test_sign_in import registered
from tests.accounts.test_two_factor import half_signed_in, set_up
from tests.conftest import make_settings
from tests.factories import PASSWORD, client

WRONG = "sai-hoan-toan-2026"


class Log:
    """The lines of a security log."""

    def __init__(self, file: Path) -> None:
        self.file = file

    def lines(self, kind: str = "") -> list[dict[str, Any]]:
        found = [json.loads(line) for line in self.file.read_text(encoding="utf-8").splitlines()]
        return [one for one in found if not kind or one["kind"] == kind]


@pytest.fixture
def log(app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Log]:
    file = tmp_path / "security.jsonl"
    handler = security_log.WatchedFileHandler(file, encoding="utf-8")
    monkeypatch.setattr(security_log.log, "handlers", [handler])
    handler.stream.flush()
    yield Log(file)
    handler.close()


def tried(app: Flask, email: str, times: int = 1) -> None:
    for _number in range(times):
        assert client(app).post("/login", data={"email": email, "password": WRONG}).status_code == 422


def person_of(email: str) -> User:
    db.session.rollback()
    return db.session.scalars(select(User).where(User.email == email)).one()


def test_failures_and_sign_ins_are_lines_without_secrets(ctx: Flask, log: Log) -> None:
    email = registered(ctx)
    tried(ctx, email)
    tried(ctx, "nobody@example.vn")
    signed_in(ctx, email)
    known, unknown = log.lines("sign_in_failed")
    person = person_of(email)
    assert (known["person"], known["way"], known["network"]) == (person.id, "password", "127.0.0.x")
    assert unknown["person"] is None and unknown["account"] == security_log.digest(" Nobody@example.vn")
    assert log.lines("user.sign_in")[0]["subject"] == person.id
    whole = log.file.read_text(encoding="utf-8")
    for secret in (email, "nobody@", WRONG, PASSWORD, "127.0.0.1"):
        assert secret not in whole, secret


def test_codes_and_confirmations_count_too(ctx: Flask, log: Log) -> None:
    email = registered(ctx)
    with time_machine.travel(clock.now(), tick=False):
        web = signed_in(ctx, email)
        set_up(web)
        assert web.post("/verify", data={"password": WRONG}).status_code == 422
        weak = {"password": PASSWORD, "new_password": "kurz", "new_password_confirm": "kurz"}
        assert web.post("/change", data=weak).status_code == 422
        wrong = {"password": WRONG, "new_password": NEW, "new_password_confirm": NEW}
        assert web.post("/change", data=wrong).status_code == 422
        half = half_signed_in(ctx, email)
        assert half.post("/tf-validate", data={"code": "000000"}).status_code == 422
        assert half.post("/mf-recovery", data={"code": "aaaa-bbbb-cccc"}).status_code == 422
    ways = [line["way"] for line in log.lines("sign_in_failed")]
    assert ways == ["confirmation", "password", "code", "recovery_code"]
    assert {line["person"] for line in log.lines("sign_in_failed")} == {person_of(email).id}


def test_refusals_old_sessions_and_old_links_are_lines(ctx: Flask, log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    person = factories.user()
    web = client(ctx, person)
    assert web.get("/staff").status_code == 403
    assert log.lines("refused")[0] | {"time": ""} == {
        "time": "", "kind": "refused", "route": "accounts.staff", "method": "GET", "network": "127.0.0.x",
        "person": person.id, "status": 403,
    }
    with web.session_transaction() as held:
        held["sid"] = "not a session"
    web.get("/account")
    assert log.lines("ended_session_used")[0]["person"] == person.id
    web.post("/reset/an-old-token", data={"password": NEW, "password_confirm": NEW})
    assert log.lines("link_refused")[0]["route"] == "security.reset_password"
    assert "an-old-token" not in log.file.read_text(encoding="utf-8"), "addresses of pages may hold secrets"
    monkeypatch.setitem(ctx.config, "WTF_CSRF_ENABLED", True)
    web.post("/logout", data={"csrf_token": "forged"})
    web.post("/account", data={"csrf_token": "forged"})
    assert log.lines("token_of_form_refused")


def test_grants_and_second_steps_are_lines_once_they_are_committed(ctx: Flask, log: Log) -> None:
    boss, person = factories.user(staff=("admin",)), factories.user()
    web = client(ctx, boss)
    data = {"email": person.email, "role": "moderator", "reason": "Nhận nhiệm vụ"}
    assert web.post("/staff/grant", data={**data, "reason": ""}).status_code == 422
    assert log.lines("user.grant_role") == []
    assert web.post("/staff/grant", data=data).status_code == 302
    line = log.lines("user.grant_role")[0]
    assert (line["person"], line["subject"], line["role"]) == (boss.id, person.id, "moderator")
    with time_machine.travel(clock.now(), tick=False):
        set_up(signed_in(ctx, registered(ctx)))
    assert log.lines("user.two_factor_on")


def test_a_code_sent_twice_is_a_line(ctx: Flask, log: Log) -> None:
    email = registered(ctx)
    with time_machine.travel(clock.now(), tick=False) as moment:
        device = set_up(signed_in(ctx, email))
        moment.shift(120)
        code = device.generate().token
        half_signed_in(ctx, email).post("/tf-validate", data={"code": code})
        half_signed_in(ctx, email).post("/tf-validate", data={"code": code})
    assert log.lines("sign_in_failed")[-1]["way"] == "code"


def test_limits_are_lines(app: Flask, tmp_path: Path, database_url: str) -> None:
    file = tmp_path / "limits.jsonl"
    made = create_app(make_settings(tmp_path, database_url, RATE_LIMITS="1", SECURITY_LOG=str(file)))
    with made.app_context():
        web = client(made)
        for _number in range(11):
            last = web.post("/login", data={"email": "a@example.vn", "password": WRONG})
        assert last.status_code == 429
    limiter.enabled = False
    line = Log(file).lines("limit_reached")[0]
    assert (line["route"], line["status"]) == ("security.login", 429)
    security_log.open_log("")


def test_lines_cannot_be_forged(ctx: Flask, log: Log) -> None:
    with ctx.test_request_context("/"):
        security_log.note("sign_in_failed", way='a"}\n{"kind":"user.sign_in"}')
    assert len(log.lines()) == 1


def test_after_five_failures_the_person_is_told_once_in_a_window(ctx: Flask) -> None:
    email = registered(ctx)
    with time_machine.travel(clock.now().replace(minute=5), tick=False) as moment:
        person = person_of(email)

        def told() -> tuple[int, int]:
            drain()
            db.session.rollback()
            sent = select(func.count()).where(Notification.user_id == person.id, Notification.topic == "security")
            letters = select(MailMessage.body).where(MailMessage.topic == "security", MailMessage.recipient == email)
            bodies = db.session.scalars(letters).all()
            assert all("/change" in body and "/account" in body for body in bodies), "it says what to do"
            return db.session.scalar(sent) or 0, len(bodies)

        tried(ctx, email, 4)
        assert told() == (0, 0)
        tried(ctx, email, 1)
        assert told() == (1, 1)
        tried(ctx, email, 6)
        assert told() == (1, 1)
        moment.shift(3600)
        tried(ctx, email, 5)
        assert told() == (2, 2)
    events = select(func.count()).where(Event.action == "user.sign_in_failures", Event.subject_id == person.id)
    assert db.session.scalar(events) == 2


def test_the_account_shows_the_last_ones(ctx: Flask) -> None:
    email = registered(ctx)
    tried(ctx, email, 2)
    page = signed_in(ctx, email).get("/account").text
    part = page[page.index('id="sign-ins"'):page.index('id="history"')]
    assert part.count("Không thành công") == 2 and "127.0.0.x" in part and part.count("<tr>") == 4
    stranger = client(ctx, factories.user()).get("/account").text
    assert "Không thành công" not in stranger


def test_a_database_that_is_busy_does_not_keep_a_failure_waiting(ctx: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    email = registered(ctx)

    def slow(*_rest: object) -> None:
        raise TimeoutError

    monkeypatch.setattr(sign_ins, "_store", slow)
    began = time.monotonic()
    tried(ctx, email)
    assert time.monotonic() - began < 5
    assert db.session.scalar(select(func.count()).select_from(SignInAttempt).where(SignInAttempt.succeeded.is_(False))) == 0
