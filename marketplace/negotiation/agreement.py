"""What happens when both sides accept one version: `deals`, a higher tier, registers it here.

It runs in the same transaction as the acceptance, with the lead's row locked, so that either both happen or neither.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from marketplace.core.access import Actor
from marketplace.negotiation.models import Lead, Terms


@dataclass(frozen=True)
class Notice:
    """One thing to know before accepting: a message id with its parameters, and how it is drawn (a tone of messages).

    `stops` says that an acceptance would be refused as things stand.
    """

    message: str
    params: dict[str, Any] = field(default_factory=dict)
    tone: str = ""  # "" | warning | error | success
    stops: bool = False


Agreed = Callable[[Lead, Terms, Actor], str]
Follower = Callable[[Lead], None]
Preview = Callable[[Lead, Terms], list[Notice]]
_handlers: list[Agreed] = []
_previews: list[Preview] = []
_followers: list[Follower] = []


def register_agreement(handler: Agreed, preview: Preview) -> None:
    """Let `handler(lead, terms, actor)` run when both sides have accepted; registering it again changes nothing.

    It returns the address of what it opened. `preview` returns what accepting would mean; it changes nothing.
    """
    if handler not in _handlers:
        _handlers.append(handler)
        _previews.append(preview)


def register_follower(follower: Follower) -> None:
    """Let `follower(lead)` run after the handlers, once both sides have agreed; registering it again changes nothing."""
    if follower not in _followers:
        _followers.append(follower)


def agreed(lead: Lead, terms: Terms, actor: Actor) -> str:
    """Run every registered handler and return the address of what was opened; what they raise undoes the acceptance."""
    paths = [handler(lead, terms, actor) for handler in _handlers]
    for follower in _followers:
        follower(lead)
    return next((path for path in paths if path), "")


def preview(lead: Lead, terms: Terms) -> list[Notice]:
    """Return what accepting would mean beyond what the version itself says."""
    return [notice for one in _previews for notice in one(lead, terms)]
