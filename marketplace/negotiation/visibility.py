"""Who may see a lead, who may read its thread, and what name of the other side a reader may know: once, here."""

from __future__ import annotations

from sqlalchemy import ColumnElement, exists, false, or_, select

from marketplace.core.access import Actor
from marketplace.core.extensions import db
from marketplace.core.permissions import READ_RECORDS
from marketplace.negotiation.lifecycle import OPEN_COMPLAINT_STATES
from marketplace.negotiation.models import Complaint, Lead, is_officer


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """The rule as SQL: the members of both organisations, and the staff that reads records. Who left a side sees nothing.

    The rest of the staff sees lists and figures: that leads exist, at which stage, and how old.
    """
    if actor.is_system or actor.may(READ_RECORDS):
        return Lead.id.is_not(None)
    return party_to(actor)


def party_to(actor: Actor) -> ColumnElement[bool]:
    """The leads of the organisations the person belongs to."""
    if not actor.org_ids:
        return false()
    return or_(Lead.supplier_org_id.in_(actor.org_ids), Lead.buyer_org_id.in_(actor.org_ids))


def is_party(lead: Lead, actor: Actor) -> bool:
    """True for members of either side, whichever organisation they act for at the moment."""
    return bool({lead.supplier_org_id, lead.buyer_org_id} & actor.org_ids)


def may_read_thread(lead: Lead, actor: Actor) -> bool:
    """True for both sides; for officers of the exchange only while a complaint about this lead is open."""
    if is_party(lead, actor):
        return True
    if not is_officer(actor, lead.supplier_org_id, lead.buyer_org_id):
        return False
    complaint = exists().where(Complaint.lead_id == lead.id, Complaint.state.in_(OPEN_COMPLAINT_STATES))
    return bool(db.session.scalar(select(complaint)))


def buyer_known_to(actor: Actor) -> ColumnElement[bool]:
    """`knows_buyer` as SQL, for the exchange's staff."""
    own = Lead.buyer_org_id.in_(actor.org_ids)
    if not actor.may(READ_RECORDS):
        return or_(Lead.buyer_revealed_at.is_not(None), own)
    if not actor.org_ids:
        return Lead.id.is_not(None)
    return or_(Lead.buyer_revealed_at.is_not(None), own, Lead.supplier_org_id.not_in(actor.org_ids))


def knows_buyer(lead: Lead, actor: Actor) -> bool:
    """True when this reader may know the buyer: a hidden requester is named to the supplier only once revealed.

    Of the staff, who reads records knows it too; who belongs to the supplier reads as the supplier.
    """
    if lead.buyer_revealed_at is not None or lead.buyer_org_id in actor.org_ids:
        return True
    return actor.may(READ_RECORDS) and lead.supplier_org_id not in actor.org_ids
