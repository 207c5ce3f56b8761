"""Who tried to sign in: lines of the security log, rows that the person sees, and a letter after five failures.

A failure is written beside its request, whose transaction is rolled back (`web.aside`).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from flask import Flask, g, request, session
from flask_security import signals as theirs
from sqlalchemy import delete, func, insert, select
from sqlalchemy.engine import Connection
from werkzeug.wrappers import Response

from marketplace.accounts.models import SignInAttempt, User
from marketplace.accounts.sessions import client_name
from marketplace.core import security_log
from marketplace.core.client_address import short_address
from marketplace.core.events import Event, HasHistory, register_companion
from marketplace.core.extensions import Base, after_commit, db
from marketplace.core.outbox import enqueue_once
from marketplace.values import clock
from marketplace.web import aside

FAILURES = 5  # on one account within an hour of the clock, after which its person is told, once in such an hour
SHOWN = 10  # rows on the page of the account
FAILED = "sign_in_failures"
#: Endpoints where a secret is shown, and what it is; an answer of 400 or more says that it was wrong.
WAYS = {
    "security.login": "password", "security.verify": "confirmation", "security.change_password": "password",
    "security.two_factor_token_validation": "code", "security.mf_recovery": "recovery_code",
}
TOKENS = {"security.reset_password", "security.confirm_email"}  # addresses that end with the token of a letter
#: Events that the security log has too.
LOGGED = {
    *(f"user.{verb}" for verb in (
        "register", "confirm", "sign_in", "change_password", "reset_password", "two_factor_on", "two_factor_off",
        "add_passkey", "remove_passkey", "end_session", "sign_out_everywhere", "grant_role", "end_role", "close", "reopen",
        "erase", FAILED, "reset_two_step",
    )),
    *(f"organisation.{verb}" for verb in ("invite", "revoke_invitation", "join", "change_roles", "remove_member", "leave")),
}


def _store(connection: Connection, user_id: int, way: str, here: dict[str, str]) -> None:
    """Keep one failure; when it is the fifth of this hour, leave it to the worker to tell the person."""
    stored, now = SignInAttempt.__table__.c, clock.now()
    connection.execute(insert(SignInAttempt).values(user_id=user_id, at=now, succeeded=False, way=way, **here))
    began = now.replace(minute=0, second=0, microsecond=0)
    count = select(func.count()).where(stored.user_id == user_id, stored.at >= began, stored.succeeded.is_(False))
    if (connection.scalar(count) or 0) >= FAILURES:
        key = f"{FAILED}:{user_id}:{int(began.timestamp())}"
        enqueue_once(FAILED, {key: {"user": user_id}}, now, connection)


def failed(user_id: int | None, way: str, address: str = "") -> None:
    """Note a wrong secret, of an account that exists or not."""
    security_log.note("sign_in_failed", person=user_id, address=address, way=way)
    if user_id is not None:
        here = _here()
        aside.write(lambda connection: _store(connection, user_id, way, here))


def _here() -> dict[str, str]:
    return {"client": client_name(request.user_agent.string), "address": short_address(request.remote_addr or "")}


def _on_failure(_sender: Flask, user: User, auth_type: str = "", **_rest: Any) -> None:
    g.failed_person = user.id
    if auth_type == "passkey":  # its page answers with a redirect
        failed(user.id, auth_type)


def _refused(response: Response) -> Response:
    """Note that a secret which this request showed was wrong."""
    way = WAYS.get(request.endpoint or "")
    if request.method != "POST":
        return response
    form = g.get("refused_form")
    if request.endpoint == "security.change_password" and (form is None or not form.errors.get("password")):
        return response  # the new password was refused, not the old one
    if way and response.status_code == 422:
        failed(g.get("failed_person") or _person(), way, request.form.get("email", "")[:255])
    elif request.endpoint in TOKENS and response.status_code == 302 and "user_confirmed_or_reset" not in g:
        security_log.note("link_refused")
    return response


def _person() -> int | None:
    """Return who is signed in, or has given the password and not yet the second step."""
    who = g.get("actor")
    if who is not None and who.user_id:
        return int(who.user_id)
    half = str(session.get("tf_user_id", ""))
    return db.session.scalar(select(User.id).where(User.fs_uniquifier == half)) if half else None


def _used(_sender: Flask, **_rest: Any) -> None:
    g.user_confirmed_or_reset = True


def _succeeded(_sender: Flask, user: User, authn_via: list[str] | None = None, **_rest: Any) -> None:
    if authn_via != ["change"]:
        way = "+".join(authn_via or []) or "password"
        db.session.add(SignInAttempt(user_id=user.id, at=clock.now(), succeeded=True, way=way[:40], **_here()))


def _log_events(events: Sequence[tuple[Event, HasHistory]]) -> list[Base]:
    """Note in the security log what was recorded, once it is committed."""
    for event, _thing in events:
        if event.action in LOGGED:
            told: dict[str, Any] = {key: event.data[key] for key in ("role", "roles", "via") if key in event.data}
            after_commit(partial(
                security_log.note, event.action, person=event.actor_id, subject=event.subject_id, **told
            ))
    return []


def latest(user_id: int) -> Sequence[SignInAttempt]:
    """Return the last sign-ins and failures of a person, newest first."""
    rows = select(SignInAttempt).where(SignInAttempt.user_id == user_id)
    return db.session.scalars(rows.order_by(SignInAttempt.at.desc(), SignInAttempt.id.desc()).limit(SHOWN)).all()


def erase_of(user_id: int, _address: str) -> None:
    """Delete the list of a person whose account is erased."""
    gone = delete(SignInAttempt).where(SignInAttempt.user_id == user_id)
    db.session.execute(gone.execution_options(synchronize_session=False))


def register(app: Flask) -> None:
    """Listen to sign-ins and failures. To be called when Flask-Security is set up."""
    theirs.user_failed_authn.connect(_on_failure, app)
    theirs.user_authenticated.connect(_succeeded, app)
    theirs.user_confirmed.connect(_used, app)
    theirs.password_reset.connect(_used, app)
    register_companion("accounts.security_log", _log_events)
    app.after_request(_refused)
