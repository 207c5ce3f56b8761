"""The consumer of events that fills inboxes, and the clocks. An event that is delivered twice makes one notification."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from marketplace.core.events import FAST, Consumer, Event, Outbox
from marketplace.core.extensions import db
from marketplace.core.outbox import register_job
from marketplace.core.subjects import row_of
from marketplace.notifications import holds
from marketplace.notifications.actions import NotifiedThing, notify
from marketplace.notifications.jobs import job_of
from marketplace.notifications.occasions import Occasion
from marketplace.notifications.recipients import Recipient, recipients
from marketplace.notifications.rules import Notifications, Rule, add, by_action, rules_of

NAME = "notifications"
#: Names under which earlier versions put events into the outbox that are told here now.
FORMER = ("sanction_notices",)


def tell(event: Event, *, released: bool = False) -> None:
    """Tell everybody whom the table names about one event, unless it is held; `released` was held before."""
    row = row_of(event)
    if row is None:
        return  # the thing is gone, and with it what there was to tell
    for declared in by_action().get(event.action, ()):
        occasion = declared.occasion(event, row)
        if occasion is None:
            continue
        if not released and holds.held(occasion):
            return
        deliver(rules_of(declared, event.action), occasion)


def tell_of(action: str, occasion: Occasion) -> None:
    """Tell what no event says: the rows under the name that a clock or a digest has."""
    for declared in by_action()[action]:
        deliver(rules_of(declared, action), occasion)


def deliver(table: Sequence[Rule], occasion: Occasion) -> None:
    """Tell everybody whom the rows name, each once."""
    told: dict[Rule, set[str]] = {row: set() for row in table if row.fits(occasion)}
    for one in recipients(table, occasion):
        _notify(one, occasion)
        told[one.row].add(one.user.email)
    for row, addresses in told.items():
        if row.also is not None:
            row.also(occasion, frozenset(addresses))


def _notify(one: Recipient, occasion: Occasion) -> None:
    params = {**occasion.filled(one.user), "side": one.part}
    if occasion.parties is not None:
        params["parties"] = list(occasion.parties)
    row = one.row
    notify(
        one.user, row.topic, occasion.key_for(one.org_id), row.message, params,
        row.place(occasion) if row.place else occasion.path(one.user), event=occasion.event, quiet=row.quiet,
        letter=row.letter(occasion, one.user) if row.letter else None,
        thing=NotifiedThing(one.org_id, one.for_staff, occasion.subject.kind, occasion.row.id),
    )


def handle(rows: Sequence[Outbox]) -> None:
    """Tell what claimed outbox rows are about; told and done in one transaction."""
    for row in rows:
        tell(db.session.get_one(Event, row.event_id))


def wants(action: str) -> bool:
    """True for events that the table knows."""
    return action in by_action()


def consumers() -> list[Consumer]:
    """Return the outbox consumer, and those that finish what an earlier version left in the outbox."""
    former = [Consumer(name, lambda _action: False, handle, batch=10, lane=FAST) for name in FORMER]
    return [Consumer(NAME, wants, handle, batch=10, lane=FAST), *former]


def register_notifications(declared: Notifications) -> None:
    """Add what a feature tells, and the recurring work of its rows with a clock; the feature's wiring calls this."""
    add(declared)
    for row in declared.rules:
        if row.clock is not None:
            register_job(job_of(row.clock, partial(tell_of, row.action)))
