"""What waits for officers: open complaints, leads that nobody answered, and introductions that neither side took up."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, cast, null, select

from marketplace.core.columns import Big, in_states
from marketplace.core.permissions import FOLLOW_DEALS
from marketplace.core.work import WorkSource, by_subject
from marketplace.negotiation.lifecycle import OPEN_COMPLAINT_STATES
from marketplace.negotiation.models import Complaint, Lead
from marketplace.values.text import N_


def _complaints() -> Select[Any]:
    columns: tuple[Any, ...] = (
        Complaint.id, Complaint.opened_at.label("since"), Complaint.due_at, Complaint.officer_id.label("holder_id"),
    )
    return select(*columns).where(in_states(Complaint, OPEN_COMPLAINT_STATES))


def _leads(state: str) -> Select[Any]:
    """Select leads in a state that ends by itself at `respond_by`; nobody of the staff holds them."""
    since, due, nobody = Lead.created_at.label("since"), Lead.respond_by.label("due_at"), cast(null(), Big)
    columns: tuple[Any, ...] = (Lead.id, since, due, nobody.label("holder_id"))
    return select(*columns).where(Lead.state == state, Lead.respond_by.is_not(None))


SOURCES = (
    WorkSource("complaint", N_("Complaint"), FOLLOW_DEALS, _complaints, by_subject(Complaint.subject_kind)),
    WorkSource("lead.unanswered", N_("Lead without an answer"), FOLLOW_DEALS, lambda: _leads("contacted"),
               by_subject(Lead.subject_kind)),
    WorkSource("lead.introduced", N_("Introduction without an answer"), FOLLOW_DEALS, lambda: _leads("suggested"),
               by_subject(Lead.subject_kind)),
)
