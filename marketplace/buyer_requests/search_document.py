"""What search knows of needs. Built from what a guest sees, so a hidden requester is never indexed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import selectinload

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
    party = need.organisation.name if face.revision.visibility != "requester_hidden" else ""
    return search_fields.document(KIND, need, _value(face), party=party, audience=readers)


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


SEARCHED = search_fields.searched(
    KIND, VISIBLE_STATES, document, ids_of, selectinload(BuyerRequest.invitations).joinedload(NeedInvitation.organisation),
)
documents, all_ids = SEARCHED.documents, SEARCHED.all_ids
