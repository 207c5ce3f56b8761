"""Reads of deals."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from marketplace.access import Actor
from marketplace.deals.models import Deal
from marketplace.deals.visibility import visible_to
from marketplace.errors import NotFound
from marketplace.extensions import db


def readable(code: str, actor: Actor, *, lock: bool = False) -> Deal:
    """Return the deal of `code` if this reader may open it, else raise NotFound; `lock` holds its row for a move."""
    rows = select(Deal).where(Deal.code == code, visible_to(actor))
    if lock:
        rows = rows.with_for_update(of=Deal).execution_options(populate_existing=True)
    else:
        rows = rows.options(
            joinedload(Deal.supplier), joinedload(Deal.buyer), joinedload(Deal.officer), joinedload(Deal.lead),
            selectinload(Deal.milestones), selectinload(Deal.signatures),
        )
    deal = db.session.scalar(rows)
    if deal is None:
        raise NotFound
    return deal


def path_of(deal: Deal) -> str:
    """Return the address of the deal's record page."""
    return f"/deals/{deal.code}"
