"""The reader of events that fills inboxes. Delivered twice, an event tells nobody twice: one row per event and person."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

from marketplace.core.events import FAST, Consumer, Event, Outbox
from marketplace.core.extensions import db
from marketplace.notifications import catalogue_events
from marketplace.notifications.actions import Thing, notify
from marketplace.notifications.event_context import about
from marketplace.notifications.recipients import recipients
from marketplace.notifications.rules import BY_ACTION

NAME = "notifications"
#: Events that are told in a way of their own.
SPECIAL: Mapping[str, Callable[[Event], None]] = MappingProxyType({
    "listing.enquire": catalogue_events.listing_asked,
    "need.enquire": catalogue_events.need_asked,
    "need.invite": catalogue_events.need_invited,
})

def tell(event: Event) -> None:
    """Tell everybody whom the table, or a way of its own, names about one event."""
    if event.action in SPECIAL:
        SPECIAL[event.action](event)
        return
    if event.action == "lead.message" and event.data.get("kind") in {"interest", "question"}:
        return  # the move that came with these words is told
    if event.data.get("part_of"):
        return  # so is the move that brought this file along
    said = about(event)
    for one in recipients(BY_ACTION[event.action], event, said):
        notify(
            one.user, one.row.topic, f"event:{event.id}", one.row.message, {**said.params, "side": one.side},
            said.hrefs[one.row.place], event=event, quiet=one.row.quiet,
            thing=Thing(org_id=one.org_id, for_staff=not one.side, kind=event.subject_kind, id=event.subject_id),
        )


def handle(rows: Sequence[Outbox]) -> None:
    """Tell what claimed outbox rows are about; told and done in one transaction."""
    for row in rows:
        tell(db.session.get_one(Event, row.event_id))


def wants(action: str) -> bool:
    """True for events that the table, or a way of its own, knows."""
    return action in BY_ACTION or action in SPECIAL


def consumer() -> Consumer:
    """Return the outbox consumer."""
    return Consumer(NAME, wants, handle, batch=10, lane=FAST)
