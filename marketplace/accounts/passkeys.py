"""Passkeys: Flask-Security's WebAuthn by our rules. Each asks for a fingerprint, a face or a PIN, so one is enough to sign
in; after a password it is the second step. Without JavaScript there are one-time codes.

The name that a passkey belongs to is that of the request (Host), so production names those that it answers to.
"""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import Any

from flask import Flask, request, url_for
from flask_babel import lazy_gettext as _l
from flask_security import UserMixin, WebauthnUtil
from flask_security import webauthn as theirs
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)
from werkzeug.wrappers import Response

from marketplace.accounts.models import UsedAnswer
from marketplace.core import security_log
from marketplace.core.config import Settings
from marketplace.core.errors import Stale
from marketplace.core.extensions import db, insert_into
from marketplace.values import clock
from marketplace.values.text import N_

#: Where the answers of passkeys arrive; the last part of the address is the signed challenge.
ANSWERS = frozenset({"security.wan_register_response", "security.wan_signin_response", "security.wan_verify_response"})
USAGE = "first"  # Flask-Security's word; which passkey may do what is the same for all of ours


class PasskeyUtil(WebauthnUtil):
    """Asks for passkeys of any kind, also the telephone's or computer's own, and always for its owner's finger or PIN."""

    def authenticator_selection(self, user: UserMixin, usage: str) -> AuthenticatorSelectionCriteria:
        """Return what a new passkey must be able to do."""
        return AuthenticatorSelectionCriteria(
            authenticator_attachment=None, resident_key=ResidentKeyRequirement.REQUIRED,
            user_verification=UserVerificationRequirement.REQUIRED,
        )

    def user_verification(self, user: UserMixin | None, usage: list[str]) -> UserVerificationRequirement:
        """Return that the owner must be verified whenever a passkey is used."""
        return UserVerificationRequirement.REQUIRED


class SecondStep(theirs.WebAuthnTfPlugin):
    """After the password a passkey may be asked for, when the person has one."""

    def get_setup_methods(self, user: UserMixin) -> list[tuple[str, Any]]:
        """Return what the person may choose."""
        return [("webauthn", _l("A passkey"))] if user.webauthn else []


def configuration(settings: Settings) -> dict[str, Any]:
    """Return Flask-Security's settings of passkeys, without their prefix."""
    return {
        "WEBAUTHN": True,
        "INPUT_NORMALIZE_FORM": "NFC",  # of names of passkeys; theirs takes accents apart
        "WAN_RP_NAME": settings.site_name,
        "WAN_ALLOW_USER_HINTS": False,
        "WAN_ALLOW_AS_FIRST_FACTOR": True,
        "WAN_ALLOW_AS_MULTI_FACTOR": True,
        "WAN_ALLOW_AS_VERIFY": [USAGE],
        "WAN_REGISTER_WITHIN": timedelta(minutes=10),
        "WAN_SIGNIN_WITHIN": timedelta(minutes=5),
        "WAN_POST_REGISTER_VIEW": "/account#passkeys",
        "TWO_FACTOR_IMPLEMENTATIONS": {
            "code": "flask_security.twofactor.CodeTfPlugin", "webauthn": f"{SecondStep.__module__}.{SecondStep.__name__}",
        },
    }


def _take_once() -> None:
    """Refuse an answer that was sent before: a passkey that counts nothing cannot tell a copy from the first.

    Raises Stale. The digest is stored with what the answer does; of many at the same moment, one is taken.
    """
    if request.endpoint not in ANSWERS or request.method != "POST":
        return
    digest = hashlib.sha256(str((request.view_args or {}).get("token", "")).encode()).hexdigest()
    stored = insert_into(UsedAnswer).values(digest=digest, used_at=clock.now()).on_conflict_do_nothing()
    if db.session.execute(stored.returning(UsedAnswer.digest)).first() is None:
        security_log.note("token_reused", way="passkey")
        raise Stale(N_("This answer of a passkey was used already. Start again."))


def _back_to_the_account(response: Response) -> Response:
    """Lead back to the account after a passkey was removed, where the others stand."""
    ended = request.endpoint == "security.wan_delete" and response.status_code == 302
    if ended and response.location == url_for("security.wan_register"):
        response.location = url_for("accounts.page", _anchor="passkeys")
    return response


def register(app: Flask) -> None:
    """Take each answer once. To be called when Flask-Security is set up."""
    app.before_request(_take_once)
    app.after_request(_back_to_the_account)
