"""The history of an organisation in words, for its members and for the staff; and what all histories have in common."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select

from marketplace.core.access import Actor
from marketplace.core.events import Event, history
from marketplace.core.extensions import db
from marketplace.core.permissions import STAFF
from marketplace.organisations.event_labels import EVENTS
from marketplace.organisations.lifecycle import ORGANISATION
from marketplace.organisations.models import Organisation
from marketplace.vocabulary import ORGANISATION_REASONS, SUSPENSION_REASONS
from marketplace.web.i18n import language

LIMIT = 100  # newest events shown
#: What moderators do among themselves; why is not the members' business.
_INTERNAL = frozenset({"organisation.claim", "organisation.release", "organisation.take_over"})
#: What the staff does; who it was is not shown to the members.
_OF_STAFF = _INTERNAL | frozenset(
    f"organisation.{action}"
    for action in ("approve", "request_changes", "reject", "recheck", "suspend", "restore", "close", "confidential_read")
)
_TONES: Mapping[str, tuple[str, str]] = {
    "organisation.approve": ("success", "check-circle-fill"), "organisation.restore": ("success", "check-circle-fill"),
    "organisation.reject": ("danger", "x-circle-fill"), "organisation.suspend": ("danger", "slash-circle"),
    "organisation.request_changes": ("warning", "pencil-square"), "organisation.submit": ("", "send"),
    "organisation.claim": ("", "person-check"), "organisation.create": ("", "pencil"),
    "organisation.confidential_read": ("", "lock-fill"),
}


def names_of(events: Iterable[Event]) -> dict[int, str]:
    """Return the names of the organisations that events were made for, in one statement."""
    ids = {event.on_behalf_of for event in events if event.on_behalf_of}
    rows = db.session.execute(select(Organisation.id, Organisation.name).where(Organisation.id.in_(ids))) if ids else ()
    return {row[0]: row[1] for row in rows}


def entry(
    event: Event, label: str, actor: str, org: str, words: Mapping[str, str], reasons: Iterable[str],
    tones: Mapping[str, tuple[str, str]], detail: str = "",
) -> dict[str, Any]:
    """Return one event as `components/history.html` draws it; `words` are the message ids of states."""
    tone, mark = tones.get(event.action, ("", ""))
    before, after = words.get(event.from_state, ""), words.get(event.to_state, "")
    return {
        "at": event.at, "label": label, "actor": actor or _("name erased"), "org": org,
        "from_word": _(before) if before else "", "to_word": _(after) if after else "",
        "reason": " · ".join(filter(None, reasons)), "detail": detail, "tone": tone, "mark": mark,
    }


def timeline(organisation: Organisation, reader: Actor) -> list[dict[str, Any]]:
    """Return the newest LIMIT events, newest first, in the reader's language. Two statements."""
    events = list(db.session.scalars(history("organisation", organisation.id).limit(LIMIT)))
    names = names_of(events)
    return [_entry(event, organisation, names, reader) for event in events]


def _entry(event: Event, organisation: Organisation, names: Mapping[int, str], reader: Actor) -> dict[str, Any]:
    outside = event.actor_id is not None and event.on_behalf_of != organisation.id
    unnamed = outside and event.action in _OF_STAFF and not reader.may(STAFF)
    return entry(
        event, _(EVENTS[event.action]) if event.action in EVENTS else event.action,
        _("a moderator") if unnamed else _("the system") if event.actor_id is None else event.actor_name,
        "" if unnamed or event.on_behalf_of == organisation.id else names.get(event.on_behalf_of or 0, ""),
        ORGANISATION.labels, (_reason(event.reason_code), "" if unnamed and event.action in _INTERNAL else event.reason),
        _TONES,
    )


def _reason(code: str) -> str:
    vocabulary = ORGANISATION_REASONS if code in ORGANISATION_REASONS else SUSPENSION_REASONS
    return vocabulary.label(code, language()) if code else ""
