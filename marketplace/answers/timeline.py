"""The history of an answer in words, for its two sides; people of a hidden requester stay unnamed."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from flask_babel import gettext as _

from marketplace.answers.lifecycle import ANSWER
from marketplace.answers.models import Answer
from marketplace.answers.visibility import requester_name
from marketplace.core.access import Actor
from marketplace.core.events import Event, history
from marketplace.core.extensions import db
from marketplace.organisations.timeline import entry, names_of
from marketplace.values.text import N_
from marketplace.vocabulary import DECLINE_REASONS
from marketplace.web.i18n import language

LIMIT = 100  # newest events shown
#: Events that are no move of the lifecycle.
LABELS: Mapping[str, str] = MappingProxyType({
    "answer.create": N_("Began to write the answer"),
    "answer.save": N_("Saved the draft"),
    "answer.add_file": N_("Added a file"),
    "answer.remove_file": N_("Removed a file"),
    "answer.give_points": N_("Gave points"),
    "answer.add_note": N_("Wrote a note"),
})
#: What the requester's people think of an answer among themselves; who answered sees nothing of it.
WEIGHING = frozenset({"answer.give_points", "answer.add_note"})
#: What its people do at a draft; the other side sees what was sent.
WRITING = frozenset({*LABELS, "answer.discard", "answer.resume"}) - WEIGHING
_TONES: Mapping[str, tuple[str, str]] = MappingProxyType({
    "answer.send": ("", "send"), "answer.revise": ("", "send"), "answer.shortlist": ("", "list-check"),
    "answer.choose": ("success", "check-circle-fill"), "answer.decline": ("danger", "x-circle-fill"),
    "answer.withdraw": ("", "archive"),
})


def timeline(answer: Answer, reader: Actor) -> list[dict[str, Any]]:
    """Return the newest events without the saving of drafts, newest first. Two statements."""
    hidden = WRITING if answer.org_id not in reader.org_ids else frozenset({"answer.save", *WEIGHING})
    rows = history("answer", answer.id).where(Event.action.not_in(hidden)).limit(LIMIT)
    events = list(db.session.scalars(rows))
    names = names_of(events)
    known = bool(requester_name(answer.need, reader, language()))
    return [_entry(event, answer, names, known) for event in events]


def _entry(event: Event, answer: Answer, names: Mapping[int, str], known: bool) -> dict[str, Any]:
    unnamed = event.on_behalf_of == answer.need.org_id and not known
    actor = _("the system") if event.actor_id is None else _("The requester") if unnamed else event.actor_name
    label = LABELS.get(event.action) or ANSWER.done(event.action.partition(".")[2])
    words = {} if event.from_state == event.to_state else ANSWER.labels
    reason = DECLINE_REASONS.label(event.reason_code, language()) if event.reason_code else ""
    return entry(event, _(label), actor, "" if unnamed else names.get(event.on_behalf_of or 0, ""), words,
                 (reason, event.reason), _TONES)
