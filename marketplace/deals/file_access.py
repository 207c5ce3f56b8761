"""Files of a deal and of its milestones: who adds them, who reads them. All are confidential, none is ever removed."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import and_, exists, or_, select
from sqlalchemy.orm import joinedload

from marketplace.core.access import Actor
from marketplace.core.errors import IllegalMove, Invalid, NotAllowed
from marketplace.core.events import record
from marketplace.core.extensions import db
from marketplace.core.recorded_reading import record_reading
from marketplace.deals.event_data import data_of
from marketplace.deals.lifecycle import LIVE
from marketplace.deals.models import Deal, Milestone
from marketplace.deals.visibility import is_party
from marketplace.files.actions import Received, add, attach
from marketplace.files.models import Attachment, StoredFile
from marketplace.negotiation.models import is_officer
from marketplace.values.text import N_
from marketplace.vocabulary import DEAL_FILES

TIER = "confidential"
#: Files a party adds by hand; a signed contract comes only with its signature.
ADDED_BY_HAND = tuple(code for code in DEAL_FILES.codes if code != "signed_contract")


def add_file(deal: Deal, actor: Actor, received: Received, role: str, caption: str = "") -> Attachment:
    """Put a received upload onto the deal, as the side the actor acts for.

    Raises NotAllowed for others than the sides, IllegalMove when the deal has ended without result, Invalid.
    """
    _check_side(deal, actor)
    if role not in ADDED_BY_HAND:
        raise Invalid("role", N_("Choose what kind of document this is."))
    return attach_to_deal(deal, actor, add(received, actor), role, caption)


def attach_to_deal(
    deal: Deal, actor: Actor, stored: StoredFile, role: str, caption: str = "", *, part_of: str = ""
) -> Attachment:
    """Attach a stored file to the deal and record it; the same file in the same role stays the one that is there.

    `part_of` names the event that the file comes with, and which is told instead.
    """
    made = attach(stored, deal, role, TIER, caption, any_name=bool(part_of))
    if made.file is stored:
        record(deal, "deal.file_added", actor, data=data_of(deal, actor, role=role, attachment=made.id, part_of=part_of))
    return made


def add_delivery(milestone: Milestone, actor: Actor, received: Sequence[Received]) -> None:
    """Attach what was handed over with a milestone."""
    for one in received:
        stored = add(one, actor)
        made = attach(stored, milestone, "delivery", TIER)
        if made.file is not stored:
            continue
        data = data_of(milestone.deal, actor, role="delivery", attachment=made.id, milestone_id=milestone.id,
                       part_of="milestone.deliver")
        record(milestone.deal, "deal.file_added", actor, data=data)


def _check_side(deal: Deal, actor: Actor) -> None:
    if not deal.roles_of(actor) & {"supplier", "buyer"}:
        raise NotAllowed
    if deal.state not in (*LIVE, "completed"):
        raise IllegalMove(deal.state, N_("The deal has ended; its file is closed."))


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
