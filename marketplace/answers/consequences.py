"""What follows from a move of an answer elsewhere: higher tiers register it here, by the action.

An effect runs in the same transaction, with the answer's row held, so that either all of it happens or nothing.
"""

from __future__ import annotations

from collections.abc import Callable

from marketplace.answers.models import Answer
from marketplace.core.access import Actor

#: Gets the answer after the move, who made it, and the coded reason and the words that were given.
Effect = Callable[[Answer, Actor, str, str], None]
_effects: dict[str, list[Effect]] = {}


def register_consequence(action: str, effect: Effect) -> None:
    """Let `effect` follow the move `action`; registering it again changes nothing."""
    here = _effects.setdefault(action, [])
    if effect not in here:
        here.append(effect)


def follow(action: str, answer: Answer, actor: Actor, reason_code: str = "", reason: str = "") -> None:
    """Run what follows from a move; what it raises undoes the move."""
    for effect in _effects.get(action, ()):
        effect(answer, actor, reason_code, reason)
