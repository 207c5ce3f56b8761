"""What happens to an account is an event too: Flask-Security's signals become history."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Flask, session
from flask_login import user_logged_out
from flask_security import signals as theirs

from marketplace.accounts.models import User
from marketplace.accounts.queries import account_of
from marketplace.core.events import record
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


#: What each signal becomes in the history. The handlers live as long as the module: signals hold them weakly.
HANDLERS = (
    (theirs.user_registered, _registered),
    (theirs.user_confirmed, _note("confirm")),
    (theirs.user_authenticated, _signed_in),
    (theirs.password_changed, _note("change_password")),
    (theirs.password_reset, _note("reset_password")),
    (theirs.tf_profile_changed, _note("two_factor_on")),
    (theirs.tf_disabled, _note("two_factor_off")),
    (user_logged_out, _signed_out),
)


def register(app: Flask) -> None:
    """Listen to the signals."""
    for signal, handler in HANDLERS:
        signal.connect(handler, app)
