"""The link in a mail that turns its topic off with one click (RFC 8058), without signing in: a signed address."""

from __future__ import annotations

from typing import Any

from flask import current_app
from itsdangerous import BadSignature, URLSafeSerializer

from marketplace.core.errors import NotFound
from marketplace.notifications.topics import TOPICS


def path(user_id: int, topic: str) -> str:
    """Return the path of the link for one person and topic. It works for ever: people keep mails for years."""
    return f"/unsubscribe/{_signer().dumps([user_id, topic])}"


def asked(token: str) -> tuple[int, str]:
    """Return the person and the topic a link is about. Raises NotFound for a forged one."""
    try:
        user_id, topic = _signer().loads(token)
    except (BadSignature, ValueError, TypeError):
        raise NotFound from None
    if topic not in TOPICS:
        raise NotFound
    return int(user_id), str(topic)


def _signer() -> Any:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt="unsubscribe")
