"""The places in the rail beside every page: each feature registers its own in its `wiring`, with who sees them.

A place is shown to whoever may open it, so that no link leads to a refusal. Groups stand in the order of GROUPS, places
within a group by their `order`. Like other registries of declarations it belongs to the process, and registering the same
place again changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from marketplace.core.access import Actor, opens
from marketplace.core.permissions import Permission
from marketplace.values.text import N_

#: Groups of places by name, with their headings (message ids), from top to bottom.
GROUPS = {
    "start": "",
    "own": N_("Our organisation"),
    "operation": N_("Operation"),
    "moderation": N_("Moderation"),
    "trade": N_("From interest to deal"),
    "money": N_("Money"),
    "administration": N_("Administration"),
    "development": N_("Development"),
}


@dataclass(frozen=True)
class Place:
    """One place: `label` is an English message id, `icon` a name of the icon set, `order` its rank in the group."""

    label: str
    href: str
    icon: str
    order: int
    covers: tuple[str, ...] = ()  # beginnings of addresses elsewhere that belong to it


@dataclass(frozen=True)
class _Registered:
    group: str
    place: Place
    visible: Permission | Callable[[Actor], bool]

    def shown_to(self, actor: Actor) -> bool:
        return opens(self.visible, actor) if isinstance(self.visible, Permission) else self.visible(actor)


_places: dict[tuple[str, str], _Registered] = {}


def register_place(group: str, place: Place, visible: Permission | Callable[[Actor], bool]) -> None:
    """Add a place to a group of the rail, for those who hold the permission (or of whom the function says so).

    Raises ValueError for a group that is not in GROUPS.
    """
    if group not in GROUPS:
        raise ValueError(f"no group {group!r} in the rail: add it to GROUPS of marketplace/core/rail.py")
    _places[group, place.href] = _Registered(group, place, visible)


def places_for(actor: Actor) -> list[tuple[str, list[Place]]]:
    """Return the groups that this reader sees, each with its heading and its places."""
    found = []
    for group, heading in GROUPS.items():
        open_ = [one.place for one in _places.values() if one.group == group and one.shown_to(actor)]
        if open_:
            found.append((heading, sorted(open_, key=lambda place: place.order)))
    return found
