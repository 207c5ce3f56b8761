"""What is read of dues: those of a deal, one of them, what became of the money of a deal."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload, selectinload

from marketplace.core.access import Actor
from marketplace.core.errors import NotFound, required
from marketplace.core.extensions import db
from marketplace.deals.models import Deal
from marketplace.deals.queries.loading import readable
from marketplace.deals.visibility import is_party
from marketplace.negotiation.models import is_officer
from marketplace.payments.dues.lifecycle import ASKED, ENDED, OPEN
from marketplace.payments.dues.models import Due, DueClaim, DueConfirm


@dataclass(frozen=True)
class Sums:
    """Of one deal: what was agreed and still stands, what of it is owed now, what was confirmed."""

    agreed: int
    owed: int
    paid: int


def may_read(deal: Deal, reader: Actor) -> bool:
    """The members of both sides, and the officers who follow deals; no other staff."""
    return is_party(deal, reader) or is_officer(reader, deal.supplier_org_id, deal.buyer_org_id)


def of_deal(deal: Deal) -> list[Due]:
    """Return the dues of a deal in the order of their days, with their claims. Three statements."""
    return list(db.session.scalars(_whole().where(Due.deal_id == deal.id).order_by(Due.due_on, Due.id)).unique())


def readable_due(code: str, due_id: int, reader: Actor) -> Due:
    """Return one due of a deal that this person may read. Raises NotFound."""
    deal = readable(code, reader)
    if not may_read(deal, reader):
        raise NotFound
    return required(db.session.scalars(_whole().where(Due.id == due_id, Due.deal_id == deal.id)).unique().one_or_none())


def held(code: str, due_id: int, reader: Actor) -> Due:
    """Return the same as it is now, its row locked. Raises NotFound."""
    readable_due(code, due_id, reader)
    db.session.execute(select(Due.id).where(Due.id == due_id).with_for_update())
    return db.session.scalars(_whole().where(Due.id == due_id).execution_options(populate_existing=True)).unique().one()


def sums(dues: Iterable[Due]) -> Sums:
    """Return what became of the money of a deal."""
    standing = [one for one in dues if one.state not in (*ENDED, *ASKED)]
    owed = sum(one.rest for one in standing if one.state in OPEN)
    return Sums(sum(one.amount for one in standing), owed, sum(one.confirmed for one in standing))


def _whole() -> Select[Due]:
    return select(Due).options(
        joinedload(Due.deal), selectinload(Due.claims).joinedload(DueClaim.by),
        selectinload(Due.confirms).joinedload(DueConfirm.by),
    )
