"""Reads of needs; what other features use stands here, the visibility rule and the search documents included."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import func, or_, select
from sqlalchemy.orm import joinedload

from marketplace.authoring.queries import Reads
from marketplace.buyer_requests.kind import KIND
from marketplace.buyer_requests.models import BuyerRequest, NeedInvitation
from marketplace.buyer_requests.search_document import all_ids, document, documents, ids_of
from marketplace.buyer_requests.visibility import audience, public_party, readable_by, visible_to
from marketplace.core.access import Actor
from marketplace.core.extensions import db
from marketplace.organisations.models import Organisation
from marketplace.values.text import fold

READS = Reads(KIND, BuyerRequest, visible_to, readable_by)
TABS, readable, visible, mine, counts = READS.tabs, READS.readable, READS.visible, READS.mine, READS.counts


def own_path_of(need: BuyerRequest) -> str:
    """Return the address of the page on which the owner sees how far a need is."""
    return f"/my/needs/{need.code}/review"


def invited(actor: Actor, offset: int = 0, limit: int = 20) -> tuple[Sequence[NeedInvitation], int]:
    """Return one page of the invitations addressed to the organisation acted for that still can be read, and the total."""
    rows = (
        select(NeedInvitation).join(NeedInvitation.buyer_request)
        .where(NeedInvitation.organisation_id == actor.org_id, visible_to(actor))
    )
    total = db.session.scalar(select(func.count()).select_from(rows.with_only_columns(NeedInvitation.id).subquery())) or 0
    need = joinedload(NeedInvitation.buyer_request)
    rows = rows.options(need.joinedload(BuyerRequest.organisation), need.joinedload(BuyerRequest.published_revision))
    page = rows.order_by(NeedInvitation.invited_at.desc(), NeedInvitation.id.desc()).offset(offset).limit(limit)
    return list(db.session.scalars(page)), total


def invited_on(need_id: int) -> dict[int, datetime]:
    """Return when each invited organisation was invited to a need, by its id."""
    rows = select(NeedInvitation.organisation_id, NeedInvitation.invited_at)
    return {row[0]: row[1] for row in db.session.execute(rows.where(NeedInvitation.buyer_request_id == need_id))}


def invited_to(need: BuyerRequest) -> Sequence[Organisation]:
    """Return the organisations that are invited to answer a need, by name. For the requester's own people."""
    rows = select(Organisation).join(NeedInvitation, NeedInvitation.organisation_id == Organisation.id)
    rows = rows.where(NeedInvitation.buyer_request_id == need.id)
    return db.session.scalars(rows.order_by(Organisation.sort_name, Organisation.id)).all()


def find_organisations(text: str, own_id: int | None, limit: int = 30) -> list[Organisation]:
    """Return verified organisations whose name contains `text` with or without marks, or whose tax code it is.

    The stored sort key writes every letter as two characters ("viện" → v0i0e1n0), so a folded letter followed by any
    one character matches it with whatever mark.
    """
    folded = fold(text)
    if not folded:
        return []
    pattern = "%" + "%".join("".join(f"{ch}_" if ch.isalpha() else ch for ch in word) for word in folded.split()) + "%"
    named = or_(Organisation.sort_name.like(pattern), Organisation.tax_code == text.strip())
    rows = select(Organisation).where(Organisation.verified, named)
    if own_id is not None:
        rows = rows.where(Organisation.id != own_id)
    found = db.session.scalars(rows.order_by(Organisation.sort_name, Organisation.id).limit(limit * 3))
    return [one for one in found if folded in fold(one.name) or one.tax_code == text.strip()][:limit]


def organisations(ids: Iterable[int]) -> list[Organisation]:
    """Return the organisations of `ids` in order of their names."""
    rows = select(Organisation).where(Organisation.id.in_(list(ids) or [-1]))
    return list(db.session.scalars(rows.order_by(Organisation.sort_name, Organisation.id)))


__all__ = [
    "TABS", "all_ids", "audience", "counts", "document", "documents", "find_organisations", "ids_of", "invited",
    "invited_on", "invited_to", "mine", "organisations", "public_party", "readable", "readable_by", "visible", "visible_to",
]
