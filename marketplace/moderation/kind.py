"""What moderation needs to know of each kind of thing under review, in one table.

What every part of the exchange asks of a kind (its name, its page, whose it is) stands in its `Subject`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from marketplace.authoring.kinds import Kind
from marketplace.authoring.lifecycle import WAITING_STATES
from marketplace.buyer_requests import actions as needs
from marketplace.buyer_requests.kind import KIND as NEED
from marketplace.core.events import Event
from marketplace.listings import actions as listings
from marketplace.listings.kind import KIND as LISTING
from marketplace.organisations import actions as organisations
from marketplace.organisations.lifecycle import ORGANISATION
from marketplace.organisations.models import Organisation


@dataclass(frozen=True)
class Reviewed:
    """One kind. `versioned` is None where the thing itself is submitted and decided, not a version of its text.

    `waiting` are the states of a submission that waits for a decision, `sanctions` the moves of the public thing that
    belong to the staff's own page, and `move` the feature's own verb for these: what a move brings with it (a restored
    technology counts as confirmed) stands there. `classified`: an approval sets the control class.
    """

    kind: str
    thing: type[Any]
    waiting: tuple[str, ...]
    sanctions: tuple[str, ...]
    move: Callable[..., Event | None]
    versioned: Kind | None = None
    classified: bool = False

    @property
    def submitted(self) -> type[Any]:
        """The table of what is submitted."""
        return self.versioned.revision if self.versioned else self.thing

    def thing_of(self, submitted: Any) -> Any:
        """Return the thing that a submission is of."""
        return self.versioned.thing_of(submitted) if self.versioned else submitted

    def submissions_of(self, thing: Any) -> list[int]:
        """Return the ids of everything that was ever submitted of a thing."""
        return [revision.id for revision in thing.revisions] if self.versioned else [thing.id]


def _versions(kind: Kind, move: Callable[..., Event | None], *, classified: bool = False) -> Reviewed:
    return Reviewed(
        kind.name, kind.thing, WAITING_STATES, ("suspend", "restore", "remove"), move, kind, classified
    )


#: In the order of the queue's filter.
REVIEWED: Mapping[str, Reviewed] = MappingProxyType({one.kind: one for one in (
    Reviewed(Organisation.subject_kind, Organisation, ORGANISATION.in_groups("waiting"),
             ("suspend", "restore", "recheck", "close"), organisations.decide),
    _versions(LISTING, listings.move, classified=True),
    _versions(NEED, needs.move),
)})
#: Kinds whose submissions are versions.
VERSIONED: Mapping[str, Kind] = MappingProxyType({one.kind: one.versioned for one in REVIEWED.values() if one.versioned})
