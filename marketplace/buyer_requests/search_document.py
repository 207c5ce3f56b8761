"""What search knows of needs. Built from what a guest sees, so a hidden requester is never indexed."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from marketplace.authoring import search_fields
from marketplace.buyer_requests.kind import KIND
from marketplace.buyer_requests.lifecycle import VISIBLE_STATES
from marketplace.buyer_requests.models import BuyerRequest, NeedInvitation
from marketplace.buyer_requests.reader_view import Face
from marketplace.buyer_requests.visibility import audience
from marketplace.core.access import GUEST
from marketplace.core.extensions import db
from marketplace.search import Document


def document(need: BuyerRequest) -> Document | None:
    """Return the search document of a need, or None when nobody may find it."""
    readers = audience(need)
    if not readers:
        return None
    face = Face(need, GUEST)
    value = _value(face)
    facets = search_fields.facets(KIND, value)
    return Document(
        kind="need",
        id=need.id,
        title=str(face["title"]),
        title_other=str(face["title_en"]),
        body="\n".join(search_fields.texts(KIND, value)),
        code=need.code,
        keywords=" ".join(search_fields.keywords(KIND, value, facets)),
        party=need.organisation.name if face.revision.visibility != "requester_hidden" else "",
        audience=readers,
        facets=facets,
        numbers=search_fields.numbers(KIND, value),
    )


def documents(ids: Iterable[int]) -> dict[int, Document]:
    """Return, by id, the documents of those needs that somebody may find; the others belong out of the index."""
    rows = (
        select(BuyerRequest).where(BuyerRequest.id.in_(list(ids)), BuyerRequest.state.in_(VISIBLE_STATES))
        .options(
            joinedload(BuyerRequest.organisation), joinedload(BuyerRequest.published_revision),
            selectinload(BuyerRequest.invitations).joinedload(NeedInvitation.organisation),
        )
        .execution_options(populate_existing=True)
    )
    made = (document(need) for need in db.session.scalars(rows))
    return {one.id: one for one in made if one is not None}


def all_ids() -> list[int]:
    """Return the ids of all needs that may be in the index."""
    return list(db.session.scalars(
        select(BuyerRequest.id).where(BuyerRequest.state.in_(VISIBLE_STATES)).order_by(BuyerRequest.id)
    ))


def ids_of(org_id: int) -> list[int]:
    """Return the ids of an organisation's needs and of those it is invited to: what its own state touches."""
    own = select(BuyerRequest.id).where(BuyerRequest.org_id == org_id)
    invited = select(NeedInvitation.buyer_request_id).where(NeedInvitation.organisation_id == org_id)
    return sorted({*db.session.scalars(own), *db.session.scalars(invited)})


def _value(face: Face) -> Callable[[str], Any]:
    """Return what gives a field's value as a guest sees it, and those of the need itself."""
    hidden = face.revision.visibility == "requester_hidden"
    own = {
        "state": face.state, "published_at": face.need.published_at, "answer_deadline": face.deadline,
        "org_id": None if hidden else face.need.org_id,
    }
    return lambda name: own[name] if name in own else face[name]
