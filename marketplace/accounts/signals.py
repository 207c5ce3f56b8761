"""What happens to an account is an event too: Flask-Security's signals become history."""

from __future__ import annotations

from typing import Any

from flask import Flask, session
from flask_login import user_logged_out
from flask_security import signals as theirs

from marketplace.accounts.models import User
from marketplace.core.access import Actor
from marketplace.core.events import record
from marketplace.values import clock

ACTING = "acting"  # session key: id of the organisation acted for, 0 for none; missing means the first membership


def person(user: User) -> Actor:
    """Return the actor of what a person does to their own account."""
    return Actor(user_id=user.id, name=user.name, email=user.email, locale=user.locale)


def _registered(_sender: Flask, user: User, **_rest: Any) -> None:
    user.terms_accepted_at = clock.now()
    record(user, "user.register", person(user), data={"terms_accepted": True})


def _confirmed(_sender: Flask, user: User, **_rest: Any) -> None:
    record(user, "user.confirm", person(user))


def _signed_in(_sender: Flask, user: User, authn_via: list[str] | None = None, **_rest: Any) -> None:
    if authn_via != ["change"]:
        record(user, "user.sign_in", person(user), data={"via": list(authn_via or [])})


def _password_changed(_sender: Flask, user: User, **_rest: Any) -> None:
    record(user, "user.change_password", person(user))


def _password_reset(_sender: Flask, user: User, **_rest: Any) -> None:
    record(user, "user.reset_password", person(user))


def _two_factor_on(_sender: Flask, user: User, **_rest: Any) -> None:
    record(user, "user.two_factor_on", person(user))


def _two_factor_off(_sender: Flask, user: User, **_rest: Any) -> None:
    record(user, "user.two_factor_off", person(user))


def _signed_out(_sender: Flask, **_rest: Any) -> None:
    session.pop(ACTING, None)


def register(app: Flask) -> None:
    """Listen; the handlers live as long as the module."""
    pairs = (
        (theirs.user_registered, _registered),
        (theirs.user_confirmed, _confirmed),
        (theirs.user_authenticated, _signed_in),
        (theirs.password_changed, _password_changed),
        (theirs.password_reset, _password_reset),
        (theirs.tf_profile_changed, _two_factor_on),
        (theirs.tf_disabled, _two_factor_off),
        (user_logged_out, _signed_out),
    )
    for signal, handler in pairs:
        signal.connect(handler, app)
