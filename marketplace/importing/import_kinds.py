"""What can be imported: listings and needs, each with its kind and what follows a publication."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from marketplace.authoring.kinds import Kind, is_empty
from marketplace.buyer_requests.kind import KIND as NEED_KIND
from marketplace.buyer_requests.lifecycle import EXPIRED, NEED, OPEN_STATES
from marketplace.core.access import SYSTEM
from marketplace.core.bulk_events import BulkEvent
from marketplace.core.lifecycle import advance
from marketplace.importing.columns import LISTINGS, REQUESTS
from marketplace.listings.kind import KIND as LISTING_KIND
from marketplace.listings.lifecycle import LISTING
from marketplace.values import clock
from marketplace.values.text import N_


@dataclass(frozen=True)
class Target:
    """One kind of import. `after_publish` gets the things published, notes events and returns how
    many of them are over already."""

    name: str  # listings | requests
    label: str
    kind: Kind
    after_publish: Callable[[Sequence[Any], list[BulkEvent]], int]
    #: Whether a record with these values would be over at once.
    is_over: Callable[[Mapping[str, Any]], bool]
    #: States of a thing that an import may give a new version; in all others it is left alone.
    open_states: tuple[str, ...]


def holds(kind: Kind, revision: Any, values: Mapping[str, Any]) -> bool:
    """Whether a version has all that a record states, in either language; its own language is only a guess."""
    other = {spec.translates: spec.name for spec in kind.fields if spec.translates}
    begun = kind.revision.__table__.c
    for name, value in values.items():
        default = begun[name].default
        if name == "language" or is_empty(value) or (default is not None and default.is_scalar and value == default.arg):
            continue
        if value not in (getattr(revision, name), getattr(revision, other.get(name, name))):
            return False
    return True


def _nothing(_things: Sequence[Any], _ledger: list[BulkEvent]) -> int:
    return 0


def expire_passed(needs: Sequence[Any], ledger: list[BulkEvent]) -> int:
    """Expire the needs whose deadline has passed, as the nightly job would; without a deadline a need stays open."""
    today = clock.today()
    count = 0
    for need in needs:
        if need.state in OPEN_STATES and need.answer_deadline is not None and need.answer_deadline < today:
            move = advance(NEED_KIND.lifecycle, need, "expire", {"system"})
            data = {"deadline": need.answer_deadline.isoformat()}
            ledger.append(BulkEvent(need, "need.expire", SYSTEM, move, data=data))
            count += 1
    return count


def is_over(values: Mapping[str, Any]) -> bool:
    """True for a deadline that has passed."""
    deadline = values.get("answer_deadline")
    return deadline is not None and deadline < clock.today()


TARGETS: dict[str, Target] = {
    LISTINGS: Target(
        LISTINGS, N_("Technology listings"), LISTING_KIND, _nothing, lambda _values: False,
        (LISTING.initial, *LISTING_KIND.live),
    ),
    REQUESTS: Target(
        REQUESTS, N_("Technology needs"), NEED_KIND, expire_passed, is_over, (NEED.initial, EXPIRED, *NEED_KIND.live),
    ),
}
