"""Tell the exchange's officers of a lead whose two organisations have members in common.

Such a person binds neither side (`Lead.is_on_both_sides`), but may still have a colleague's account at hand.
"""

from __future__ import annotations

from sqlalchemy import func, select

from marketplace.core.access import SYSTEM
from marketplace.core.events import Event, record
from marketplace.core.extensions import db
from marketplace.negotiation.event_data import facts
from marketplace.negotiation.models import Lead
from marketplace.organisations.models import Membership


def note_common_members(lead: Lead) -> None:
    """Record once for a lead that its sides share members; the officers are told. At most two statements.

    Nothing is recorded while the requester is hidden: both sides read the history, and it would say who the requester is.
    """
    if lead.buyer_revealed_at is None:
        return
    theirs = select(Membership.user_id).where(Membership.organisation_id == lead.buyer_org_id, Membership.left_at.is_(None))
    count = db.session.scalar(select(func.count(Membership.user_id)).where(
        Membership.organisation_id == lead.supplier_org_id, Membership.left_at.is_(None), Membership.user_id.in_(theirs)
    ))
    if count and not _noted(lead):
        record(lead, "lead.common_members", SYSTEM, data=facts(lead, SYSTEM, people=count))


def _noted(lead: Lead) -> bool:
    rows = select(Event.id).where(
        Event.subject_kind == "lead", Event.subject_id == lead.id, Event.action == "lead.common_members"
    )
    return db.session.scalar(rows.limit(1)) is not None
