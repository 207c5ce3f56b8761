"""How a lead stands, for its page: who and what, whose turn, which buttons, what happened so far."""

from __future__ import annotations

from typing import Any

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import select

from marketplace.core.access import actor
from marketplace.core.events import Event
from marketplace.core.extensions import db
from marketplace.core.lifecycle import Transition
from marketplace.negotiation.eligibility import actor_refusal, still_possible
from marketplace.negotiation.forms.leads import MoveForm
from marketplace.negotiation.lifecycle import LEAD
from marketplace.negotiation.models import Lead
from marketplace.negotiation.presenter import Seen, with_links
from marketplace.negotiation.timeline import lead_timeline
from marketplace.vocabulary import DECLINE_REASONS
from marketplace.web.errors import text_of
from marketplace.web.i18n import language

ENDING = frozenset({"decline", "withdraw"})
BUTTONS = frozenset({"contact", "accept", "ask"}) | ENDING


def standing(lead: Lead, typed: MoveForm | None = None) -> dict[str, Any]:
    """Return the variables of the lead's page but for thread and terms; `typed` is a refused form."""
    who = actor()
    seen, rows = Seen(lead, who), _rows(lead)
    blocked = _blocked(lead) if any(row.action not in ENDING for row in rows) else ""
    if blocked:
        rows = [row for row in rows if row.action in ENDING]
    form = typed or MoveForm(formdata=None)
    form.lock.data = lead.state
    asked = next((row.reason.codes for row in rows if row.reason is not None and row.reason.codes is not None), ())
    form.reason_code.choices = [("", _("Choose a reason")), *((term.code, _reason(term.code)) for term in asked)]
    return {
        "seen": seen, "about": with_links(seen, who), "rows": {row.action: row for row in rows}, "blocked": blocked,
        "move": form, "introduced": _introduced(lead), "history": lead_timeline(lead, who),
        "own_name": _own_name(lead, seen),
        "move_url": lambda action: url_for("negotiation.move", code=lead.code, action=action),
    }


def _rows(lead: Lead) -> list[Transition]:
    """Return the buttons the table allows; an introduction that nobody took up is declined, not withdrawn."""
    rows = [row for row in LEAD.actions_for(lead.state, lead.roles_of(actor())) if row.action in BUTTONS]
    return [row for row in rows if lead.state != "suggested" or row.action != "withdraw"]


def _blocked(lead: Lead) -> str:
    """Return why the conversation cannot be taken up now, though it is the reader's turn."""
    refusal = actor_refusal(actor()) or still_possible(lead.listing, lead.need)
    return text_of(refusal) if refusal else ""


def _own_name(lead: Lead, seen: Seen) -> str:
    """Return the reader's organisation in this lead while they act for another one."""
    if not seen.side or seen.acting:
        return ""
    return lead.supplier.name if seen.side == "supplier" else lead.buyer.name


def _introduced(lead: Lead) -> str:
    """Return what the exchange wrote to both sides, while nobody has taken it up."""
    if lead.state != "suggested":
        return ""
    rows = select(Event.reason).where(
        Event.subject_kind == "lead", Event.subject_id == lead.id, Event.action == "lead.introduce"
    )
    return db.session.scalar(rows) or ""


def _reason(code: str) -> str:
    return DECLINE_REASONS.label(code, language())
