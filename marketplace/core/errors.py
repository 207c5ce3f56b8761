"""What may go wrong in the business, as a few named errors.

Actions raise them, `web/` turns them into a page or a problem document. Messages are English message ids with
`%(name)s` places for `params`; nothing here translates.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeVar

from marketplace.values.text import N_

T = TypeVar("T")


class DomainError(Exception):
    """A rule of the business says no. `message` is a message id, `params` fill its places, `code` names the kind."""

    code = "domain_error"

    def __init__(self, message: str, **params: Any) -> None:
        """Keep the message id and its parameters apart, so that the page can translate first and fill in after."""
        super().__init__(message)
        self.message = message
        self.params = params

    def __str__(self) -> str:
        return self.message % self.params if self.params else self.message


class NotAllowed(DomainError):
    """This person may not do this to this thing, whatever its state."""

    code = "not_allowed"

    def __init__(self, message: str = N_("You are not allowed to do this."), **params: Any) -> None:
        """Use the general message unless a more helpful one is given."""
        super().__init__(message, **params)


class IllegalMove(DomainError):
    """The thing's state does not permit the move; often another person moved it first.

    `state` is the code of the present state and `label` its message id, for the page to show beside the message.
    """

    code = "illegal_move"

    def __init__(
        self, state: str, message: str = N_("This is not possible in the present state."), *, label: str = "", **params: Any
    ) -> None:
        """Remember where the thing stands."""
        super().__init__(message, **params)
        self.state = state
        self.label = label or state


class Stale(DomainError):
    """The form was opened on an older version; nothing was saved and what was typed must be kept."""

    code = "stale"

    def __init__(
        self, message: str = N_("Someone changed this while you were editing. Your text is kept below."), **params: Any
    ) -> None:
        """Use the general message unless a more helpful one is given."""
        super().__init__(message, **params)


class Invalid(DomainError):
    """One value breaks a rule. `field` is the form field to show it at, or empty for the whole form."""

    code = "invalid"

    def __init__(self, field: str, message: str, **params: Any) -> None:
        """Tie the message to a field."""
        super().__init__(message, **params)
        self.field = field


class Unreachable(DomainError):
    """What the work needs does not answer at the moment. Pages do without it; the worker keeps the work for later."""

    code = "unreachable"

    def __init__(self, message: str = N_("Search does not answer at the moment. Please repeat in a minute.")) -> None:
        """Use the general message unless a more helpful one is given."""
        super().__init__(message)


class NotBuilt(Unreachable):
    """There is no whole search index to ask or to add to; the worker builds one at its start and within a minute."""

    def __init__(self) -> None:
        """Say that it is being built."""
        super().__init__(N_("Search is being prepared. Please repeat in a minute."))


class Missing(DomainError):
    """Facts that the next step needs are not there. `fields` are form field names, in the order of the form."""

    code = "missing"

    def __init__(self, fields: Iterable[str], message: str = N_("Some required information is missing.")) -> None:
        """Keep the names for the page to link to."""
        super().__init__(message)
        self.fields = list(fields)

    def __str__(self) -> str:
        return f"{self.message} ({', '.join(self.fields)})"


class NotFound(DomainError):
    """There is no such thing, or this person may not know that there is."""

    code = "not_found"

    def __init__(self, message: str = N_("Not found."), **params: Any) -> None:
        """Use the general message unless a more helpful one is given."""
        super().__init__(message, **params)


def required(found: T | None) -> T:
    """Return what was found. Raises NotFound for None."""
    if found is None:
        raise NotFound
    return found
