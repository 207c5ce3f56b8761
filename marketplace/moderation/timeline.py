"""The history of a thing for moderators; listings and needs have theirs in authoring, organisations get it here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select

from marketplace.access import Actor
from marketplace.authoring import timeline as shared
from marketplace.events import Event, history
from marketplace.extensions import db
from marketplace.moderation.subjects import VERSIONED
from marketplace.msgid import N_
from marketplace.organisations.lifecycle import ORGANISATION
from marketplace.organisations.models import Organisation
from marketplace.organisations.words import EVENTS
from marketplace.vocabulary import REASONS, SUSPENSION_REASONS
from marketplace.web.i18n import language

#: What only moderation does to an organisation.
_LABELS: Mapping[str, str] = {"organisation.take_over": N_("Case taken over")}


def timeline(kind: str, thing: Any, reader: Actor) -> list[dict[str, Any]]:
    """Return the newest events of a thing, newest first. Two statements."""
    if kind in VERSIONED:
        return shared.timeline(VERSIONED[kind], thing, reader)
    events = list(db.session.scalars(history(kind, thing.id).limit(shared.LIMIT)))
    ids = {event.on_behalf_of for event in events if event.on_behalf_of}
    rows = db.session.execute(select(Organisation.id, Organisation.name).where(Organisation.id.in_(ids))) if ids else ()
    names = {row[0]: row[1] for row in rows}
    return [_entry(event, names) for event in events]


def _entry(event: Event, names: Mapping[int, str]) -> dict[str, Any]:
    action = event.action.partition(".")[2]
    tone, mark = shared.TONES.get(action, ("", ""))
    return {
        "at": event.at,
        "label": _label(event.action),
        "actor": event.actor_name if event.actor_name != "system" else _("the system"),
        "org": names.get(event.on_behalf_of or 0, ""),
        "from_word": _(ORGANISATION.labels[event.from_state]) if event.from_state in ORGANISATION.labels else "",
        "to_word": _(ORGANISATION.labels[event.to_state]) if event.to_state in ORGANISATION.labels else "",
        "reason": " · ".join(part for part in (_reason(event.reason_code), event.reason) if part),
        "tone": tone,
        "mark": mark,
    }


def _label(action: str) -> str:
    return _(EVENTS.get(action) or _LABELS.get(action) or action.partition(".")[2].replace("_", " "))


def _reason(code: str) -> str:
    if not code:
        return ""
    vocabulary = REASONS["organisation"] if code in REASONS["organisation"] else SUSPENSION_REASONS
    return vocabulary.label(code, language())
