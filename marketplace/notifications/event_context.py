"""What an event is about, in the words a notification needs: sides, codes, title, address."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select

from marketplace.core.events import Event
from marketplace.core.extensions import db
from marketplace.deals.models import Deal, Milestone
from marketplace.deals.queries.loading import path_of as deal_path
from marketplace.negotiation.models import Complaint, Lead
from marketplace.negotiation.queries.leads import path_of as lead_path
from marketplace.notifications.rendering import term

SIDES = ("supplier", "buyer")


@dataclass(frozen=True)
class About:
    """The facts of one event. `acting`, `complainant`, `waiting` are sides or empty; `params` fill the sentence."""

    supplier_org_id: int
    buyer_org_id: int
    acting: str
    complainant: str = ""
    waiting: str = ""
    officer_id: int | None = None
    params: dict[str, Any] = field(default_factory=dict)
    hrefs: dict[str, str] = field(default_factory=dict)  # by place


def about(event: Event) -> About:
    """Return what an event of a lead, its terms, a complaint, a deal or a milestone is about."""
    data = event.data
    lead = db.session.get_one(Lead, data["lead_id"])
    deal = _deal(event, lead)
    complaint = db.session.get_one(Complaint, event.subject_id) if event.subject_kind == "complaint" else None
    subject: Lead | Deal | Complaint = complaint or (lead if event.subject_kind in {"lead", "terms"} else deal or lead)
    followed = complaint or deal
    params = {
        "lead": lead.id, "title": _title(lead, deal), "code": subject.code, "number": data.get("number", ""),
        "reason": term("decline_reasons", event.reason_code), "days": data.get("days", ""),
    }
    if event.subject_kind == "milestone":
        milestone = db.session.get_one(Milestone, event.subject_id)
        params |= {"milestone": milestone.title, "due_on": milestone.due_on.isoformat()}
    return About(
        supplier_org_id=data["supplier_org_id"], buyer_org_id=data["buyer_org_id"],
        acting=data["side"] if data.get("side") in SIDES else "",
        complainant=complaint.side if complaint else "",
        waiting=data.get("waiting_on") or lead.waiting_on,
        officer_id=followed.officer_id if followed else None,
        params=params, hrefs=_hrefs(lead, deal, complaint, params["number"]),
    )


def _deal(event: Event, lead: Lead) -> Deal | None:
    if event.data.get("deal_id"):
        return db.session.get(Deal, event.data["deal_id"])
    return db.session.scalars(select(Deal).where(Deal.lead_id == lead.id)).first()


def _title(lead: Lead, deal: Deal | None) -> str:
    if deal is not None:
        return deal.title
    for thing in (lead.listing, lead.need):
        if thing is not None and thing.published_revision is not None:
            return str(thing.published_revision.title)
    return lead.code


def _hrefs(lead: Lead, deal: Deal | None, complaint: Complaint | None, number: Any) -> dict[str, str]:
    here = lead_path(lead)
    return {
        "lead": here,
        "terms": f"{here}/terms/{number}" if number else here,
        "deal": deal_path(deal) if deal else here,
        "complaint": f"/complaints/{complaint.code}" if complaint else here,
    }
