"""What a message must at least be before anything is looked for by what it says."""

from __future__ import annotations

from typing import Any

from marketplace.values.text import N_

UNREADABLE = N_("It says something in a way that is not known here. Nothing was booked.")
#: What acting on a message of another shape raises: trying it again leads to the same.
UNREADABLE_ERRORS = (LookupError, TypeError, ValueError, AttributeError, ArithmeticError)
LONGEST_NAME = 255  # as wide as the columns that keep names
_NAMES = ("id", "payment_intent", "client_reference_id", "currency", "status")


def check_names(thing: dict[str, Any]) -> None:
    """Raise one of UNREADABLE_ERRORS for a thing whose names are none that we could look for."""
    named = [*(thing.get(name) for name in _NAMES), *(thing.get("metadata") or {}).values()]
    if any(one is not None and not (isinstance(one, str) and len(one) <= LONGEST_NAME) for one in named):
        raise ValueError("a name is no short text")
