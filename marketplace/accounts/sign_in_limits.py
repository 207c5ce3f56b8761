"""How often one may try to sign in, and how a stranger's tries do not count against the owner.

Who has signed in on a device gets a cookie that says so. Tries on a known device have counters of their own, which
nobody elsewhere can fill; tries from anywhere else are counted by network, by account and network, and by account.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Callable
from typing import Any

from flask import Flask, after_this_request, current_app, request, session
from flask_security import signals as theirs
from itsdangerous import BadSignature, URLSafeTimedSerializer
from sqlalchemy import select
from werkzeug.wrappers import Response

from marketplace.accounts.adapters import clean_email
from marketplace.accounts.models import User
from marketplace.core.access import actor
from marketplace.core.client_address import client
from marketplace.core.config import Settings
from marketplace.core.extensions import db, limiter

YEAR = 365 * 86_400
AT_MOST = 5  # accounts that one device is known to


def _settings() -> Settings:
    settings: Settings = current_app.extensions["settings"]
    return settings


def _cookie_name() -> str:
    return "__Host-device" if _settings().base_url.startswith("https://") else "device"


def _sealed() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(_settings().secret_key, salt="known device")


def _mark(address: str) -> str:
    """Return what a device knows an account by: a keyed digest of its address."""
    return hmac.new(_settings().secret_key.encode(), f"device:{address}".encode(), hashlib.sha256).hexdigest()[:24]


def _device() -> tuple[str, list[str]]:
    """Return the number of this device and the marks of the accounts that have signed in on it; empty for a new one."""
    try:
        held = _sealed().loads(request.cookies.get(_cookie_name(), ""), max_age=YEAR)
        return str(held["id"]), [str(one) for one in held["accounts"]]
    except (BadSignature, KeyError, TypeError):
        return "", []


def _known(address: str) -> str:
    """Return the number of this device when that account has signed in on it, else nothing."""
    number, marks = _device()
    return number if address and _mark(address) in marks else ""


def _remember(_sender: Flask, user: User, **_rest: object) -> None:
    """Let the device of this request be known to the person who has signed in on it or chosen a new password by mail."""
    number, marks = _device()
    mark = _mark(user.email)
    held = {"id": number or secrets.token_hex(8), "accounts": [*(one for one in marks if one != mark), mark][-AT_MOST:]}
    name, value = _cookie_name(), _sealed().dumps(held)

    @after_this_request
    def keep(response: Response) -> Response:
        if response.status_code < 400:
            response.set_cookie(
                name, value, max_age=YEAR, httponly=True, samesite="Lax", secure=_settings().base_url.startswith("https://")
            )
        return response


def _typed() -> str:
    return clean_email(request.form.get("email", ""))[:255]


def _half_signed_in() -> str:
    """Return the address of who has given the password and not yet the code; empty for nobody."""
    found = db.session.scalar(select(User.email).where(User.fs_uniquifier == str(session.get("tf_user_id", ""))))
    return found or ""


def _network() -> str:
    return f"sign-in:network:{client()}"


def _account_here() -> str:
    """Return the account and the known device; elsewhere the account and the network."""
    address = _typed()
    return f"sign-in:{address}:{_known(address) or client()}"


def _account() -> str:
    return f"sign-in:anywhere:{_typed()}"


def _person() -> str:
    return f"sign-in:person:{actor().user_id or client()}"


def _second_step() -> str:
    """Return the account, with the device when it is known: elsewhere all tries at its codes count together."""
    address = _half_signed_in()
    return f"sign-in:code:{address or client()}:{_known(address)}"


def _code_again() -> str:
    return f"sign-in:code-again:{actor().user_id or client()}"


def _no_code() -> bool:
    return not request.form.get("code", "").strip()


def _mail() -> str:
    return f"mail:{_typed()}:{client()}"


def on_known_device() -> bool:
    """Return whether the account typed has signed in on this device before."""
    return bool(_known(_typed()))


#: Endpoints, how often they may be posted to, per what, and when that does not count.
LIMITS: tuple[tuple[str, str, Callable[[], str], Callable[[], bool] | None], ...] = (
    ("login", "20 per minute; 200 per hour", _network, on_known_device),
    ("login", "10 per minute; 40 per hour", _account_here, None),
    ("login", "100 per hour; 300 per day", _account, on_known_device),
    ("wan_signin wan_signin_response", "20 per minute; 200 per hour", _network, None),
    ("register forgot_password send_confirmation reset_password", "20 per minute; 200 per hour", _network, None),
    ("verify change_password wan_verify wan_verify_response wan_register wan_register_response",
     "20 per minute; 200 per hour", _person, None),
    ("verify", "5 per minute; 30 per hour", _code_again, _no_code),
    ("register forgot_password send_confirmation", "3 per minute; 10 per hour", _mail, None),
    ("two_factor_token_validation mf_recovery two_factor_rescue two_factor_setup_validate",
     "5 per minute; 30 per hour", _second_step, None),
)


def register(app: Flask) -> None:
    """Slow down guessing of secrets and mailing of strangers; to be called when Flask-Security is set up."""
    for names, limits, key, exempt in LIMITS:
        for endpoint in (f"security.{name}" for name in names.split()):
            view = app.view_functions[endpoint]
            limited: Any = limiter.limit(limits, key_func=key, methods=["POST"], exempt_when=exempt)(view)
            app.view_functions[endpoint] = limited
    theirs.user_authenticated.connect(_remember, app)
    theirs.password_reset.connect(_remember, app)
