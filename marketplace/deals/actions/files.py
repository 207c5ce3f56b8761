"""Putting documents into the file of a deal and of its milestones. All are confidential, none is ever removed."""

from __future__ import annotations

from collections.abc import Sequence

from marketplace.core.access import Actor
from marketplace.core.errors import Invalid
from marketplace.core.events import record
from marketplace.deals.event_data import data_of
from marketplace.deals.models import Deal, Milestone
from marketplace.deals.requirements import require
from marketplace.files.actions import Received, add, attach
from marketplace.files.models import Attachment, StoredFile
from marketplace.values.text import N_
from marketplace.vocabulary import DEAL_FILES

TIER = "confidential"
#: Files a party adds by hand; a signed contract comes only with its signature.
ADDED_BY_HAND = tuple(code for code in DEAL_FILES.codes if code != "signed_contract")


def add_file(deal: Deal, actor: Actor, received: Received, role: str, caption: str = "") -> Attachment:
    """Put a received upload onto the deal, as the side the actor acts for.

    Raises NotAllowed for others than the sides, IllegalMove when the deal has ended without result, Invalid.
    """
    require(deal, "add_file", actor)
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
