"""What happens when both sides accept one version: `deals`, a higher tier, registers it here.

It runs in the same transaction as the acceptance, with the lead's row locked, so that either both happen or neither.
"""

from __future__ import annotations

from collections.abc import Callable

from marketplace.access import Actor
from marketplace.negotiation.models import Lead, Terms

Agreed = Callable[[Lead, Terms, Actor], None]
_handlers: list[Agreed] = []


def register_agreement(handler: Agreed) -> None:
    """Let `handler(lead, terms, actor)` run when both sides have accepted; registering it again changes nothing."""
    if handler not in _handlers:
        _handlers.append(handler)


def agreed(lead: Lead, terms: Terms, actor: Actor) -> None:
    """Tell everybody who registered; whatever they raise undoes the acceptance."""
    for handler in _handlers:
        handler(lead, terms, actor)
