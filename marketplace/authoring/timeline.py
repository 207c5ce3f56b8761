"""The history of a listing or need in words, as `components/history.html` draws it. For its owner and for the staff."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from flask_babel import gettext as _

from marketplace.authoring.kinds import Kind
from marketplace.authoring.lifecycle import REVISION
from marketplace.core.access import Actor
from marketplace.core.events import Event, history
from marketplace.core.extensions import db
from marketplace.core.permissions import STAFF
from marketplace.core.subjects import review_of
from marketplace.organisations.timeline import entry, names_of
from marketplace.values import clock
from marketplace.values.text import N_
from marketplace.vocabulary import SUSPENSION_REASONS
from marketplace.web.i18n import language

LIMIT = 100  # newest events shown
#: Events that are no move of a lifecycle; moves are named by their table.
LABELS: Mapping[str, str] = MappingProxyType({
    "create": N_("Created"),
    "save": N_("Text changed"),
    "start_revision": N_("New version begun"),
    "take_over": N_("Case taken over"),
    "confidential_read": N_("Confidential part read"),
    "enquire": N_("A question was sent"),
    "invite": N_("Invitations changed"),
    "add_file": N_("File added"),
    "remove_file": N_("File removed"),
    "move_file": N_("Files put in another order"),
    "caption_file": N_("Description of a file changed"),
})
TONES: Mapping[str, tuple[str, str]] = MappingProxyType({
    "approve": ("success", "check-circle-fill"), "publish": ("success", "check-circle-fill"),
    "restore": ("success", "check-circle-fill"), "solve": ("success", "award"),
    "reject": ("danger", "x-circle-fill"), "suspend": ("danger", "slash-circle"), "remove": ("danger", "trash"),
    "request_changes": ("warning", "pencil-square"), "expire": ("warning", "clock-history"),
    "submit": ("", "send"), "claim": ("", "person-check"), "save": ("", "pencil"), "create": ("", "pencil"),
    "extend": ("", "clock-history"), "confidential_read": ("", "lock-fill"),
})
#: What the staff does, or causes by approving; its names are not shown to the parties.
OF_STAFF = frozenset({
    "claim", "release", "take_over", "approve", "reject", "request_changes", "suspend", "restore", "remove", "publish",
    "invite", "confidential_read",
})


def timeline(kind: Kind, thing: Any, reader: Actor) -> list[dict[str, Any]]:
    """Return the newest LIMIT events of a thing, newest first, in the reader's language. Two statements."""
    events = list(db.session.scalars(history(kind.name, thing.id).limit(LIMIT)))
    names = names_of(events)
    return [_entry(kind, event, names, _acted_as_staff(event, thing) and not reader.may(STAFF)) for event in events]


def _acted_as_staff(event: Event, thing: Any) -> bool:
    outside = event.actor_id is not None and event.on_behalf_of != thing.org_id
    return outside and event.action.partition(".")[2] in OF_STAFF


def _entry(kind: Kind, event: Event, names: Mapping[int, str], unnamed: bool) -> dict[str, Any]:
    action = event.action.partition(".")[2]
    said = "" if unnamed and action == "take_over" else event.reason  # a colleague's absence is not the parties' business
    actor = event.actor_name if event.actor_name != "system" else _("the system")
    return entry(
        event, label(kind, action), _("a moderator") if unnamed else actor,
        "" if unnamed else names.get(event.on_behalf_of or 0, ""), _states(kind, action),
        (_reason(kind, event.reason_code), said), {event.action: TONES.get(action, ("", ""))}, _detail(kind, event.data),
    )


def label(kind: Kind, action: str) -> str:
    """Return what happened; an event of a feature that is not known here keeps its own name."""
    if action in LABELS:
        return _(LABELS[action])
    rows = [row for lifecycle in (REVISION, kind.lifecycle) for row in lifecycle.rows(action)]
    return _(rows[0].done or rows[0].label) if rows else action.replace("_", " ")


def _states(kind: Kind, action: str) -> Mapping[str, str]:
    """Return the words of states; a version and its thing have some of one name, so the move decides whose it is."""
    first, second = (REVISION, kind.lifecycle) if REVISION.rows(action) else (kind.lifecycle, REVISION)
    return {**second.labels, **first.labels}


def _reason(kind: Kind, code: str) -> str:
    if not code:
        return ""
    reasons = review_of(kind.name).reasons
    return (reasons if code in reasons else SUSPENSION_REASONS).label(code, language())


def _detail(kind: Kind, data: Mapping[str, Any]) -> str:
    parts = [_("Version %(number)s", number=data["revision"])] if "revision" in data else []
    parts += [", ".join(_(kind.spec(name).label) for name in data.get("fields", ()) if name in kind.names)]
    if data.get("old") and data.get("new"):
        parts.append(f"{_day(data['old'])} → {_day(data['new'])}")
    return " · ".join(part for part in parts if part)


def _day(text: str) -> str:
    return clock.format_date(clock.parse_date(text))
