"""Reads of complaints: one by its code, those of a lead, the officers' list."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload

from marketplace.buyer_requests.models import BuyerRequest
from marketplace.core.access import Actor
from marketplace.core.extensions import db, one
from marketplace.listings.models import Listing
from marketplace.negotiation.lifecycle import COMPLAINT
from marketplace.negotiation.models import Complaint, Lead
from marketplace.negotiation.queries import leads
from marketplace.negotiation.visibility import visible_to

#: Tabs of the officers' list.
TABS: Mapping[str, tuple[str, ...]] = MappingProxyType({**COMPLAINT.tabs, "": ()})


def readable(code: str, actor: Actor, *, lock: bool = False) -> Complaint:
    """Return a complaint if this reader may open its lead, else raise NotFound; `lock` holds the lead's row."""
    rows = select(Complaint).join(Complaint.lead).where(Complaint.code == code, visible_to(actor))
    complaint = one(rows, joinedload(Complaint.lead), joinedload(Complaint.officer))
    if lock:
        leads.readable(complaint.lead.code, actor, lock=True)
        db.session.refresh(complaint)
    return complaint


def listed(actor: Actor, tab: str, officer: str, offset: int, limit: int) -> tuple[Sequence[Complaint], int]:
    """Return one page of complaints for officers, those due first, and how many there are."""
    rows = _of(tab, officer, actor)
    total = db.session.scalar(select(func.count()).select_from(rows.with_only_columns(Complaint.id).subquery())) or 0
    lead = joinedload(Complaint.lead)
    rows = rows.options(
        joinedload(Complaint.officer), lead.joinedload(Lead.supplier), lead.joinedload(Lead.buyer),
        lead.joinedload(Lead.listing).joinedload(Listing.published_revision),
        lead.joinedload(Lead.need).joinedload(BuyerRequest.published_revision),
    )
    return list(db.session.scalars(rows.order_by(Complaint.due_at, Complaint.id).offset(offset).limit(limit))), total


def _of(tab: str, officer: str, actor: Actor) -> Select[Complaint]:
    rows = select(Complaint)
    if TABS.get(tab):
        rows = rows.where(Complaint.state.in_(TABS[tab]))
    if officer == "mine":
        rows = rows.where(Complaint.officer_id == actor.user_id)
    elif officer == "nobody":
        rows = rows.where(Complaint.officer_id.is_(None))
    return rows


def counts() -> dict[str, int]:
    """Return how many complaints each tab holds, in one statement."""
    states = {row[0]: row[1] for row in db.session.execute(select(Complaint.state, func.count()).group_by(Complaint.state))}
    return {tab: sum(states.get(state, 0) for state in (own or states)) for tab, own in TABS.items()}
