"""Who may see a deal: the members of both sides and the staff that reads records. What of it is public is `publicity`."""

from __future__ import annotations

from sqlalchemy import ColumnElement, false, or_

from marketplace.core.access import Actor
from marketplace.core.permissions import READ_RECORDS
from marketplace.deals.models import Deal


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """The rule as SQL."""
    if actor.is_system or actor.may(READ_RECORDS):
        return Deal.id.is_not(None)
    if not actor.org_ids:
        return false()
    return or_(Deal.supplier_org_id.in_(actor.org_ids), Deal.buyer_org_id.in_(actor.org_ids))


def is_party(deal: Deal, actor: Actor) -> bool:
    """True for members of either side, whichever organisation they act for at the moment."""
    return bool({deal.supplier_org_id, deal.buyer_org_id} & actor.org_ids)


def follows(deal: Deal, actor: Actor) -> bool:
    """True for both sides and for the officer who has the deal; readings by anybody else are recorded."""
    return is_party(deal, actor) or (deal.officer_id is not None and deal.officer_id == actor.user_id)


def may_open(deal: Deal, actor: Actor) -> bool:
    """The same rule for one deal."""
    return actor.is_system or actor.may(READ_RECORDS) or is_party(deal, actor)
