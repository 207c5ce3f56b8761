"""Readings that are written into the history: a confidential part, a file, the record of a deal one does not follow.

`record_reading` is the one door. The same person's reading of the same thing counts once a day. A reading stands under
somebody's name, so it is written only when that person asked for the page here. When a link from elsewhere, a mail or a
bookmark led to it, `NotAskedHere` is raised before anything is written; the person is asked then, and presses a button
(`web.ask_first`, which answers the question for the web).
"""

from __future__ import annotations

from typing import Any

from flask import current_app, has_request_context
from sqlalchemy import select

from marketplace.core.access import Actor
from marketplace.core.events import Event, EventHead, HasHistory, record
from marketplace.core.extensions import db
from marketplace.values import clock


class NotAskedHere(Exception):
    """The page would record a reading, and nothing shows that its reader meant to read it."""


def record_reading(thing: HasHistory, action: str, actor: Actor, data: dict[str, Any]) -> None:
    """Record once a day that `actor` read of `thing` what `data` names. Raises NotAskedHere."""
    if recorded_today(thing, action, actor, data):
        return
    if has_request_context() and not current_app.extensions["asked_here"]():
        raise NotAskedHere
    head = select(EventHead).where(EventHead.subject_kind == thing.subject_kind, EventHead.subject_id == thing.id)
    db.session.execute(head.with_for_update())  # two pages opened at once are one reading
    if not recorded_today(thing, action, actor, data):
        record(thing, action, actor, data=data)


def recorded_today(thing: HasHistory, action: str, actor: Actor, data: dict[str, Any]) -> bool:
    """Return whether the history holds this reading since midnight (Asia/Ho_Chi_Minh)."""
    rows = select(Event.data).where(
        Event.subject_kind == thing.subject_kind, Event.subject_id == thing.id, Event.action == action,
        Event.actor_id == actor.user_id, Event.at >= clock.start_of_day(clock.today()),
    )
    return any(known == data for known in db.session.scalars(rows))
