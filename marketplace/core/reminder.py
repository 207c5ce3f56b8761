"""An officer's reminder of something that stands still: at most once in three working days, however many press."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from marketplace.core.access import Actor
from marketplace.core.calendar_days import working_calendar
from marketplace.core.errors import IllegalMove
from marketplace.core.events import Event, history, record
from marketplace.core.extensions import db
from marketplace.values import clock
from marketplace.values.text import N_

PAUSE_DAYS = 3  # working days between two reminders of one thing


def next_reminder_on(thing: Any, action: str) -> date | None:
    """Return the day from which `thing` may be reminded of again; None when it may be today."""
    newest = history(thing.subject_kind, thing.id).where(Event.action == action).limit(1)
    last = db.session.scalars(newest).first()
    if last is None:
        return None
    day = clock.add_working_days(clock.local(last.at).date(), PAUSE_DAYS, working_calendar())
    return day if day > clock.today() else None


def remind(thing: Any, action: str, actor: Actor, data: Mapping[str, Any]) -> Event:
    """Record the reminder, of which people are told by the event. The caller holds the row of `thing`.

    Raises IllegalMove within three working days of the last one.
    """
    day = next_reminder_on(thing, action)
    if day is not None:
        message = N_("They were reminded a short while ago. You can remind them again from %(day)s.")
        raise IllegalMove(thing.state, message, label=thing.lifecycle.label(thing.state), day=clock.format_date(day))
    return record(thing, action, actor, data=dict(data))
