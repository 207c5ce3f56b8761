"""What happens to an account is an event too: Flask-Security's signals become history."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Flask, after_this_request, session
from flask_login import user_logged_out
from flask_security import signals as theirs
from werkzeug.wrappers import Response

from marketplace.accounts import sessions
from marketplace.accounts.models import User
from marketplace.accounts.queries import account_of
from marketplace.core.errors import required
from marketplace.core.events import record
from marketplace.core.extensions import db
from marketplace.values import clock

ACTING = "acting"  # session key: id of the organisation acted for, 0 for none; missing means the first membership


def _registered(_sender: Flask, user: User, **_rest: Any) -> None:
    user.terms_accepted_at = clock.now()
    record(user, "user.register", account_of(user), data={"terms_accepted": True})


def _note(action: str) -> Callable[..., None]:
    """Return the handler that records an event of the account."""

    def handle(_sender: Flask, user: User, **_rest: Any) -> None:
        record(user, f"user.{action}", account_of(user))

    return handle


def _signed_in(_sender: Flask, user: User, authn_via: list[str] | None = None, **_rest: Any) -> None:
    if authn_via != ["change"]:
        record(user, "user.sign_in", account_of(user), data={"via": list(authn_via or [])})


def _signed_out(_sender: Flask, **_rest: Any) -> None:
    session.pop(ACTING, None)
    after_this_request(_clear_what_the_browser_keeps)


def _clear_what_the_browser_keeps(response: Response) -> Response:
    """Let the browser forget what pages stored in it, as the last questions; pages themselves are never stored."""
    response.headers["Clear-Site-Data"] = '"storage"'
    return response


def _second_step_on(_sender: Flask, user: User, **_rest: Any) -> None:
    sessions.note_second_factor()
    record(user, "user.two_factor_on", account_of(user))


def _second_step_off(_sender: Flask, user: User, **_rest: Any) -> None:
    sessions.forget_second_factor(_person(user))
    record(user, "user.two_factor_off", account_of(user))


def _passkey_added(_sender: Flask, user: User, **_rest: Any) -> None:
    sessions.note_second_factor()
    record(_person(user), "user.add_passkey", account_of(user))


def _passkey_removed(_sender: Flask, user: User, **_rest: Any) -> None:
    record(_person(user), "user.remove_passkey", account_of(user))


def _person(user: User) -> User:
    """Return the row itself; Flask-Security sometimes sends its stand-in for whoever is signed in."""
    return required(db.session.get(User, user.id))


#: What each signal becomes in the history. The handlers live as long as the module: signals hold them weakly.
HANDLERS = (
    (theirs.user_registered, _registered),
    (theirs.user_confirmed, _note("confirm")),
    (theirs.user_authenticated, _signed_in),
    (theirs.password_changed, _note("change_password")),
    (theirs.password_reset, _note("reset_password")),
    (theirs.tf_profile_changed, _second_step_on),
    (theirs.tf_disabled, _second_step_off),
    (theirs.wan_registered, _passkey_added),
    (theirs.wan_deleted, _passkey_removed),
    (user_logged_out, _signed_out),
)


def register(app: Flask) -> None:
    """Listen to the signals."""
    for signal, handler in HANDLERS:
        signal.connect(handler, app)
