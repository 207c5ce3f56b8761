"""Sets up Flask-Security: what is on, for how long links live, who may open its pages."""

from __future__ import annotations

import base64
import hashlib
from datetime import timedelta
from email.utils import parseaddr
from typing import Any, NoReturn

from flask import Flask, request
from flask_security import RoleMixin, Security
from flask_security.utils import uia_email_mapper
from werkzeug.exceptions import UnsupportedMediaType

from marketplace.accounts import passkeys, sessions, sign_in_limits, signals
from marketplace.accounts.adapters import (
    Datastore,
    OneTimeCodes,
    OutboxMail,
    Passwords,
    Texts,
    render,
)
from marketplace.accounts.forms import AFTER_SIGN_IN, FORMS
from marketplace.accounts.messages import MESSAGES
from marketplace.accounts.models import Passkey, User
from marketplace.accounts.recovery_codes import RecoveryCodes
from marketplace.accounts.views.forgotten import forgotten
from marketplace.core.access import FreshSignInNeeded, mark_endpoints
from marketplace.core.config import Settings
from marketplace.core.extensions import db
from marketplace.core.permissions import PUBLIC, SIGNED_IN
from marketplace.values import clock

MARKS = {
    "security.login": PUBLIC,
    "security.logout": PUBLIC,
    "security.register": PUBLIC,
    "security.send_confirmation": PUBLIC,
    "security.confirm_email": PUBLIC,  # a page with a button (accounts.views.confirm)
    "security.forgot_password": PUBLIC,
    "security.reset_password": PUBLIC,
    "security.change_password": SIGNED_IN,
    "security.verify": SIGNED_IN,
    "security.tf_select": PUBLIC,
    "security.two_factor_setup": SIGNED_IN,
    "security.two_factor_setup_validate": SIGNED_IN,
    "security.two_factor_token_validation": PUBLIC,
    "security.two_factor_rescue": PUBLIC,
    "security.mf_recovery": PUBLIC,
    "security.mf_recovery_codes": SIGNED_IN,
    "security.wan_register": SIGNED_IN,
    "security.wan_register_response": SIGNED_IN,
    "security.wan_signin": PUBLIC,
    "security.wan_signin_response": PUBLIC,
    "security.wan_verify": SIGNED_IN,
    "security.wan_verify_response": SIGNED_IN,
    "security.wan_delete": SIGNED_IN,
}


def register(app: Flask, settings: Settings) -> None:
    """Register sign-in and everything around it."""
    app.config.update(_config(settings))
    app.config.update({f"SECURITY_MSG_{key}": value for key, value in MESSAGES.items()})
    security = Security(
        mail_util_cls=OutboxMail, password_util_cls=Passwords, totp_cls=OneTimeCodes,
        webauthn_util_cls=passkeys.PasskeyUtil, mf_recovery_codes_util_cls=RecoveryCodes,
    )
    # Staff roles are our own grants, so Flask-Security's role table is only a name here.
    security.init_app(app, Datastore(db, User, RoleMixin, Passkey), render_template=render, **FORMS)
    security.i18n_domain = Texts()
    security.reauthn_handler(_not_fresh)
    security.want_json(lambda _request: False)  # these pages are for people; programs have no session
    mark_endpoints(MARKS)
    signals.register(app)
    sessions.register(app)
    passkeys.register(app)
    app.view_functions["security.forgot_password"] = forgotten
    sign_in_limits.register(app)
    app.before_request(_forms_only)


def _not_fresh(_within: timedelta, _grace: timedelta) -> NoReturn:
    """Ask for a fresh sign-in on Flask-Security's pages as on all others."""
    raise FreshSignInNeeded


def _forms_only() -> None:
    """Flask-Security also reads JSON bodies, of any shape; here its pages take forms."""
    if request.blueprint == "security" and request.is_json:
        raise UnsupportedMediaType


