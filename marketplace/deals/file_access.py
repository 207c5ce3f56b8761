"""Files of a deal and of its milestones: which there are, and who reads them. All are confidential."""

from __future__ import annotations

from sqlalchemy import and_, exists, or_, select
from sqlalchemy.orm import joinedload

from marketplace.core.access import Actor
from marketplace.core.extensions import db
from marketplace.core.recorded_reading import record_reading
from marketplace.deals.event_data import data_of
from marketplace.deals.models import Deal, Milestone
from marketplace.deals.visibility import is_party
from marketplace.files.models import Attachment
from marketplace.negotiation.models import is_officer


def has_file(deal: Deal, role: str) -> bool:
    """True when a file of that role is attached to the deal."""
    rows = exists().where(Attachment.subject_kind == "deal", Attachment.subject_id == deal.id, Attachment.role == role)
    return bool(db.session.scalar(select(rows)))


def files_of(deal: Deal) -> list[Attachment]:
    """Return the files of the deal and of its milestones, oldest first. One statement."""
    milestone_ids = [one.id for one in deal.milestones]
    rows = (
        select(Attachment)
        .where(or_(
            and_(Attachment.subject_kind == "deal", Attachment.subject_id == deal.id),
            and_(Attachment.subject_kind == "milestone", Attachment.subject_id.in_(milestone_ids)),
        ))
        .options(joinedload(Attachment.file))
        .order_by(Attachment.id)
    )
    return list(db.session.scalars(rows))


def deal_of(attachment: Attachment) -> Deal | None:
    """Return the deal that a file belongs to, also by one of its milestones."""
    if attachment.subject_kind == "deal":
        return db.session.get(Deal, attachment.subject_id)
    milestone = db.session.get(Milestone, attachment.subject_id)
    return milestone.deal if milestone else None


def may_read(attachment: Attachment, actor: Actor) -> bool:
    """The members of both sides, and the officers who follow deals; no other staff."""
    deal = deal_of(attachment)
    return deal is not None and may_read_files(deal, actor)


def may_read_files(deal: Deal, actor: Actor) -> bool:
    """The rule of `may_read` for all files of a deal."""
    return is_party(deal, actor) or is_officer(actor, deal.supplier_org_id, deal.buyer_org_id)


def log_read(attachment: Attachment, actor: Actor) -> None:
    """Record a reading by who is no party, in the history both sides see; the parties' own files are theirs to read."""
    deal = deal_of(attachment)
    if deal is not None and not is_party(deal, actor):
        record_reading(deal, "deal.file_read", actor, data_of(deal, actor, attachment=attachment.id))
