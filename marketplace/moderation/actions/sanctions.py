"""Suspending, restoring and removing what is public already. Suspending an organisation hides all it has published."""

from __future__ import annotations

from typing import Any

from marketplace.core.access import Actor
from marketplace.core.errors import Invalid, NotAllowed
from marketplace.core.events import Event
from marketplace.core.extensions import db
from marketplace.core.lifecycle import Transition
from marketplace.core.subjects import subject_of
from marketplace.moderation.kind import REVIEWED
from marketplace.moderation.submission import lifecycle_of
from marketplace.values.text import N_
from marketplace.vocabulary import SUSPENSION_REASONS

#: What the moves do, said before they are made.
CONSEQUENCES = {
    "suspend": N_("It is hidden from everybody but its organisation until the suspension is lifted. Its admins are told."),
    "restore": N_("It becomes visible again as it was. Its admins are told."),
    "remove": N_("It is taken off for good and cannot be restored. Its admins are told."),
    "recheck": N_("The organisation loses its verification and must submit again. Its admins are told."),
    "close": N_("The organisation is closed for good, with all its technologies and needs. Its admins are told."),
}


def allowed(kind: str, thing: Any, actor: Actor) -> tuple[Transition, ...]:
    """Return the rows of the lifecycle that this moderator may use on the thing now."""
    rows: tuple[Transition, ...] = lifecycle_of(kind).actions_for(thing.state, thing.roles_of(actor) & {"moderator"})
    return tuple(row for row in rows if row.action in REVIEWED[kind].sanctions)


def sanction(kind: str, thing: Any, action: str, actor: Actor, reason_code: str, reason: str) -> Event | None:
    """Make one of the sanctions of its kind; None when the thing stands there already (a double click).

    Raises NotAllowed for members of the organisation, IllegalMove by the lifecycle, Invalid without coded reason and text.
    """
    if action not in REVIEWED[kind].sanctions:
        raise Invalid("action", N_("There is no such action."))
    if subject_of(thing).organisations(thing)["owner"] in actor.org_ids:
        raise NotAllowed(N_("It belongs to your own organisation; somebody else must decide."))
    db.session.refresh(thing, with_for_update={"of": type(thing)})  # not what was loaded with it
    rows = lifecycle_of(kind).rows(action)
    if any(thing.state == row.to_state for row in rows):
        return None
    code = reason_code if reason_code in SUSPENSION_REASONS else ""
    event = REVIEWED[kind].move(thing, action, actor, reason_code=code, reason=reason)
    db.session.flush()
    return event
