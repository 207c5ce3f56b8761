"""The link in a mail that turns its topic off with one click (RFC 8058), without signing in."""

from __future__ import annotations

from marketplace.core.errors import NotFound
from marketplace.notifications.topics import choosable
from marketplace.web.signed_links import SignedLink

LINK = SignedLink("unsubscribe")


def path(user_id: int, topic: str) -> str:
    """Return the path of the link for one person and topic."""
    return f"/unsubscribe/{LINK.token([user_id, topic])}"


def person_and_topic(token: str) -> tuple[int, str]:
    """Return the person and topic of a link. Raises NotFound for a forged one and a topic that nobody turns off."""
    values = LINK.values(token)
    if not isinstance(values, list) or len(values) != 2 or values[1] not in choosable():
        raise NotFound
    return int(values[0]), str(values[1])
