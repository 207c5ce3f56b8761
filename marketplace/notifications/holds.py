"""Holding back what looks suspicious: a function of a feature says why, staff look at it and release or drop it.

What is held is the event: nobody is told of it, by no road, until somebody decides. Released, it is told to whoever
would be told then.
"""

from __future__ import annotations

from collections.abc import Callable

from flask_babel import gettext
from sqlalchemy import Select, func, select

from marketplace.core.access import Actor
from marketplace.core.errors import NotAllowed, required
from marketplace.core.events import Event, transition
from marketplace.core.extensions import db
from marketplace.core.subjects import SUBJECTS
from marketplace.core.work import changed
from marketplace.notifications.lifecycle import DECIDES, HELD
from marketplace.notifications.models import HeldNotification
from marketplace.notifications.occasions import Occasion
from marketplace.values import clock
from marketplace.values.text import N_

#: Why notifications about a thing are held (an English message id), or an empty string.
Hold = Callable[[Occasion], str]

_holds: dict[str, list[Hold]] = {}


def register_hold(kind: str, hold: Hold) -> None:
    """Ask `hold` about every event of a kind of thing before anybody is told. Doing it again is silence."""
    if hold not in _holds.setdefault(kind, []):
        _holds[kind].append(hold)


def held(occasion: Occasion) -> bool:
    """Tell whether an event is not to be told; the first time that a reason is found, write it down for the staff."""
    event = occasion.event
    if event is None:
        return False
    before = db.session.scalar(select(HeldNotification.state).where(HeldNotification.event_id == event.id))
    if before is not None:
        return before != "released"
    why = next(filter(None, (hold(occasion) for hold in _holds.get(event.subject_kind, ()))), "")
    if why:
        db.session.add(HeldNotification(
            event_id=event.id, of_kind=event.subject_kind, of_id=event.subject_id, action=event.action, reason_code=why,
        ))
        db.session.flush()
        changed()
    return bool(why)


def in_words(row: HeldNotification) -> str:
    """Return what happened and to which kind of thing, in the reader's language."""
    declared = SUBJECTS.get(row.of_kind)
    word = declared.event_word(row.action) if declared else ""
    return f"{gettext(declared.label)}: {gettext(word)}" if declared and word else row.action


def listed(state: str = "held") -> Select[HeldNotification]:
    """Return the select of what is in a state, to be paged by key."""
    return select(HeldNotification).where(HeldNotification.state == state)


def waiting() -> int:
    """Return how many wait for a decision."""
    return db.session.scalar(select(func.count(HeldNotification.id)).where(HeldNotification.state == "held")) or 0


def decide(held_id: int, action: str, actor: Actor, note: str = "") -> Event | None:
    """Release or drop what is held; return the event to be told now, if any, or None. A double click is silence.

    Raises NotFound, NotAllowed for members of an organisation that it is about, and IllegalMove when somebody else
    decided otherwise.
    """
    row = required(db.session.scalar(select(HeldNotification).where(HeldNotification.id == held_id).with_for_update()))
    event = db.session.get_one(Event, row.event_id)
    if actor.org_ids & set(_concerned(event)):
        raise NotAllowed(N_("It concerns your own organisation; somebody else must decide."))
    data = {"event": event.id, "action": event.action}
    if transition(row, HELD, action, actor, {*DECIDES}, reason=note.strip(), data=data) is None:
        return None
    row.decided_by_id, row.decided_at, row.note = actor.user_id, clock.now(), note.strip()
    changed()
    return event if row.state == "released" else None


def _concerned(event: Event) -> tuple[int, ...]:
    """Return the organisations that a held event is of: those of the thing, and the one that acted."""
    declared = SUBJECTS.get(event.subject_kind)
    row = declared.row(event.subject_id) if declared else None
    orgs = tuple(declared.organisations(row).values()) if declared and row is not None else ()
    return (*orgs, event.on_behalf_of) if event.on_behalf_of else orgs