def _derived(settings: Settings, purpose: str) -> str:
    """Return a key for one purpose, so that no two uses share the secret itself."""
    digest = hashlib.pbkdf2_hmac("sha256", settings.secret_key.encode(), purpose.encode(), 1)
    return base64.urlsafe_b64encode(digest).decode()


def _config(settings: Settings) -> dict[str, Any]:
    config = {
        **_features(settings), **passkeys.configuration(settings),
        "CACHE_CONTROL": None,  # theirs says "no-store=True", which means nothing; web.headers says it right
        "EMAIL_HTML": False,
        "EMAIL_PLAINTEXT": False,  # our own templates, in the recipient's language (adapters.OutboxMail)
        "EMAIL_VALIDATOR_ARGS": {"check_deliverability": False, "test_environment": not settings.production},
        "USER_IDENTITY_ATTRIBUTES": [{"email": {"mapper": uia_email_mapper, "case_insensitive": False}}],
        "PASSWORD_HASH": "argon2",
        "PASSWORD_SCHEMES": ["argon2"],
        "PASSWORD_SINGLE_HASH": ["argon2"],  # no pepper: a new SECRET_KEY must not lock everybody out
        # The digest of an address within a signed link. The default takes half a second without the system's crypt, which
        # Python 3.13 has no longer; links made with it go on being read.
        "HASHING_SCHEMES": ["pbkdf2_sha256", "sha256_crypt"],
        "PASSWORD_LENGTH_MIN": 10,
        "RETURN_GENERIC_RESPONSES": True,
        "CONFIRM_EMAIL_WITHIN": "3 days",
        "RESET_PASSWORD_WITHIN": "1 days",
        "FRESHNESS": timedelta(minutes=settings.fresh_sign_in_minutes),
        "FRESHNESS_GRACE_PERIOD": timedelta(0),
        "DATETIME_FACTORY": clock.now,
        "API_ENABLED_METHODS": ["session"],
        "STATIC_FOLDER": None,
        "CLI_USERS_NAME": None,
        "CLI_ROLES_NAME": None,
        "POST_LOGIN_VIEW": AFTER_SIGN_IN,
        "POST_LOGOUT_VIEW": "/",
        "POST_REGISTER_VIEW": "/login",
        "POST_CHANGE_VIEW": "/account",
        "POST_VERIFY_VIEW": "/account",
        "TWO_FACTOR_POST_SETUP_VIEW": "/account",
    }
    if settings.environment == "test":
        config["PASSWORD_HASH_PASSLIB_OPTIONS"] = {"argon2__rounds": 1, "argon2__memory_cost": 64}
    return {f"SECURITY_{key}": value for key, value in config.items()}


def _features(settings: Settings) -> dict[str, Any]:
    return {
        "REGISTERABLE": True,
        "CONFIRMABLE": True,
        "RECOVERABLE": True,
        "CHANGEABLE": True,
        "TWO_FACTOR": True,
        "TWO_FACTOR_ENABLED_METHODS": ["authenticator"],
        "TWO_FACTOR_AUTHENTICATOR_VALIDITY": 30,  # seconds a code may be early or late
        "TWO_FACTOR_RESCUE_EMAIL": False,  # a code by mail would make the mailbox the only factor again
        "TWO_FACTOR_RESCUE_MAIL": parseaddr(settings.mail_from)[1],
        "TWO_FACTOR_VALIDITY_COOKIE": {
            "httponly": True, "secure": settings.base_url.startswith("https://"), "samesite": "Strict",
        },
        "TOTP_SECRETS": {"1": _derived(settings, "totp")},
        "TOTP_ISSUER": settings.site_name,
        "MULTI_FACTOR_RECOVERY_CODES": True,
        "MULTI_FACTOR_RECOVERY_CODES_N": 10,
        "MULTI_FACTOR_RECOVERY_CODES_KEYS": [_derived(settings, "recovery")],  # of codes that an older release made
    }
