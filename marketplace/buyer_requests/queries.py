"""Reads of needs; what other features use stands here, the visibility rule and the search documents included."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import joinedload, selectinload
from sqlalchemy.orm.interfaces import ORMOption

from marketplace.authoring.lifecycle import REVISION
from marketplace.buyer_requests.lifecycle import NEED
from marketplace.buyer_requests.models import BuyerRequest, NeedInvitation, NeedRevision
from marketplace.buyer_requests.search_document import all_ids, document, documents, ids_of
from marketplace.buyer_requests.visibility import audience, public_party, readable_by, visible_to
from marketplace.core.access import Actor
from marketplace.core.errors import NotFound
from marketplace.core.extensions import db
from marketplace.organisations.models import Organisation
from marketplace.values.text import fold


def own_path_of(need: BuyerRequest) -> str:
    """Return the address of the page on which the owner sees how far a need is."""
    return f"/my/needs/{need.code}/review"


def readable(code: str, actor: Actor, *, lock: bool = False) -> BuyerRequest:
    """Return the need of `code` if this reader may open it, else raise NotFound; `lock` holds its row for a move."""
    rows = select(BuyerRequest).where(BuyerRequest.code == code, readable_by(actor))
    if lock:
        rows = rows.with_for_update(of=BuyerRequest).execution_options(populate_existing=True)
    else:
        rows = rows.options(*_loaded())
    need = db.session.scalar(rows)
    if need is None:
        raise NotFound
    return need


def visible(ids: Iterable[int], actor: Actor) -> dict[int, BuyerRequest]:
    """Return the needs among `ids` that this reader may see, by id, in one statement: search results, matches."""
    wanted = list(ids)
    if not wanted:
        return {}
    rows = select(BuyerRequest).where(BuyerRequest.id.in_(wanted), visible_to(actor)).options(*_loaded())
    return {need.id: need for need in db.session.scalars(rows)}


def _loaded() -> tuple[ORMOption, ...]:
    return joinedload(BuyerRequest.organisation), joinedload(BuyerRequest.published_revision)


#: Tabs of the requester's list: states of the need, and states of its version on the way.
TABS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    **{tab: ((), states) for tab, states in REVISION.tabs.items()},
    **{tab: (states, ()) for tab, states in NEED.tabs.items()},
}


def _tab(tab: str) -> tuple[ColumnElement[bool], ...]:
    states, versions = TABS.get(tab, ((), ()))
    if states:
        return (BuyerRequest.state.in_(states),)
    return (BuyerRequest.revisions.any(NeedRevision.state.in_(versions)),) if versions else ()


def _of(org_id: int) -> tuple[ColumnElement[bool], ...]:
    return BuyerRequest.org_id == org_id, BuyerRequest.state != "deleted"


def mine(org_id: int, tab: str = "", offset: int = 0, limit: int = 20) -> Sequence[BuyerRequest]:
    """Return one page of an organisation's needs with their versions, newest first; `tab` is one of TABS."""
    rows = select(BuyerRequest).where(*_of(org_id), *_tab(tab)).order_by(BuyerRequest.id.desc())
    rows = rows.options(selectinload(BuyerRequest.revisions), joinedload(BuyerRequest.organisation))
    return list(db.session.scalars(rows.offset(offset).limit(limit)))


def counts(org_id: int) -> dict[str, int]:
    """Return how many needs each tab holds, and all of them under the empty key. Two statements."""
    group = select(BuyerRequest.state, func.count()).where(*_of(org_id)).group_by(BuyerRequest.state)
    states = {row[0]: int(row[1]) for row in db.session.execute(group)}
    group = (
        select(NeedRevision.state, func.count(BuyerRequest.id.distinct())).join(NeedRevision.buyer_request)
        .where(*_of(org_id)).group_by(NeedRevision.state)
    )
    versions = {row[0]: int(row[1]) for row in db.session.execute(group)}
    found = {
        tab: sum(states.get(state, 0) for state in own) + sum(versions.get(state, 0) for state in coming)
        for tab, (own, coming) in TABS.items()
    }
    return {"": sum(states.values()), **found}


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
    rows = select(Organisation).where(Organisation.state == "verified", named)
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
    "invited_to", "mine", "organisations", "public_party", "readable", "readable_by", "visible", "visible_to",
]
