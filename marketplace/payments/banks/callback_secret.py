"""The secret with which a bank signs its messages, kept encrypted with a key of the installation.

A copy of the database alone forges no message. When SECRET_KEY is changed, the secrets must be entered anew: until then the
address of the messages answers as if there were none.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from flask import current_app

LEAST = 32  # characters of a secret
_NONCE = 12


def _cipher() -> AESGCM:
    key: str = current_app.extensions["settings"].secret_key
    return AESGCM(hmac.new(key.encode(), b"bank callback", hashlib.sha256).digest())


def closed(secret: str, bin_: str, account_no: str) -> bytes:
    """Return a secret encrypted for one account: put at another, it does not open."""
    nonce = secrets.token_bytes(_NONCE)
    return nonce + _cipher().encrypt(nonce, secret.encode(), f"{bin_}:{account_no}".encode())


def opened(body: bytes | None, bin_: str, account_no: str) -> str:
    """Return the secret of an account; nothing when it has none, or this installation cannot open it."""
    if not body:
        return ""
    try:
        return _cipher().decrypt(body[:_NONCE], body[_NONCE:], f"{bin_}:{account_no}".encode()).decode()
    except (InvalidTag, ValueError):
        return ""
