"""The history of a lead or complaint in words, as `components/history.html` draws it."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from flask_babel import gettext as _

from marketplace.core.access import Actor
from marketplace.core.events import Event, history
from marketplace.core.extensions import db
from marketplace.core.lifecycle import Lifecycle
from marketplace.core.permissions import STAFF
from marketplace.negotiation.lifecycle import COMPLAINT, LEAD
from marketplace.negotiation.models import Complaint, Lead
from marketplace.negotiation.visibility import is_party, knows_buyer
from marketplace.organisations.timeline import entry, names_of
from marketplace.values.text import N_
from marketplace.vocabulary import DECLINE_REASONS
from marketplace.web.i18n import language

LIMIT = 100  # newest events shown
#: Events that are no move of a lifecycle.
LABELS: Mapping[str, str] = MappingProxyType({
    "lead.reopen": N_("Opened again"),
    "lead.introduce": N_("Introduced by the exchange"),
    "lead.remind": N_("The exchange reminded of the next step"),
    "lead.message": N_("A message was sent"),
    "lead.record_read": N_("Staff of the exchange opened the record"),
    "lead.thread_read": N_("An officer read the conversation"),
    "lead.reminded": N_("A reminder was sent"),
    "lead.common_members": N_("The two organisations have members in common"),
    "complaint.open": N_("Complaint sent"),
})
TONES: Mapping[str, tuple[str, str]] = MappingProxyType({
    "lead.contact": ("", "send"), "lead.accept": ("success", "check-circle-fill"),
    "lead.ask": ("", "question-circle-fill"), "lead.decline": ("danger", "x-circle-fill"), "lead.withdraw": ("", "archive"),
    "lead.expire": ("warning", "clock-history"), "lead.convert": ("success", "award"),
    "lead.message": ("", "chat-left-text"), "lead.thread_read": ("warning", "eye"),
    "lead.record_read": ("", "eye"),
    "lead.common_members": ("warning", "exclamation-triangle-fill"),
    "complaint.open": ("warning", "flag"), "complaint.resolve": ("success", "check-circle-fill"),
    "complaint.reject": ("danger", "x-circle-fill"), "complaint.escalate": ("warning", "arrow-up-circle"),
})


def lead_timeline(lead: Lead, reader: Actor) -> list[dict[str, Any]]:
    """Return the newest events of a lead, newest first; messages are not repeated here. Two statements."""
    events = db.session.scalars(history("lead", lead.id).where(Event.action != "lead.message").limit(LIMIT))
    return entries(list(events), lead, LEAD, reader)


def complaint_timeline(complaint: Complaint, reader: Actor) -> list[dict[str, Any]]:
    """Return the newest events of a complaint, newest first. Two statements."""
    events = list(db.session.scalars(history("complaint", complaint.id).limit(LIMIT)))
    return entries(events, complaint.lead, COMPLAINT, reader)


def entries(events: list[Event], lead: Lead, lifecycle: Lifecycle, reader: Actor) -> list[dict[str, Any]]:
    """Return events as the timeline shows them; people of a hidden requester stay unnamed.

    Officers are "an officer" to both sides, to a member who is also staff as well.
    """
    names = names_of(events)
    known = knows_buyer(lead, reader)
    return [_entry(event, lead, lifecycle, names, known, reader) for event in events]


def _entry(
    event: Event, lead: Lead, lifecycle: Lifecycle, names: Mapping[int, str], known: bool, reader: Actor
) -> dict[str, Any]:
    hidden = event.on_behalf_of == lead.buyer_org_id and not known
    outside = event.actor_id is not None and event.on_behalf_of not in {lead.supplier_org_id, lead.buyer_org_id}
    if event.actor_id is None:
        actor = _("the system")
    elif hidden:
        actor = _("The requester")
    else:
        unnamed = outside and (is_party(lead, reader) or not reader.may(STAFF))
        actor = _("an officer of the exchange") if unnamed else event.actor_name
    return entry(
        event, _(LABELS.get(event.action) or lifecycle.done(event.action.partition(".")[2])), actor,
        "" if hidden or outside else names.get(event.on_behalf_of or 0, ""), _words(event, lead, lifecycle),
        (_reason(event.reason_code), event.reason), TONES,
    )


def _words(event: Event, lead: Lead, lifecycle: Lifecycle) -> Mapping[str, str]:
    """Return the words of the states that tell something: only an introduction was suggested before."""
    if event.from_state == event.to_state:
        return {}
    begun = event.action == "lead.contact" and lead.origin != "introduction"
    return {state: word for state, word in lifecycle.labels.items() if not begun or state != event.from_state}


def _reason(code: str) -> str:
    return DECLINE_REASONS.label(code, language()) if code else ""
